//! HTML to a sequence of openings, texts and closings that is well nested, not too deep, and knows few elements.
//!
//! A parser of browsers builds trees whose cost a stranger can choose (elements beyond all depth, attributes by the
//! hundred thousand, formatting that is repeated in each paragraph). What comes out here costs ammonia what it looks like.

use mail_parser::decoders::html::add_html_token;

use super::nesting::Nesting;

/// Bytes of text and attributes of one document; the rest stays in the raw letter.
const LONGEST: usize = 3 * 1024 * 1024;

/// Elements and texts of one document.
const MOST_BITS: usize = 500_000;

/// Attributes of one element that are looked at.
const MOST_ATTRIBUTES: usize = 40;

/// Bytes of one attribute's name.
const LONGEST_NAME: usize = 64;

/// Bytes of one attribute's value.
const LONGEST_VALUE: usize = 8 * 1024;

/// Elements that are told apart. Others are only their content.
#[rustfmt::skip]
const KNOWN: [&str; 64] = [
    "a", "abbr", "address", "article", "aside", "b", "bdi", "blockquote", "br", "caption", "center", "cite",
    "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption",
    "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li",
    "main", "mark", "ol", "p", "pre", "q", "s", "samp", "section", "small", "span", "strike", "strong",
    "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
];

const VOID: [&str; 4] = ["br", "hr", "img", "col"];

/// Elements whose content is not text for people.
const UNREAD: [&str; 8] = ["script", "style", "title", "xmp", "iframe", "noembed", "noframes", "textarea"];

pub(super) enum Bit {
    Open {
        tag: &'static str,
        attributes: Vec<(String, String)>,
    },
    Close(&'static str),
    Text(String),
    /// A picture that was written into its address (RFC 2397). Its element follows and names it `cid:` and `id`.
    Picture {
        media: String,
        id: String,
        bytes: Vec<u8>,
    },
}

impl Bit {
    /// An attribute's value; empty when there is none.
    pub(super) fn attribute<'b>(attributes: &'b [(String, String)], name: &str) -> &'b str {
        attributes.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }
}

pub(super) fn is_void(tag: &str) -> bool {
    VOID.contains(&tag)
}

/// The bits of a document. What is hidden by its style is left out, unless everything to the end would be.
pub(super) fn read(html: &str) -> Vec<Bit> {
    let nesting = Reader::read(html, true);
    let nesting = if nesting.is_hiding() { Reader::read(html, false) } else { nesting };
    nesting.closed()
}

struct Reader<'h> {
    rest: &'h str,
    nesting: Nesting,
    /// Bytes of text and attributes that may still be kept.
    left: usize,
    /// Quotes, and ends of comments, of which there are no more: each is missed once, not again and again.
    no_more: Vec<&'static str>,
}

impl<'h> Reader<'h> {
    fn read(html: &'h str, hides: bool) -> Nesting {
        let mut reader =
            Reader { rest: html, nesting: Nesting::new(hides), left: LONGEST, no_more: Vec::new() };
        reader.run();
        reader.nesting
    }

    fn run(&mut self) {
        while !self.rest.is_empty() && self.left > 0 && self.nesting.len() < MOST_BITS {
            let text = self.rest.find('<').unwrap_or(self.rest.len());
            if text > 0 {
                let (text, rest) = self.rest.split_at(text);
                self.text(text);
                self.rest = rest;
                continue;
            }
            let next = self.rest.as_bytes().get(1).copied().unwrap_or(0);
            match next {
                b'!' | b'?' => self.comment(),
                b'/' => self.closing(),
                _ if next.is_ascii_alphabetic() => self.opening(),
                _ => {
                    self.text("<");
                    self.rest = &self.rest[1..];
                }
            }
        }
    }

    fn text(&mut self, raw: &str) {
        let raw = super::text::first_bytes(raw, self.left);
        self.left -= raw.len();
        self.nesting.text(decoded(raw));
    }

    /// Where `needle` next stands; asked no more once there is none.
    fn find(&mut self, needle: &'static str, from: usize) -> Option<usize> {
        if self.no_more.contains(&needle) {
            return None;
        }
        let found = self.rest[from..].find(needle).map(|at| from + at);
        if found.is_none() {
            self.no_more.push(needle);
        }
        found
    }

    fn comment(&mut self) {
        let end = match self.rest.starts_with("<!--") {
            true if self.rest.starts_with("<!-->") => Some(5),
            true => self.find("-->", 4).map(|at| at + 3),
            false => None,
        };
        let end = end.or_else(|| self.rest.find('>').map(|at| at + 1)).unwrap_or(self.rest.len());
        self.rest = &self.rest[end..];
    }

    fn closing(&mut self) {
        let name = name(&self.rest[2..]);
        let end = self.rest.find('>').map_or(self.rest.len(), |at| at + 1);
        self.rest = &self.rest[end..];
        if let Some(tag) = known(name) {
            self.nesting.close(tag);
        }
    }

