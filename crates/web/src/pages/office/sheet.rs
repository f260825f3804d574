//! A page on which one thing of the office is edited: its fields, what is wrong with them, who set it before; and how it
//! is saved, so that nobody's edit gets lost.

use askama::Template;
use atiende_desk::{AdministerError, DeskError};
use atiende_procedure::office::{Change, Office, Subject};
use atiende_procedure::{Actor, Attachment, Refusal, Role};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::parts::{Part, Section};
use crate::again::Again;
use crate::app::App;
use crate::frame::Frame;
use crate::lenient::Fields;
use crate::oops::{Oops, page};
use crate::pages::new::command_id;
use crate::promised::Wrong;
use crate::refused::{field, sentence};
use crate::visitor::Visitor;

/// Somewhere to go.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) href: String,
    pub(super) label: String,
    pub(super) icon: &'static str,
}

/// One time at which the thing was set.
#[derive(Debug)]
pub(super) struct Set {
    version: u64,
    when: String,
    who: String,
}

#[derive(Debug, Template)]
#[template(path = "office_sheet.html")]
pub(super) struct Sheet {
    pub(super) frame: Frame,
    up: Link,
    title: String,
    lead: String,
    links: Vec<Link>,
    sections: Vec<Section>,
    files: bool,
    error: Option<String>,
    /// What is set now, to look at beside what was typed.
    other: Option<String>,
    /// Where something is wrong, and what.
    wrong: Vec<(String, String)>,
    may_change: bool,
    command: String,
    revision: u64,
    history: Vec<Set>,
}

/// Whether somebody changes the office.
pub(super) fn may_change(visitor: &Visitor) -> bool {
    visitor.person.is(Role::SystemAdministrator)
}

impl Sheet {
    /// For a thing that there is, or for a new one.
    pub(super) fn new(app: &App, visitor: &Visitor, subject: Option<Subject>) -> Sheet {
        let frame = visitor.frame(app);
        let office = &visitor.office;
        let revisions = subject.map_or(&[][..], |subject| office.revisions(subject));
        let set = |(version, revision): (u64, &atiende_procedure::office::Revision)| Set {
            version,
            when: frame.when(&revision.at),
            who: who(&frame, office, revision.by),
        };
        let mut history: Vec<Set> = (1..).zip(revisions).map(set).collect();
        history.reverse();
        Sheet {
            up: Link {
                href: "/oficina".to_owned(),
                label: frame.t.get("nav-office").to_owned(),
                icon: "settings",
            },
            title: String::new(),
            lead: String::new(),
            links: Vec::new(),
            sections: Vec::new(),
            files: false,
            error: None,
            other: None,
            wrong: Vec::new(),
            may_change: may_change(visitor),
            command: app.desk.ambience().command_id().to_string(),
            revision: subject.map_or(0, |subject| office.revision(subject)),
            history,
            frame,
        }
    }

    pub(super) fn up(self, href: &str, label: &str) -> Sheet {
        let up = Link { href: href.to_owned(), label: self.frame.t.get(label).to_owned(), icon: "" };
        Sheet { up, ..self }
    }

    /// What is on it.
    pub(super) fn of(self, title: String, sections: Vec<Section>) -> Sheet {
        Sheet { title, sections, ..self }
    }

    pub(super) fn lead(self, lead: String) -> Sheet {
        Sheet { lead, ..self }
    }

    pub(super) fn links(self, links: Vec<Link>) -> Sheet {
        Sheet { links, ..self }
    }

    /// It takes files.
    pub(super) fn with_files(self) -> Sheet {
        Sheet { files: true, ..self }
    }

    /// Puts back what was typed and ticked.
    fn refill(&mut self, typed: &Fields) {
        self.revision = typed.get("revision").parse().unwrap_or_default();
        for part in self.sections.iter_mut().flat_map(|section| &mut section.parts) {
            part.refill(typed);
        }
    }

    /// Says beside a field what is wrong with it; at the top when there is no such field.
    fn blame(&mut self, name: &str, message: &str) {
        let parts = || self.sections.iter().flat_map(|section| &section.parts).enumerate();
        let exact = parts().find(|(_, part)| part.has(name));
        let under = || parts().find(|(_, part)| part.has_under(name));
        let Some(at) = exact.or_else(under).map(|(at, _)| at) else {
            self.error = Some(message.to_owned());
            return;
        };
        let part = self.sections.iter_mut().flat_map(|section| &mut section.parts).nth(at);
        let place = part.map(|part| part.blame(name, message)).unwrap_or_default();
        self.wrong.push((place, message.to_owned()));
    }

