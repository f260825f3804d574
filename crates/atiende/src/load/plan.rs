//! From the file to the changes that it asks of the office. Everything is tried in memory first: a file with a mistake
//! changes nothing.

use std::ops::Range;

use atiende_procedure::calendar::{CalendarForm, ExceptionForm, WorkingCalendar};
use atiende_procedure::office::{
    Approval, Change, ChangeLogEntry, Contract, Department, Group, Mailbox, Office, OfficeRecorded,
    ProcedureVersion, Profile, Provider, Question, QuestionForm as Form, Service, Settings, Site,
    WaitingTimes, administer, written,
};
use atiende_procedure::{
    Actor, Circumstances, CommandId, ContractId, DepartmentId, GroupId, MailboxId, ProviderId, ServiceId,
    SiteId, VersionId,
};
use jiff::Timestamp;
use toml::Spanned;

use super::form::{
    CalendarSection, ContractForm, DepartmentForm, GroupForm, MailboxForm, Name, OfficeForm, PersonForm,
    ProviderForm, QuestionForm, QuestionKind, ServiceForm, SettingsForm, SiteForm, VersionForm,
};
use super::refused::sentence;

/// A change that the file asks for.
pub(crate) struct Planned {
    pub(crate) change: Change,
    /// For people: `+ person marta.ocampo@agencia.example`.
    pub(crate) summary: String,
}

/// What is wrong with the file, and where.
#[derive(Debug)]
pub(crate) struct Mistake {
    pub(crate) at: Range<usize>,
    pub(crate) message: String,
}

pub(super) type Planning<T> = Result<T, Mistake>;

/// The changes that make the office what the file says, in the order in which they can be made, and the office that they
/// make. `salt` gives the salt of each person's text.
pub(crate) fn plan(
    form: &OfficeForm,
    office: &Office,
    now: Timestamp,
    salt: &mut dyn FnMut() -> [u8; 16],
) -> Planning<(Vec<Planned>, Office)> {
    let mut draft = Draft { office: office.clone(), now, planned: Vec::new() };
    if let Some(settings) = &form.office {
        draft.settings(settings)?;
    }
    for department in &form.departments {
        draft.department(department)?;
    }
    for calendar in &form.calendars {
        draft.named_calendar(calendar)?;
    }
    for site in &form.sites {
        draft.site(site)?;
    }
    for group in &form.groups {
        draft.group(group)?;
    }
    for person in &form.people {
        draft.person(person, salt)?;
    }
    for service in &form.services {
        draft.service(service)?;
    }
    for provider in &form.providers {
        draft.provider(provider)?;
    }
    for contract in &form.contracts {
        draft.contract(contract)?;
    }
    for agreement in &form.agreements {
        draft.agreement(agreement)?;
    }
    if let Some(settings) = &form.office {
        draft.head(settings)?;
    }
    for version in &form.procedures {
        draft.version(version)?;
    }
    for mailbox in &form.mailboxes {
        draft.mailbox(mailbox)?;
    }
    Ok((draft.planned, draft.office))
}

/// The office as it would be after the changes so far.
pub(super) struct Draft {
    pub(super) office: Office,
    now: Timestamp,
    planned: Vec<Planned>,
}

impl Draft {
    /// Tries a change and keeps it.
    pub(super) fn change(
        &mut self,
        at: Range<usize>,
        new: bool,
        what: &str,
        name: &str,
        change: Change,
    ) -> Planning<()> {
        let sign = if new { '+' } else { '~' };
        let summary = format!("{sign} {what} {name}");
        if self.planned.iter().any(|before| before.summary.get(2..) == summary.get(2..)) {
            return Err(Mistake { at, message: format!("{what} {name} is in this file twice") });
        }
        let now = Circumstances { actor: Actor::Operator, now: self.now, office: &self.office, other: None };
        let decided = administer(&self.office, &change, &now)
            .map_err(|refusal| Mistake { at, message: format!("{what} {name}: {}", sentence(&refusal)) })?;
        for event in decided.events {
            let recorded = OfficeRecorded {
                sequence: self.office.version + 1,
                at: self.now,
                acted: decided.acted,
                command: CommandId([0; 16]),
                event,
            };
            let profile = match &change {
                Change::SetPerson { profile, .. } => Some(profile.clone()),
                _ => None,
            };
            self.office.apply(&recorded, profile);
        }
        self.planned.push(Planned { change, summary });
        Ok(())
    }

