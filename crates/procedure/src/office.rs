//! The office: people, groups, catalogue, contracts, calendar, settings and the procedure's versions.
//!
//! It is the sum of its own events, as a case is of its own: who may do what, and who gave it to him, is evidence too
//! (R8). It is small enough (thousands of people) to be kept whole in memory, so nothing else looks names up.

mod administer;
mod agreement;
mod calendars;
mod catalogue;
mod contract;
mod mailbox;
mod person;
mod place;
mod revision;
mod settings;
mod version;
pub mod written;

pub use administer::{Administered, administer};
pub(crate) use agreement::Covered;
pub use agreement::{Agreement, AgreementHours};
pub use calendars::NamedCalendar;
pub use catalogue::{Answer, Question, QuestionForm, Service};
pub use contract::{Contract, ContractDocument, ContractKind, MOST_DOCUMENTS, Provider};
pub use mailbox::{MailSecurity, MailServer, Mailbox, OAuthClient, Receiving, writes_for};
pub use person::{Group, Person, Profile};
pub use place::{Department, Site};
pub use revision::{Revision, Subject};
pub use settings::{Settings, WaitingTimes};
pub use version::{ActivityText, Approval, ChangeLogEntry, ProcedureVersion, VersionDocument};

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Acted, AgreementId, CalendarId, CommandId, ContractId, DepartmentId, GroupId, MailboxId, PersonId,
    ProviderId, Role, ServiceId, SiteId, SupportLevel, TextRef, TokenId, VersionId,
};

/// Everything that the desk knows about the agency it serves.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Office {
    /// How many events it has; also guards against two administrators at once.
    pub version: u64,
    pub people: BTreeMap<PersonId, Arc<Person>>,
    pub groups: BTreeMap<GroupId, Group>,
    pub departments: BTreeMap<DepartmentId, Department>,
    pub sites: BTreeMap<SiteId, Site>,
    pub services: BTreeMap<ServiceId, Arc<Service>>,
    pub providers: BTreeMap<ProviderId, Provider>,
    pub contracts: BTreeMap<ContractId, Arc<Contract>>,
    pub versions: BTreeMap<VersionId, Arc<ProcedureVersion>>,
    pub mailboxes: BTreeMap<MailboxId, Arc<Mailbox>>,
    pub agreements: BTreeMap<AgreementId, Arc<Agreement>>,
    /// Those besides the office's own.
    pub calendars: BTreeMap<CalendarId, Arc<NamedCalendar>>,
    pub settings: Arc<Settings>,
    /// The office's event after which clocks last read otherwise: hours, holidays, quiet hours.
    pub timed: u64,
    /// Tokens in force, by id; their secrets are not here.
    pub tokens: BTreeMap<TokenId, Token>,
    by_email: BTreeMap<String, PersonId>,
    revisions: BTreeMap<Subject, Vec<Revision>>,
}

/// A bearer token of the API; its hash lies in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    pub id: TokenId,
    pub person: PersonId,
    pub scope: TokenScope,
    pub name: String,
    pub expires: Option<Timestamp>,
}

crate::vocabulary::vocabulary! {
    /// What a token lets its bearer do, never more than its person may.
    TokenScope {
        All = "all",
        Read = "read",
        /// Only to read its person's agenda, by a calendar elsewhere.
        Agenda = "agenda",
    }
}

/// An event of the office with its place in the office's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfficeRecorded {
    /// 1 for the first.
    pub sequence: u64,
    pub at: Timestamp,
    #[serde(flatten)]
    pub acted: Acted,
    pub command: CommandId,
    pub event: OfficeEvent,
}

/// Something that changed in the office. Each holds the thing as it then is; the difference is with the one before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum OfficeEvent {
    /// A person's name, addresses and place are a text (JSON of [`Profile`]): personal data that may have to go.
    PersonSet {
        person: PersonId,
        profile: TextRef,
        roles: Vec<Role>,
        groups: Vec<GroupId>,
        active: bool,
    },
    GroupSet {
        group: Group,
    },
    DepartmentSet {
        department: Department,
    },
    SiteSet {
        site: Site,
    },
    ServiceSet {
        service: Box<Service>,
    },
    ProviderSet {
        provider: Provider,
    },
    ContractSet {
        contract: Box<Contract>,
    },
    VersionSet {
        version: Box<ProcedureVersion>,
    },
    SettingsSet {
        settings: Box<Settings>,
    },
    /// A password was set; its hash lies in the store.
    PasswordSet {
        person: PersonId,
    },
    TokenIssued {
        token: Token,
    },
    TokenRevoked {
        token: TokenId,
    },
    MailboxSet {
        mailbox: Box<Mailbox>,
    },
    AgreementSet {
        agreement: Box<Agreement>,
    },
    CalendarSet {
        calendar: Box<NamedCalendar>,
    },
}

