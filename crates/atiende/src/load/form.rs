//! The file that `atiende load` reads, as people write it: everything is named by its code or e-mail address, and what
//! is absent keeps its value or its default.

use atiende_procedure::holiday::{HolidayLaw, HolidayRule};
use atiende_procedure::office::{ActivityText, ContractKind, MailServer, Receiving, VersionDocument};
use atiende_procedure::{Impact, Kind, Role, SupportLevel, Urgency};
use jiff::civil::Date;
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::promises::{AgreementForm, NamedCalendarForm};

/// A name of something else in the office, with its place in the file for messages.
pub(crate) type Name = Spanned<String>;

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct OfficeForm {
    pub(crate) office: Option<Spanned<SettingsForm>>,
    pub(crate) departments: Vec<Spanned<DepartmentForm>>,
    pub(crate) sites: Vec<Spanned<SiteForm>>,
    pub(crate) groups: Vec<Spanned<GroupForm>>,
    pub(crate) people: Vec<Spanned<PersonForm>>,
    pub(crate) services: Vec<Spanned<ServiceForm>>,
    pub(crate) providers: Vec<Spanned<ProviderForm>>,
    pub(crate) contracts: Vec<Spanned<ContractForm>>,
    pub(crate) calendars: Vec<Spanned<NamedCalendarForm>>,
    pub(crate) agreements: Vec<Spanned<AgreementForm>>,
    pub(crate) procedures: Vec<Spanned<VersionForm>>,
    pub(crate) mailboxes: Vec<Spanned<MailboxForm>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsForm {
    pub(crate) agency: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) prefix: Option<String>,
    pub(crate) mail_address: Option<String>,
    pub(crate) domains: Option<Vec<String>>,
    pub(crate) phone: Option<String>,
    pub(crate) counter: Option<String>,
    pub(crate) grace_days: Option<u32>,
    pub(crate) rating_days: Option<u32>,
    pub(crate) follow_up_days: Option<u32>,
    /// Whom warnings reach when a promise is broken, by e-mail address.
    pub(crate) head: Option<Name>,
    pub(crate) quiet_hours: Option<bool>,
    pub(crate) waiting_hours: Option<WaitingHours>,
    pub(crate) calendar: Option<Spanned<CalendarSection>>,
}

/// When the office works. Hours are `"08:00-12:00"`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CalendarSection {
    pub(crate) time_zone: String,
    #[serde(default)]
    pub(crate) monday: Vec<String>,
    #[serde(default)]
    pub(crate) tuesday: Vec<String>,
    #[serde(default)]
    pub(crate) wednesday: Vec<String>,
    #[serde(default)]
    pub(crate) thursday: Vec<String>,
    #[serde(default)]
    pub(crate) friday: Vec<String>,
    #[serde(default)]
    pub(crate) saturday: Vec<String>,
    #[serde(default)]
    pub(crate) sunday: Vec<String>,
    pub(crate) holidays: HolidayLaw,
    #[serde(default)]
    pub(crate) local_holidays: Vec<HolidayRule>,
    #[serde(default)]
    pub(crate) exceptions: Vec<ExceptionSection>,
}

/// A day with hours of its own; with none it is a closure.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExceptionSection {
    #[serde(deserialize_with = "date")]
    pub(crate) date: Date,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) hours: Vec<String>,
}

