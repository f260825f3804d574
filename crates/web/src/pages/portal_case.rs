//! A case as its requester reads it: plain states, a conversation, what comes next.

use askama::Template;
use atiende_desk::SeenCase;
use atiende_procedure::{Action, Event, Status};

use super::case::{AskRating, AskSolved, Fact, Wrong, ahead, missing_fields, solved_by};
use super::form::{Field, blame, refill};
use super::home::PlainState;
use super::story::{Item, story};
use crate::again::Again;
use crate::app::App;
use crate::frame::Frame;

#[derive(Debug, Template)]
#[template(path = "portal_case.html")]
pub(crate) struct PortalCase {
    frame: Frame,
    number: String,
    subject: String,
    class: &'static str,
    icon: &'static str,
    says: String,
    error: Option<String>,
    kept: Again,
    solved: Option<String>,
    rating: Option<String>,
    missing: Vec<Field>,
    story: Vec<Item>,
    draft: String,
    may_write: bool,
    may_cancel: bool,
    may_watch: bool,
    steps: Vec<Step>,
    activities: Vec<PlainActivity>,
    facts: Vec<Fact>,
    watchers: Vec<String>,
    command: String,
}

/// A plain step of the way.
#[derive(Debug)]
struct Step {
    class: &'static str,
    icon: &'static str,
    text: String,
    when: String,
    now: bool,
}

#[derive(Debug)]
struct PlainActivity {
    name: String,
    status: String,
}

pub(crate) fn page(app: &App, frame: Frame, seen: &SeenCase, wrong: &Wrong) -> PortalCase {
    let command = app.desk.ambience().command_id().to_string();
    let agent = seen.agent().map(|person| person.profile.name.as_str());
    let waiting_for = match seen.case.status {
        Status::Waiting { waiting_for, .. } => Some(waiting_for),
        _ => None,
    };
    let plain = PlainState::of(&frame, seen.case.status.name(), waiting_for, agent);
    let mut missing = missing_fields(&frame, seen);
    let mut error = wrong.general.clone();
    if let Some((name, message)) = &wrong.field {
        refill(&mut missing, &wrong.fields);
        if !blame(&mut missing, name, message) {
            error = Some(message.clone());
        }
    }
    let may_write = seen.may(Action::MessageRequester);
    let has_form = wrong.verb == "details" || wrong.verb == "mensaje" && may_write;
    let kept = Again::to_read(&wrong.fields).unless(has_form || wrong.verb.is_empty());
    let base = format!("/casos/{}", seen.case.number);
    let solved = asks_solved(&frame, seen, &base, &command);
    let boxed = solved.is_some();
    PortalCase {
        number: seen.case.number.to_string(),
        subject: seen.subject().to_owned(),
        class: plain.class,
        icon: plain.icon,
        says: plain.says,
        error,
        kept,
        solved,
        rating: seen.may(Action::Rate).then(|| asks_rating(&frame, format!("{base}/surveys"), 0, &command)),
        missing,
        story: story(&frame, seen).into_iter().filter(|item| !(boxed && is_solution(item))).collect(),
        draft: wrong.fields.get("body").to_owned(),
        may_write,
        may_cancel: seen.may(Action::Cancel),
        may_watch: seen.may(Action::Watch) && !seen.case.security,
        steps: steps(&frame, seen),
        activities: activities(&frame, seen),
        facts: facts(&frame, seen),
        watchers: seen
            .case
            .watchers
            .iter()
            .filter_map(|id| seen.person(*id))
            .map(|person| person.profile.name.clone())
            .collect(),
        command,
        frame,
    }
}

/// A solution stands in a box of its own above the conversation while it is to be confirmed, and in its place after.
fn is_solution(item: &Item) -> bool {
    item.event && item.icon == "circle-check"
}

fn asks_solved(frame: &Frame, seen: &SeenCase, base: &str, command: &str) -> Option<String> {
    let Status::Solved { grace_ends, .. } = seen.case.status else { return None };
    if !seen.may(Action::Confirm) {
        return None;
    }
    let activities = seen.case.solution.as_ref().and_then(|solution| seen.words(solution.activities));
    let asked = AskSolved {
        frame,
        activities: activities.unwrap_or_default(),
        by: solved_by(frame, seen),
        confirm_to: format!("{base}/confirmations"),
        reopen_to: format!("{base}/reopenings"),
        may_reopen: seen.may(Action::Reopen),
        reopening: false,
        closes: frame.t.name("solved-closes", &frame.in_full(&grace_ends)),
        command: command.to_owned(),
    };
    asked.render().ok()
}

