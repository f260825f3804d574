//! Links that act without signing in: signed, expiring, each for one purpose, one case and one person.

use atiende_mail::ThreadKey;
use atiende_procedure::{Actor, CaseId, ContractId, PersonId};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use crate::Desk;

/// What a link lets its bearer do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Confirm, reopen and rate a solved case (R14).
    Answer,
    /// Supply what the request lacks (R9).
    Complete,
    /// Report a solution as the provider (R12).
    Report,
}

/// What a signed link says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedLink {
    pub purpose: LinkPurpose,
    pub case: CaseId,
    /// As whom its bearer acts: a person, or a provider under a contract.
    pub actor: Actor,
    /// Seconds since 1970 after which it no longer opens.
    pub expires: i64,
}

/// The key with which links are signed.
#[derive(Clone)]
pub(crate) struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

const PAYLOAD: usize = 26;
const MAC: usize = 16;

impl Secret {
    /// Derives the signing key from stored randomness, so that other keys can be derived from the same.
    pub(crate) fn new(stored: &[u8; 32]) -> Secret {
        Secret(blake3::derive_key("atiende 2026-11 signed links", stored))
    }

    /// The token of a link, to stand in a path.
    pub(crate) fn sign(&self, link: &SignedLink) -> String {
        let payload = link.payload();
        let mut whole = payload.to_vec();
        whole.extend(self.mac(&payload));
        URL_SAFE_NO_PAD.encode(whole)
    }

    /// The key of the threads of letters, apart from that of links.
    pub(crate) fn thread_key(&self) -> ThreadKey {
        ThreadKey::derive(&self.0)
    }

    fn mac(&self, payload: &[u8]) -> [u8; MAC] {
        let whole = blake3::keyed_hash(&self.0, payload);
        let mut mac = [0; MAC];
        mac.copy_from_slice(&whole.as_bytes()[..MAC]);
        mac
    }
}

impl Desk {
    /// The token of a link, to stand in a path.
    pub fn sign(&self, link: &SignedLink) -> String {
        self.secret().sign(link)
    }

    /// Reads a link's token; nothing when it is not ours, was changed, or has expired.
    pub fn open_link(&self, token: &str) -> Option<SignedLink> {
        let whole = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == PAYLOAD + MAC)?;
        let (payload, mac) = whole.split_at(PAYLOAD);
        let expected = self.secret().mac(payload);
        let differs = mac.iter().zip(expected).fold(0, |differs, (a, b)| differs | (a ^ b));
        let link = SignedLink::read(payload)?;
        (differs == 0 && link.expires > self.ambience().now().as_second()).then_some(link)
    }

    /// An instant so many days from now, for a link's expiry.
    pub fn in_days(&self, days: i64) -> i64 {
        in_days(self.ambience().now(), days)
    }
}

pub(crate) fn in_days(now: Timestamp, days: i64) -> i64 {
    now.as_second() + days * 24 * 60 * 60
}

impl SignedLink {
    fn payload(&self) -> [u8; PAYLOAD] {
        let (kind, id) = match self.actor {
            Actor::Provider(contract) => (1, contract.0),
            Actor::Person(person) => (0, person.0),
            Actor::Clock | Actor::Operator => (2, 0),
        };
        let purpose = match self.purpose {
            LinkPurpose::Answer => 1,
            LinkPurpose::Complete => 2,
            LinkPurpose::Report => 3,
        };
        let mut payload = [0; PAYLOAD];
        payload[0] = purpose;
        payload[1] = kind;
        payload[2..10].copy_from_slice(&self.case.0.to_be_bytes());
        payload[10..18].copy_from_slice(&id.to_be_bytes());
        payload[18..].copy_from_slice(&self.expires.to_be_bytes());
        payload
    }

    fn read(payload: &[u8]) -> Option<SignedLink> {
        let number = |from: usize| Some(i64::from_be_bytes(payload.get(from..from + 8)?.try_into().ok()?));
        let purpose = match payload.first()? {
            1 => LinkPurpose::Answer,
            2 => LinkPurpose::Complete,
            3 => LinkPurpose::Report,
            _ => return None,
        };
        let actor = match payload.get(1)? {
            0 => Actor::Person(PersonId(number(10)?)),
            1 => Actor::Provider(ContractId(number(10)?)),
            _ => return None,
        };
        Some(SignedLink { purpose, case: CaseId(number(2)?), actor, expires: number(18)? })
    }
}
