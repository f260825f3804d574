//! The mail of the office: how its mailboxes are, what arrived and what became of it, what somebody must decide.

use askama::Template;
use atiende_desk::AdministerError;
use atiende_desk::intake::State as Became;
use atiende_desk::view::{ArrivalSeen, MailSeen};
use atiende_procedure::Role;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::office::reads_office;
use crate::app::App;
use crate::frame::Frame;
use crate::oops::{Oops, shown};
use crate::query::Query;
use crate::visitor::Visitor;

#[derive(Debug, Template)]
#[template(path = "mail.html")]
struct MailPage {
    frame: Frame,
    may_change: bool,
    mailboxes: Vec<MailboxRow>,
    kinds: Vec<Kind>,
    letters: Vec<LetterRow>,
    arrived: String,
    waiting: String,
    dead: i64,
    /// Nobody active has the address to whom a letter was to be given.
    nobody: bool,
    first_href: Option<String>,
    next_href: Option<String>,
}

#[derive(Debug)]
struct MailboxRow {
    id: i64,
    name: String,
    address: String,
    icon: &'static str,
    health: String,
    detail: String,
}

/// Letters of one state, to be chosen.
#[derive(Debug)]
struct Kind {
    href: String,
    label: String,
    count: i64,
    chosen: bool,
}

#[derive(Debug)]
struct LetterRow {
    id: i64,
    when: String,
    from: String,
    to: String,
    size: String,
    became: String,
    reason: String,
    case: Option<String>,
    accepts: bool,
    replays: bool,
    discards: bool,
    /// Somebody of the directory may be named as its requester.
    assigns: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    estado: String,
    /// The letters before this one.
    antes: Option<i64>,
    /// Nobody was found for a letter.
    nadie: bool,
}

fn may_change(visitor: &Visitor) -> bool {
    visitor.person.is(Role::SystemAdministrator)
}

pub(crate) async fn list(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let frame = visitor.frame(&app);
    if !reads_office(&visitor) {
        return Oops::not_found(frame).into_response();
    }
    let chosen = Became::of_word(&asked.estado);
    match app.desk.mail_page_seen_by(visitor.viewer, chosen, asked.antes).await {
        Ok(seen) => shown(&MailPage::of(frame, may_change(&visitor), &seen, chosen, &asked)),
        Err(error) => Oops::to(&app, &visitor, &error).into_response(),
    }
}

impl MailPage {
    fn of(
        frame: Frame,
        may_change: bool,
        seen: &MailSeen,
        chosen: Option<Became>,
        asked: &Asked,
    ) -> MailPage {
        let first = href(chosen);
        let joint = if first.contains('?') { '&' } else { '?' };
        MailPage {
            next_href: seen.before.map(|before| format!("{first}{joint}antes={before}")),
            first_href: asked.antes.map(|_| first),
            nobody: asked.nadie,
            mailboxes: seen
                .mailboxes
                .iter()
                .map(|(mailbox, health)| MailboxRow::of(&frame, mailbox, health.as_ref()))
                .collect(),
            kinds: kinds(&frame, seen, chosen),
            letters: seen.letters.iter().map(|letter| LetterRow::of(&frame, letter)).collect(),
            arrived: frame.t.with(
                "mail-throughput",
                &[("hour", &seen.arrived.0.to_string()), ("day", &seen.arrived.1.to_string())],
            ),
            waiting: frame.t.count("mail-waiting", usize::try_from(seen.waiting).unwrap_or_default()),
            dead: seen.dead,
            may_change,
            frame,
        }
    }
}

/// The list of the letters of a state, or of all.
fn href(state: Option<Became>) -> String {
    match state {
        Some(state) => format!("/oficina/correo?estado={}", state.as_str()),
        None => "/oficina/correo".to_owned(),
    }
}

fn kinds(frame: &Frame, seen: &MailSeen, chosen: Option<Became>) -> Vec<Kind> {
    let count = |state| seen.counts.iter().find(|(one, _)| *one == state).map_or(0, |(_, count)| *count);
    let all = Kind {
        href: href(None),
        label: frame.t.get("mail-all").to_owned(),
        count: seen.counts.iter().map(|(_, count)| count).sum(),
        chosen: chosen.is_none(),
    };
    let one = |state: Became| Kind {
        href: href(Some(state)),
        label: frame.word("letters", state.as_str()),
        count: count(state),
        chosen: chosen == Some(state),
    };
    let order = [Became::Held, Became::Unreadable, Became::Taken, Became::Recorded, Became::Discarded];
    std::iter::once(all).chain(order.into_iter().map(one)).collect()
}

