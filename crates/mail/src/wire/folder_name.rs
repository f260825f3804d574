//! Names of folders: letters beyond ASCII travel in a UTF-7 of IMAP's own.

/// A folder's name as IMAP takes it: in modified UTF-7 (RFC 3501 §5.1.3).
pub(super) fn quoted(folder: &str) -> String {
    let mut out = String::new();
    let mut wide: Vec<u16> = Vec::new();
    for c in folder.chars() {
        if (' '..='~').contains(&c) {
            flush(&mut out, &mut wide);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else if !c.is_control() {
            wide.extend(c.encode_utf16(&mut [0; 2]).iter());
        }
    }
    flush(&mut out, &mut wide);
    out
}

fn flush(out: &mut String, wide: &mut Vec<u16>) {
    if wide.is_empty() {
        return;
    }
    let bytes: Vec<u8> = wide.drain(..).flat_map(u16::to_be_bytes).collect();
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
    out.push('&');
    for chunk in bytes.chunks(3) {
        let held =
            chunk.iter().fold(0u32, |held, byte| held << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            out.push(char::from(ALPHABET[(held >> (18 - 6 * place)) as usize & 63]));
        }
    }
    out.push('-');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_named_as_rfc_3501_has_it() {
        assert_eq!(quoted("INBOX"), "INBOX");
        assert_eq!(quoted("R&D"), "R&-D");
        assert_eq!(quoted("~peter/mail/台北/日本語"), "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
        assert_eq!(quoted("Atención"), "Atenci&APM-n");
    }
}
