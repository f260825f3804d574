//! What the office is made of, to be read: catalogue, groups, departments, sites, providers, contracts, settings.

use askama::Template;
use atiende_procedure::Role;
use atiende_procedure::office::Office;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::frame::Frame;
use crate::oops::{Oops, shown};
use crate::visitor::Visitor;

#[derive(Debug, Template)]
#[template(path = "office.html")]
struct OfficePage {
    frame: Frame,
    tables: Vec<Table>,
}

#[derive(Debug)]
struct Table {
    title: String,
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Whether somebody reads the office's pages: its administrator and those who audit it.
pub(crate) fn reads_office(visitor: &Visitor) -> bool {
    visitor.person.is(Role::SystemAdministrator) || visitor.person.is(Role::Auditor)
}

pub(crate) async fn show(State(app): State<App>, visitor: Visitor) -> Response {
    let frame = visitor.frame(&app);
    if !reads_office(&visitor) {
        return Oops::not_found(frame).into_response();
    }
    let tables = tables(&frame, &visitor.office);
    shown(&OfficePage { frame, tables })
}

fn tables(frame: &Frame, office: &Office) -> Vec<Table> {
    vec![
        settings(frame, office),
        services(frame, office),
        groups(frame, office),
        places(frame, office),
        departments(frame, office),
        contracts(frame, office),
    ]
}

fn table(frame: &Frame, title: &str, heads: &[&str], rows: Vec<Vec<String>>) -> Table {
    let heads = heads.iter().map(|head| frame.t.get(head).to_owned()).collect();
    Table { title: frame.t.get(title).to_owned(), heads, rows }
}

fn settings(frame: &Frame, office: &Office) -> Table {
    let set = &office.settings;
    let t = frame.t;
    let row = |label: &str, value: String| vec![t.get(label).to_owned(), value];
    let rows = vec![
        row("setting-agency", set.agency.clone()),
        row("setting-unit", set.unit.clone()),
        row("setting-prefix", set.prefix.clone()),
        row("setting-grace", set.grace_days.to_string()),
        row("setting-rating", set.rating_days.to_string()),
        row("setting-follow-up", set.follow_up_days.to_string()),
        row("setting-mail", set.mail_address.clone()),
        row("setting-zone", set.calendar.zone().iana_name().unwrap_or("UTC").to_owned()),
    ];
    table(frame, "office-settings", &["setting-name", "setting-value"], rows)
}

fn services(frame: &Frame, office: &Office) -> Table {
    let rows = office.services.values().map(|service| {
        vec![
            service.code.clone(),
            service.name.clone(),
            frame.word("kind", service.kind),
            frame.word("level-full", service.level),
            office.groups.get(&service.group).map_or_else(String::new, |group| group.name.clone()),
            service.conditions.clone(),
        ]
    });
    let heads =
        ["field-code", "field-service", "field-kind", "field-level", "field-group", "field-conditions"];
    table(frame, "office-catalogue", &heads, rows.collect())
}

fn groups(frame: &Frame, office: &Office) -> Table {
    let rows = office.groups.values().map(|group| {
        let members =
            office.people.values().filter(|person| person.active && person.groups.contains(&group.id));
        let names: Vec<_> = members.map(|person| person.profile.name.as_str()).collect();
        vec![group.code.clone(), group.name.clone(), frame.word("level-full", group.level), names.join(", ")]
    });
    let heads = ["field-code", "field-group", "field-level", "office-members"];
    table(frame, "office-groups", &heads, rows.collect())
}

fn places(frame: &Frame, office: &Office) -> Table {
    let rows = office.sites.values();
    let rows = rows.map(|site| {
        vec![site.code.clone(), site.name.clone(), site.municipality.clone(), site.region.clone()]
    });
    let heads = ["field-code", "field-site", "field-municipality", "field-region"];
    table(frame, "office-sites", &heads, rows.collect())
}

fn departments(frame: &Frame, office: &Office) -> Table {
    let rows =
        office.departments.values().map(|department| vec![department.code.clone(), department.name.clone()]);
    table(frame, "office-departments", &["field-code", "field-department"], rows.collect())
}

fn contracts(frame: &Frame, office: &Office) -> Table {
    let name = |id| office.people.get(&id).map_or("", |person| person.profile.name.as_str()).to_owned();
    let rows = office.contracts.values().map(|contract| {
        vec![
            contract.number.clone(),
            office
                .providers
                .get(&contract.provider)
                .map_or_else(String::new, |provider| provider.name.clone()),
            contract.object.clone(),
            name(contract.supervisor),
            frame.t.name("contract-until", &frame.spoken.date(contract.ends)),
        ]
    });
    let heads =
        ["field-contract", "column-provider", "contract-object", "role-contract-supervisor", "contract-ends"];
    table(frame, "office-contracts", &heads, rows.collect())
}
