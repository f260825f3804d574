//! What is with each provider, and what is due a follow-up (R13).

use askama::Template;
use atiende_desk::view::providers::{FollowedCase, ProvidersSeen};
use atiende_procedure::permission::permitted;
use atiende_procedure::{Action, Circumstances};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::clocks;
use crate::app::App;
use crate::frame::{Frame, Markup};
use crate::oops::{Oops, shown};
use crate::query::Query;
use crate::visitor::Visitor;

#[derive(Debug, Template)]
#[template(path = "providers.html")]
struct Providers {
    frame: Frame,
    about: String,
    deals: Vec<Deal>,
    groups: Vec<Group>,
    command: String,
}

/// A contract and how many cases it has.
#[derive(Debug)]
struct Deal {
    provider: String,
    number: String,
    /// The contract's own page, for who reads it.
    href: Option<String>,
    object: String,
    count: usize,
    unit: String,
    until: String,
}

/// Cases whose follow-up is late, due today, or not yet.
#[derive(Debug)]
struct Group {
    class: &'static str,
    icon: &'static str,
    label: String,
    rows: Vec<Followed>,
}

#[derive(Debug)]
struct Followed {
    number: String,
    subject: String,
    provider: String,
    contract: String,
    state: Markup,
    /// How the contract's promise stands.
    promise: Option<Markup>,
    last: String,
    note: String,
    next: String,
    may: bool,
    open: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    seguir: String,
}

pub(crate) async fn show(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let seen = match app.desk.providers_seen_by(visitor.viewer).await {
        Ok(Some(seen)) => seen,
        Ok(None) => return Oops::not_found(visitor.frame(&app)).into_response(),
        Err(error) => return Oops::to(&app, &visitor, &error).into_response(),
    };
    let frame = visitor.frame(&app);
    let command = app.desk.ambience().command_id().to_string();
    shown(&Providers {
        about: frame.t.count("providers-about", seen.cases.len()),
        deals: deals(&frame, &visitor, &seen),
        groups: groups(&frame, &visitor, &seen, &asked.seguir),
        command,
        frame,
    })
}

fn deals(frame: &Frame, visitor: &Visitor, seen: &ProvidersSeen) -> Vec<Deal> {
    let deals = seen.contracts.iter().map(|(contract, count)| Deal {
        provider: seen.office.providers.get(&contract.provider).map_or_else(String::new, |p| p.name.clone()),
        number: contract.number.clone(),
        href: seen
            .office
            .reads_contract(visitor.person.id, contract)
            .then(|| format!("/oficina/contratos/{}", contract.id)),
        object: contract.object.clone(),
        count: *count,
        unit: frame.t.count("cases-unit", *count),
        until: frame.t.name("contract-until", &frame.spoken.date(contract.ends)),
    });
    deals.collect()
}

fn groups(frame: &Frame, visitor: &Visitor, seen: &ProvidersSeen, open: &str) -> Vec<Group> {
    let calendar = &seen.office.settings.calendar;
    let today = calendar.day_of(seen.now);
    let mut groups = [
        ("late", "clock-exclamation", "providers-late"),
        ("soon", "hourglass-high", "providers-today"),
        ("ok", "circle-check", "providers-later"),
    ]
    .map(|(class, icon, label)| Group {
        class,
        icon,
        label: frame.t.get(label).to_owned(),
        rows: Vec::new(),
    });
    for followed in &seen.cases {
        let Some(due) = followed.case.followed_turn().and_then(|turn| turn.follow_up_due) else { continue };
        let group = match () {
            () if due < seen.now => 0,
            () if calendar.day_of(due) == today => 1,
            () => 2,
        };
        groups[group].rows.push(row(frame, visitor, seen, followed, open));
    }
    groups.into_iter().filter(|group| !group.rows.is_empty()).collect()
}

fn row(
    frame: &Frame,
    visitor: &Visitor,
    seen: &ProvidersSeen,
    followed: &FollowedCase,
    open: &str,
) -> Followed {
    let case = &followed.case;
    let turn = case.followed_turn();
    let contract = turn.and_then(|turn| seen.office.contracts.get(&turn.contract));
    let provider = contract.and_then(|contract| seen.office.providers.get(&contract.provider));
    let circumstances =
        Circumstances { actor: visitor.viewer.actor, now: seen.now, office: &seen.office, other: None };
    let may = permitted(case, Action::FollowUp, &circumstances).is_ok();
    Followed {
        number: case.number.to_string(),
        subject: followed.subject.clone(),
        provider: provider.map_or_else(String::new, |provider| provider.name.clone()),
        contract: contract.map_or_else(String::new, |contract| contract.number.clone()),
        state: frame.state(case.status.name()),
        promise: turn.and_then(|turn| clocks::of_contract(frame, &followed.clocks, turn.contract)),
        last: turn.and_then(|turn| turn.last_follow_up).map_or_else(String::new, |at| frame.when(&at)),
        note: followed.last_note.clone().unwrap_or_default(),
        next: turn.and_then(|turn| turn.follow_up_due).map_or_else(String::new, |at| frame.when(&at)),
        may,
        open: may && case.number.to_string() == open,
    }
}
