//! Rust source, read just far enough to tell code from what is written in it, and the program from its tests.

/// A source file in which every line keeps its number and every character its column.
#[derive(Debug)]
pub(crate) struct Rust {
    /// The code, with blanks where comments and literals are.
    pub(crate) code: String,
    /// The string literals, with the line where each begins.
    pub(crate) strings: Vec<(usize, String)>,
    /// The first and last line of each item that only tests see.
    tests: Vec<(usize, usize)>,
}

impl Rust {
    /// Reads a file.
    pub(crate) fn read(text: &str) -> Rust {
        let mut reader = Reader { rest: text, code: String::new(), strings: Vec::new() };
        while reader.step() {}
        let tests = test_items(&reader.code);
        Rust { code: reader.code, strings: reader.strings, tests }
    }

    /// Whether a line, counted from 1, belongs to what only tests see.
    pub(crate) fn is_test(&self, line: usize) -> bool {
        self.tests.iter().any(|(first, last)| (*first..=*last).contains(&line))
    }
}

struct Reader<'a> {
    rest: &'a str,
    code: String,
    strings: Vec<(usize, String)>,
}

impl Reader<'_> {
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        if self.rest.starts_with("//") {
            self.blank(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.blank(block_comment(self.rest));
        } else if let Some(length) = raw_string(self.rest).filter(|_| !self.inside_a_word()) {
            self.literal(length);
        } else if first == '"' {
            self.literal(1 + quoted(&self.rest[1..], '"'));
        } else if first == '\''
            && let Some(length) = character(self.rest)
        {
            self.blank(length);
        } else {
            self.code.push(first);
            self.rest = &self.rest[first.len_utf8()..];
        }
        true
    }

    fn inside_a_word(&self) -> bool {
        self.code.chars().next_back().is_some_and(|before| before.is_alphanumeric() || before == '_')
    }

    fn literal(&mut self, length: usize) {
        let line = self.code.matches('\n').count() + 1;
        self.strings.push((line, self.rest[..length].to_owned()));
        self.blank(length);
    }

    fn blank(&mut self, length: usize) {
        let blanked = self.rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' });
        self.code.extend(blanked);
        self.rest = &self.rest[length..];
    }
}

/// How far a text in quotes goes, its closing quote included.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// How long a raw string here is: `r"…"`, `br#"…"#`.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = after[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = body.find(&close).map_or(body.len(), |at| at + close.len());
    Some(text.len() - body.len() + end)
}

/// How long a character literal here is; nothing for a lifetime.
fn character(text: &str) -> Option<usize> {
    let body = &text[1..];
    let first = body.chars().next()?;
    if first == '\\' {
        return Some(1 + quoted(body, '\''));
    }
    body[first.len_utf8()..].starts_with('\'').then(|| 2 + first.len_utf8())
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The line of a place, counted from 1.
pub(crate) fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// The place after the block or the semicolon that ends the item which begins here, and whether it has a block.
pub(crate) fn item_end(code: &str, from: usize) -> (usize, bool) {
    let (mut braces, mut others) = (0_i32, 0_i32);
    for (at, c) in code[from..].char_indices() {
        match c {
            '{' => braces += 1,
            '}' => {
                braces -= 1;
                if braces <= 0 {
                    return (from + at + 1, true);
                }
            }
            '(' | '[' => others += 1,
            ')' | ']' => others -= 1,
            ';' if braces == 0 && others <= 0 => return (from + at + 1, false),
            _ => {}
        }
    }
    (code.len(), false)
}

fn test_items(code: &str) -> Vec<(usize, usize)> {
    let marks = ["#[cfg(test)]", "#[test]", "#[tokio::test"];
    let places = marks.iter().flat_map(|mark| code.match_indices(mark));
    places.map(|(at, _)| (line_of(code, at), line_of(code, item_end(code, at).0))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_no_code() {
        let rust =
            Rust::read("let a = \"x.unwrap() \\\" {\"; // .unwrap()\n/* { /* } */ */ f('{', '\\'', b'\"');");
        assert_eq!(rust.code.matches(['{', '}', '"']).count(), 0);
        assert!(!rust.code.contains("unwrap"));
        assert_eq!(rust.strings, [(1, "\"x.unwrap() \\\" {\"".to_owned())]);
        assert_eq!(rust.code.lines().count(), 2);
    }

    #[test]
    fn raw_strings_end_where_they_say() {
        let rust = Rust::read("f(r#\"a \" b\"#, br\"c\\\", for_r\"d\");\ng();");
        assert_eq!(rust.strings.len(), 3);
        assert!(rust.code.ends_with("g();"));
    }

    #[test]
    fn a_lifetime_is_no_character() {
        let rust = Rust::read("fn f<'a>(a: &'a str) -> char { '}' }");
        assert!(rust.code.contains("<'a>(a: &'a str)"));
        assert_eq!(rust.code.matches('}').count(), 1);
    }

    #[test]
    fn tests_are_told_from_the_program() {
        let rust = Rust::read(
            "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n#[cfg(test)]\nmod d;\nfn e() {}",
        );
        let tests: Vec<usize> = (1..=9).filter(|line| rust.is_test(*line)).collect();
        assert_eq!(tests, [2, 3, 4, 5, 7, 8]);
    }
}
