//! The office around the cases: the sample's, with hours of other places, promises by day and night, and reasons of its own
//! to stand still; and what each case is promised in it, told naively.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use atiende_procedure::office::{Agreement, AgreementHours, Office};
use atiende_procedure::sla::{ClockName, Hours, Stillness};
use atiende_procedure::{
    AgreementId, CalendarId, ContractId, DepartmentId, Kind, Priority, ServiceId, SiteId,
};
use jiff::civil::date;
use toml::Table;

use super::seconds::Seconds;
use crate::load::tests::made;
use crate::sample::{OFFICE, OFFICE_NAME};

const OTHERWISE: &str = include_str!("otherwise.toml");

/// By which seconds something counts.
#[derive(Clone)]
pub(super) enum By {
    Table(Rc<Seconds>),
    Always,
}

impl By {
    pub(super) fn count(&self, from: i64, to: i64) -> i64 {
        match self {
            By::Table(table) => table.count(from, to),
            By::Always => (to - from).max(0),
        }
    }

    pub(super) fn due(&self, from: i64, seconds: i64) -> i64 {
        match self {
            By::Table(table) => table.due(from, seconds),
            By::Always => from + seconds,
        }
    }
}

pub(super) struct World {
    pub(super) office: Arc<Office>,
    main: Rc<Seconds>,
    calendars: BTreeMap<CalendarId, Rc<Seconds>>,
}

/// What decides which agreement holds.
#[derive(Clone, PartialEq)]
pub(super) struct About {
    pub(super) service: Option<ServiceId>,
    pub(super) kind: Kind,
    pub(super) priority: Priority,
    pub(super) department: Option<DepartmentId>,
    pub(super) site: Option<SiteId>,
}

/// What a case was given.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) agreement: AgreementId,
    pub(super) version: u64,
    /// In seconds.
    pub(super) targets: BTreeMap<ClockName, i64>,
    pub(super) pauses: BTreeMap<ClockName, BTreeSet<Stillness>>,
    pub(super) hours: Hours,
    pub(super) by: By,
}

impl World {
    pub(super) fn new() -> World {
        let office = made(OFFICE_NAME, OFFICE, &Office::default()).expect("the sample office loads");
        let mut office = made("otherwise.toml", OTHERWISE, &office).expect("so does what it has besides");
        furnish(&mut office);
        let parsed = |text: &str| toml::from_str::<Table>(text).expect("TOML");
        let table = |hours: &toml::Value| Rc::new(Seconds::of(hours.as_table().expect("hours")));
        let main = table(&parsed(OFFICE)["office"]["calendar"]);
        let named = parsed(OTHERWISE)["calendars"].as_array().expect("calendars").clone();
        let calendars = named.iter().map(|it| {
            let known = office.calendar_by_name(it["name"].as_str().expect("a name")).expect("it was loaded");
            (known.id, table(&it["hours"]))
        });
        World { main, calendars: calendars.collect(), office: office.into() }
    }

    pub(super) fn by(&self, hours: Hours) -> By {
        match hours {
            Hours::Always => By::Always,
            Hours::Calendar(CalendarId::MAIN) => By::Table(self.main.clone()),
            Hours::Calendar(id) => By::Table(self.calendars[&id].clone()),
        }
    }

    /// What is promised by the agreements of a day: of those that hold, the one that names the service, else the site, the
    /// department, the kind; the older of two that say as much. The security procedure promises nothing here.
    pub(super) fn promised(&self, about: &About, day: jiff::civil::Date) -> Option<Given> {
        if about.kind == Kind::SecurityIncident {
            return None;
        }
        let mut best: Option<&Agreement> = None;
        for agreement in self.office.agreements.values().filter(|it| holds(it, about, day)) {
            let says_more = |other: &Agreement| {
                let say = |it: &Agreement| {
                    u8::from(!it.services.is_empty()) * 8
                        + u8::from(!it.sites.is_empty()) * 4
                        + u8::from(!it.departments.is_empty()) * 2
                        + u8::from(!it.kinds.is_empty())
                };
                say(agreement) > say(other) || say(agreement) == say(other) && agreement.id < other.id
            };
            if best.is_none_or(says_more) {
                best = Some(agreement);
            }
        }
        best.map(|agreement| self.given(agreement, about))
    }

    fn given(&self, agreement: &Agreement, about: &About) -> Given {
        let site = about.site.and_then(|site| self.office.sites[&site].calendar);
        let hours = match agreement.hours {
            AgreementHours::Always => Hours::Always,
            AgreementHours::Calendar(id) => Hours::Calendar(id),
            AgreementHours::Site => Hours::Calendar(site.unwrap_or(CalendarId::MAIN)),
        };
        let targets = agreement.targets[&about.priority];
        let minutes = [
            (ClockName::Assignment, targets.assignment),
            (ClockName::FirstAnswer, targets.first_answer),
            (ClockName::Solution, targets.solution),
        ];
        Given {
            agreement: agreement.id,
            version: agreement.version,
            targets: minutes.into_iter().filter_map(|(name, it)| Some((name, i64::from(it?) * 60))).collect(),
            pauses: agreement.pauses.clone(),
            hours,
            by: self.by(hours),
        }
    }

