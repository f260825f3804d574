//! What somebody who reads internal words wrote himself: what he quotes of them must not reach those who may not read it
//! (R8), however his mail program quotes. When in doubt nothing is published and he is told so.

use std::collections::HashSet;

use atiende_mail::incoming::{Own, OwnLine};

/// Words that stand in a row in both texts: fewer are chance.
const ROW: usize = 4;

/// Rows of a notice's own words, one after another, that nobody types: nine words.
const NOTICE_ROWS: usize = 6;

/// Rows of internal words, one after another, of which a line is made besides others: six words.
const INSIDE_ROWS: usize = 3;

/// The words of a text, without what mail programs change: case, marks, breaks.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// Words in their order.
pub(super) type Words = Vec<String>;

/// Which words stand in a row.
#[derive(Debug, Default, Clone)]
struct Rows(HashSet<[u8; 16]>);

impl Rows {
    fn add(&mut self, text: &str) {
        let words: Vec<String> = words(text).collect();
        self.0.extend(words.windows(ROW).map(row));
    }

    fn without(mut self, others: &[&Rows]) -> Rows {
        self.0.retain(|row| others.iter().all(|other| !other.0.contains(row)));
        self
    }

    /// The most rows one after another of these words that are known here.
    fn most(&self, words: &[String]) -> usize {
        let mut most = 0;
        let mut here = 0;
        for four in words.windows(ROW) {
            here = if self.0.contains(&row(four)) { here + 1 } else { 0 };
            most = most.max(here);
        }
        most
    }

    /// Whether all these words stand here one after another, and are enough to tell.
    fn hold(&self, words: &[String]) -> bool {
        words.len() >= ROW && self.most(words) == words.len() - ROW + 1
    }
}

fn row(words: &[String]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    words.iter().for_each(|word| {
        hasher.update(word.as_bytes()).update(&[0]);
    });
    let mut short = [0; 16];
    short.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    short
}

/// What a letter of his may quote.
#[derive(Debug, Default)]
pub(super) struct Quotable {
    /// The notice that he answers.
    notice: Rows,
    /// Words of others that the letter's readers may not read.
    inside: Rows,
    /// Lines of these too short for a row.
    inside_lines: HashSet<Vec<String>>,
    /// The others, whole: a short one is a quotation however its words are broken into lines.
    inside_whole: HashSet<Vec<String>>,
    /// Words that they may read, and his own.
    open: Rows,
}

impl Quotable {
    pub(super) fn notice(&mut self, text: &str) {
        self.notice.add(text);
    }

    pub(super) fn inside(&mut self, text: &str) {
        self.inside.add(text);
        for line in text.lines().map(|line| words(line).collect::<Vec<_>>()) {
            match line.len() {
                short if short + 1 == ROW => drop(self.inside_lines.insert(line)),
                ROW.. => drop(self.inside_whole.insert(line)),
                _ => {}
            }
        }
    }

    pub(super) fn open(&mut self, text: &str) {
        self.open.add(text);
    }

    /// Whether a text quotes the notice or the words of others.
    pub(super) fn stands_in(&self, text: &str) -> bool {
        let words: Vec<String> = words(text).collect();
        let inside = self.inside.clone().without(&[&self.open]);
        self.notice.most(&words) >= NOTICE_ROWS || inside.most(&words) >= INSIDE_ROWS
    }

    /// His own words, or `None` when they cannot be told from what he quotes.
    pub(super) fn own(self, own: &Own) -> Option<String> {
        let lines = self.whole_lines(&own.lines);
        let all: Vec<String> = lines.iter().flat_map(|line| words(line)).collect();
        let Quotable { notice, inside, inside_lines, inside_whole, open } = self;
        let of_the_desk_alone = notice.without(&[&inside, &open]);
        if of_the_desk_alone.most(&all) >= NOTICE_ROWS {
            return None;
        }
        // What stands above a quotation was typed: whoever repeats there what a colleague told him means it.
        if !own.above {
            let inside = inside.without(&[&open]);
            let quotes = |line: &&str| {
                let words: Vec<String> = words(line).collect();
                inside.hold(&words) || inside_lines.contains(&words)
            };
            let whole = |line: &Vec<String>| {
                !open.hold(line) && all.windows(line.len()).any(|some| some == line.as_slice())
            };
            if inside.most(&all) >= INSIDE_ROWS || lines.iter().any(quotes) || inside_whole.iter().any(whole)
            {
                return None;
            }
        }
        Some(tidy(&lines))
    }

    /// Without what is left of quoted lines that were broken on their way: the first is marked, the rest is not.
    fn whole_lines<'l>(&self, lines: &'l [OwnLine]) -> Vec<&'l str> {
        let mut kept = Vec::new();
        let mut above = (usize::MAX, String::new());
        for line in lines {
            let follows = above.0.wrapping_add(1) == line.at;
            let before = if line.after.is_empty() && follows { &above.1 } else { &line.after };
            if self.is_rest(before, &line.text) {
                above = (line.at, format!("{before} {}", line.text));
            } else {
                kept.push(line.text.as_str());
            }
        }
        kept
    }

    fn is_rest(&self, before: &str, line: &str) -> bool {
        let mut all: Vec<String> = words(before).collect();
        all.drain(..all.len().saturating_sub(ROW - 1));
        let quoted = all.len();
        all.extend(words(line));
        let known = |four: &[String]| {
            [&self.notice, &self.inside, &self.open].iter().any(|it| it.0.contains(&row(four)))
        };
        quoted > 0 && all.len() > quoted && all.len() >= ROW && all.windows(ROW).all(known)
    }
}

