//! HTML as plain text: lines where blocks are, `> ` where somebody is quoted, addresses behind links that hide them.

use super::markup::{Bit, is_block};
use super::quote_marks::MARK;

/// Characters of a link's address that are worth reading.
const LONGEST_LINK: usize = 300;

/// Levels of quotation that are told apart.
const DEEPEST_QUOTE: usize = 10;

#[derive(Default)]
struct Page {
    out: String,
    /// Levels of quotation that the next line begins with.
    quoted: usize,
    /// Something stands on the current line.
    begun: bool,
    /// A blank is due before the next word.
    blank: bool,
    /// A cell began beside what stands on the current line.
    cell: bool,
    /// A blank that was meant stands alone on the current line so far.
    hard: bool,
    /// Blank lines that end the text so far.
    empty_lines: usize,
    preformatted: usize,
    lists: Vec<Option<usize>>,
}

/// The text of a document. Marks stand where a mail program says that its quotation begins.
pub(super) fn text(bits: &[Bit]) -> String {
    let mut page = Page::default();
    let mut quotes: Vec<bool> = Vec::new();
    let mut links: Vec<(String, usize)> = Vec::new();
    for bit in bits {
        match bit {
            Bit::Text(text) => page.words(text),
            Bit::Picture { .. } => {}
            Bit::Open { tag, attributes } => {
                if *tag != "blockquote" && begins_quotation(attributes) {
                    page.mark();
                }
                match *tag {
                    "blockquote" => {
                        quotes.push(is_quotation(attributes));
                        page.end_line();
                        page.quoted += usize::from(is_quotation(attributes));
                        // No blank line of its own stands at its top.
                        page.empty_lines = page.empty_lines.max(1);
                    }
                    "a" => links.push((Bit::attribute(attributes, "href").trim().to_owned(), page.out.len())),
                    "img" => page.picture(attributes),
                    _ => page.open(tag, attributes),
                }
            }
            Bit::Close("blockquote") => {
                page.end_line();
                page.quoted -= usize::from(quotes.pop() == Some(true));
            }
            Bit::Close("a") => {
                if let Some((address, from)) = links.pop() {
                    page.link(&address, from);
                }
            }
            Bit::Close(tag) => page.close(tag),
        }
    }
    page.out
}

