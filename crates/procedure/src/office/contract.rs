//! Outside companies and what was agreed with them (R12, R13).

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Office;
use crate::sla::{Hours, ProviderPromise};
use crate::{BlobHash, CalendarId, ContractId, PersonId, ProviderId, Role, ServiceId, SupportLevel};

/// An outside company, reached by e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    pub id: ProviderId,
    pub name: String,
    /// Where requests of any of its contracts go unless the contract says otherwise.
    pub emails: Vec<String>,
    #[serde(default)]
    pub phone: String,
    pub active: bool,
}

crate::vocabulary::vocabulary! {
    /// The rental provider serves the first level too (R6).
    ContractKind { Rental = "rental", Specialised = "specialised" }
}

/// A contract under which a provider attends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    pub id: ContractId,
    pub number: String,
    pub provider: ProviderId,
    pub kind: ContractKind,
    pub object: String,
    /// The first day on which it holds.
    pub starts: Date,
    /// The last day on which it holds.
    pub ends: Date,
    pub supervisor: PersonId,
    #[serde(default)]
    pub deputy: Option<PersonId>,
    /// The levels whose agents may escalate to it.
    pub levels: BTreeSet<SupportLevel>,
    /// The services it covers; empty for all.
    #[serde(default)]
    pub services: BTreeSet<ServiceId>,
    #[serde(default)]
    pub emails: Vec<String>,
    /// The service level promised, in words.
    #[serde(default)]
    pub promise: String,
    /// Working minutes until the provider first answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<u32>,
    /// Working minutes until it reports the work solved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solution: Option<u32>,
    /// By which hours it promised that; absent by the office's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// What it costs the provider to be late, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub penalties: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<ContractDocument>,
    pub active: bool,
}

/// The most documents of one contract.
pub const MOST_DOCUMENTS: usize = 100;

/// A document of a contract, such as the contract itself or a change of it. Its bytes are stored under their hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractDocument {
    /// Where its bytes are.
    pub blob: BlobHash,
    pub name: String,
    /// The type that was sniffed.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
}

impl Office {
    /// Whether somebody reads a contract whole, with its documents: who administers or audits the office, and who
    /// supervises the contract (R13).
    pub fn reads_contract(&self, reader: PersonId, contract: &Contract) -> bool {
        let Some(person) = self.people.get(&reader) else { return false };
        let by_role = [Role::SystemAdministrator, Role::Auditor, Role::ContractSupervisor];
        match by_role.into_iter().find(|role| person.is(*role)) {
            Some(Role::ContractSupervisor) => contract.is_supervised_by(reader),
            role => role.is_some(),
        }
    }
}

impl Contract {
    /// Whether it holds on a day of the office's calendar.
    pub fn in_force(&self, day: Date) -> bool {
        self.active && self.starts <= day && day <= self.ends
    }

    /// Whether it is for cases of this service at this level; a case whose service nobody named may be of any.
    pub fn covers(&self, service: Option<ServiceId>, level: SupportLevel) -> bool {
        let serves =
            self.services.is_empty() || service.is_none_or(|service| self.services.contains(&service));
        self.levels.contains(&level) && serves
    }

    /// What the provider promises for a case that it gets (R12); nothing when the contract says no times.
    pub fn promised(&self) -> Option<ProviderPromise> {
        let hours = self.hours.unwrap_or(Hours::Calendar(CalendarId::MAIN));
        let said = self.response.is_some() || self.solution.is_some();
        said.then_some(ProviderPromise { response: self.response, solution: self.solution, hours })
    }

    /// A document by the hash of its bytes.
    pub fn document(&self, blob: BlobHash) -> Option<&ContractDocument> {
        self.documents.iter().find(|document| document.blob == blob)
    }

    /// Whether this person supervises it or stands in for who does (R13).
    pub fn is_supervised_by(&self, person: PersonId) -> bool {
        self.supervisor == person || self.deputy == Some(person)
    }
}
