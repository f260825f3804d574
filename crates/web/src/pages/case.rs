//! A case: the portal's page for whoever asked, the desk's for whoever attends.

use askama::Template;
use atiende_desk::{DeskError, SeenCase};
use atiende_procedure::{Action, Activity, ActivityStatus, Actor, BlobHash, CaseNumber, Performer};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::form::Field;
use super::{desk_case, portal_case};
use crate::app::App;
use crate::download;
use crate::frame::Frame;
use crate::oops::{Oops, page};
use crate::query::Query;
use crate::visitor::Visitor;

/// What a case's page is asked to show.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// Which messages: `todo`, or an audience, or `movimientos`.
    pub(crate) ver: String,
    /// To whom the composer writes.
    pub(crate) para: String,
    /// Which move's form is open.
    pub(crate) mover: String,
    /// Which words of a provider are passed on to the requester, by their event.
    pub(crate) reenviar: String,
}

/// What went wrong with a move, with what was typed.
#[derive(Debug, Default)]
pub(crate) struct Wrong {
    pub(crate) general: Option<String>,
    pub(crate) verb: String,
    pub(crate) fields: crate::lenient::Fields,
    /// A field's name and what is wrong with it.
    pub(crate) field: Option<(String, String)>,
}

/// A face of the survey.
#[derive(Debug)]
pub(crate) struct Face {
    pub(crate) score: u8,
    pub(crate) icon: &'static str,
    pub(crate) label: &'static str,
}

/// From very bad to very good (R14).
pub(crate) const FACES: [Face; 5] = [
    Face { score: 1, icon: "mood-cry", label: "rate-1" },
    Face { score: 2, icon: "mood-sad", label: "rate-2" },
    Face { score: 3, icon: "mood-empty", label: "rate-3" },
    Face { score: 4, icon: "mood-smile", label: "rate-4" },
    Face { score: 5, icon: "mood-happy", label: "rate-5" },
];

/// "¿Quedó bien?": confirm or reopen.
#[derive(Debug, Template)]
#[template(path = "solved.html")]
pub(crate) struct AskSolved<'a> {
    pub(crate) frame: &'a Frame,
    pub(crate) activities: &'a str,
    /// Who did it, in a sentence.
    pub(crate) by: String,
    pub(crate) confirm_to: String,
    pub(crate) reopen_to: String,
    pub(crate) may_reopen: bool,
    pub(crate) reopening: bool,
    pub(crate) closes: String,
    pub(crate) command: String,
}

/// "¿Cómo le pareció la atención?"
#[derive(Debug, Template)]
#[template(path = "rating.html")]
pub(crate) struct AskRating<'a> {
    pub(crate) frame: &'a Frame,
    pub(crate) rate_to: String,
    pub(crate) chosen: u8,
    pub(crate) command: String,
}

/// A label and what is true.
#[derive(Debug)]
pub(crate) struct Fact {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) href: String,
    pub(crate) late: bool,
}

impl Fact {
    pub(crate) fn new(label: &str, value: impl Into<String>) -> Fact {
        Fact { label: label.to_owned(), value: value.into(), href: String::new(), late: false }
    }
}

pub(crate) async fn permalink(_: Visitor, Path(number): Path<String>) -> Redirect {
    Redirect::to(&format!("/casos/{}", crate::visitor::encode(&number)))
}

pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(number): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    render(&app, &visitor, &number, &asked, StatusCode::OK, &Wrong::default()).await
}

/// The page of a case for this visitor, with what went wrong if something did.
pub(crate) async fn render(
    app: &App,
    visitor: &Visitor,
    number: &str,
    asked: &Asked,
    status: StatusCode,
    wrong: &Wrong,
) -> Response {
    let Ok(number) = number.parse::<CaseNumber>() else {
        return Oops::not_found(visitor.frame(app)).into_response();
    };
    let seen = match app.desk.case_seen_by(visitor.viewer, number).await {
        Ok(seen) => seen,
        Err(error) => return Oops::to(app, visitor, &error).into_response(),
    };
    let frame = visitor.frame(app);
    if seen.reads_internal() {
        match desk_case::page(app, frame, &seen, asked, wrong).await {
            Ok(shown) => page(status, &shown),
            Err(error) => Oops::to(app, visitor, &error).into_response(),
        }
    } else {
        page(status, &portal_case::page(app, frame, &seen, wrong))
    }
}