    fn settings(&mut self, form: &Spanned<SettingsForm>) -> Planning<()> {
        let before = &*self.office.settings;
        let said = form.get_ref();
        let calendar = match &said.calendar {
            Some(section) => calendar(section)?,
            None => before.calendar.clone(),
        };
        let text = |said: &Option<String>, before: &String| said.clone().unwrap_or_else(|| before.clone());
        let settings = Settings {
            agency: text(&said.agency, &before.agency),
            unit: text(&said.unit, &before.unit),
            prefix: text(&said.prefix, &before.prefix),
            calendar,
            grace_days: said.grace_days.unwrap_or(before.grace_days),
            rating_days: said.rating_days.unwrap_or(before.rating_days),
            follow_up_days: said.follow_up_days.unwrap_or(before.follow_up_days),
            waiting_times: said.waiting_hours.as_ref().map_or(before.waiting_times, |hours| WaitingTimes {
                low: minutes(hours.low),
                medium: minutes(hours.medium),
                high: minutes(hours.high),
                escalated: minutes(hours.escalated),
            }),
            mail_address: text(&said.mail_address, &before.mail_address),
            phone: text(&said.phone, &before.phone),
            counter: text(&said.counter, &before.counter),
            domains: said.domains.clone().unwrap_or_else(|| before.domains.clone()),
            head: before.head,
            quiet_hours: said.quiet_hours.unwrap_or(before.quiet_hours),
        };
        if settings == *before {
            return Ok(());
        }
        let new = before.agency.is_empty();
        let agency = settings.agency.clone();
        self.change(form.span(), new, "settings of", &agency, Change::SetSettings(Box::new(settings)))
    }

    fn mailbox(&mut self, form: &Spanned<MailboxForm>) -> Planning<()> {
        let MailboxForm { name, address, receives, sends, authserv_id, plus_addresses, active } =
            form.get_ref().clone();
        let before = self.office.mailbox_by_name(&name);
        let id = before.map_or(MailboxId(0), |mailbox| mailbox.id);
        let known_as = name.clone();
        let mailbox =
            Mailbox { id, name: known_as, address, receives, sends, authserv_id, plus_addresses, active };
        if before.is_some_and(|before| **before == mailbox) {
            return Ok(());
        }
        let new = before.is_none();
        self.change(form.span(), new, "mailbox", &name, Change::SetMailbox(Box::new(mailbox)))
    }

    fn department(&mut self, form: &Spanned<DepartmentForm>) -> Planning<()> {
        let said = form.get_ref();
        let before = self.office.department_by_code(&said.code);
        let department = Department {
            id: before.map_or(DepartmentId(0), |before| before.id),
            code: said.code.clone(),
            name: said.name.clone(),
            active: said.active,
        };
        if before == Some(&department) {
            return Ok(());
        }
        let new = before.is_none();
        self.change(form.span(), new, "department", &said.code, Change::SetDepartment(department))
    }

    fn site(&mut self, form: &Spanned<SiteForm>) -> Planning<()> {
        let said = form.get_ref();
        let before = self.office.site_by_code(&said.code);
        let site = Site {
            id: before.map_or(SiteId(0), |before| before.id),
            code: said.code.clone(),
            name: said.name.clone(),
            municipality: said.municipality.clone(),
            region: said.region.clone(),
            calendar: match &said.calendar {
                Some(name) => {
                    let known = self.office.calendar_by_name(name.get_ref());
                    Some(known.ok_or_else(|| unknown("calendar", name))?.id)
                }
                None => None,
            },
            active: said.active,
        };
        if before == Some(&site) {
            return Ok(());
        }
        let new = before.is_none();
        self.change(form.span(), new, "site", &said.code, Change::SetSite(site))
    }

    fn group(&mut self, form: &Spanned<GroupForm>) -> Planning<()> {
        let said = form.get_ref();
        let before = self.office.group_by_code(&said.code);
        let group = Group {
            id: before.map_or(GroupId(0), |before| before.id),
            code: said.code.clone(),
            name: said.name.clone(),
            level: said.level,
            email: said.email.clone(),
            active: said.active,
        };
        if before == Some(&group) {
            return Ok(());
        }
        let new = before.is_none();
        self.change(form.span(), new, "group", &said.code, Change::SetGroup(group))
    }

