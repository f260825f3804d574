//! `/metrics` in the form of Prometheus, for whoever runs or audits the desk: counts, no words and no names of people.

use std::fmt::Write;

use atiende_desk::intake::State as Became;
use atiende_desk::view::MailSeen;
use atiende_procedure::Role;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::api::Caller;
use crate::app::App;

/// The text format, version 0.0.4.
const FORM: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Response {
    let person = caller.office.people.get(&caller.person);
    if !person.is_some_and(|it| it.is(Role::SystemAdministrator) || it.is(Role::Auditor)) {
        return StatusCode::FORBIDDEN.into_response();
    }
    match app.desk.mail_seen_by(caller.viewer, Some(Became::New)).await {
        Ok(mail) => ([(header::CONTENT_TYPE, FORM)], written(&mail)).into_response(),
        Err(error) => {
            tracing::warn!(%error, "the metrics could not be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn written(mail: &MailSeen) -> String {
    let mut page = String::new();
    let head = |page: &mut String, name: &str, help: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(page, "# HELP {name} {help}\n# TYPE {name} gauge");
    };
    head(&mut page, "atiende_letters", "Letters that arrived, by what became of them.");
    for state in Became::ALL {
        let count = mail.counts.iter().find(|(one, _)| *one == state).map_or(0, |(_, count)| *count);
        let _ = writeln!(page, "atiende_letters{{state=\"{}\"}} {count}", state.as_str());
    }
    head(&mut page, "atiende_outbox_waiting", "Letters that wait to leave.");
    let _ = writeln!(page, "atiende_outbox_waiting {}", mail.waiting);
    head(&mut page, "atiende_outbox_failed", "Letters that were given up.");
    let _ = writeln!(page, "atiende_outbox_failed {}", mail.dead);
    head(&mut page, "atiende_mailbox_up", "Whether a mailbox could be read when it last was.");
    for (mailbox, health) in &mail.mailboxes {
        let up = mailbox.active && health.as_ref().is_some_and(|health| health.failed_at.is_none());
        let name = mailbox.name.replace(['\\', '"', '\n'], "_");
        let _ = writeln!(page, "atiende_mailbox_up{{mailbox=\"{name}\"}} {}", u8::from(up));
    }
    page
}
