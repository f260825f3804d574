//! Encoded words of headers (RFC 2047), also where they should not stand.

use super::{charset, transfer};

/// One encoded word: its charset, its bytes, and where it ends.
struct Word<'t> {
    charset: &'t str,
    bytes: Vec<u8>,
    end: usize,
}

/// The text with its encoded words decoded. Neighbours of one charset are joined before decoding, since some programs cut
/// a letter of several bytes in two.
pub(super) fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("=?") {
        let Some(mut word) = word_at(&rest[at..]) else {
            // Without an end of a word in what follows there is none to find.
            if !rest[at..].contains("?=") {
                break;
            }
            out.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            continue;
        };
        out.push_str(&rest[..at]);
        rest = &rest[at + word.end..];
        while let Some(next) = next_word(rest) {
            rest = &rest[next.0 + next.1.end..];
            if next.1.charset.eq_ignore_ascii_case(word.charset) {
                word.bytes.extend(next.1.bytes);
            } else {
                out.push_str(&charset::decode(&word.bytes, Some(word.charset)));
                word = next.1;
            }
        }
        out.push_str(&charset::decode(&word.bytes, Some(word.charset)));
    }
    out.push_str(rest);
    out
}

/// The length of the encoded word at the beginning of `text`.
pub(super) fn length_at(text: &str) -> Option<usize> {
    word_bounds(text).map(|bounds| bounds.end)
}

/// Space between encoded words is not part of the text (RFC 2047 §6.2).
fn next_word(text: &str) -> Option<(usize, Word<'_>)> {
    let trimmed = text.trim_start();
    let skipped = text.len() - trimmed.len();
    word_at(trimmed).map(|word| (skipped, word))
}

struct Bounds<'t> {
    charset: &'t str,
    base64: bool,
    data: &'t str,
    end: usize,
}

fn word_bounds(text: &str) -> Option<Bounds<'_>> {
    let inner = text.strip_prefix("=?")?;
    let question = inner.bytes().take(60).position(|byte| byte == b'?')?;
    let charset = inner[..question].split('*').next().filter(|name| !name.is_empty())?;
    let base64 = match inner[question + 1..].get(..2)? {
        "B?" | "b?" => true,
        "Q?" | "q?" => false,
        _ => return None,
    };
    let data = &inner[question + 3..];
    let length = data.find("?=")?;
    Some(Bounds { charset, base64, data: &data[..length], end: 2 + question + 3 + length + 2 })
}

fn word_at(text: &str) -> Option<Word<'_>> {
    let Bounds { charset, base64, data, end } = word_bounds(text)?;
    let bytes = match base64 {
        true => transfer::base64(data.as_bytes()),
        false => transfer::quoted_printable(data.replace('_', " ").as_bytes(), transfer::Where::Word),
    };
    Some(Word { charset, bytes, end })
}
