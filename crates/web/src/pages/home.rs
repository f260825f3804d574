//! The portal's first page, what one has asked for, and services proposed while one types.

use std::sync::Arc;

use askama::Template;
use atiende_desk::QueueRow;
use atiende_desk::view::queue::works_at_desk;
use atiende_procedure::office::{Office, Service};
use atiende_procedure::permission::Scope;
use atiende_procedure::{Actor, StatusName, WaitingFor};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::app::App;
use crate::frame::Frame;
use crate::oops::{Oops, shown};
use crate::query::Query;
use crate::visitor::{Looker, Visitor};

#[derive(Debug, Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    words: String,
    proposals: Vec<Arc<Service>>,
    often: Vec<Arc<Service>>,
    cards: Vec<Card>,
    has_past: bool,
    mail: String,
    phone: String,
    counter: String,
}

#[derive(Debug, Template)]
#[template(path = "proposals.html")]
struct Proposals {
    frame: Frame,
    proposals: Vec<Arc<Service>>,
}

#[derive(Debug, Template)]
#[template(path = "mine.html")]
struct Mine {
    frame: Frame,
    open: Vec<Card>,
    past: Vec<Card>,
}

/// A case as its requester reads it.
#[derive(Debug)]
pub(crate) struct Card {
    class: &'static str,
    icon: &'static str,
    says: String,
    number: String,
    subject: String,
    more: String,
    button: Option<&'static str>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Words {
    q: String,
}

/// How many proposals fit under the box.
const PROPOSALS: usize = 5;

pub(crate) async fn show(
    State(app): State<App>,
    looker: Looker,
    visitor: Option<Visitor>,
    Query(words): Query<Words>,
) -> Response {
    let Some(visitor) = visitor else {
        return Redirect::to("/entrar").into_response();
    };
    if let Some(elsewhere) = first_page(&visitor)
        && looker.path == "/"
        && words.q.is_empty()
    {
        return Redirect::to(elsewhere).into_response();
    }
    let mine = match app.desk.my_cases(visitor.person.id).await {
        Ok(mine) => mine,
        Err(error) => return Oops::to(&app, &visitor, &error).into_response(),
    };
    let frame = visitor.frame(&app);
    let office = &visitor.office;
    let offered = office.services.values().filter(|service| service.active && service.on_portal);
    let settings = office.settings.clone();
    shown(&Home {
        proposals: if words.q.trim().is_empty() { Vec::new() } else { proposed(office, &words.q) },
        often: offered.take(6).cloned().collect(),
        cards: Card::all(&frame, office, &mine.open),
        has_past: !mine.past.is_empty(),
        words: words.q,
        mail: settings.mail_address.clone(),
        phone: settings.phone.clone(),
        counter: settings.counter.clone(),
        frame,
    })
}

/// Where somebody who works here begins; requesters begin at the portal.
fn first_page(visitor: &Visitor) -> Option<&'static str> {
    let office = &visitor.office;
    let scope = Scope::of(Actor::Person(visitor.person.id), office);
    if works_at_desk(office, visitor.person.id) {
        Some("/mesa")
    } else if scope.security {
        Some("/seguridad")
    } else if !scope.contracts.is_empty() {
        Some("/proveedores")
    } else if !visitor.person.roles.is_empty() {
        Some("/oficina")
    } else {
        None
    }
}

pub(crate) async fn proposals(
    State(app): State<App>,
    visitor: Visitor,
    Query(words): Query<Words>,
) -> Response {
    let proposals = if words.q.trim().is_empty() { Vec::new() } else { proposed(&visitor.office, &words.q) };
    shown(&Proposals { frame: visitor.frame(&app), proposals })
}

/// The services on the portal that fit what was typed, best first.
fn proposed(office: &Office, words: &str) -> Vec<Arc<Service>> {
    atiende_desk::view::catalogue::proposed(office, words, PROPOSALS)
}