/// Working hours of waiting by complexity.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WaitingHours {
    pub(crate) low: f64,
    pub(crate) medium: f64,
    pub(crate) high: f64,
    #[serde(default)]
    pub(crate) escalated: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DepartmentForm {
    pub(crate) code: String,
    pub(crate) name: String,
    #[serde(default = "yes")]
    pub(crate) active: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SiteForm {
    pub(crate) code: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) municipality: String,
    #[serde(default)]
    pub(crate) region: String,
    /// The name of the calendar by which it works; absent for the office's own.
    pub(crate) calendar: Option<Name>,
    #[serde(default = "yes")]
    pub(crate) active: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GroupForm {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) level: SupportLevel,
    #[serde(default)]
    pub(crate) email: String,
    #[serde(default = "yes")]
    pub(crate) active: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonForm {
    pub(crate) email: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) phone: String,
    #[serde(default)]
    pub(crate) job: String,
    pub(crate) department: Option<Name>,
    pub(crate) site: Option<Name>,
    #[serde(default)]
    pub(crate) place: String,
    #[serde(default)]
    pub(crate) language: String,
    #[serde(default)]
    pub(crate) roles: Vec<Role>,
    #[serde(default)]
    pub(crate) groups: Vec<Name>,
    #[serde(default = "yes")]
    pub(crate) active: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceForm {
    pub(crate) code: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: String,
    pub(crate) kind: Kind,
    pub(crate) level: SupportLevel,
    pub(crate) group: Name,
    #[serde(default)]
    pub(crate) conditions: String,
    #[serde(default)]
    pub(crate) keywords: Vec<String>,
    pub(crate) impact: Impact,
    pub(crate) urgency: Urgency,
    #[serde(default)]
    pub(crate) questions: Vec<QuestionForm>,
    #[serde(default = "yes")]
    pub(crate) on_portal: bool,
    #[serde(default = "yes")]
    pub(crate) active: bool,
}

/// A service's own question; `options` belongs to a choice.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuestionForm {
    pub(crate) code: String,
    pub(crate) label: String,
    #[serde(default)]
    pub(crate) help: String,
    #[serde(default)]
    pub(crate) required: bool,
    pub(crate) form: QuestionKind,
    #[serde(default)]
    pub(crate) options: Vec<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum QuestionKind {
    Text,
    Number,
    YesNo,
    Choice,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderForm {
    pub(crate) name: String,
    pub(crate) emails: Vec<String>,
    #[serde(default)]
    pub(crate) phone: String,
    #[serde(default = "yes")]
    pub(crate) active: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContractForm {
    pub(crate) number: String,
    pub(crate) provider: Name,
    pub(crate) kind: ContractKind,
    #[serde(default)]
    pub(crate) object: String,
    #[serde(deserialize_with = "date")]
    pub(crate) starts: Date,
    #[serde(deserialize_with = "date")]
    pub(crate) ends: Date,
    pub(crate) supervisor: Name,
    pub(crate) deputy: Option<Name>,
    pub(crate) levels: Vec<SupportLevel>,
    #[serde(default)]
    pub(crate) services: Vec<Name>,
    #[serde(default)]
    pub(crate) emails: Vec<String>,
    #[serde(default)]
    pub(crate) promise: String,
    /// Hours until the provider first answers, and until it reports the work solved.
    pub(crate) response_hours: Option<f64>,
    pub(crate) solution_hours: Option<f64>,
    /// By which hours: `always`, or a calendar's name; absent for the office's own.
    pub(crate) hours: Option<Name>,
    #[serde(default)]
    pub(crate) penalties: String,
    #[serde(default = "yes")]
    pub(crate) active: bool,
}

/// A mailbox. What opens its servers is not written here: it is given on its page, or in `atiende.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailboxForm {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) receives: Option<Receiving>,
    pub(crate) sends: Option<MailServer>,
    #[serde(default)]
    pub(crate) authserv_id: String,
    #[serde(default = "yes")]
    pub(crate) plus_addresses: bool,
    #[serde(default = "yes")]
    pub(crate) active: bool,
}

/// A version of the written procedure. Without activities it has the product's own wording of the eight.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VersionForm {
    pub(crate) code: String,
    pub(crate) version: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) objective: String,
    #[serde(default)]
    pub(crate) scope: String,
    #[serde(default)]
    pub(crate) legal_basis: Vec<String>,
    #[serde(deserialize_with = "date")]
    pub(crate) in_force_from: Date,
    #[serde(default)]
    pub(crate) activities: Vec<ActivityText>,
    #[serde(default)]
    pub(crate) approvals: Vec<ApprovalForm>,
    #[serde(default)]
    pub(crate) change_log: Vec<ChangeForm>,
    #[serde(default)]
    pub(crate) documents: Vec<VersionDocument>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApprovalForm {
    pub(crate) step: String,
    pub(crate) office: String,
    #[serde(deserialize_with = "date")]
    pub(crate) date: Date,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeForm {
    pub(crate) version: String,
    #[serde(deserialize_with = "date")]
    pub(crate) date: Date,
    pub(crate) change: String,
}

pub(super) fn yes() -> bool {
    true
}

/// A date that may be absent.
pub(super) fn date_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    date(deserializer).map(Some)
}

/// A date as TOML writes it, without quotes.
pub(super) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let written = toml::value::Datetime::deserialize(deserializer)?.to_string();
    written.parse().map_err(|_| serde::de::Error::custom(format!("{written} is not a day, write 2026-01-31")))
}
