//! The head of a letter or of a part: lines `Name: value`, found again by name in small letters.

use std::borrow::Cow;

use super::charset;
use super::{people, words};
use crate::Mailbox;

/// Headers of one head that are read; the rest is ignored.
const MOST: usize = 2_000;

/// Bytes of one value that are read.
const LONGEST: usize = 256 * 1024;

/// What no letter lacks altogether. One of these, or a name beginning with `X-`, makes bytes a letter.
const OF_LETTERS: [&str; 15] = [
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "received",
    "return-path",
    "delivered-to",
    "reply-to",
    "sender",
    "mime-version",
    "content-type",
    "in-reply-to",
    "references",
];

#[derive(Debug, Default)]
pub(super) struct Head<'x> {
    lines: Vec<(String, &'x [u8])>,
}

impl<'x> Head<'x> {
    /// The head at the beginning of `bytes`, and what follows it.
    pub(super) fn read(bytes: &'x [u8]) -> (Head<'x>, &'x [u8]) {
        let mut head = Head::default();
        let mut rest = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        while let Some((line, after)) = next_line(rest) {
            if line.iter().all(u8::is_ascii_whitespace) {
                return (head, after);
            }
            let Some((name, colon)) = header_name(line) else {
                let envelope =
                    head.lines.is_empty() && (line.starts_with(b"From ") || line.starts_with(b">From "));
                if !envelope && !goes_on(after) {
                    return (head, rest);
                }
                if let Some((_, value)) = head.lines.last_mut() {
                    // It stands right behind the value that it belongs to.
                    *value = &bytes[offset(bytes, value)..bytes.len() - after.len()];
                }
                rest = after;
                continue;
            };
            let (value, after) = folded(&rest[colon + 1..]);
            if head.lines.len() < MOST {
                head.lines.push((name, &value[..value.len().min(LONGEST)]));
            }
            rest = after;
        }
        (head, rest)
    }

    pub(super) fn is_of_a_letter(&self) -> bool {
        self.lines.iter().any(|(name, _)| is_of_letters(name))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The first value of a name, unfolded but not decoded.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.lines.iter().find(|(own, _)| own == name).map(|(_, value)| unfold(value))
    }

    /// The values of several names, in the head's order.
    pub(super) fn all<'s>(&'s self, names: &'s [&str]) -> impl Iterator<Item = String> + 's {
        self.lines.iter().filter(|(own, _)| names.contains(&own.as_str())).map(|(_, value)| unfold(value))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.lines.iter().any(|(own, _)| own == name)
    }

    /// The first value of a name, decoded (RFC 2047).
    pub(super) fn decoded(&self, name: &str) -> Option<String> {
        self.text(name).map(|value| words::decode(&value))
    }

    /// The mailboxes of every header of that name.
    pub(super) fn mailboxes(&self, name: &str) -> Vec<Mailbox> {
        self.all(&[name]).flat_map(|value| people::mailboxes(&value)).take(people::MOST).collect()
    }

    /// Identifiers in brackets, or without them where somebody forgot them.
    pub(super) fn ids(&self, name: &str) -> Vec<String> {
        self.all(&[name]).flat_map(|value| people::ids(&value)).collect()
    }
}

fn is_of_letters(name: &str) -> bool {
    OF_LETTERS.contains(&name) || name.starts_with("x-")
}

/// Where in `whole` its piece begins.
fn offset(whole: &[u8], piece: &[u8]) -> usize {
    piece.as_ptr() as usize - whole.as_ptr() as usize
}

fn next_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    if bytes.is_empty() {
        return None;
    }
    let end = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
    Some(bytes.split_at(end))
}

/// The name in small letters and where its colon stands. RFC 5322 §3.6.8, with the space before the colon that old
/// programs wrote.
fn header_name(line: &[u8]) -> Option<(String, usize)> {
    let colon = line.iter().take(78).position(|byte| *byte == b':')?;
    let name = line[..colon].trim_ascii_end();
    let token = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    token.then(|| (String::from_utf8_lossy(name).to_ascii_lowercase(), colon))
}

/// Whether after a line that is no header the head goes on: a long value was broken without being indented.
fn goes_on(after: &[u8]) -> bool {
    let Some((line, _)) = next_line(after) else { return false };
    header_name(line).is_some_and(|(name, _)| is_of_letters(&name) || name.starts_with("content-"))
}