/// A change that somebody asks of the office. Ids are absent for what is new: the office gives the next one.
#[derive(Debug, Clone)]
pub enum Change {
    SetPerson {
        id: Option<PersonId>,
        profile: Profile,
        salt: [u8; 16],
        roles: Vec<Role>,
        groups: Vec<GroupId>,
        active: bool,
    },
    SetGroup(Group),
    SetDepartment(Department),
    SetSite(Site),
    SetService(Box<Service>),
    SetProvider(Provider),
    SetContract(Box<Contract>),
    SetVersion(Box<ProcedureVersion>),
    SetSettings(Box<Settings>),
    SetPassword {
        person: PersonId,
    },
    IssueToken {
        person: PersonId,
        scope: TokenScope,
        name: String,
        expires: Option<Timestamp>,
    },
    RevokeToken {
        token: TokenId,
    },
    SetMailbox(Box<Mailbox>),
    /// Its version is given by the office.
    SetAgreement(Box<Agreement>),
    SetCalendar(Box<NamedCalendar>),
    /// The change, unless what it sets has another revision than the one that its author looked at.
    IfUnchanged {
        revision: u64,
        change: Box<Change>,
    },
}

impl Office {
    /// Each time that a thing was set, the first time first.
    pub fn revisions(&self, of: Subject) -> &[Revision] {
        self.revisions.get(&of).map_or(&[], Vec::as_slice)
    }

    /// How often a thing was set: 1 when it was made, one more with each change; 0 for what there is not.
    pub fn revision(&self, of: Subject) -> u64 {
        self.revisions(of).len() as u64
    }

    /// The person with this address, in any case of letters.
    pub fn person_by_email(&self, email: &str) -> Option<&Arc<Person>> {
        self.by_email.get(&email.trim().to_lowercase()).and_then(|id| self.people.get(id))
    }

    /// The active group with this code.
    pub fn group_by_code(&self, code: &str) -> Option<&Group> {
        self.groups.values().find(|group| group.code == code)
    }

    /// The department with this code.
    pub fn department_by_code(&self, code: &str) -> Option<&Department> {
        self.departments.values().find(|department| department.code == code)
    }

    /// The site with this code.
    pub fn site_by_code(&self, code: &str) -> Option<&Site> {
        self.sites.values().find(|site| site.code == code)
    }

    /// The service with this code.
    pub fn service_by_code(&self, code: &str) -> Option<&Arc<Service>> {
        self.services.values().find(|service| service.code == code)
    }

    /// The contract with this number.
    pub fn contract_by_number(&self, number: &str) -> Option<&Arc<Contract>> {
        self.contracts.values().find(|contract| contract.number == number)
    }

    /// The contracts that hold on a day and are for cases of this service at this level (R6).
    pub fn contracts_for(
        &self,
        service: Option<ServiceId>,
        level: SupportLevel,
        day: jiff::civil::Date,
    ) -> impl Iterator<Item = &Arc<Contract>> {
        let provides =
            |contract: &Contract| self.providers.get(&contract.provider).is_some_and(|it| it.active);
        self.contracts
            .values()
            .filter(move |it| it.in_force(day) && it.covers(service, level) && provides(it))
    }

    /// The agreement of this name.
    pub fn agreement_by_name(&self, name: &str) -> Option<&Arc<Agreement>> {
        self.agreements.values().find(|agreement| agreement.name == name)
    }

    /// The calendar of this name, besides the office's own.
    pub fn calendar_by_name(&self, name: &str) -> Option<&Arc<NamedCalendar>> {
        self.calendars.values().find(|calendar| calendar.name == name)
    }

    /// The mailbox of this name.
    pub fn mailbox_by_name(&self, name: &str) -> Option<&Arc<Mailbox>> {
        self.mailboxes.values().find(|mailbox| mailbox.name == name)
    }

