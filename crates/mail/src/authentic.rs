//! Whether a letter's sender is who he says: the word of the server that received it (RFC 8601), which saw the
//! connection and asked the domain for its policy (DMARC, RFC 7489).

use mail_parser::MessageParser;

/// What the receiving server found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authenticity {
    /// The sender's domain vouches for it.
    Pass,
    /// The sender's domain says how its letters are to be known, and this is none.
    Fail,
    /// The domain says nothing, or nobody looked.
    Unknown,
}

/// Reads what the server of this name (`authserv-id`) wrote. Anybody can write such a header into his letter: only the
/// topmost one counts, and a receiving server takes away those that claim its own name. With no name nobody is believed.
pub fn authenticity(letter: &[u8], authserv_id: &str) -> Authenticity {
    if authserv_id.trim().is_empty() {
        return Authenticity::Unknown;
    }
    let head = MessageParser::default().parse_headers(letter);
    let mut heads = head.iter().flat_map(mail_parser::Message::headers_raw);
    let Some((_, found)) = heads.find(|(name, _)| name.eq_ignore_ascii_case("authentication-results")) else {
        return Authenticity::Unknown;
    };
    let found = found.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let (id, results) = found.split_once(';').unwrap_or((&found, ""));
    let id = id.split(' ').next().unwrap_or_default();
    if id != authserv_id.trim().to_lowercase() {
        return Authenticity::Unknown;
    }
    let dmarc = results.split(';').find_map(|result| result.trim().strip_prefix("dmarc="));
    match dmarc.map(|result| result.split([' ', '(']).next().unwrap_or_default()) {
        Some("pass" | "bestguesspass") => Authenticity::Pass,
        Some("fail" | "quarantine" | "reject" | "permerror") => Authenticity::Fail,
        _ => Authenticity::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(heads: &str) -> Authenticity {
        authenticity(format!("{heads}From: a@b.example\r\n\r\nx").as_bytes(), "mx.agencia.example")
    }

    #[test]
    fn only_the_topmost_word_of_our_own_server_counts() {
        let said = |id: &str, result: &str| {
            format!(
                "Authentication-Results: {id};\r\n spf=pass smtp.mailfrom=b.example;\r\n dmarc={result} (p=REJECT) header.from=b.example\r\n"
            )
        };
        let ours = |result| said("mx.agencia.example", result);
        assert_eq!(of(&ours("pass")), Authenticity::Pass);
        assert_eq!(of(&ours("fail")), Authenticity::Fail);
        assert_eq!(of(&ours("none")), Authenticity::Unknown);
        assert_eq!(of(&said("mx.agencia.example 1", "fail")), Authenticity::Fail);
        assert_eq!(of(&said("mx.other.example", "pass")), Authenticity::Unknown);
        assert_eq!(
            of(&format!("{}{}", ours("fail"), ours("pass"))),
            Authenticity::Fail,
            "the sender's own below"
        );
        assert_eq!(of(""), Authenticity::Unknown);
        assert_eq!(authenticity(ours("fail").as_bytes(), ""), Authenticity::Unknown);
    }
}