    fn person(&mut self, form: &Spanned<PersonForm>, salt: &mut dyn FnMut() -> [u8; 16]) -> Planning<()> {
        let said = form.get_ref();
        let department = |name: &Name| {
            let found = self.office.department_by_code(name.get_ref()).map(|found| found.id);
            found.ok_or_else(|| unknown("department", name))
        };
        let site = |name: &Name| {
            let found = self.office.site_by_code(name.get_ref()).map(|found| found.id);
            found.ok_or_else(|| unknown("site", name))
        };
        let profile = Profile {
            name: said.name.clone(),
            email: said.email.clone(),
            phone: said.phone.clone(),
            job: said.job.clone(),
            department: said.department.as_ref().map(department).transpose()?,
            site: said.site.as_ref().map(site).transpose()?,
            place: said.place.clone(),
            language: said.language.clone(),
        };
        let groups = said.groups.iter().map(|name| self.group_named(name)).collect::<Planning<Vec<_>>>()?;
        let before = self.office.person_by_email(&said.email);
        let same = before.is_some_and(|before| {
            before.profile == profile
                && before.active == said.active
                && before.roles == said.roles.iter().copied().collect()
                && before.groups == groups.iter().copied().collect()
        });
        if same {
            return Ok(());
        }
        let id = before.map(|before| before.id);
        let roles = said.roles.clone();
        let change = Change::SetPerson { id, profile, salt: salt(), roles, groups, active: said.active };
        self.change(form.span(), id.is_none(), "person", &said.email, change)
    }

    fn service(&mut self, form: &Spanned<ServiceForm>) -> Planning<()> {
        let said = form.get_ref();
        let group = self.group_named(&said.group)?;
        let before = self.office.service_by_code(&said.code);
        let questions = said.questions.iter().map(|question| self.question(form, question));
        let service = Service {
            id: before.map_or(ServiceId(0), |before| before.id),
            code: said.code.clone(),
            name: said.name.clone(),
            description: said.description.clone(),
            kind: said.kind,
            level: said.level,
            group,
            conditions: said.conditions.clone(),
            keywords: said.keywords.clone(),
            impact: said.impact,
            urgency: said.urgency,
            questions: questions.collect::<Planning<Vec<_>>>()?,
            on_portal: said.on_portal,
            active: said.active,
        };
        if before.is_some_and(|before| **before == service) {
            return Ok(());
        }
        let new = before.is_none();
        self.change(form.span(), new, "service", &said.code, Change::SetService(Box::new(service)))
    }

    fn question(&self, of: &Spanned<ServiceForm>, said: &QuestionForm) -> Planning<Question> {
        let choice = matches!(said.form, QuestionKind::Choice);
        if choice == said.options.is_empty() {
            let service = &of.get_ref().code;
            let message = format!("service {service}: question {}: only a choice has options", said.code);
            return Err(Mistake { at: of.span(), message });
        }
        let form = match said.form {
            QuestionKind::Text => Form::Text,
            QuestionKind::Number => Form::Number,
            QuestionKind::YesNo => Form::YesNo,
            QuestionKind::Choice => Form::Choice { options: said.options.clone() },
        };
        let (code, label, help) = (said.code.clone(), said.label.clone(), said.help.clone());
        Ok(Question { code, label, help, required: said.required, form })
    }

    fn provider(&mut self, form: &Spanned<ProviderForm>) -> Planning<()> {
        let said = form.get_ref();
        let before = self.office.providers.values().find(|provider| provider.name == said.name);
        let provider = Provider {
            id: before.map_or(ProviderId(0), |before| before.id),
            name: said.name.clone(),
            emails: said.emails.clone(),
            phone: said.phone.clone(),
            active: said.active,
        };
        if before == Some(&provider) {
            return Ok(());
        }
        let new = before.is_none();
        self.change(form.span(), new, "provider", &said.name, Change::SetProvider(provider))
    }

