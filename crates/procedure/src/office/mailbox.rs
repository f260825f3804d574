//! The office's mailboxes: where its people and providers write to, and from where it answers (R7, R12).

use serde::{Deserialize, Serialize};

use crate::MailboxId;

/// An address of the office with the servers behind it. Passwords and keys are not here: they lie in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    pub id: MailboxId,
    /// What the administrators call it; letters handed over by `atiende deliver --mailbox` name it.
    pub name: String,
    pub address: String,
    /// How letters are fetched; absent when a mail server hands them over by `atiende deliver`.
    #[serde(default)]
    pub receives: Option<Receiving>,
    /// How letters are sent; absent when it only receives.
    #[serde(default)]
    pub sends: Option<MailServer>,
    /// The name under which the receiving mail server records that a sender is who he says (RFC 8601, `authserv-id`);
    /// empty when its word is not to be taken.
    #[serde(default)]
    pub authserv_id: String,
    /// Whether what is sent to `name+anything@…` arrives at `name@…` (RFC 5233). Where it does not, what an answer must
    /// bring back stands in the subject.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub plus_addresses: bool,
    pub active: bool,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_yes(it: &bool) -> bool {
    *it
}

/// Fetching by IMAP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receiving {
    pub server: MailServer,
    pub folder: String,
    /// Where letters go that were taken in; they stay when it is empty.
    #[serde(default)]
    pub processed: String,
    /// Where letters go that could not be read; they stay when it is empty.
    #[serde(default)]
    pub failed: String,
}

/// A server and how one signs in there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailServer {
    pub host: String,
    pub port: u16,
    pub security: MailSecurity,
    /// Empty when the server asks for no name.
    #[serde(default)]
    pub user: String,
    /// How the user shows who he is; absent for a password.
    #[serde(default)]
    pub oauth: Option<OAuthClient>,
}

/// A registered client of Microsoft 365 or Google (RFC 6749 §6, XOAUTH2); its secrets lie in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OAuthClient {
    pub token_url: String,
    pub client_id: String,
    #[serde(default)]
    pub scope: String,
}

crate::vocabulary::vocabulary! {
    /// How a connection to a mail server is kept from others' eyes; `plain` is for servers on the same machine.
    MailSecurity { Tls = "tls", StartTls = "starttls", Plain = "plain" }
}

/// Domains in which everybody can have an address: that a provider writes from one says nothing of who else does.
const SHARED: [&str; 14] = [
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.es",
    "outlook.com",
    "outlook.es",
    "live.com",
    "msn.com",
    "yahoo.com",
    "yahoo.es",
    "yahoo.com.co",
    "icloud.com",
    "proton.me",
    "une.net.co",
];

/// Whether somebody who writes from `address` writes for whom `known` are addresses: from one of them, or from a domain
/// of theirs that is not everybody's.
pub fn writes_for(known: &[String], address: &str) -> bool {
    let domain_of = |address: &str| address.rsplit_once('@').map(|(_, domain)| domain.to_lowercase());
    let Some(domain) = domain_of(address) else { return false };
    let shared = SHARED.contains(&domain.as_str());
    known.iter().any(|known| {
        known.eq_ignore_ascii_case(address) || !shared && domain_of(known).is_some_and(|its| its == domain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_writes_from_its_addresses_and_its_own_domain() {
        let known = ["soporte@rentas.example".to_owned(), "tecnico.rentas@gmail.com".to_owned()];
        for address in ["SOPORTE@rentas.example", "guardia@Rentas.example", "Tecnico.Rentas@gmail.com"] {
            assert!(writes_for(&known, address), "{address}");
        }
        for address in ["otro@gmail.com", "soporte@rentas.example.mal.example", "rentas.example", "@", ""] {
            assert!(!writes_for(&known, address), "{address}");
        }
        assert!(!writes_for(&[], "a@b.example"));
    }
}
