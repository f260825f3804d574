//! What a report can be narrowed to: the usual periods, and lists to choose from.

use atiende_desk::view::reports::{GroupBy, ReportFilter};
use atiende_procedure::office::Office;
use atiende_procedure::permission::Scope;
use atiende_procedure::sla::ClockName;
use atiende_procedure::{Kind, Priority, SupportLevel};
use jiff::ToSpan;
use jiff::civil::Date;

use super::{EVERY_CLOCK, PATH};
use crate::frame::Frame;
use crate::pages::form::{Choice, Field, Input};
use crate::reporting::Reporting;

/// A period to choose.
#[derive(Debug)]
pub(super) struct Period {
    pub(super) href: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// The periods that are asked for most.
pub(super) fn periods(frame: &Frame, given: &Reporting, filter: &ReportFilter) -> Vec<Period> {
    let today = frame.spoken.today();
    let month = today.first_of_month();
    let year = today.first_of_year();
    let day_before = |day: Date| day.yesterday().unwrap_or(day);
    let periods = [
        ("report-this-month", month, today),
        ("report-last-month", day_before(month).first_of_month(), day_before(month)),
        ("report-this-year", year, today),
        ("report-last-year", year.checked_sub(1.year()).unwrap_or(year), day_before(year)),
    ];
    let period = |(label, from, to): (&str, Date, Date)| Period {
        href: given.address(PATH, &[("from", &from.to_string()), ("to", &to.to_string())]),
        label: frame.t.get(label).to_owned(),
        chosen: (filter.from, filter.to) == (from, to),
    };
    periods.map(period).into()
}

/// Which clock and by what; and what else.
pub(super) fn selects(frame: &Frame, office: &Office, given: &Reporting) -> (Vec<Field>, Vec<Field>) {
    let t = frame.t;
    let value = |given: &Option<String>| given.clone().unwrap_or_default();
    let select = |name: &str, label: &str| Field::new(Input::Select, name, t.get(label));
    let mut clock =
        select("clock", "report-clock").words(t, "report-clock", ClockName::ALL).value(value(&given.clock));
    clock.options.push(Choice::new(EVERY_CLOCK, t.get("report-every-clock")));
    let by = |by: GroupBy| Choice::new(by.as_str(), t.of_word("report-by", by.as_str()));
    let by = select("group_by", "report-by")
        .options(GroupBy::ALL.into_iter().map(by).collect())
        .value(value(&given.group_by));
    let kinds: Vec<Kind> = Kind::ALL.iter().copied().filter(|kind| *kind != Kind::SecurityIncident).collect();
    let named = |mut all: Vec<Choice>| {
        all.sort_by_cached_key(|choice| choice.label.to_lowercase());
        all
    };
    let services = office.services.values().map(|it| Choice::new(&it.code, &it.name)).collect();
    let departments = office.departments.values().map(|it| Choice::new(&it.code, &it.name)).collect();
    let sites = office.sites.values().map(|it| Choice::new(&it.code, &it.name)).collect();
    let providers = office.providers.values().map(|it| Choice::new(it.id, &it.name)).collect();
    let contracts = office.contracts.values().map(|it| {
        let provider = office.providers.get(&it.provider).map_or("", |provider| provider.name.as_str());
        Choice::new(it.id, format!("{} · {provider}", it.number))
    });
    let more = [
        (select("service", "report-by-service").options(named(services)), &given.service),
        (select("level", "report-by-level").words(t, "level-full", SupportLevel::ALL), &given.level),
        (select("department", "report-by-department").options(named(departments)), &given.department),
        (select("site", "report-by-site").options(named(sites)), &given.site),
        (select("priority", "report-by-priority").words(t, "priority", Priority::ALL), &given.priority),
        (select("kind", "report-by-kind").words(t, "kind", &kinds), &given.kind),
        (select("provider", "report-by-provider").options(named(providers)), &given.provider),
        (select("contract", "report-by-contract").options(named(contracts.collect())), &given.contract),
    ];
    let more = more.map(|(field, given)| field.with_blank(t.get("report-any-service")).value(value(given)));
    (vec![clock, by], more.into())
}

/// Those that a supervisor of contracts can use.
pub(super) fn fit(
    scope: &Scope,
    (mut first, mut more): (Vec<Field>, Vec<Field>),
) -> (Vec<Field>, Vec<Field>) {
    if !scope.desk {
        let of_desk = |value: &str| ClockName::OF_THE_DESK.iter().any(|clock| clock.as_str() == value);
        first.iter_mut().for_each(|field| field.options.retain(|option| !of_desk(&option.value)));
        let own = |option: &Choice| {
            option.value.is_empty() || scope.contracts.iter().any(|id| id.to_string() == option.value)
        };
        let contracts = more.iter_mut().find(|field| field.name == "contract");
        contracts.into_iter().for_each(|field| field.options.retain(own));
    }
    (first, more)
}