    /// What a provider promised, in seconds: its first answer and its solution.
    pub(super) fn of_provider(&self, id: ContractId) -> ([Option<i64>; 2], By) {
        let contract = &self.office.contracts[&id];
        let seconds = |minutes: Option<u32>| minutes.map(|it| i64::from(it) * 60);
        let hours = contract.hours.unwrap_or(Hours::Calendar(CalendarId::MAIN));
        ([seconds(contract.response), seconds(contract.solution)], self.by(hours))
    }
}

fn holds(agreement: &Agreement, about: &About, day: jiff::civil::Date) -> bool {
    let of = |named: bool, is: bool| !named || is;
    let service = about.service.is_some_and(|it| agreement.services.contains(&it));
    let site = about.site.is_some_and(|it| agreement.sites.contains(&it));
    let department = about.department.is_some_and(|it| agreement.departments.contains(&it));
    agreement.active
        && agreement.starts <= day
        && agreement.ends.is_none_or(|ends| day <= ends)
        && agreement.targets.contains_key(&about.priority)
        && of(!agreement.services.is_empty(), service)
        && of(!agreement.sites.is_empty(), site)
        && of(!agreement.departments.is_empty(), department)
        && of(!agreement.kinds.is_empty(), agreement.kinds.contains(&about.kind))
}

/// Sites that work otherwise, agreements of every sort, a contract by day and night and one by the night's shift.
fn furnish(office: &mut Office) {
    let calendar = |office: &Office, name: &str| office.calendar_by_name(name).expect("a calendar").id;
    let (frontier, night) = (calendar(office, "Sedes de frontera"), calendar(office, "Turno de noche"));
    for site in office.sites.values_mut().filter(|site| ["ARA", "CAT", "PUT"].contains(&site.code.as_str())) {
        site.calendar = Some(frontier);
    }
    let general = (**office.agreement_by_name("General").expect("it is the sample's")).clone();
    let service = |office: &Office, code: &str| office.service_by_code(code).expect("a service").id;
    let add = |office: &mut Office, name: &str, edit: &dyn Fn(&Office, &mut Agreement)| {
        let id = AgreementId(office.agreements.len() as i64 + 1);
        let mut agreement = Agreement { id, version: 1, name: name.to_owned(), ..general.clone() };
        edit(office, &mut agreement);
        office.agreements.insert(id, Arc::new(agreement));
    };
    add(office, "Lo que no para", &|office, it| {
        it.services = ["SRV-CAIDO", "RED-OFICINA"].map(|code| service(office, code)).into();
        it.hours = AgreementHours::Always;
    });
    add(office, "De noche", &|office, it| {
        it.services = ["SRV-CAIDO", "APP-NOMINA"].map(|code| service(office, code)).into();
        it.kinds = [Kind::Incident].into();
        it.hours = AgreementHours::Calendar(night);
        it.starts = date(2026, 3, 1);
        it.ends = Some(date(2026, 5, 15));
    });
    add(office, "Equipos", &|office, it| {
        it.services = [service(office, "EQ-FALLA")].into();
        it.pauses = [
            (ClockName::Solution, [Stillness::Parts, Stillness::Provider].into()),
            (ClockName::FirstAnswer, BTreeSet::new()),
        ]
        .into();
    });
    add(office, "Equipos otra vez", &|office, it| {
        it.services = [service(office, "EQ-FALLA")].into();
    });
    add(office, "Aplicativos", &|office, it| {
        it.services = ["APP-DOCUMENTAL", "APP-VIATICOS"].map(|code| service(office, code)).into();
        it.pauses = [(ClockName::Solution, Stillness::AGREED.into())].into();
        it.targets.remove(&Priority::Critical);
        it.targets.values_mut().for_each(|targets| targets.assignment = None);
    });
    add(office, "Finanzas", &|office, it| {
        it.departments = [office.department_by_code("FIN").expect("a department").id].into();
        it.pauses = [(ClockName::Solution, BTreeSet::new())].into();
    });
    add(office, "Arauca desde mayo", &|office, it| {
        it.sites = [office.site_by_code("ARA").expect("a site").id].into();
        it.starts = date(2026, 5, 4);
    });
    for (number, hours) in [("C-014", Hours::Always), ("C-021", Hours::Calendar(night))] {
        let id = office.contract_by_number(number).expect("it is the sample's").id;
        let contract = office.contracts.get_mut(&id).expect("it is there");
        Arc::make_mut(contract).hours = Some(hours);
    }
}