    /// Where the provider reads what it is asked under a contract: the contract's own addresses, else the provider's.
    pub fn provider_addresses<'a>(&'a self, contract: &'a Contract) -> &'a [String] {
        let provider = || self.providers.get(&contract.provider).map_or(&[][..], |provider| &provider.emails);
        if contract.emails.is_empty() { provider() } else { &contract.emails }
    }

    /// Whether an address is in one of the agency's own domains, whose people become requesters by writing (R7).
    pub fn is_own_domain(&self, address: &str) -> bool {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.settings.domains.iter().any(|own| own.eq_ignore_ascii_case(domain))
    }

    /// The active groups of a level, oldest first; the first is the level's own when nothing says otherwise.
    pub fn groups_at(&self, level: SupportLevel) -> impl Iterator<Item = &Group> {
        self.groups.values().filter(move |group| group.active && group.level == level)
    }

    /// The version of the procedure in force at an instant (R5).
    pub fn version_in_force(&self, at: Timestamp) -> Option<&Arc<ProcedureVersion>> {
        let day = self.settings.calendar.zone().to_datetime(at).date();
        self.versions
            .values()
            .filter(|version| version.in_force_from <= day)
            .max_by_key(|version| version.in_force_from)
    }

    /// Takes an event in. Never fails and never decides. `profile` is the text of a [`OfficeEvent::PersonSet`], absent
    /// when it was destroyed by order of the law.
    pub fn apply(&mut self, recorded: &OfficeRecorded, profile: Option<Profile>) {
        self.version = recorded.sequence;
        if let Some(subject) = recorded.event.subject() {
            let revision = Revision { at: recorded.at, by: recorded.acted.by };
            self.revisions.entry(subject).or_default().push(revision);
        }
        match &recorded.event {
            OfficeEvent::PersonSet { person, roles, groups, active, .. } => {
                if let Some(before) = self.people.get(person) {
                    self.by_email.remove(&before.profile.email.to_lowercase());
                }
                let set = Person {
                    id: *person,
                    profile: profile.unwrap_or_default(),
                    roles: roles.iter().copied().collect(),
                    groups: groups.iter().copied().collect(),
                    active: *active,
                };
                if !set.profile.email.is_empty() {
                    self.by_email.insert(set.profile.email.to_lowercase(), *person);
                }
                self.people.insert(*person, Arc::new(set));
            }
            OfficeEvent::GroupSet { group } => {
                self.groups.insert(group.id, group.clone());
            }
            OfficeEvent::DepartmentSet { department } => {
                self.departments.insert(department.id, department.clone());
            }
            OfficeEvent::SiteSet { site } => {
                self.sites.insert(site.id, site.clone());
            }
            OfficeEvent::ServiceSet { service } => {
                self.services.insert(service.id, Arc::new((**service).clone()));
            }
            OfficeEvent::ProviderSet { provider } => {
                self.providers.insert(provider.id, provider.clone());
            }
            OfficeEvent::ContractSet { contract } => {
                self.contracts.insert(contract.id, Arc::new((**contract).clone()));
            }
            OfficeEvent::VersionSet { version } => {
                self.versions.insert(version.id, Arc::new((**version).clone()));
            }
            OfficeEvent::SettingsSet { settings } => {
                let now = &self.settings;
                if (&now.calendar, now.quiet_hours) != (&settings.calendar, settings.quiet_hours) {
                    self.timed = recorded.sequence;
                }
                self.settings = Arc::new((**settings).clone());
            }
            OfficeEvent::PasswordSet { .. } => {}
            OfficeEvent::TokenIssued { token } => {
                self.tokens.insert(token.id, token.clone());
            }
            OfficeEvent::TokenRevoked { token } => {
                self.tokens.remove(token);
            }
            OfficeEvent::AgreementSet { agreement } => {
                self.agreements.insert(agreement.id, Arc::new((**agreement).clone()));
            }
            OfficeEvent::CalendarSet { calendar } => {
                self.timed = recorded.sequence;
                self.calendars.insert(calendar.id, Arc::new((**calendar).clone()));
            }
            OfficeEvent::MailboxSet { mailbox } => {
                self.mailboxes.insert(mailbox.id, Arc::new((**mailbox).clone()));
            }
        }
    }
}
