//! A new request: a short form by service, with the requester's data already filled in (R9).

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use atiende_desk::DeskError;
use atiende_procedure::office::{QuestionForm, Service};
use atiende_procedure::permission::Scope;
use atiende_procedure::{Actor, Attachment, Channel, CommandId, Impact, Kind, Refusal};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::form::{Choice, Field, Input, blame, refill};
use crate::again::{Again, Posted};
use crate::app::App;
use crate::attempt::Content;
use crate::frame::Frame;
use crate::lenient::Fields;
use crate::oops::{Oops, page, shown};
use crate::query::Query;
use crate::refused::{field, missing, sentence};
use crate::request::{Contact, Request, RequestDetails};
use crate::upload::Form;
use crate::visitor::Visitor;

#[derive(Debug, Template)]
#[template(path = "new.html")]
struct NewCase {
    frame: Frame,
    title: String,
    conditions: String,
    service: String,
    command: String,
    fields: Vec<Field>,
    /// Which of the fields ask about the problem, about the requester, and on whose behalf.
    asked: Vec<usize>,
    about: Vec<usize>,
    behalf: Vec<usize>,
    behalf_open: bool,
    error: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Chosen {
    servicio: String,
}

impl NewCase {
    fn new(app: &App, visitor: &Visitor, service: Option<&Arc<Service>>) -> NewCase {
        let frame = visitor.frame(app);
        let mut fields = asked_fields(&frame, service);
        let asked = (0..fields.len()).collect();
        fields.extend(about_fields(&frame, visitor));
        let about = (fields.len() - 8..fields.len()).collect();
        let desk = Scope::of(Actor::Person(visitor.person.id), &visitor.office).desk;
        let before = fields.len();
        if desk {
            fields.extend(behalf_fields(&frame));
        }
        let behalf = (before..fields.len()).collect();
        NewCase {
            title: service
                .map_or_else(|| frame.t.get("new-title").to_owned(), |service| service.name.clone()),
            conditions: service.map_or_else(String::new, |service| service.conditions.clone()),
            service: service.map_or_else(String::new, |service| service.code.clone()),
            command: app.desk.ambience().command_id().to_string(),
            fields,
            asked,
            about,
            behalf,
            behalf_open: false,
            error: None,
            frame,
        }
    }
}

fn asked_fields(frame: &Frame, service: Option<&Arc<Service>>) -> Vec<Field> {
    let t = frame.t;
    let mut fields = vec![
        Field::new(Input::Line, "subject", t.get("field-subject"))
            .hint(t.get("new-subject-hint"))
            .value(service.map_or("", |service| service.name.as_str())),
        Field::new(Input::Area, "description", t.get("new-description")).hint(t.get("new-description-hint")),
    ];
    for question in service.iter().flat_map(|service| &service.questions) {
        let name = format!("answers.{}", question.code);
        let field = match &question.form {
            QuestionForm::Text => Field::new(Input::Line, &name, &question.label),
            QuestionForm::Number => Field::new(Input::Number, &name, &question.label),
            QuestionForm::YesNo => Field::new(Input::Radio, &name, &question.label)
                .options(vec![Choice::new("yes", t.get("yes")), Choice::new("no", t.get("no"))]),
            QuestionForm::Choice { options } => Field::new(Input::Radio, &name, &question.label)
                .options(options.iter().map(|option| Choice::new(option, option)).collect()),
        };
        let field = field.hint(&question.help);
        fields.push(if question.required { field } else { field.optional() });
    }
    if service.is_none() {
        let kinds =
            [Kind::Incident, Kind::ServiceRequest, Kind::Advice, Kind::Training, Kind::SecurityIncident];
        fields.push(Field::new(Input::Select, "kind", t.get("new-kind")).words(t, "kind-plain", &kinds));
    }
    // A service that asks questions of its own knows what to ask, and how many its failure touches.
    if service.is_none_or(|service| service.questions.is_empty()) {
        fields.push(
            Field::new(Input::Radio, "impact", t.get("new-impact"))
                .words(t, "impact-plain", Impact::ALL)
                .value("low"),
        );
    }
    fields
}

/// What R9 asks for besides, with what the directory knows filled in: always eight fields.
fn about_fields(frame: &Frame, visitor: &Visitor) -> Vec<Field> {
    let t = frame.t;
    let office = &visitor.office;
    let profile = &visitor.person.profile;
    let departments = office.departments.values().filter(|department| department.active);
    let sites = office.sites.values().filter(|site| site.active);
    let code_of_department =
        profile.department.and_then(|id| office.departments.get(&id)).map(|d| d.code.clone());
    let code_of_site = profile.site.and_then(|id| office.sites.get(&id)).map(|site| site.code.clone());
    let yes_no = vec![Choice::new("yes", t.get("yes")), Choice::new("no", t.get("new-no-or-unknown"))];
    vec![
        Field::new(Input::Select, "department", t.get("field-department"))
            .options(departments.map(|department| Choice::new(&department.code, &department.name)).collect())
            .with_blank(t.get("choose"))
            .value(code_of_department.unwrap_or_default()),
        Field::new(Input::Select, "site", t.get("field-site"))
            .options(sites.map(|site| Choice::new(&site.code, &site.name)).collect())
            .with_blank(t.get("choose"))
            .value(code_of_site.unwrap_or_default()),
        Field::new(Input::Line, "place", t.get("field-place"))
            .hint(t.get("new-place-hint"))
            .value(&profile.place),
        Field::new(Input::Line, "contact.name", t.get("field-contact-name")).value(&profile.name),
        Field::new(Input::Email, "contact.email", t.get("field-contact-email")).value(&profile.email),
        Field::new(Input::Line, "contact.phone", t.get("field-contact-phone"))
            .value(&profile.phone)
            .optional(),
        Field::new(Input::Radio, "has_remote_support", t.get("new-remote"))
            .hint(t.get("new-remote-hint"))
            .options(yes_no)
            .value("no"),
        Field::new(Input::Line, "remote_support_id", t.get("field-remote-support-id"))
            .hint(t.get("new-remote-id-hint"))
            .expected(),
    ]
}

fn behalf_fields(frame: &Frame) -> Vec<Field> {
    let t = frame.t;
    let channels = [Channel::Phone, Channel::InPerson, Channel::Planned];
    vec![
        Field::new(Input::Email, "behalf", t.get("new-behalf-email"))
            .hint(t.get("new-behalf-hint"))
            .optional(),
        Field::new(Input::Select, "channel", t.get("new-channel")).words(t, "channel", &channels).optional(),
    ]
}

pub(crate) async fn form(State(app): State<App>, visitor: Visitor, Query(chosen): Query<Chosen>) -> Response {
    let service = visitor.office.service_by_code(&chosen.servicio).filter(|service| service.active);
    shown(&NewCase::new(&app, &visitor, service))
}

pub(crate) async fn send(State(app): State<App>, posted: Posted) -> Response {
    let Posted { visitor, form } = posted;
    let typed = Again::of("/nuevo", &form.fields);
    let service = visitor.office.service_by_code(form.fields.get("service")).cloned();
    let mut again = NewCase::new(&app, &visitor, service.as_ref());
    refill(&mut again.fields, &form.fields);
    again.behalf_open = !form.fields.get("behalf").is_empty();
    demand(&mut again.fields, &form.fields, visitor.looker.t);
    if let Some(file) = &form.refused {
        again.error = Some(file.sentence(visitor.looker.t));
    }
    if again.error.is_some() || !super::form::wrong(&again.fields).is_empty() {
        return page(StatusCode::UNPROCESSABLE_ENTITY, &again);
    }
    match registered(&app, &visitor, form).await {
        Ok(place) => Redirect::to(&place).into_response(),
        Err(DeskError::Refused(refusal)) => {
            let message = sentence(visitor.looker.t, &refusal);
            if !field(&refusal).is_some_and(|name| blame(&mut again.fields, &name, &message)) {
                again.error = Some(message);
            }
            page(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(error) => Oops::to(&app, &visitor, &error).with(typed).into_response(),
    }
}

/// The portal asks for all that R9 lists; only mail may leave it for later.
fn demand(fields: &mut [Field], typed: &Fields, t: &crate::texts::Texts) {
    for field in fields.iter_mut().filter(|field| field.required && field.value.trim().is_empty()) {
        field.error = Some(match (field.name.starts_with("answers."), field.is_radio()) {
            (true, true) => t.name("missing-choice", &field.label),
            (true, false) => t.name("missing-reply", &field.label),
            (false, _) => missing(t, &field.name, &field.label),
        });
    }
    if typed.get("has_remote_support") == "yes" && typed.get("remote_support_id").trim().is_empty() {
        blame(fields, "remote_support_id", t.get("new-remote-id-missing"));
    }
    let behalf = typed.get("behalf");
    if !behalf.is_empty() && !behalf.contains('@') {
        blame(fields, "behalf", t.get("problem-email"));
    }
}

async fn registered(app: &App, visitor: &Visitor, form: Form) -> Result<String, DeskError> {
    let typed = &form.fields;
    let salter = app.desk.ambience().salter();
    let behalf = typed.get("behalf").trim();
    let on_behalf_of = match behalf {
        "" => None,
        email => Some(
            visitor
                .office
                .person_by_email(email)
                .filter(|person| person.active)
                .ok_or(Refusal::BadField { field: "behalf", problem: atiende_procedure::Problem::Unknown })?
                .id
                .0,
        ),
    };
    let filled = |name: &str| Some(typed.get(name).trim().to_owned()).filter(|value| !value.is_empty());
    let answers: BTreeMap<_, _> = typed
        .0
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("answers.")?.to_owned(), value.clone().into())))
        .collect();
    let request = Request {
        subject: typed.get("subject").to_owned(),
        description: typed.get("description").to_owned(),
        details: RequestDetails {
            department: filled("department"),
            site: filled("site"),
            place: filled("place"),
            contact: Contact {
                name: filled("contact.name"),
                email: filled("contact.email"),
                phone: filled("contact.phone"),
            },
            has_remote_support: filled("has_remote_support").map(|answer| answer == "yes"),
            remote_support_id: filled("remote_support_id"),
            answers,
        },
        service: filled("service"),
        kind: typed.get("kind").parse().ok(),
        impact: typed.get("impact").parse().ok(),
        urgency: None,
        on_behalf_of,
        channel: on_behalf_of.and_then(|_| typed.get("channel").parse().ok()),
    };
    let registration = request.registration(
        &salter,
        &visitor.office,
        visitor.person.id,
        Channel::Portal,
        form.files.clone(),
    )?;
    let owner = visitor.person.id.to_string();
    let id = command_id(app, &owner, "/nuevo", typed, &form.files);
    let case = app.desk.register(visitor.viewer, id, registration).await?.case;
    Ok(format!("/casos/{}?hecho=registrado", case.number))
}

/// The attempt that a form of somebody's carries, so that sending it twice does it once; sent again with other words it
/// is another.
pub(crate) fn command_id(
    app: &App,
    owner: &str,
    place: &str,
    typed: &Fields,
    files: &[Attachment],
) -> CommandId {
    let key = typed.get("command");
    if key.is_empty() {
        return app.desk.ambience().command_id();
    }
    let typed = typed.0.iter().filter(|(name, _)| *name != "command");
    let content = typed.fold(Content::to(place), |content, (name, value)| {
        content.with(name.as_bytes()).with(value.as_bytes())
    });
    files.iter().fold(content, |content, file| content.with(&file.blob.0)).under(owner, key)
}
