//! Content-Transfer-Encoding undone (RFC 2045 §6), skipping what does not belong.

use std::borrow::Cow;

/// Where quoted-printable stands: in a word its spaces count to the end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    Body,
    Word,
}

/// The bytes of a body under its encoding; as they are when that is unknown.
pub(super) fn decode<'x>(body: &'x [u8], encoding: &str) -> Cow<'x, [u8]> {
    match encoding {
        "base64" | "b64" if is_base64(body) => Cow::Owned(base64(body)),
        "quoted-printable" | "quoted_printable" | "qp" => Cow::Owned(quoted_printable(body, Where::Body)),
        "x-uuencode" | "uuencode" | "x-uue" | "uue" => Cow::Owned(uuencoded(body)),
        _ => Cow::Borrowed(body),
    }
}

/// Whether a body that says so is base64, dirt aside: sentences have blanks in their lines.
fn is_base64(body: &[u8]) -> bool {
    let blank = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_whitespace);
    let foreign = |at: usize, byte: u8| match byte {
        b' ' | b'\t' => {
            !blank(at.checked_sub(1).and_then(|before| body.get(before))) && !blank(body.get(at + 1))
        }
        _ => !(byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || b"+/=-_".contains(&byte)),
    };
    let count = body.iter().enumerate().filter(|(at, byte)| foreign(*at, **byte)).count();
    count * 20 <= body.len()
}

/// Base64. What is not of its alphabet is skipped, and padding ends a run, not the whole: some programs concatenate.
pub(super) fn base64(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0u32, 0u32);
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                (held, bits) = (0, 0);
                continue;
            }
            _ => continue,
        };
        held = (held << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    out
}

/// Quoted-printable. An `=` that begins nothing stays as it is.
pub(super) fn quoted_printable(text: &[u8], place: Where) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let content = line.strip_suffix(b"\n").unwrap_or(line);
        let ended = content.len() < line.len();
        let content = content.strip_suffix(b"\r").unwrap_or(content);
        let content = if place == Where::Body { content.trim_ascii_end() } else { content };
        let (content, soft) = match content.strip_suffix(b"=") {
            Some(before) if place == Where::Body => (before, true),
            _ => (content, false),
        };
        unescape(content, &mut out);
        if ended && !soft {
            out.extend_from_slice(b"\r\n");
        }
    }
    out
}

fn unescape(mut content: &[u8], out: &mut Vec<u8>) {
    while let Some(at) = memchr::memchr(b'=', content) {
        out.extend_from_slice(&content[..at]);
        let digit = |place: usize| content.get(at + place).and_then(|byte| (*byte as char).to_digit(16));
        match (digit(1), digit(2)) {
            (Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                content = &content[at + 3..];
            }
            _ => {
                out.push(b'=');
                content = &content[at + 1..];
            }
        }
    }
    out.extend_from_slice(content);
}

/// uuencode: the lines between `begin` and `end`.
fn uuencoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    if !lines.any(|line| line.starts_with(b"begin ")) {
        return text.to_vec();
    }
    for line in lines {
        let Some((length, digits)) = line.split_first() else { continue };
        if line == b"end" {
            break;
        }
        let six = |byte: u8| u32::from(byte.wrapping_sub(32) & 63);
        let mut bytes = Vec::new();
        for four in digits.chunks(4) {
            let all = (0..4).fold(0u32, |all, at| (all << 6) | six(four.get(at).copied().unwrap_or(b' ')));
            bytes.extend_from_slice(&all.to_be_bytes()[1..]);
        }
        bytes.truncate(six(*length) as usize);
        out.extend(bytes);
    }
    out
}
