//! How often each thing of the office was set, when and by whom: its history, and what tells a stale edit.

use jiff::Timestamp;

use super::{Change, OfficeEvent};
use crate::{
    Actor, AgreementId, CalendarId, ContractId, DepartmentId, GroupId, MailboxId, PersonId, ProviderId,
    ServiceId, SiteId, VersionId,
};

/// A thing that somebody edits as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Person(PersonId),
    Group(GroupId),
    Department(DepartmentId),
    Site(SiteId),
    Service(ServiceId),
    Provider(ProviderId),
    Contract(ContractId),
    Version(VersionId),
    /// The office's own calendar is among them.
    Settings,
    Mailbox(MailboxId),
    Agreement(AgreementId),
    Calendar(CalendarId),
}

/// One time at which a thing was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision {
    pub at: Timestamp,
    pub by: Actor,
}

impl OfficeEvent {
    /// What was set; nothing for passwords and tokens, which nobody edits.
    pub fn subject(&self) -> Option<Subject> {
        Some(match self {
            OfficeEvent::PersonSet { person, .. } => Subject::Person(*person),
            OfficeEvent::GroupSet { group } => Subject::Group(group.id),
            OfficeEvent::DepartmentSet { department } => Subject::Department(department.id),
            OfficeEvent::SiteSet { site } => Subject::Site(site.id),
            OfficeEvent::ServiceSet { service } => Subject::Service(service.id),
            OfficeEvent::ProviderSet { provider } => Subject::Provider(provider.id),
            OfficeEvent::ContractSet { contract } => Subject::Contract(contract.id),
            OfficeEvent::VersionSet { version } => Subject::Version(version.id),
            OfficeEvent::SettingsSet { .. } => Subject::Settings,
            OfficeEvent::MailboxSet { mailbox } => Subject::Mailbox(mailbox.id),
            OfficeEvent::AgreementSet { agreement } => Subject::Agreement(agreement.id),
            OfficeEvent::CalendarSet { calendar } => Subject::Calendar(calendar.id),
            OfficeEvent::PasswordSet { .. }
            | OfficeEvent::TokenIssued { .. }
            | OfficeEvent::TokenRevoked { .. } => return None,
        })
    }
}

impl Change {
    /// What it would set; nothing for what nobody edits.
    pub fn subject(&self) -> Option<Subject> {
        Some(match self {
            Change::SetPerson { id, .. } => Subject::Person((*id)?),
            Change::SetGroup(group) => Subject::Group(group.id),
            Change::SetDepartment(department) => Subject::Department(department.id),
            Change::SetSite(site) => Subject::Site(site.id),
            Change::SetService(service) => Subject::Service(service.id),
            Change::SetProvider(provider) => Subject::Provider(provider.id),
            Change::SetContract(contract) => Subject::Contract(contract.id),
            Change::SetVersion(version) => Subject::Version(version.id),
            Change::SetSettings(_) => Subject::Settings,
            Change::SetMailbox(mailbox) => Subject::Mailbox(mailbox.id),
            Change::SetAgreement(agreement) => Subject::Agreement(agreement.id),
            Change::SetCalendar(calendar) => Subject::Calendar(calendar.id),
            Change::IfUnchanged { change, .. } => return change.subject(),
            Change::SetPassword { .. } | Change::IssueToken { .. } | Change::RevokeToken { .. } => {
                return None;
            }
        })
    }

    /// This change, refused when what it sets was set again since its author looked at it.
    #[must_use]
    pub fn if_unchanged(self, revision: u64) -> Change {
        Change::IfUnchanged { revision, change: Box::new(self) }
    }
}