impl Page {
    fn words(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '\n' if self.preformatted > 0 => self.break_line(),
                '\r' | '\u{AD}' | '\u{200C}' | '\u{34F}' => {}
                _ if c.is_control() && !c.is_whitespace() || super::text::is_unseen(c) => {}
                '\u{A0}' | '\u{202F}' => (self.blank, self.hard) = (true, !self.begun),
                _ if c.is_whitespace() && self.preformatted == 0 => self.blank = true,
                _ => self.letter(if c.is_whitespace() { ' ' } else { c }),
            }
        }
    }

    fn letter(&mut self, c: char) {
        if !self.begun {
            self.begun = true;
            self.blank = false;
            self.cell = false;
            self.hard = false;
            self.empty_lines = 0;
            self.out.extend(std::iter::repeat_n("> ", self.quoted.min(DEEPEST_QUOTE)));
        }
        let blank = std::mem::take(&mut self.blank);
        if std::mem::take(&mut self.cell) {
            self.out.push_str(" | ");
        } else if blank {
            self.out.push(' ');
        }
        self.out.push(c);
    }

    fn string(&mut self, text: &str) {
        text.chars().for_each(|c| self.letter(c));
    }

    /// The current line ends, if anything stands on it.
    fn end_line(&mut self) {
        // Word makes its blank lines of paragraphs with such a blank.
        if self.begun || std::mem::take(&mut self.hard) {
            self.break_line();
        }
        self.blank = false;
    }

    fn break_line(&mut self) {
        if !self.begun {
            if self.empty_lines >= 2 || self.out.is_empty() {
                return;
            }
            self.empty_lines += 1;
            if self.quoted > 0 {
                self.out.extend(std::iter::repeat_n(">", self.quoted.min(DEEPEST_QUOTE)));
            }
        }
        self.out.push('\n');
        self.begun = false;
        self.blank = false;
        self.hard = false;
    }

    /// At least one blank line stands before what follows.
    fn space(&mut self) {
        self.end_line();
        if self.empty_lines == 0 {
            self.break_line();
        }
    }

    fn mark(&mut self) {
        self.end_line();
        self.out.push(MARK);
        self.out.push('\n');
    }

    fn open(&mut self, tag: &str, attributes: &[(String, String)]) {
        match tag {
            "br" => self.break_line(),
            "hr" => {
                self.end_line();
                self.string("________________________________");
                self.end_line();
            }
            "p" if is_tight(attributes) => self.end_line(),
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.space(),
            "pre" => {
                self.end_line();
                self.preformatted += 1;
            }
            "ol" => {
                self.end_line();
                let start = Bit::attribute(attributes, "start").parse().unwrap_or(1);
                self.lists.push(Some(start));
            }
            "ul" => {
                self.end_line();
                self.lists.push(None);
            }
            "li" => self.item(),
            "td" | "th" => self.cell = self.begun,
            _ if is_block(tag) => self.end_line(),
            _ => {}
        }
    }

    fn close(&mut self, tag: &str) {
        match tag {
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.end_line(),
            "pre" => {
                self.end_line();
                self.preformatted = self.preformatted.saturating_sub(1);
            }
            "ul" | "ol" => {
                self.end_line();
                self.lists.pop();
            }
            _ if is_block(tag) => self.end_line(),
            _ => {}
        }
    }

    fn item(&mut self) {
        self.end_line();
        let bullet = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number = number.wrapping_add(1);
                format!("{}. ", number.wrapping_sub(1))
            }
            _ => "- ".to_owned(),
        };
        self.string(&bullet);
    }

    /// What a picture shows, in words; only of those that came with the letter, the others are mostly lures.
    fn picture(&mut self, attributes: &[(String, String)]) {
        let alt = super::text::one_line(Bit::attribute(attributes, "alt"), 200);
        if !alt.is_empty() && Bit::attribute(attributes, "src").trim_start().starts_with("cid:") {
            self.string(&format!("[{alt}]"));
        }
    }

    /// The address behind a link whose words do not say it.
    fn link(&mut self, address: &str, from: usize) {
        let http = address.starts_with("http://") || address.starts_with("https://");
        let words = self.out.get(from..).unwrap_or_default();
        let core = address.split_once("//").map_or(address, |(_, rest)| rest).trim_end_matches('/');
        if http && !words.trim().is_empty() && !words.contains(core) && address.len() <= LONGEST_LINK {
            let address: String = address.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
            self.string(&format!(" <{address}>"));
        }
    }
}

/// Paragraphs of Word have no space between them.
fn is_tight(attributes: &[(String, String)]) -> bool {
    let style = Bit::attribute(attributes, "style").replace(' ', "");
    Bit::attribute(attributes, "class").contains("MsoNormal")
        || style.contains("margin:0") && !style.contains("margin:0.")
        || style.contains("margin-bottom:0")
}

/// Some programs indent with the same element; a quotation says so.
fn is_quotation(attributes: &[(String, String)]) -> bool {
    Bit::attribute(attributes, "type").eq_ignore_ascii_case("cite")
        || !Bit::attribute(attributes, "cite").is_empty()
        || Bit::attribute(attributes, "class").contains("quote")
        || Bit::attribute(attributes, "style").contains("border-left")
}

/// The elements in which mail programs put what is answered.
fn begins_quotation(attributes: &[(String, String)]) -> bool {
    let class = Bit::attribute(attributes, "class");
    let id = Bit::attribute(attributes, "id");
    let classes =
        ["gmail_quote_container", "moz-cite-prefix", "yahoo_quoted", "protonmail_quote", "zmail_extra"];
    class.split_whitespace().any(|own| classes.contains(&own) || own == "gmail_quote")
        || ["divRplyFwdMsg", "mail-editor-reference-message-container"].iter().any(|mark| id.contains(mark))
}
