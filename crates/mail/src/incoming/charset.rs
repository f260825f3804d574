//! Bytes to text, by what they are when that and what they are said to be disagree.

use std::borrow::Cow;

use encoding_rs::{
    Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED,
};
use mail_parser::decoders::charsets::map::charset_decoder;

/// Text of a part that says to be in the charset `label`.
pub(super) fn decode(bytes: &[u8], label: Option<&str>) -> String {
    let label = label.unwrap_or_default().trim_matches(['"', '\'', ' ', '\t']).to_ascii_lowercase();
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    // encoding_rs knows only what the web needs.
    if let "utf-7" | "utf7" | "unicode-1-1-utf-7" | "csutf7" | "cp850" | "ibm850" | "850" | "dos-850" =
        label.as_str()
        && let Some(decoder) =
            charset_decoder(label.replace("dos-", "cp").replace("unicode-1-1-", "").as_bytes())
    {
        return decoder(bytes);
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
        Err(_) if mostly_utf8(bytes) => String::from_utf8_lossy(bytes),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

fn best(bytes: &[u8], encoding: &'static Encoding) -> String {
    match has_escape(bytes) {
        true => guess(bytes).into_owned(),
        false => encoding.decode_without_bom_handling(bytes).0.into_owned(),
    }
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
