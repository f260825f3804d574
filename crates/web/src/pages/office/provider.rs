//! An outside company as it is edited (R12).

use atiende_procedure::ProviderId;
use atiende_procedure::office::{Change, Office, Provider, Subject};
use axum::extract::{Path, State};
use axum::response::Response;

use super::parts::{Check, Part, Section};
use super::reads_office;
use super::sheet::{Sent, Sheet, may_change, nowhere, save};
use crate::again::Posted;
use crate::app::App;
use crate::lenient::Fields;
use crate::oops::shown;
use crate::pages::form::{Field, Input};
use crate::promised::written::several;
use crate::visitor::Visitor;

pub(crate) async fn new(State(app): State<App>, visitor: Visitor) -> Response {
    match may_change(&visitor) {
        true => shown(&sheet(&app, &visitor, None)),
        false => nowhere(&app, &visitor),
    }
}

pub(crate) async fn edit(State(app): State<App>, visitor: Visitor, Path(id): Path<ProviderId>) -> Response {
    match visitor.office.providers.get(&id).filter(|_| reads_office(&visitor)) {
        Some(provider) => shown(&sheet(&app, &visitor, Some(provider))),
        None => nowhere(&app, &visitor),
    }
}

pub(crate) async fn create(State(app): State<App>, posted: Posted) -> Response {
    let Posted { visitor, form } = posted;
    sent(&app, &visitor, None, &form.fields).await
}

pub(crate) async fn set(State(app): State<App>, Path(id): Path<ProviderId>, posted: Posted) -> Response {
    let Posted { visitor, form } = posted;
    match visitor.office.providers.get(&id).cloned() {
        Some(provider) => sent(&app, &visitor, Some(&provider), &form.fields).await,
        None => nowhere(&app, &visitor),
    }
}

async fn sent(app: &App, visitor: &Visitor, before: Option<&Provider>, typed: &Fields) -> Response {
    if !may_change(visitor) {
        return nowhere(app, visitor);
    }
    let provider = Provider {
        id: before.map_or(ProviderId(0), |before| before.id),
        name: typed.get("name").trim().to_owned(),
        emails: several(typed.get("emails")),
        phone: typed.get("phone").trim().to_owned(),
        active: typed.0.contains_key("active"),
    };
    let sheet = sheet(app, visitor, before);
    let subject = before.map(|before| Subject::Provider(before.id));
    let current = before.map_or_else(String::new, |before| format!("/oficina/proveedores/{}", before.id));
    let place = |_: &Office| "/oficina/contratos".to_owned();
    let change = Ok(Change::SetProvider(provider));
    save(app, visitor, sheet, Sent::new(typed, subject, current), change, place).await
}

fn sheet(app: &App, visitor: &Visitor, before: Option<&Provider>) -> Sheet {
    let sheet = Sheet::new(app, visitor, before.map(|before| Subject::Provider(before.id)));
    let sheet = sheet.up("/oficina/contratos", "contracts-title");
    let t = sheet.frame.t;
    let said = |pick: fn(&Provider) -> String| before.map(pick).unwrap_or_default();
    let parts = vec![
        Part::Field(Field::new(Input::Line, "name", t.get("field-name")).value(said(|it| it.name.clone()))),
        Part::Field(
            Field::new(Input::Area, "emails", t.get("provider-emails"))
                .hint(t.get("provider-emails-hint"))
                .value(said(|it| it.emails.join("\n"))),
        ),
        Part::Field(
            Field::new(Input::Line, "phone", t.get("field-phone"))
                .value(said(|it| it.phone.clone()))
                .optional(),
        ),
        Part::Check(Check {
            name: "active",
            label: t.get("provider-active").to_owned(),
            hint: t.get("provider-active-hint").to_owned(),
            on: before.is_none_or(|before| before.active),
        }),
    ];
    let title = before.map_or_else(|| t.get("provider-add").to_owned(), |before| before.name.clone());
    sheet.of(title, vec![Section { parts, ..Section::default() }])
}