impl MailboxRow {
    fn of(
        frame: &Frame,
        mailbox: &atiende_procedure::office::Mailbox,
        health: Option<&atiende_desk::view::MailboxHealth>,
    ) -> MailboxRow {
        let when = |at| frame.spoken.brief(at);
        let (icon, health, detail) = match (mailbox.active, &mailbox.receives, health) {
            (false, _, _) => ("clock", frame.t.get("mailbox-off").to_owned(), String::new()),
            (_, None, _) => ("circle-check", frame.t.get("mailbox-handed").to_owned(), String::new()),
            (_, Some(_), None) => ("clock", frame.t.get("mailbox-not-yet").to_owned(), String::new()),
            (_, Some(_), Some(health)) => match (health.failed_at, health.succeeded_at) {
                (Some(at), _) => {
                    ("alert-circle", frame.t.name("mailbox-fails", &when(at)), health.failure.clone())
                }
                (None, Some(at)) => ("circle-check", frame.t.name("mailbox-well", &when(at)), String::new()),
                (None, None) => ("clock", frame.t.get("mailbox-not-yet").to_owned(), String::new()),
            },
        };
        let (name, address) = (mailbox.name.clone(), mailbox.address.clone());
        MailboxRow { id: mailbox.id.0, name, address, icon, health, detail }
    }
}

impl LetterRow {
    fn of(frame: &Frame, seen: &ArrivalSeen) -> LetterRow {
        let letter = &seen.letter;
        let told = frame.t.find(&format!("letter-{}", letter.reason));
        let accepts =
            ["stranger", "automatic", "list", "not-authentic", "too-many"].contains(&letter.reason.as_str());
        LetterRow {
            id: letter.id,
            when: frame.spoken.brief(letter.arrived_at),
            from: if letter.sender.is_empty() {
                frame.t.get("mail-no-sender").to_owned()
            } else {
                letter.sender.clone()
            },
            to: letter.recipients.clone(),
            size: size(letter.size),
            became: frame.word("letter-state", seen.state.as_str()),
            reason: told.map_or_else(|| letter.reason.clone(), str::to_owned),
            case: seen.case.as_ref().map(ToString::to_string),
            accepts: seen.state == Became::Held && accepts
                || seen.state == Became::Recorded && letter.reason == "automatic",
            assigns: seen.state == Became::Held && !accepts,
            // What nobody can let in may be right after something was set right: an account, a contract.
            replays: (matches!(seen.state, Became::Unreadable | Became::Discarded)
                || seen.state == Became::Held && !accepts)
                && letter.reason != "too-large",
            discards: matches!(seen.state, Became::Held | Became::Unreadable),
        }
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        _ => format!("{},{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct ForWhom {
    requester: String,
}

/// An administrator gives a letter to somebody of the directory, as his request.
pub(crate) async fn assign(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<i64>,
    axum::Form(for_whom): axum::Form<ForWhom>,
) -> Response {
    if !may_change(&visitor) {
        return Oops::not_found(visitor.frame(&app)).into_response();
    }
    let held = href(Some(Became::Held));
    let person = visitor.office.person_by_email(for_whom.requester.trim()).filter(|person| person.active);
    let Some(person) = person.map(|person| person.id) else {
        return Redirect::to(&format!("{held}&nadie=true")).into_response();
    };
    decided(&app, &visitor, app.desk.accept_letter_for(visitor.viewer, id, person).await)
}

/// What an administrator decides about a letter.
pub(crate) async fn decide(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, verb)): Path<(i64, String)>,
) -> Response {
    if !may_change(&visitor) {
        return Oops::not_found(visitor.frame(&app)).into_response();
    }
    let done = match verb.as_str() {
        "aceptar" => app.desk.accept_letter(visitor.viewer, app.desk.ambience().command_id(), id).await,
        "releer" => app.desk.replay_letter(visitor.viewer, id).await,
        "descartar" => app.desk.discard_letter(visitor.viewer, id).await,
        _ => return Oops::not_found(visitor.frame(&app)).into_response(),
    };
    decided(&app, &visitor, done)
}

fn decided(app: &App, visitor: &Visitor, done: Result<bool, AdministerError>) -> Response {
    match done {
        // Decided by somebody else meanwhile: the list shows how.
        Ok(_) => Redirect::to("/oficina/correo?hecho=hecho").into_response(),
        Err(error) => Oops::to(app, visitor, &error.into()).into_response(),
    }
}
