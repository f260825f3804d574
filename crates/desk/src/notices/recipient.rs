//! To whom a letter goes, as the outbox keeps it: an address is looked up when the letter leaves, not before.

use std::fmt;

use atiende_procedure::{ContractId, GroupId, PersonId};

/// Somebody to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recipient {
    /// Somebody of the directory: `p7`.
    Person(PersonId),
    /// A group's own address: `g3`.
    Group(GroupId),
    /// The provider, at the addresses of one of its contracts: `c2`.
    Provider(ContractId),
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Recipient::Person(id) => write!(f, "p{id}"),
            Recipient::Group(id) => write!(f, "g{id}"),
            Recipient::Provider(id) => write!(f, "c{id}"),
        }
    }
}

impl Recipient {
    /// The recipient of a word.
    pub fn of_word(word: &str) -> Option<Recipient> {
        let id = |digits: &str| digits.parse().ok();
        match (word.get(..1)?, word.get(1..)?) {
            ("p", digits) => id(digits).map(|id| Recipient::Person(PersonId(id))),
            ("g", digits) => id(digits).map(|id| Recipient::Group(GroupId(id))),
            ("c", digits) => id(digits).map(|id| Recipient::Provider(ContractId(id))),
            _ => None,
        }
    }
}
