//! A name and an address that can stand in a letter's head.

use std::fmt;

/// Somebody's address, with the name to show. Never holds what could break out of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    name: String,
    address: String,
}

/// Not an address that a letter could go to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a mail address: {0:?}")]
pub struct NotAMailbox(String);

/// RFC 5321 §4.5.3.1.3: a path is at most 256 octets with its brackets.
const LONGEST_ADDRESS: usize = 254;

impl Mailbox {
    /// A name, which may be empty, and an address of the dot-atom form `local@domain`.
    ///
    /// # Errors
    /// [`NotAMailbox`] when nothing could be delivered to the address.
    pub fn new(name: &str, address: &str) -> Result<Mailbox, NotAMailbox> {
        let address = address.trim();
        if !is_address(address) {
            return Err(NotAMailbox(address.chars().take(80).collect()));
        }
        let name = name.split(char::is_control).collect::<Vec<_>>().join(" ");
        Ok(Mailbox { name: name.trim().to_owned(), address: address.to_owned() })
    }

    /// The name to show; empty when there is none.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The address alone.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What stands after the `@`.
    pub fn domain(&self) -> &str {
        self.address.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The same mailbox with a detail after a plus (RFC 5233): `desk+detail@domain`.
    pub fn with_detail(&self, detail: &str) -> Mailbox {
        let (local, domain) = self.address.rsplit_once('@').unwrap_or((&self.address, ""));
        Mailbox { name: self.name.clone(), address: format!("{local}+{detail}@{domain}") }
    }
}

fn is_address(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let atom = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let host = |c: char| c.is_alphanumeric() || "-.".contains(c);
    let dotted = |part: &str| !part.is_empty() && part.split('.').all(|word| !word.is_empty());
    address.len() <= LONGEST_ADDRESS
        && dotted(local)
        && dotted(domain)
        && local.chars().all(atom)
        && domain.chars().all(host)
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.is_empty() {
            true => f.write_str(&self.address),
            false => write!(f, "{} <{}>", self.name, self.address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_break_out_of_a_header_never_gets_in() {
        for bad in
            ["", "a", "a@", "@b", "a@b\r\nBcc: c@d", "a b@c", "a@b c", "<a@b>", "a..b@c", "a@b.", "\"a\"@b"]
        {
            assert!(Mailbox::new("", bad).is_err(), "{bad:?}");
        }
        let named = Mailbox::new("Marta\r\nBcc: x@y", "marta@agencia.example").expect("an address");
        assert_eq!(named.name(), "Marta  Bcc: x@y");
    }

    #[test]
    fn a_detail_goes_before_the_at() {
        let desk = Mailbox::new("Mesa", "mesa@agencia.example").expect("an address");
        assert_eq!(desk.with_detail("ms-1").address(), "mesa+ms-1@agencia.example");
        assert_eq!(desk.domain(), "agencia.example");
    }
}