    /// A browser does not keep the files that somebody chose.
    fn ask_again_for(&mut self, files: &[Attachment]) {
        if !files.is_empty() {
            let message = self.frame.t.get("problem-files-again").to_owned();
            self.blame("documents", &message);
        }
    }

    /// The page again, with what was typed and what is wrong.
    fn refused(mut self, typed: &Fields, wrong: &[Wrong], files: &[Attachment]) -> Response {
        self.refill(typed);
        self.ask_again_for(files);
        for wrong in wrong {
            let message = wrong.sentence(self.frame.t);
            self.blame(&wrong.field, &message);
        }
        page(StatusCode::UNPROCESSABLE_ENTITY, &self)
    }
}

fn who(frame: &Frame, office: &Office, by: Actor) -> String {
    match by {
        Actor::Person(id) => office.people.get(&id).map_or_else(String::new, |it| it.profile.name.clone()),
        _ => frame.t.get("sheet-by-operator").to_owned(),
    }
}

/// What was sent from a sheet, and where to go when it is set.
pub(super) struct Sent<'a> {
    pub(super) typed: &'a Fields,
    pub(super) files: &'a [Attachment],
    /// What it sets, when there is such a thing already.
    pub(super) subject: Option<Subject>,
    /// What is looked at when somebody else set it meanwhile.
    pub(super) current: String,
}

impl<'a> Sent<'a> {
    pub(super) fn new(typed: &'a Fields, subject: Option<Subject>, current: String) -> Sent<'a> {
        Sent { typed, files: &[], subject, current }
    }
}

/// Makes the change by the door, or shows the sheet again with what was typed.
pub(super) async fn save(
    app: &App,
    visitor: &Visitor,
    sheet: Sheet,
    sent: Sent<'_>,
    change: Result<Change, Vec<Wrong>>,
    place: impl Fn(&Office) -> String,
) -> Response {
    let Sent { typed, files, subject, current } = sent;
    let change = match change {
        Ok(change) => change,
        Err(wrong) => return sheet.refused(typed, &wrong, files),
    };
    let revision = typed.get("revision").parse().unwrap_or_default();
    let change = if subject.is_some() { change.if_unchanged(revision) } else { change };
    let id = command_id(app, &visitor.person.id.to_string(), &visitor.looker.path, typed, files);
    match app.desk.administer(visitor.viewer, id, vec![change]).await {
        Ok((office, _)) => Redirect::to(&format!("{}?hecho=guardado", place(&office))).into_response(),
        Err(AdministerError::Refused { refusal, .. }) => refuse(sheet, typed, files, &refusal, current),
        Err(AdministerError::ReadOnly) => Oops::to(app, visitor, &DeskError::ReadOnly).into_response(),
        Err(AdministerError::Store(error)) => {
            let again = Again::of(&visitor.looker.path, typed);
            Oops::to(app, visitor, &error.into()).with(again).into_response()
        }
    }
}

fn refuse(
    mut sheet: Sheet,
    typed: &Fields,
    files: &[Attachment],
    refusal: &Refusal,
    current: String,
) -> Response {
    sheet.refill(typed);
    sheet.ask_again_for(files);
    let message = sentence(sheet.frame.t, refusal);
    if let Refusal::Stale { version } = refusal {
        // What was typed has now been seen beside what the other one set: sent once more, it counts.
        (sheet.revision, sheet.error, sheet.other) = (*version, Some(message), Some(current));
        return page(StatusCode::CONFLICT, &sheet);
    }
    match field(refusal) {
        Some(name) => sheet.blame(&name, &message),
        None => sheet.error = Some(message),
    }
    page(StatusCode::UNPROCESSABLE_ENTITY, &sheet)
}

/// The page of what nobody finds here.
pub(super) fn nowhere(app: &App, visitor: &Visitor) -> Response {
    Oops::not_found(visitor.frame(app)).into_response()
}

impl Part {
    /// The name by which a field of this part is found under a longer one: `targets` under `targets.high.solution_minutes`.
    pub(super) fn has_under(&self, name: &str) -> bool {
        let under = format!("{name}.");
        self.names().iter().any(|it| it.starts_with(&under))
    }

    /// Whether it is, or has, the field of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names().contains(&name)
    }
}
