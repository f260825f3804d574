//! Bytes to text, by what they are when that and what they are said to be disagree.

use std::borrow::Cow;

use encoding_rs::{
    Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED,
};
use mail_parser::decoders::charsets::map::charset_decoder;

use super::transfer;

/// Text of a part that says to be in the charset `label`.
pub(super) fn decode(bytes: &[u8], label: Option<&str>) -> String {
    let label = label.unwrap_or_default().trim_matches(['"', '\'', ' ', '\t']).to_ascii_lowercase();
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    // encoding_rs knows only what the web needs.
    match label.as_str() {
        "utf-7" | "utf7" | "unicode-1-1-utf-7" | "csutf7" => return utf7(bytes),
        "cp850" | "ibm850" | "850" | "dos-850" => {
            if let Some(decoder) = charset_decoder(b"ibm850") {
                return decoder(bytes);
            }
        }
        _ => {}
    }
    match Encoding::for_label(label.as_bytes()) {
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => {
            encoding.decode(bytes).0.into_owned()
        }
        Some(encoding) if encoding == UTF_8 || encoding == REPLACEMENT || encoding == X_USER_DEFINED => {
            guess(bytes).into_owned()
        }
        // No text of one byte a letter happens to be UTF-8; many are labelled so by gateways that do not look.
        Some(encoding) if encoding.is_single_byte() => match std::str::from_utf8(bytes) {
            Ok(text) if !has_escape(bytes) => text.to_owned(),
            _ => best(bytes, encoding),
        },
        Some(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        None => guess(bytes).into_owned(),
    }
}

/// Text of bytes that say nothing of themselves, or something that cannot be.
pub(super) fn guess(bytes: &[u8]) -> Cow<'_, str> {
    if has_escape(bytes) {
        return ISO_2022_JP.decode_without_bom_handling(bytes).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        // UTF-8 with a broken piece in it is still more UTF-8 than anything else.
        Err(_) if mostly_utf8(bytes) => Cow::Owned(mended(bytes)),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

fn best(bytes: &[u8], encoding: &'static Encoding) -> String {
    match has_escape(bytes) {
        true => guess(bytes).into_owned(),
        false => encoding.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// UTF-8 in which somebody pasted letters of Windows: those become what they were. What begins a letter of two bytes and
/// lacks the other stays unknown.
fn mended(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        match chunk.invalid() {
            [] => {}
            [byte] if !matches!(byte, 0xC2 | 0xC3) => {
                out.push_str(&WINDOWS_1252.decode_without_bom_handling(&[*byte]).0);
            }
            _ => out.push(char::REPLACEMENT_CHARACTER),
        }
    }
    out
}

/// UTF-7 (RFC 2152): `+`, base64 of UTF-16, and a `-` or whatever is not of base64.
fn utf7(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(plus) = memchr::memchr(b'+', rest) {
        out.push_str(&guess(&rest[..plus]));
        rest = &rest[plus + 1..];
        let of_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        let length = rest.iter().position(|byte| !of_base64(byte)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(length);
        if run.is_empty() && after.starts_with(b"-") {
            out.push('+');
        } else {
            out.push_str(&UTF_16BE.decode_without_bom_handling(&even(transfer::base64(run))).0);
        }
        rest = after.strip_prefix(b"-").unwrap_or(after);
    }
    out.push_str(&guess(rest));
    out
}

/// Without the bits that filled up the last letter of base64.
fn even(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() & !1);
    bytes
}

/// Seven-bit bytes that switch to a Japanese set.
fn has_escape(bytes: &[u8]) -> bool {
    memchr::memchr(0x1B, bytes).is_some()
        && bytes.is_ascii()
        && bytes.windows(3).any(|three| matches!(three, b"\x1B$B" | b"\x1B$@" | b"\x1B(J" | b"\x1B(I"))
}

fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut right, mut wrong) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        right += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        wrong += chunk.invalid().len();
    }
    right > wrong
}