pub(crate) async fn file(
    State(app): State<App>,
    visitor: Visitor,
    Path((number, hash)): Path<(String, String)>,
) -> Response {
    let (Ok(number), Ok(hash)) = (number.parse::<CaseNumber>(), hash.parse::<BlobHash>()) else {
        return Oops::not_found(visitor.frame(&app)).into_response();
    };
    match app.desk.file_seen_by(visitor.viewer, number, hash).await {
        Ok((file, name, bytes)) => download::response(&file.media_type, &name, bytes),
        Err(error) => Oops::to(&app, &visitor, &error).into_response(),
    }
}

/// Who solved the case, in a sentence for its requester (R14).
pub(crate) fn solved_by(frame: &Frame, seen: &SeenCase) -> String {
    let Some(solution) = &seen.case.solution else { return String::new() };
    match solution.performed_by {
        Performer::Agent => {
            seen.name_of(solution.by).map_or_else(String::new, |name| frame.t.name("solved-by", name))
        }
        Performer::Provider => {
            let contract = seen.case.providers.last().map(|turn| Actor::Provider(turn.contract));
            let name = contract.and_then(|contract| seen.name_of(contract));
            name.map_or_else(String::new, |name| frame.t.name("solved-by-provider", name))
        }
    }
}

/// Whether an activity that the case has not needed may still come.
pub(crate) fn ahead(seen: &SeenCase, item: &Activity) -> bool {
    let not_needed = |item: &Activity| item.status == ActivityStatus::NotNeeded;
    let later = seen.evidence.items.iter().filter(|other| other.number > item.number && other.number < 8);
    let passed_over = item.number < 8 && later.into_iter().any(|other| !not_needed(other));
    not_needed(item) && !passed_over && seen.case.status.name().is_open()
}

/// The form that supplies what a request lacks (R9).
pub(crate) fn missing_fields(frame: &Frame, seen: &SeenCase) -> Vec<Field> {
    use super::form::{Choice, Input};
    if !seen.may(Action::Complete) {
        return Vec::new();
    }
    let t = frame.t;
    let office = &seen.office;
    let field = |name: &str| -> Option<Field> {
        Some(match name {
            "department" => Field::new(Input::Select, name, t.get("field-department"))
                .options(
                    office
                        .departments
                        .values()
                        .filter(|d| d.active)
                        .map(|d| Choice::new(&d.code, &d.name))
                        .collect(),
                )
                .with_blank(t.get("choose")),
            "site" => Field::new(Input::Select, name, t.get("field-site"))
                .options(
                    office
                        .sites
                        .values()
                        .filter(|s| s.active)
                        .map(|s| Choice::new(&s.code, &s.name))
                        .collect(),
                )
                .with_blank(t.get("choose")),
            "place" => Field::new(Input::Line, name, t.get("field-place")).hint(t.get("new-place-hint")),
            "contact" => Field::new(Input::Line, "contact.phone", t.get("field-contact-phone")),
            "remote_support_id" => Field::new(Input::Line, name, t.get("field-remote-support-id")),
            name => {
                let code = name.strip_prefix("answers.")?;
                let question = seen.service()?.questions.iter().find(|question| question.code == code)?;
                Field::new(Input::Line, name, &question.label).hint(&question.help)
            }
        })
    };
    seen.missing.iter().filter_map(|name| field(name)).map(Field::optional).collect()
}

/// What a refusal means for the page: beside its field, or at the top.
pub(crate) fn wrong_of(
    t: &crate::texts::Texts,
    error: &DeskError,
    verb: &str,
    typed: crate::lenient::Fields,
) -> Wrong {
    match error {
        DeskError::Refused(refusal) => {
            let message = crate::refused::sentence(t, refusal);
            match crate::refused::field(refusal) {
                Some(field) => Wrong {
                    verb: verb.to_owned(),
                    fields: typed,
                    field: Some((field, message)),
                    general: None,
                },
                None => Wrong { verb: verb.to_owned(), fields: typed, field: None, general: Some(message) },
            }
        }
        _ => Wrong {
            verb: verb.to_owned(),
            fields: typed,
            field: None,
            general: Some(t.get("oops-stale-text").to_owned()),
        },
    }
}
