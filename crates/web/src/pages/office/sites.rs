//! The places where the agency works, and by which calendar each does.

use askama::Template;
use atiende_procedure::office::{Change, Office, Site, Subject};
use atiende_procedure::{CalendarId, SiteId};
use axum::extract::{Path, State};
use axum::response::Response;

use super::parts::{Check, Look, Part, Row, Section};
use super::sheet::{Sent, Sheet, may_change, nowhere, save};
use super::{calendars, reads_office};
use crate::again::Posted;
use crate::app::App;
use crate::frame::Frame;
use crate::lenient::Fields;
use crate::oops::shown;
use crate::pages::form::{Choice, Field, Input};
use crate::visitor::Visitor;

#[derive(Debug, Template)]
#[template(path = "office_sites.html")]
struct Sites {
    frame: Frame,
    rows: Vec<SiteRow>,
    may_change: bool,
}

#[derive(Debug)]
struct SiteRow {
    id: SiteId,
    code: String,
    name: String,
    place: String,
    calendar: CalendarId,
    calendar_name: String,
    active: bool,
}

pub(crate) async fn list(State(app): State<App>, visitor: Visitor) -> Response {
    if !reads_office(&visitor) {
        return nowhere(&app, &visitor);
    }
    let frame = visitor.frame(&app);
    let office = &visitor.office;
    let rows = office.sites.values().map(|site| {
        let calendar = site.calendar.unwrap_or(CalendarId::MAIN);
        let place = [&site.municipality, &site.region].into_iter().filter(|part| !part.is_empty());
        SiteRow {
            id: site.id,
            code: site.code.clone(),
            name: site.name.clone(),
            place: place.cloned().collect::<Vec<_>>().join(", "),
            calendar,
            calendar_name: calendars::name(&frame, office, calendar),
            active: site.active,
        }
    });
    shown(&Sites { rows: rows.collect(), may_change: may_change(&visitor), frame })
}

pub(crate) async fn new(State(app): State<App>, visitor: Visitor) -> Response {
    match may_change(&visitor) {
        true => shown(&sheet(&app, &visitor, None)),
        false => nowhere(&app, &visitor),
    }
}

pub(crate) async fn edit(State(app): State<App>, visitor: Visitor, Path(id): Path<SiteId>) -> Response {
    match visitor.office.sites.get(&id).filter(|_| reads_office(&visitor)) {
        Some(site) => shown(&sheet(&app, &visitor, Some(site))),
        None => nowhere(&app, &visitor),
    }
}

pub(crate) async fn create(State(app): State<App>, posted: Posted) -> Response {
    let Posted { visitor, form } = posted;
    sent(&app, &visitor, None, &form.fields).await
}

pub(crate) async fn set(State(app): State<App>, Path(id): Path<SiteId>, posted: Posted) -> Response {
    let Posted { visitor, form } = posted;
    match visitor.office.sites.get(&id).cloned() {
        Some(site) => sent(&app, &visitor, Some(&site), &form.fields).await,
        None => nowhere(&app, &visitor),
    }
}

async fn sent(app: &App, visitor: &Visitor, before: Option<&Site>, typed: &Fields) -> Response {
    if !may_change(visitor) {
        return nowhere(app, visitor);
    }
    let line = |name: &str| typed.get(name).trim().to_owned();
    let site = Site {
        id: before.map_or(SiteId(0), |before| before.id),
        code: line("code"),
        name: line("name"),
        municipality: line("municipality"),
        region: line("region"),
        calendar: typed.get("calendar").parse().ok().filter(|id| *id != CalendarId::MAIN),
        active: typed.0.contains_key("active"),
    };
    let sheet = sheet(app, visitor, before);
    let subject = before.map(|before| Subject::Site(before.id));
    let current = before.map_or_else(String::new, |before| format!("/oficina/sedes/{}", before.id));
    let place = |_: &Office| "/oficina/sedes".to_owned();
    save(app, visitor, sheet, Sent::new(typed, subject, current), Ok(Change::SetSite(site)), place).await
}

fn sheet(app: &App, visitor: &Visitor, before: Option<&Site>) -> Sheet {
    let sheet = Sheet::new(app, visitor, before.map(|before| Subject::Site(before.id)));
    let sheet = sheet.up("/oficina/sedes", "office-sites");
    let frame = &sheet.frame;
    let t = frame.t;
    let office = &visitor.office;
    let said = |pick: fn(&Site) -> &String| before.map(pick).cloned().unwrap_or_default();
    let line = |name: &str, label: &str| Field::new(Input::Line, name, t.get(label));
    let options = calendars::ids(office).map(|id| Choice::new(id, calendars::name(frame, office, id)));
    let calendar = before.and_then(|before| before.calendar).unwrap_or(CalendarId::MAIN);
    let row =
        |legend: &str, fields| Part::Row(Row { legend: t.get(legend).to_owned(), look: Look::Plain, fields });
    let parts = vec![
        row(
            "field-site",
            vec![
                line("name", "field-name").value(said(|it| &it.name)),
                line("code", "field-code").value(said(|it| &it.code)),
            ],
        ),
        row(
            "field-municipality",
            vec![
                line("municipality", "field-municipality").value(said(|it| &it.municipality)).optional(),
                line("region", "field-region").value(said(|it| &it.region)).optional(),
            ],
        ),
        Part::Field(
            Field::new(Input::Select, "calendar", t.get("field-calendar"))
                .hint(t.get("site-calendar-hint"))
                .options(options.collect())
                .value(calendar.to_string()),
        ),
        Part::Check(Check {
            name: "active",
            label: t.get("site-active").to_owned(),
            hint: t.get("site-active-hint").to_owned(),
            on: before.is_none_or(|before| before.active),
        }),
    ];
    let title = before.map_or_else(|| t.get("site-add").to_owned(), |before| before.name.clone());
    sheet.of(title, vec![Section { parts, ..Section::default() }])
}