/// A value with the indented lines that continue it.
fn folded(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut end = 0;
    while let Some((line, _)) = next_line(&bytes[end..]) {
        let blank = line.iter().all(u8::is_ascii_whitespace);
        if end > 0 && (blank || !line.starts_with(b" ") && !line.starts_with(b"\t")) {
            break;
        }
        end += line.len();
    }
    bytes.split_at(end)
}

fn unfold(value: &[u8]) -> String {
    let value = value.strip_suffix(b"\n").unwrap_or(value);
    let mut flat = Vec::with_capacity(value.len());
    for (at, byte) in value.iter().enumerate() {
        match byte {
            b'\r' | 0 => {}
            // A line that goes on without being indented was cut at a blank.
            b'\n' if value.get(at + 1).is_some_and(|next| !next.is_ascii_whitespace()) => flat.push(b' '),
            b'\n' => {}
            _ => flat.push(*byte),
        }
    }
    let text: Cow<str> = charset::guess(&flat);
    text.trim().to_owned()
}

/// A value with parameters: `text/plain; charset=utf-8; name*0*=…` (RFC 2045, RFC 2231).
#[derive(Debug, Default)]
pub(super) struct Fielded {
    /// What stands before the first semicolon, in small letters.
    pub(super) value: String,
    parameters: Vec<(String, String)>,
}

/// Parameters of one header that are read.
const MOST_PARAMETERS: usize = 100;

impl Fielded {
    pub(super) fn read(header: &str) -> Fielded {
        let mut pieces = split_outside_quotes(header, ';').into_iter();
        let value = pieces.next().unwrap_or_default().trim().to_lowercase();
        let raw: Vec<(String, String)> = pieces
            .take(MOST_PARAMETERS)
            .filter_map(|piece| {
                let (name, value) = piece.split_once('=')?;
                Some((name.trim().to_ascii_lowercase(), unquote(value.trim())))
            })
            .collect();
        Fielded { value, parameters: joined(raw) }
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// RFC 2231: `name*0`, `name*1*`, `name*` become `name`. One written so wins over a plain one, as it says more.
fn joined(raw: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut plain = Vec::new();
    let mut pieces: Vec<(String, u32, bool, String)> = Vec::new();
    for (name, value) in raw {
        match name.split_once('*') {
            None => plain.push((name, value)),
            Some((base, place)) => {
                let encoded = place.is_empty() || place.ends_with('*');
                let place = place.trim_end_matches('*').parse().unwrap_or(0);
                pieces.push((base.to_owned(), place, encoded, value));
            }
        }
    }
    pieces.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    let mut whole: Vec<(String, String)> = Vec::new();
    for same in pieces.chunk_by(|a, b| a.0 == b.0) {
        let mut bytes = Vec::new();
        let mut label = None;
        for (at, (_, _, encoded, value)) in same.iter().enumerate() {
            let mut value = value.as_str();
            if at == 0
                && *encoded
                && let [charset, _, rest] = value.splitn(3, '\'').collect::<Vec<_>>()[..]
            {
                label = Some(charset.to_owned());
                value = rest;
            }
            match encoded {
                true => bytes.extend(percent_decoded(value)),
                false => bytes.extend(value.bytes()),
            }
        }
        whole.push((same[0].0.clone(), charset::decode(&bytes, label.as_deref())));
    }
    whole.extend(plain.into_iter().map(|(name, value)| (name, words::decode(&value))));
    whole
}

pub(super) fn percent_decoded(value: &str) -> Vec<u8> {
    let bytes = value.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|two| std::str::from_utf8(two).ok());
        match hex.filter(|_| bytes[at] == b'%').and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    out
}

/// The pieces of `text` between separators that stand outside double quotes.
fn split_outside_quotes(text: &str, separator: char) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut quoted, mut escaped, mut from) = (false, false, 0);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if c == separator && !quoted => {
                pieces.push(&text[from..at]);
                from = at + c.len_utf8();
            }
            _ => {}
        }
    }
    pieces.push(&text[from..]);
    pieces
}

fn unquote(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else {
        // A comment may follow an unquoted value (RFC 2045 §5.1).
        return value.split([' ', '\t']).next().filter(|_| value.contains(" (")).unwrap_or(value).to_owned();
    };
    let mut out = String::new();
    let mut escaped = false;
    for c in inner.chars() {
        match c {
            '"' if !escaped => break,
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            _ => out.push(c),
        }
        escaped = false;
    }
    out
}
