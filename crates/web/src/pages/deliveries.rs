//! Letters that could not be delivered, with a button that tries again.

use askama::Template;
use atiende_desk::view;
use atiende_procedure::Role;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::office::reads_office;
use crate::app::App;
use crate::frame::Frame;
use crate::oops::{Oops, shown};
use crate::visitor::Visitor;

#[derive(Debug, Template)]
#[template(path = "deliveries.html")]
struct Deliveries {
    frame: Frame,
    rows: Vec<Undelivered>,
}

#[derive(Debug)]
struct Undelivered {
    id: i64,
    notice: String,
    to: String,
    attempts: u64,
    error: String,
}

impl Undelivered {
    fn of(letter: view::Undelivered, frame: &Frame) -> Undelivered {
        let view::Undelivered { id, about, attempts } = letter;
        let reserved = || frame.t.get("deliveries-reserved").to_owned();
        match about {
            Some(about) => {
                let notice = frame.word("notice", &about.notice);
                Undelivered { id, notice, to: about.to, attempts, error: about.error }
            }
            None => Undelivered { id, notice: reserved(), to: String::new(), attempts, error: String::new() },
        }
    }
}

pub(crate) async fn list(State(app): State<App>, visitor: Visitor) -> Response {
    let frame = visitor.frame(&app);
    if !reads_office(&visitor) {
        return Oops::not_found(frame).into_response();
    }
    match app.desk.undelivered(visitor.viewer).await {
        Ok(letters) => {
            let rows = letters.into_iter().map(|letter| Undelivered::of(letter, &frame)).collect();
            shown(&Deliveries { frame, rows })
        }
        Err(error) => Oops::to(&app, &visitor, &error).into_response(),
    }
}

pub(crate) async fn retry(State(app): State<App>, visitor: Visitor, Path(id): Path<i64>) -> Response {
    if !visitor.person.is(Role::SystemAdministrator) {
        return Oops::not_found(visitor.frame(&app)).into_response();
    }
    match app.desk.deliver_again(id).await {
        Ok(()) => Redirect::to("/oficina/envios?hecho=hecho").into_response(),
        Err(error) => Oops::to(&app, &visitor, &error).into_response(),
    }
}
