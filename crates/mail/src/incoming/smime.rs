//! Wrappers of S/MIME (RFC 5652) and PGP that hide what somebody wrote. Signatures are not verified here.

/// What an S/MIME wrapper holds.
pub(super) enum Opened {
    /// The signed content, a MIME part.
    Signed(Vec<u8>),
    Enveloped,
    /// Something else, or broken.
    Unknown,
}

/// 1.2.840.113549.1.7, the arc of PKCS #7; .2 is signed data, .3 enveloped.
const PKCS7: [u8; 8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07];

/// 1.2.840.113549.1.9.16.1.23: authenticated and enveloped (RFC 5083).
const AUTH_ENVELOPED: [u8; 11] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x17];

const SEQUENCE: u8 = 0x30;
const OBJECT: u8 = 0x06;
const EXPLICIT: u8 = 0xA0;
const OCTETS: u8 = 0x04;
const OCTETS_IN_PIECES: u8 = 0x24;

/// Looks into a `smime.p7m`.
pub(super) fn open(bytes: &[u8]) -> Opened {
    let Some((kind, content)) = content_info(bytes) else { return Opened::Unknown };
    if kind == AUTH_ENVELOPED {
        return Opened::Enveloped;
    }
    match kind.strip_prefix(&PKCS7) {
        Some([2]) => signed(content).map_or(Opened::Unknown, Opened::Signed),
        Some([3 | 4 | 6]) => Opened::Enveloped,
        _ => Opened::Unknown,
    }
}

fn content_info(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, info, _) = element(bytes, SEQUENCE)?;
    let (_, kind, rest) = element(info, OBJECT)?;
    let (_, content, _) = element(rest, EXPLICIT)?;
    Some((kind, content))
}

/// SignedData: version, digest algorithms, and the encapsulated content.
fn signed(content: &[u8]) -> Option<Vec<u8>> {
    let (_, data, _) = element(content, SEQUENCE)?;
    let (_, _, rest) = any(data)?;
    let (_, _, rest) = any(rest)?;
    let (_, encapsulated, _) = element(rest, SEQUENCE)?;
    let (_, _, rest) = element(encapsulated, OBJECT)?;
    let (_, explicit, _) = element(rest, EXPLICIT)?;
    let (tag, octets, _) = any(explicit)?;
    match tag {
        OCTETS => Some(octets.to_vec()),
        OCTETS_IN_PIECES => {
            let mut whole = Vec::new();
            let mut rest = octets;
            while let Some((_, piece, after)) = element(rest, OCTETS) {
                whole.extend_from_slice(piece);
                rest = after;
            }
            Some(whole)
        }
        _ => None,
    }
}

fn element(bytes: &[u8], tag: u8) -> Option<(u8, &[u8], &[u8])> {
    any(bytes).filter(|(own, _, _)| *own == tag)
}

/// Tag, content and what follows. One of indefinite length (BER) is taken to go on to the end: what it holds is read in
/// order, and nothing behind it is asked for.
fn any(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0x80 => return Some((tag, rest, &[])),
        0..0x80 => (usize::from(length), rest),
        _ => {
            let count = usize::from(length & 0x7F);
            let digits = rest.get(..count).filter(|_| count <= 4)?;
            let length = digits.iter().fold(0usize, |all, byte| (all << 8) | usize::from(*byte));
            (length, &rest[count..])
        }
    };
    // Truncated on its way: what there is, is read.
    Some((tag, &rest[..length.min(rest.len())], rest.get(length..).unwrap_or_default()))
}

/// The words of a text signed in place by PGP (RFC 9580 §7); `None` when it is none.
pub(super) fn without_pgp_signature(text: &str) -> Option<String> {
    let (before, rest) = text.split_once("-----BEGIN PGP SIGNED MESSAGE-----")?;
    let (words, after) = rest.split_once("-----BEGIN PGP SIGNATURE-----")?;
    let (_, words) = words.split_once("\n\n")?;
    let after = after.split_once("-----END PGP SIGNATURE-----").map_or("", |(_, after)| after);
    let mut lines = Vec::new();
    for line in words.lines() {
        lines.push(line.strip_prefix("- ").unwrap_or(line));
    }
    Some(format!("{before}{}{after}", lines.join("\n")))
}