pub(crate) async fn mine(State(app): State<App>, visitor: Visitor) -> Response {
    let mine = match app.desk.my_cases(visitor.person.id).await {
        Ok(mine) => mine,
        Err(error) => return Oops::to(&app, &visitor, &error).into_response(),
    };
    let frame = visitor.frame(&app);
    let cards = |rows: &[QueueRow]| Card::all(&frame, &visitor.office, rows);
    let (open, past) = (cards(&mine.open), cards(&mine.past));
    shown(&Mine { frame, open, past })
}

impl Card {
    /// One's cases, those that wait for oneself first.
    fn all(frame: &Frame, office: &Office, rows: &[QueueRow]) -> Vec<Card> {
        let mut cards: Vec<Card> = rows.iter().map(|row| Card::of(frame, office, row)).collect();
        cards.sort_by_key(|card| card.button.is_none());
        cards
    }

    /// What to know or do next.
    fn more(frame: &Frame, row: &QueueRow) -> String {
        let t = frame.t;
        match (row.status, row.waiting_for, row.expected_by) {
            (StatusName::Waiting, Some(WaitingFor::Requester), _) => t.get("portal-write-us").to_owned(),
            (StatusName::Solved, ..) => t.get("portal-say-if-well").to_owned(),
            (status, _, Some(at)) if status.is_open() && at < frame.now => {
                t.name("portal-late", &frame.in_full(&at))
            }
            (status, _, Some(at)) if status.is_open() => t.name("portal-expected", &frame.in_full(&at)),
            _ => t.name("portal-changed", &frame.when(&row.changed_at)),
        }
    }

    fn of(frame: &Frame, office: &Office, row: &QueueRow) -> Card {
        let agent =
            row.agent.and_then(|id| office.people.get(&id)).map(|person| person.profile.name.as_str());
        let plain = PlainState::of(frame, row.status, row.waiting_for, agent);
        Card {
            class: plain.class,
            icon: plain.icon,
            says: plain.says,
            number: row.number.to_string(),
            subject: row.subject.clone(),
            more: Card::more(frame, row),
            button: match (row.status, row.waiting_for) {
                (StatusName::Waiting, Some(WaitingFor::Requester)) => Some("portal-answer"),
                (StatusName::Solved, _) => Some("portal-review"),
                _ => None,
            },
        }
    }
}

/// A state in the words of somebody who asks for help twice a year.
pub(crate) struct PlainState {
    pub(crate) class: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) says: String,
}

impl PlainState {
    pub(crate) fn of(
        frame: &Frame,
        status: StatusName,
        waiting_for: Option<WaitingFor>,
        agent: Option<&str>,
    ) -> PlainState {
        let t = frame.t;
        let say = |class, icon, says: &str| PlainState { class, icon, says: says.to_owned() };
        match (status, waiting_for, agent) {
            (StatusName::Registered, ..) => say("", "inbox", t.get("portal-registered")),
            (StatusName::Assigned, _, Some(agent)) => {
                say("", "user-check", &t.name("portal-assigned-to", agent))
            }
            (StatusName::Assigned, ..) => say("", "user-check", t.get("portal-assigned")),
            (StatusName::InProgress, _, Some(agent)) => {
                say("", "progress", &t.name("portal-being-attended", agent))
            }
            (StatusName::InProgress, ..) => say("", "progress", t.get("portal-in-progress")),
            (StatusName::Waiting, Some(WaitingFor::Requester), _) => {
                say("wants", "message-2", t.get("portal-waits-for-you"))
            }
            (StatusName::Waiting, Some(WaitingFor::Visit), _) => {
                say("", "calendar-event", t.get("portal-waits-visit"))
            }
            (StatusName::Waiting, ..) => say("", "player-pause", t.get("portal-waits-parts")),
            (StatusName::WithProvider, ..) => say("away", "building-store", t.get("portal-with-provider")),
            (StatusName::Solved, ..) => say("done", "circle-check", t.get("portal-solved")),
            (StatusName::Closed, ..) => say("done", "check", t.get("portal-closed")),
            (StatusName::Referred, ..) => say("", "shield-lock", t.get("portal-referred")),
            (StatusName::Cancelled, ..) => say("", "ban", t.get("portal-cancelled")),
        }
    }
}