    fn contract(&mut self, form: &Spanned<ContractForm>) -> Planning<()> {
        let said = form.get_ref();
        let provider = self.office.providers.values().find(|known| known.name == *said.provider.get_ref());
        let provider = provider.ok_or_else(|| unknown("provider", &said.provider))?.id;
        let person = |name: &Name| {
            let found = self.office.person_by_email(name.get_ref()).map(|found| found.id);
            found.ok_or_else(|| unknown("person", name))
        };
        let service = |name: &Name| {
            let found = self.office.service_by_code(name.get_ref()).map(|found| found.id);
            found.ok_or_else(|| unknown("service", name))
        };
        let before = self.office.contract_by_number(&said.number);
        let contract = Contract {
            id: before.map_or(ContractId(0), |before| before.id),
            number: said.number.clone(),
            provider,
            kind: said.kind,
            object: said.object.clone(),
            starts: said.starts,
            ends: said.ends,
            supervisor: person(&said.supervisor)?,
            deputy: said.deputy.as_ref().map(person).transpose()?,
            levels: said.levels.iter().copied().collect(),
            services: said.services.iter().map(service).collect::<Planning<_>>()?,
            emails: said.emails.clone(),
            promise: said.promise.clone(),
            response: said.response_hours.map(minutes),
            solution: said.solution_hours.map(minutes),
            hours: self.contract_hours(said.hours.as_ref())?,
            penalties: said.penalties.clone(),
            documents: before.map_or_else(Vec::new, |before| before.documents.clone()),
            active: said.active,
        };
        if before.is_some_and(|before| **before == contract) {
            return Ok(());
        }
        let new = before.is_none();
        self.change(form.span(), new, "contract", &said.number, Change::SetContract(Box::new(contract)))
    }

    fn version(&mut self, form: &Spanned<VersionForm>) -> Planning<()> {
        let said = form.get_ref();
        let known = |version: &&std::sync::Arc<ProcedureVersion>| {
            version.code == said.code && version.version == said.version
        };
        let before = self.office.versions.values().find(known);
        let version = ProcedureVersion {
            id: before.map_or(VersionId(0), |before| before.id),
            ..procedure_version(said)
        };
        if before.is_some_and(|before| **before == version) {
            return Ok(());
        }
        let new = before.is_none();
        let name = format!("{} version {}", said.code, said.version);
        self.change(form.span(), new, "procedure", &name, Change::SetVersion(Box::new(version)))
    }

    fn group_named(&self, name: &Name) -> Planning<GroupId> {
        let found = self.office.group_by_code(name.get_ref()).map(|group| group.id);
        found.ok_or_else(|| unknown("group", name))
    }
}

fn procedure_version(said: &VersionForm) -> ProcedureVersion {
    let activities = match said.activities.as_slice() {
        [] => written::activities(written::Tongue::Spanish).to_vec(),
        own => own.to_vec(),
    };
    let approvals = said.approvals.iter().map(|approval| Approval {
        step: approval.step.clone(),
        office: approval.office.clone(),
        date: approval.date,
    });
    let change_log = said.change_log.iter().map(|line| ChangeLogEntry {
        version: line.version.clone(),
        date: line.date,
        change: line.change.clone(),
    });
    ProcedureVersion {
        id: VersionId(0),
        code: said.code.clone(),
        version: said.version.clone(),
        name: said.name.clone(),
        objective: said.objective.clone(),
        scope: said.scope.clone(),
        legal_basis: said.legal_basis.clone(),
        in_force_from: said.in_force_from,
        activities,
        approvals: approvals.collect(),
        change_log: change_log.collect(),
        documents: said.documents.clone(),
    }
}

pub(super) fn calendar(section: &Spanned<CalendarSection>) -> Planning<WorkingCalendar> {
    let said = section.get_ref().clone();
    let exceptions = said.exceptions.into_iter();
    let form = CalendarForm {
        time_zone: said.time_zone,
        monday: said.monday,
        tuesday: said.tuesday,
        wednesday: said.wednesday,
        thursday: said.thursday,
        friday: said.friday,
        saturday: said.saturday,
        sunday: said.sunday,
        holidays: said.holidays,
        local_holidays: said.local_holidays,
        exceptions: exceptions
            .map(|day| ExceptionForm { date: day.date, name: day.name, hours: day.hours })
            .collect(),
    };
    form.try_into().map_err(|wrong: atiende_procedure::calendar::BadCalendar| Mistake {
        at: section.span(),
        message: format!("calendar: {wrong}"),
    })
}

pub(super) fn unknown(what: &str, name: &Name) -> Mistake {
    let message = format!("there is no {what} {:?}, in this file or in the office", name.get_ref());
    Mistake { at: name.span(), message }
}

pub(super) fn minutes(hours: f64) -> u32 {
    (hours * 60.0).round().clamp(0.0, f64::from(u32::MAX)) as u32
}
