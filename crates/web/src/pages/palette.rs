//! Where one can go from anywhere: cases, people, services, pages and, on a case, its moves.

use askama::Template;
use atiende_desk::view::queue::QueueRequest;
use atiende_desk::{DeskError, QueueFilter, fold};
use atiende_procedure::permission::Scope;
use atiende_procedure::{Actor, CaseNumber, Role};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::move_forms::{askable, verb};
use crate::app::App;
use crate::frame::Frame;
use crate::oops::{Oops, shown};
use crate::query::Query;
use crate::visitor::{Visitor, encode};

#[derive(Debug, Template)]
#[template(path = "palette.html")]
struct Palette {
    frame: Frame,
    places: Vec<Spot>,
}

/// Somewhere to go.
#[derive(Debug)]
struct Spot {
    href: String,
    icon: &'static str,
    label: String,
    /// What it is, or more of it.
    detail: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    /// The case that is on the page.
    caso: String,
}

/// The most of each kind.
const MOST: usize = 6;

pub(crate) async fn show(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    if visitor.person.roles.is_empty() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let frame = visitor.frame(&app);
    match places(&app, &visitor, &frame, &asked).await {
        Ok(places) => shown(&Palette { frame, places }),
        Err(error) => Oops::to(&app, &visitor, &error).into_response(),
    }
}

async fn places(app: &App, visitor: &Visitor, frame: &Frame, asked: &Asked) -> Result<Vec<Spot>, DeskError> {
    let words = fold(asked.q.trim());
    let fits = |label: &str| words.split(' ').all(|word| fold(label).contains(word));
    let mut places = moves(app, visitor, frame, asked).await?;
    places.retain(|place| fits(&place.label));
    places.extend(cases(app, visitor, frame, asked.q.trim()).await?);
    let pages = frame.places.iter().map(|place| Spot {
        href: place.href.to_owned(),
        icon: place.icon,
        label: frame.t.get(place.label).to_owned(),
        detail: frame.t.get("go-page").to_owned(),
    });
    places.extend(pages.filter(|place| fits(&place.label)));
    if !words.is_empty() {
        places.extend(services(visitor, frame).filter(|place| fits(&place.label)).take(MOST));
        places.extend(people(visitor).filter(|place| fits(&place.label)).take(MOST));
    }
    Ok(places)
}

/// The moves offered on the case that is on the page.
async fn moves(app: &App, visitor: &Visitor, frame: &Frame, asked: &Asked) -> Result<Vec<Spot>, DeskError> {
    let Ok(number) = asked.caso.parse::<CaseNumber>() else { return Ok(Vec::new()) };
    let seen = match app.desk.case_seen_by(visitor.viewer, number.clone()).await {
        Ok(seen) => seen,
        Err(DeskError::NoSuchCase) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let moves = askable(&seen).filter_map(|action| {
        let (verb, icon) = verb(action)?;
        let href = format!("/casos/{number}?mover={verb}#mover-{verb}");
        let label = frame.t.of_word("move", verb).to_owned();
        Some(Spot { href, icon, label, detail: number.to_string() })
    });
    Ok(moves.collect())
}

/// A case by its number, whole or the last part of it; else those that the words find.
async fn cases(app: &App, visitor: &Visitor, frame: &Frame, words: &str) -> Result<Vec<Spot>, DeskError> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let settings = &visitor.office.settings;
    let year = settings.calendar.day_of(frame.now).year();
    let number = match words.parse::<i64>() {
        Ok(sequence) if sequence > 0 => Some(CaseNumber::new(settings.prefix.clone(), year, sequence)),
        _ => words.to_uppercase().parse().ok(),
    };
    let mut places = Vec::new();
    if let Some(number) = number
        && let Ok(seen) = app.desk.case_seen_by(visitor.viewer, number).await
    {
        let state = frame.t.of_word("status", seen.case.status.name().as_str());
        places.push(spot(&seen.case.number, seen.subject(), state));
    }
    let filter = QueueFilter { words: Some(words.to_owned()), ..QueueFilter::default() };
    let request = QueueRequest { filter, limit: MOST, ..QueueRequest::default() };
    let found = app.desk.queue_seen_by(visitor.viewer, request).await?;
    places.extend(
        found
            .rows
            .iter()
            .map(|row| spot(&row.number, &row.subject, frame.t.of_word("status", row.status.as_str()))),
    );
    Ok(places)
}

fn spot(number: &CaseNumber, subject: &str, state: &str) -> Spot {
    let href = format!("/casos/{number}");
    Spot { href, icon: "inbox", label: subject.to_owned(), detail: format!("{number} · {state}") }
}

fn services<'a>(visitor: &'a Visitor, frame: &'a Frame) -> impl Iterator<Item = Spot> + 'a {
    let active = visitor.office.services.values().filter(|service| service.active);
    active.map(|service| Spot {
        href: format!("/nuevo?servicio={}", encode(&service.code)),
        icon: "plus",
        label: service.name.clone(),
        detail: frame.t.get("go-register").to_owned(),
    })
}

/// People lead to their cases, or for who administers them to their page.
fn people(visitor: &Visitor) -> Box<dyn Iterator<Item = Spot> + '_> {
    let office = &visitor.office;
    let administers = visitor.person.is(Role::SystemAdministrator);
    if !administers && !Scope::of(Actor::Person(visitor.person.id), office).desk {
        return Box::new(std::iter::empty());
    }
    let active = office.people.values().filter(|person| person.active);
    Box::new(active.map(move |person| {
        let department = person.profile.department.and_then(|id| office.departments.get(&id));
        Spot {
            href: match administers {
                true => format!("/oficina/personas/{}", person.id),
                false => format!("/mesa?vista=todos&requester={}", person.id),
            },
            icon: "user",
            label: person.profile.name.clone(),
            detail: department.map_or_else(String::new, |department| department.name.clone()),
        }
    }))
}
