//! The office: where each part of it is looked after, and what has no page of its own, to be read.

pub(crate) mod agreement;
pub(crate) mod agreements;
pub(crate) mod calendar;
pub(crate) mod calendars;
pub(crate) mod contract;
pub(crate) mod contracts;
mod parts;
pub(crate) mod provider;
pub(crate) mod settings;
mod sheet;
pub(crate) mod sites;
pub(crate) mod year;

use askama::Template;
use atiende_procedure::Role;
use atiende_procedure::office::Office;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;
use crate::frame::Frame;
use crate::oops::{Oops, shown};
use crate::visitor::Visitor;

#[derive(Debug, Template)]
#[template(path = "office.html")]
struct OfficePage {
    frame: Frame,
    places: Vec<Place>,
    tables: Vec<Table>,
}

/// A part of the office that has a page.
#[derive(Debug)]
struct Place {
    href: &'static str,
    icon: &'static str,
    label: String,
    about: String,
}

#[derive(Debug)]
struct Table {
    title: String,
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Where each part of the office is looked after.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/oficina/ajustes", get(settings::show).post(settings::set))
        .route("/oficina/calendarios", get(calendars::list))
        .route("/oficina/calendarios/nuevo", get(calendar::new).post(calendar::create))
        .route("/oficina/calendarios/{id}", get(year::show))
        .route("/oficina/calendarios/{id}/editar", get(calendar::edit).post(calendar::set))
        .route("/oficina/acuerdos", get(agreements::list))
        .route("/oficina/acuerdos/nuevo", get(agreement::new).post(agreement::create))
        .route("/oficina/acuerdos/{id}", get(agreement::edit).post(agreement::set))
        .route("/oficina/contratos", get(contracts::list))
        .route("/oficina/contratos/nuevo", get(contract::new).post(contract::create))
        .route("/oficina/contratos/{id}", get(contract::edit).post(contract::set))
        .route("/oficina/contratos/{id}/documentos/{hash}", get(contract::document))
        .route("/oficina/proveedores/nuevo", get(provider::new).post(provider::create))
        .route("/oficina/proveedores/{id}", get(provider::edit).post(provider::set))
        .route("/oficina/sedes", get(sites::list))
        .route("/oficina/sedes/nueva", get(sites::new).post(sites::create))
        .route("/oficina/sedes/{id}", get(sites::edit).post(sites::set))
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
    let tables = vec![
        services(&frame, &visitor.office),
        groups(&frame, &visitor.office),
        departments(&frame, &visitor.office),
    ];
    shown(&OfficePage { places: places(&frame), frame, tables })
}

fn places(frame: &Frame) -> Vec<Place> {
    let t = frame.t;
    let place = |href, icon, label: &str, about: &str| Place {
        href,
        icon,
        label: t.get(label).to_owned(),
        about: t.get(about).to_owned(),
    };
    vec![
        place("/oficina/ajustes", "settings", "office-settings", "office-about-settings"),
        place("/oficina/personas", "users", "people-title", "office-about-people"),
        place("/oficina/calendarios", "calendar-event", "calendars-title", "office-about-calendars"),
        place("/oficina/sedes", "map-pin", "office-sites", "office-about-sites"),
        place("/oficina/acuerdos", "hourglass-high", "agreements-title", "office-about-agreements"),
        place("/oficina/contratos", "building-store", "contracts-title", "office-about-contracts"),
        place("/oficina/correo", "mail", "mail-title", "office-about-mail"),
        place("/procedimiento", "sitemap", "nav-procedure", "office-about-procedure"),
        place("/api", "book", "office-api", "office-about-api"),
    ]
}

fn table(frame: &Frame, title: &str, heads: &[&str], rows: Vec<Vec<String>>) -> Table {
    let heads = heads.iter().map(|head| frame.t.get(head).to_owned()).collect();
    Table { title: frame.t.get(title).to_owned(), heads, rows }
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

fn departments(frame: &Frame, office: &Office) -> Table {
    let rows =
        office.departments.values().map(|department| vec![department.code.clone(), department.name.clone()]);
    table(frame, "office-departments", &["field-code", "field-department"], rows.collect())
}
