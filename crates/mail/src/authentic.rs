//! Whether a letter's sender is who he says: the word of the server that received it (RFC 8601), which saw the
//! connection and asked the domain for its policy (DMARC, RFC 7489).

mod dmarc;

pub use dmarc::{NoAnswer, NoResolver, SenderCheck};

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
/// topmost one counts, and a receiving server takes away those that claim its own name. With no name nobody is believed;
/// `*` takes the topmost whoever wrote it, for servers that always write one and give no name, as Microsoft 365 does.
/// Nothing when that server did not say what it found.
pub fn authenticity(letter: &[u8], authserv_id: &str) -> Option<Authenticity> {
    if authserv_id.trim().is_empty() {
        return None;
    }
    let head = MessageParser::default().parse_headers(letter);
    let mut heads = head.iter().flat_map(mail_parser::Message::headers_raw);
    let (_, found) = heads.find(|(name, _)| name.eq_ignore_ascii_case("authentication-results"))?;
    let found = found.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let results = match authserv_id.trim() {
        "*" => &found,
        own => {
            let (id, results) = found.split_once(';').unwrap_or((&found, ""));
            let id = id.split(' ').next().unwrap_or_default();
            if id != own.to_lowercase() {
                return None;
            }
            results
        }
    };
    // The sender chose some of these words, the quoted ones and those of comments: they may take rights from him, and give
    // him none.
    let fails = |result: &str| matches!(result, "fail" | "quarantine" | "reject" | "permerror");
    if dmarc(results).any(fails) {
        return Some(Authenticity::Fail);
    }
    let said = unquoted(results).unwrap_or_default();
    match dmarc(&said).next()? {
        "pass" | "bestguesspass" => Some(Authenticity::Pass),
        // It had no answer itself.
        "temperror" => None,
        _ => Some(Authenticity::Unknown),
    }
}

/// The results of DMARC in a list of results.
fn dmarc(results: &str) -> impl Iterator<Item = &str> {
    let results = results.split(';').filter_map(|result| result.trim().strip_prefix("dmarc="));
    results.map(|result| result.split([' ', '(']).next().unwrap_or_default())
}

/// Without quoted words and comments (RFC 8601 §2.2); nothing when one of them does not end.
fn unquoted(results: &str) -> Option<String> {
    let (mut out, mut depth, mut quoted) = (String::new(), 0_usize, false);
    let mut chars = results.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if quoted || depth > 0 => drop(chars.next()),
            '"' if depth == 0 => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.checked_sub(1)?,
            _ if quoted || depth > 0 => {}
            _ => out.push(c),
        }
    }
    (depth == 0 && !quoted).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(heads: &str) -> Option<Authenticity> {
        authenticity(format!("{heads}From: a@b.example\r\n\r\nx").as_bytes(), "mx.agencia.example")
    }

    #[test]
    fn the_sender_s_own_words_give_him_no_rights() {
        let said = |results: &str| of(&format!("Authentication-Results: mx.agencia.example; {results}\r\n"));
        let quoted = r#"spf=none smtp.mailfrom="x; dmarc=pass y"@b.example"#;
        assert_eq!(said(&format!("{quoted}; dmarc=fail")), Some(Authenticity::Fail));
        assert_eq!(said(quoted), None);
        assert_eq!(
            said(r#"spf=none (domain of "x; dmarc=pass y"@b.example); dmarc=none"#),
            Some(Authenticity::Unknown)
        );
        let open = r#"spf=none (domain of "x("@b.example is unknown)"#;
        assert_eq!(said(&format!("{open}; dmarc=fail")), Some(Authenticity::Fail), "hides no failure");
        assert_eq!(said(&format!("{open}; dmarc=pass")), None);
        assert_eq!(
            said("spf=pass (a (b) c); dmarc=pass (p=NONE; dis=NONE) header.from=b.example"),
            Some(Authenticity::Pass)
        );
    }

    #[test]
    fn a_server_that_gives_no_name_is_believed_when_it_is_asked_for() {
        let of = |result: &str| {
            let head = format!(
                "Authentication-Results: spf=fail (sender IP is 192.0.2.1)\r\n smtp.mailfrom=b.example; dkim=none;\r\n dmarc={result} action=quarantine header.from=b.example\r\n"
            );
            authenticity(format!("{head}From: a@b.example\r\n\r\nx").as_bytes(), "*")
        };
        assert_eq!(of("fail"), Some(Authenticity::Fail));
        assert_eq!(of("pass"), Some(Authenticity::Pass));
    }

    #[test]
    fn only_the_topmost_word_of_our_own_server_counts() {
        let said = |id: &str, result: &str| {
            format!(
                "Authentication-Results: {id};\r\n spf=pass smtp.mailfrom=b.example;\r\n dmarc={result} (p=REJECT) header.from=b.example\r\n"
            )
        };
        let ours = |result| said("mx.agencia.example", result);
        assert_eq!(of(&ours("pass")), Some(Authenticity::Pass));
        assert_eq!(of(&ours("fail")), Some(Authenticity::Fail));
        assert_eq!(of(&ours("none")), Some(Authenticity::Unknown), "it looked, and the domain says nothing");
        assert_eq!(of(&ours("temperror")), None);
        assert_eq!(of(&said("mx.agencia.example 1", "fail")), Some(Authenticity::Fail));
        assert_eq!(of(&said("mx.other.example", "pass")), None);
        assert_eq!(
            of(&format!("{}{}", ours("fail"), ours("pass"))),
            Some(Authenticity::Fail),
            "the sender's own below"
        );
        assert_eq!(of(""), None);
        assert_eq!(authenticity(ours("fail").as_bytes(), ""), None);
    }
}
