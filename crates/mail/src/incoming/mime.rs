//! The tree of parts (RFC 2046). Split from the outside in, so that a part that is not ended ends with what holds it.

use std::borrow::Cow;

use super::head::{Fielded, Head};
use super::{charset, names, transfer};

/// Parts inside parts that are taken apart.
const DEEPEST: usize = 20;

/// Parts of one letter that are taken apart. Nobody attaches more by hand; the rest stays in the raw letter.
const MOST_PARTS: usize = 500;

/// A letter or a part of one.
#[derive(Debug)]
pub(super) struct Entity<'x> {
    pub(super) head: Head<'x>,
    pub(super) content_type: Fielded,
    disposition: Fielded,
    /// As it came, still encoded.
    pub(super) body: &'x [u8],
    pub(super) children: Vec<Entity<'x>>,
    /// There were more children than are taken apart.
    pub(super) cut_short: bool,
}

impl<'x> Entity<'x> {
    /// The tree of a whole letter.
    pub(super) fn read(bytes: &'x [u8]) -> Entity<'x> {
        let mut left = MOST_PARTS;
        // Blank lines before the head are an accident of transport, not its end.
        Entity::branch(bytes.trim_ascii_start(), "text/plain", DEEPEST, &mut left)
    }

    fn branch(bytes: &'x [u8], unsaid: &str, depth: usize, left: &mut usize) -> Entity<'x> {
        let (head, body) = Head::read(bytes);
        let mut content_type = Fielded::read(&head.text("content-type").unwrap_or_default());
        if !content_type.value.contains('/') {
            content_type.value = unsaid.to_owned();
        }
        let disposition = Fielded::read(&head.text("content-disposition").unwrap_or_default());
        let mut entity =
            Entity { head, content_type, disposition, body, children: Vec::new(), cut_short: false };
        if entity.media().starts_with("multipart/") && depth > 0 {
            entity.split(depth, left);
        }
        if entity.media().starts_with("multipart/") && entity.children.is_empty() {
            // Nothing separates anything: what there is can be read as one text.
            entity.content_type.value = sniffed(body).to_owned();
        }
        entity
    }

    fn split(&mut self, depth: usize, left: &mut usize) {
        let unsaid = if self.media() == "multipart/digest" { "message/rfc822" } else { "text/plain" };
        let said = self.content_type.parameter("boundary").map(str::trim).filter(|said| !said.is_empty());
        let mut pieces = said.map(|said| pieces(self.body, said.as_bytes())).unwrap_or_default();
        if pieces.is_empty()
            && let Some(guessed) = guessed_boundary(self.body)
        {
            pieces = self::pieces(self.body, guessed);
        }
        for piece in pieces {
            if *left == 0 {
                self.cut_short = true;
                break;
            }
            *left -= 1;
            self.children.push(Entity::branch(piece, unsaid, depth - 1, left));
        }
    }

    /// Type and subtype in small letters.
    pub(super) fn media(&self) -> &str {
        &self.content_type.value
    }

    pub(super) fn is_attachment(&self) -> bool {
        self.disposition.value == "attachment"
    }

    pub(super) fn is_said_inline(&self) -> bool {
        self.disposition.value == "inline"
    }

    /// The file's name as the letter gives it, made safe.
    pub(super) fn name(&self) -> Option<String> {
        let said = self.disposition.parameter("filename").or_else(|| self.content_type.parameter("name"))?;
        names::safe(said)
    }

    pub(super) fn content_id(&self) -> Option<String> {
        let id = self.head.text("content-id")?;
        let id: String = id.chars().filter(|c| !c.is_control() && !"<>\"'".contains(*c)).take(250).collect();
        Some(id.trim().to_owned()).filter(|id| !id.is_empty())
    }

    /// The body without its transfer encoding.
    pub(super) fn bytes(&self) -> Cow<'x, [u8]> {
        let encoding = self.head.text("content-transfer-encoding").unwrap_or_default().to_ascii_lowercase();
        transfer::decode(self.body, encoding.split([';', ' ']).next().unwrap_or_default())
    }

    /// The body as text, in the charset that it is in.
    pub(super) fn text(&self) -> String {
        let bytes = self.bytes();
        charset::decode(&bytes, self.content_type.parameter("charset"))
    }

    /// Itself and everything below, in the letter's order.
    pub(super) fn walk(&self) -> Vec<&Entity<'x>> {
        let mut all = vec![self];
        for child in &self.children {
            all.extend(child.walk());
        }
        all
    }
}

fn sniffed(body: &[u8]) -> &'static str {
    let start: Vec<u8> = body.trim_ascii_start().iter().take(15).map(u8::to_ascii_lowercase).collect();
    match start.starts_with(b"<html") || start.starts_with(b"<!doctype html") {
        true => "text/html",
        false => "text/plain",
    }
}

/// What stands between the lines of a boundary; what stands before the first and behind the closing one is for programs
/// of 1992. Without a closing line the last piece goes on to the end.
fn pieces<'x>(body: &'x [u8], boundary: &[u8]) -> Vec<&'x [u8]> {
    let mut pieces = Vec::new();
    let mut from = None;
    for (start, line) in lines(body) {
        let Some(closes) = delimits(line, boundary) else { continue };
        if let Some(from) = from {
            pieces.push(without_last_newline(&body[from..start]));
        }
        from = (!closes).then_some(start + line.len());
    }
    if let Some(from) = from {
        pieces.push(&body[from..]);
    }
    pieces
}

fn lines(body: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = body.get(start..).filter(|rest| !rest.is_empty())?;
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        start += end;
        Some((start - end, &rest[..end]))
    })
}

/// Whether a line is a boundary's, and if so whether it closes.
fn delimits(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?.trim_ascii_end();
    match rest {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

fn without_last_newline(piece: &[u8]) -> &[u8] {
    let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
    piece.strip_suffix(b"\r").unwrap_or(piece)
}

/// The boundary that a letter uses and does not name, or names wrongly: a line `--…` before the head of a part.
fn guessed_boundary(body: &[u8]) -> Option<&[u8]> {
    let mut before: Option<&[u8]> = None;
    for (_, line) in lines(body) {
        if let Some(boundary) = before
            && line.get(..8).is_some_and(|name| name.eq_ignore_ascii_case(b"content-"))
        {
            return Some(boundary);
        }
        let named = line.strip_prefix(b"--").map(<[u8]>::trim_ascii_end);
        before = named.filter(|name| (1..=100).contains(&name.len()) && !name.contains(&b' '));
    }
    None
}
