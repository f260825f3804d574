//! Small things about text that every other file here needs.

use std::borrow::Cow;

/// The bytes with line feeds: letters of very old programs end their lines with a carriage return alone.
pub(super) fn with_newlines(bytes: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\n', bytes).is_some() || memchr::memchr(b'\r', bytes).is_none() {
        return Cow::Borrowed(bytes);
    }
    Cow::Owned(bytes.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect())
}

/// What changes the order of the letters around it, or cannot be seen at all: it would let a text show as another.
pub(super) fn is_unseen(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}'
        | '\u{E000}'..='\u{F8FF}' | '\u{FFF9}'..='\u{FFFB}')
}

/// Text for people: `\n` line ends, tabs as spaces, nothing that steers a terminal or turns the direction.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\n' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' => out.push_str("    "),
            '\u{A0}' | '\u{202F}' => out.push(' '),
            _ if c.is_control() || is_unseen(c) => {}
            _ => out.push(c),
        }
    }
    out
}

/// The text on one line, spaces drawn together, at most `most` characters.
pub(super) fn one_line(text: &str, most: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    let seen = |c: &char| !is_unseen(*c) && (!c.is_control() || c.is_whitespace());
    for c in text.chars().filter(seen) {
        let space = c.is_whitespace();
        if length >= most {
            break;
        }
        if space && (out.is_empty() || out.ends_with(' ')) {
            continue;
        }
        out.push(if space { ' ' } else { c });
        length += 1;
    }
    out.truncate(out.trim_end().len());
    out
}

/// Without the blank lines around it; blanks at the beginning of the first line stay.
pub(super) fn trimmed(text: &str) -> &str {
    let text = text.trim_end();
    let start = text.len() - text.trim_start().len();
    text[..start].rfind('\n').map_or(text, |line| &text[line + 1..])
}

/// Small letters without accents, so that words are found however they were typed.
pub(super) fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(plain).collect()
}

fn plain(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        '\u{A0}' | '\u{202F}' => ' ',
        _ => c,
    }
}

/// The first `most` characters.
pub(super) fn first(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(at, _)| &text[..at])
}

/// The last `most` characters.
pub(super) fn last(text: &str, most: usize) -> &str {
    text.char_indices().rev().take(most).last().map_or("", |(at, _)| &text[at..])
}

/// The first `most` bytes, cut before a character that they would split.
pub(super) fn first_bytes(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// Paragraphs that a program broke over lines, put together again (RFC 3676): a line that ends with a blank goes on in the
/// next one of the same depth of quotation.
pub(super) fn unflowed(text: &str, delete_blank: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut flows: Option<usize> = None;
    let mut first = true;
    for line in text.split('\n') {
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let content = &line[depth..];
        let content = content.strip_prefix(' ').unwrap_or(content);
        let signature = content == "-- ";
        if flows.take() != Some(depth) || signature {
            if !std::mem::take(&mut first) {
                out.push('\n');
            }
            out.extend(std::iter::repeat_n('>', depth));
            if depth > 0 && !content.is_empty() {
                out.push(' ');
            }
        }
        let flowed = content.ends_with(' ') && !signature;
        out.push_str(if flowed && delete_blank { &content[..content.len() - 1] } else { content });
        flows = flowed.then_some(depth);
    }
    out
}
