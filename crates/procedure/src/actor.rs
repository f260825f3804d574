//! Who acts.

use serde::{Deserialize, Serialize};

use crate::{Capacity, ContractId, PersonId};

/// Who asks for a change. A person's roles are read from the office when the change is decided, never carried along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "who", content = "id", rename_all = "snake_case")]
pub enum Actor {
    /// Somebody of the directory.
    Person(PersonId),
    /// A provider under one of its contracts, by mail or by a signed link (R12).
    Provider(ContractId),
    /// Time passing.
    Clock,
    /// Whoever runs commands on the machine itself.
    Operator,
}

impl Actor {
    /// The person, when it is one.
    pub fn person(self) -> Option<PersonId> {
        match self {
            Actor::Person(id) => Some(id),
            _ => None,
        }
    }
}

/// Who did something, and from which place in the procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acted {
    /// Who.
    pub by: Actor,
    /// As what: an administrator who does an agent's work is recorded as such.
    pub capacity: Capacity,
}