    fn opening(&mut self) {
        let name = name(&self.rest[1..]);
        self.rest = &self.rest[1 + name.len()..];
        let attributes = self.attributes();
        let name = name.to_ascii_lowercase();
        if UNREAD.contains(&name.as_str()) {
            self.skip_to_end_of(&name);
        } else if let Some(tag) = known(&name) {
            let size: usize = attributes.iter().map(|(name, value)| name.len() + value.len()).sum();
            self.left = self.left.saturating_sub(size);
            self.nesting.open(tag, attributes);
        }
    }

    fn attributes(&mut self) -> Vec<(String, String)> {
        let mut all = Vec::new();
        loop {
            self.rest = self.rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if let Some(rest) = self.rest.strip_prefix('>') {
                self.rest = rest;
                return all;
            }
            if self.rest.is_empty() {
                return all;
            }
            let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>' | '=');
            // An equals sign at the beginning belongs to the name, as browsers have it.
            let first = self.rest.chars().next().map_or(0, char::len_utf8);
            let length = self.rest[first..].find(ends).map_or(self.rest.len(), |at| first + at);
            let (name, rest) = self.rest.split_at(length);
            self.rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
            let value = match self.rest.strip_prefix('=') {
                Some(rest) => {
                    self.rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
                    self.value()
                }
                None => "",
            };
            if all.len() >= MOST_ATTRIBUTES || name.len() > LONGEST_NAME {
                continue;
            }
            let name = name.to_ascii_lowercase();
            if let Some((media, bytes)) = picture(value).filter(|_| name == "src") {
                let id = format!("incrustada-{}", &blake3::hash(&bytes).to_hex()[..16]);
                all.push((name, format!("cid:{id}")));
                self.nesting.picture(Bit::Picture { media, id, bytes });
            } else if value.len() <= LONGEST_VALUE {
                all.push((name, decoded(value)));
            }
        }
    }

    fn value(&mut self) -> &'h str {
        let quote = match self.rest.as_bytes().first() {
            Some(b'"') => Some("\""),
            Some(b'\'') => Some("'"),
            _ => None,
        };
        if let Some(end) = quote.and_then(|quote| self.find(quote, 1)) {
            let value = &self.rest[1..end];
            self.rest = &self.rest[end + 1..];
            return value;
        }
        let end = self.rest.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(self.rest.len());
        let (value, rest) = self.rest.split_at(end);
        self.rest = rest;
        value.trim_start_matches(['"', '\''])
    }

    fn skip_to_end_of(&mut self, name: &str) {
        let bytes = self.rest.as_bytes();
        let closes = |at: &usize| {
            bytes
                .get(at + 2..at + 2 + name.len())
                .is_some_and(|own| own.eq_ignore_ascii_case(name.as_bytes()))
        };
        let end = self.rest.match_indices("</").map(|(at, _)| at).find(closes);
        self.rest = &self.rest[end.unwrap_or(self.rest.len())..];
    }
}

fn name(text: &str) -> &str {
    let end = text.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>')).unwrap_or(text.len());
    &text[..end]
}

/// The picture that an address holds: `data:image/png;base64,…`. Those that can act are left out.
fn picture(address: &str) -> Option<(String, Vec<u8>)> {
    let address = address.trim_start();
    let scheme = address.get(..11).filter(|scheme| scheme.eq_ignore_ascii_case("data:image/"))?;
    let (kind, data) = address[scheme.len()..].split_once(',')?;
    let kind = kind.to_ascii_lowercase();
    let kind = kind.strip_suffix(";base64")?.split(';').next()?;
    let bytes = super::transfer::base64(data.as_bytes());
    let known = matches!(kind, "png" | "jpeg" | "jpg" | "gif" | "webp" | "bmp");
    (known && !bytes.is_empty()).then(|| (format!("image/{kind}"), bytes))
}

fn known(name: &str) -> Option<&'static str> {
    if name.len() > 12 {
        return None;
    }
    let name = name.to_ascii_lowercase();
    KNOWN.binary_search(&name.as_str()).ok().map(|at| KNOWN[at])
}

/// Elements that begin on a line of their own.
pub(super) fn is_block(tag: &str) -> bool {
    matches!(
        tag,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "figcaption"
            | "figure"
            | "footer"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "li"
            | "main"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "table"
            | "tr"
            | "ul"
    )
}

/// Text with its character references read.
fn decoded(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        // The longest name of HTML has 31 letters.
        let length = rest.bytes().take(34).skip(1).position(|b| !b.is_ascii_alphanumeric() && b != b'#');
        match length.map(|length| length + 1).filter(|end| *end > 1) {
            Some(end) if rest.as_bytes()[end] == b';' => {
                match windows_reference(&rest[..=end]) {
                    Some(c) => out.push(c),
                    None => add_html_token(&mut out, &rest.as_bytes()[..=end], false),
                }
                rest = &rest[end + 1..];
            }
            _ => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out.retain(|c| c != '\0');
    out
}

/// `&#146;`: numbers that nobody means as control characters, but as the quotes and dashes of Windows.
fn windows_reference(token: &str) -> Option<char> {
    let number: u8 = token.strip_prefix("&#")?.strip_suffix(';')?.parse().ok()?;
    let windows = (0x80..0xA0).contains(&number).then_some([number])?;
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(&windows).0.chars().next()
}