/// The lines as a text, with one blank line where several were.
fn tidy(lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines.iter().map(|line| line.trim_end()) {
        if !(line.is_empty() && (text.is_empty() || text.ends_with("\n\n"))) {
            text.push_str(line);
            text.push('\n');
        }
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn own(body: &str) -> Own {
        let letter = format!(
            "From: nataly@agencia.example\r\nSubject: RE: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}"
        );
        atiende_mail::take_apart(letter.as_bytes()).expect("a letter").own
    }

    fn quotable(notice: &str, inside: &str) -> Quotable {
        let mut quotable = Quotable::default();
        quotable.notice(notice);
        quotable.inside(inside);
        quotable.open("La impresora no imprime desde ayer en la tarde");
        quotable
    }

    const FRAME: &str =
        "Adela Rentería dejó una nota interna en el caso MS-2026-1, «La impresora no imprime».";

    #[test]
    fn what_he_typed_himself_is_published() {
        let inside = "Sospechamos de quien pidió el arreglo, pero nadie lo ha visto.";
        let notice = format!("{FRAME}\n\n> {inside}\n\nAbrir el caso: https://x.example/c/MS-2026-1");
        for typed in [
            "Paso mañana.",
            "En el caso MS-2026-1 nadie lo ha visto todavía.",
            "La impresora no imprime desde ayer en la tarde: ¿de qué piso es?",
        ] {
            assert_eq!(quotable(&notice, inside).own(&own(typed)).as_deref(), Some(typed));
        }
        // Above a quotation he repeats what he was told since he wants to.
        let repeated = format!("{inside}\n\nEl 17/11/2026, Mesa <m@x.example> escribió:\n> {FRAME}");
        assert_eq!(quotable(&notice, inside).own(&own(&repeated)).as_deref(), Some(inside));
        let between =
            "> Sospechamos de quien pidió el\narreglo, pero nadie\nlo ha visto.\n¿Quién lo dice?\n\n\n\nEso.";
        assert_eq!(quotable(&notice, inside).own(&own(between)).as_deref(), Some("¿Quién lo dice?\n\nEso."));
    }

    /// How a mail program shows what is answered.
    #[derive(Debug, Clone, Copy)]
    enum Way {
        Marked,
        Bare,
        /// The notice's own marks are gone, too.
        Stripped,
    }

    fn quoted(text: &str, way: Way, width: usize) -> String {
        let mut out = String::new();
        for line in text.lines() {
            let line = match way {
                Way::Stripped => line.trim_start_matches(['>', ' ']),
                Way::Marked | Way::Bare => line,
            };
            let mut length = 0;
            if matches!(way, Way::Marked) {
                out.push_str("> ");
            }
            for word in line.split(' ') {
                if length > 0 {
                    out.push(if length + word.len() > width { '\n' } else { ' ' });
                    length = if length + word.len() > width { 0 } else { length };
                }
                out.push_str(word);
                length += word.len() + 1;
            }
            out.push('\n');
        }
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// However it is quoted, whatever is typed and wherever: no line of internal words is published, of those that
        /// are long enough not to be chance.
        #[test]
        fn no_internal_line_is_published(
            inside in proptest::collection::vec(proptest::collection::vec("[a-z]{3,8}", 4..14), 1..5),
            typed in proptest::collection::vec("[A-Z]{3,8}( [A-Z]{3,8}){0,6}", 0..4),
            way in prop_oneof![Just(Way::Marked), Just(Way::Bare), Just(Way::Stripped)],
            width in 25_usize..90,
            (with_frame, attributed, ruled) in any::<(bool, bool, bool)>(),
            places in proptest::collection::vec(0_usize..30, 4),
        ) {
            let inside: Vec<String> = inside.iter().map(|words| words.join(" ")).collect();
            let words = inside.join("\n");
            let marked: String = inside.iter().map(|line| format!("> {line}\n")).collect();
            let above = if ruled { "— Responda por encima de esta línea —\n\n" } else { "" };
            let notice = format!("{above}{FRAME}\n\n{marked}\nAbrir el caso: https://x.example/c/MS-2026-1\n");
            let shown = quoted(if with_frame { &notice } else { &marked }, way, width);
            let mut lines: Vec<String> = shown.lines().map(str::to_owned).collect();
            if attributed {
                lines.insert(0, "El mar, 17 nov 2026, Mesa <m@x.example> escribió:".to_owned());
            }
            for (line, place) in typed.iter().zip(&places) {
                lines.insert((*place).min(lines.len()), line.clone());
            }
            let published = quotable(&notice, &words).own(&own(&lines.join("\n"))).unwrap_or_default();
            let read: Vec<String> = super::words(&published).collect();
            for line in &inside {
                let line: Vec<String> = super::words(line).collect();
                for piece in line.windows(line.len().min(6)) {
                    prop_assert!(!read.windows(piece.len()).any(|some| some == piece), "{published}");
                }
            }
        }
    }
}