/// The form with five faces.
pub(crate) fn asks_rating(frame: &Frame, rate_to: String, chosen: u8, command: &str) -> String {
    AskRating { frame, rate_to, chosen, command: command.to_owned() }.render().unwrap_or_default()
}

/// Four to six plain steps; the eight activities are one click away.
fn steps(frame: &Frame, seen: &SeenCase) -> Vec<Step> {
    let t = frame.t;
    let mut steps = vec![done(t.get("step-received").to_owned(), frame.in_full(&seen.case.opened_at))];
    for event in seen.events.iter().filter(|event| event.from.is_none()) {
        let at = frame.in_full(&event.recorded.at);
        let person = |id| seen.person(id).map_or("", |person| person.profile.name.as_str());
        match &event.recorded.event {
            Event::Assigned { agent: Some(agent), .. } => {
                steps.push(done(t.name("step-assigned", person(*agent)), at));
            }
            Event::Taken => {
                let name = seen.name_of(event.recorded.acted.by).unwrap_or_default();
                steps.push(done(t.name("plain-taken", name), at));
            }
            Event::EscalatedToLevel { .. } => steps.push(done(t.get("step-escalated").to_owned(), at)),
            Event::EscalatedToProvider { .. } => steps.push(done(t.get("step-provider").to_owned(), at)),
            Event::Solved { .. } => steps.push(done(t.get("step-solved").to_owned(), at)),
            Event::Reopened { .. } => steps.push(done(t.get("step-reopened").to_owned(), at)),
            Event::Referred { .. } => steps.push(done(t.get("step-referred").to_owned(), at)),
            Event::Closed { .. } | Event::Concluded { .. } => {
                steps.push(done(t.get("step-closed").to_owned(), at));
            }
            Event::Cancelled { .. } => steps.push(done(t.get("step-cancelled").to_owned(), at)),
            _ => {}
        }
    }
    if steps.len() > 6 {
        steps.drain(1..steps.len() - 5);
    }
    let ahead = match seen.case.status {
        Status::Closed { .. } | Status::Cancelled { .. } => None,
        Status::Solved { .. } => Some("step-you-confirm"),
        Status::Registered => Some("step-assign-next"),
        Status::Referred { .. } => Some("step-security-next"),
        _ => Some("step-solve-next"),
    };
    if let Some(ahead) = ahead {
        let text = t.get(ahead).to_owned();
        steps.push(Step { class: "is-now", icon: "arrow-right", text, when: String::new(), now: true });
    }
    steps
}

fn done(text: String, when: String) -> Step {
    Step { class: "is-done", icon: "check", text, when, now: false }
}

fn activities(frame: &Frame, seen: &SeenCase) -> Vec<PlainActivity> {
    let version = seen.office.versions.get(&seen.case.procedure);
    let name = |number: u8| {
        let written = version.and_then(|version| version.activities.get(usize::from(number) - 1));
        written.map_or_else(|| number.to_string(), |written| written.name.clone())
    };
    let items = seen.evidence.items.iter();
    items
        .map(|item| PlainActivity {
            name: name(item.number),
            status: match (ahead(seen, item), item.number) {
                (true, 8) => frame.t.get("activity-ahead").to_owned(),
                (true, _) => frame.t.get("activity-maybe").to_owned(),
                (false, _) => frame.word("activity", item.status),
            },
        })
        .collect()
}

fn facts(frame: &Frame, seen: &SeenCase) -> Vec<Fact> {
    let t = frame.t;
    let details = &seen.case.details;
    let office = &seen.office;
    let mut facts = Vec::new();
    let mut add = |label: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            facts.push(Fact::new(label, value));
        }
    };
    add(t.get("field-service"), seen.service().map(|service| service.name.as_str()));
    add(
        t.get("field-department"),
        details
            .department
            .and_then(|id| office.departments.get(&id))
            .map(|department| department.name.as_str()),
    );
    add(
        t.get("field-site"),
        details.site.and_then(|id| office.sites.get(&id)).map(|site| site.name.as_str()),
    );
    add(t.get("field-place"), seen.words_if_any(details.place));
    for question in seen.service().iter().flat_map(|service| &service.questions) {
        let answer = details.answers.get(&question.code).and_then(|text| seen.words(*text));
        add(&question.label, answer.map(|answer| crate::pages::desk_case::said_answer(t, answer)));
    }
    facts
}
