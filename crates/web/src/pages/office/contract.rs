//! A contract as it is edited, with its documents; its supervisors read it (R12, R13).

use atiende_procedure::office::{Change, Contract, ContractDocument, ContractKind, Office, Subject};
use atiende_procedure::sla::Hours;
use atiende_procedure::{Attachment, BlobHash, CalendarId, ContractId, PersonId, Role, SupportLevel};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};

use super::agreement::{service_ticks, typed_length};
use super::parts::{Check, Document, Documents, Look, Part, Row, Section, Tick, Ticks, ticked};
use super::sheet::{Sent, Sheet, may_change, nowhere, save};
use super::{calendars, reads_office};
use crate::again::Posted;
use crate::app::App;
use crate::frame::Frame;
use crate::oops::{Oops, shown};
use crate::pages::form::{Choice, Field, Input};
use crate::promised::Wrong;
use crate::promised::contract::ContractBody;
use crate::promised::written::{as_length, date, several};
use crate::upload::Form;
use crate::visitor::Visitor;

pub(crate) async fn new(State(app): State<App>, visitor: Visitor) -> Response {
    match may_change(&visitor) {
        true => shown(&sheet(&app, &visitor, None)),
        false => nowhere(&app, &visitor),
    }
}

pub(crate) async fn edit(State(app): State<App>, visitor: Visitor, Path(id): Path<ContractId>) -> Response {
    let reads =
        |contract: &&std::sync::Arc<Contract>| visitor.office.reads_contract(visitor.person.id, contract);
    match visitor.office.contracts.get(&id).filter(reads) {
        Some(contract) => shown(&sheet(&app, &visitor, Some(contract))),
        None => nowhere(&app, &visitor),
    }
}

pub(crate) async fn create(State(app): State<App>, posted: Posted) -> Response {
    let Posted { visitor, form } = posted;
    sent(&app, &visitor, None, &form).await
}

pub(crate) async fn set(State(app): State<App>, Path(id): Path<ContractId>, posted: Posted) -> Response {
    let Posted { visitor, form } = posted;
    match visitor.office.contracts.get(&id).cloned() {
        Some(contract) => sent(&app, &visitor, Some(&contract), &form).await,
        None => nowhere(&app, &visitor),
    }
}

/// A document's bytes.
pub(crate) async fn document(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, hash)): Path<(ContractId, String)>,
) -> Response {
    let Ok(blob) = hash.parse::<BlobHash>() else { return nowhere(&app, &visitor) };
    match app.desk.document_seen_by(visitor.viewer, id, blob).await {
        Ok((document, bytes)) => crate::download::response(&document.media_type, &document.name, bytes),
        Err(error) => Oops::to(&app, &visitor, &error).into_response(),
    }
}

async fn sent(app: &App, visitor: &Visitor, before: Option<&Contract>, form: &Form) -> Response {
    if !may_change(visitor) {
        return nowhere(app, visitor);
    }
    let typed = &form.fields;
    let sheet = sheet(app, visitor, before);
    let change = read(&visitor.office, before, form).map(|contract| Change::SetContract(Box::new(contract)));
    let number = typed.get("number").trim().to_owned();
    let place = |office: &Office| match office.contract_by_number(&number) {
        Some(contract) => format!("/oficina/contratos/{}", contract.id),
        None => "/oficina/contratos".to_owned(),
    };
    let subject = before.map(|before| Subject::Contract(before.id));
    let current = before.map_or_else(String::new, |before| format!("/oficina/contratos/{}", before.id));
    let sent = Sent { files: &form.files, ..Sent::new(typed, subject, current) };
    save(app, visitor, sheet, sent, change, place).await
}

fn sheet(app: &App, visitor: &Visitor, before: Option<&Contract>) -> Sheet {
    let sheet = Sheet::new(app, visitor, before.map(|before| Subject::Contract(before.id)));
    let sheet = match reads_office(visitor) {
        true => sheet.up("/oficina/contratos", "contracts-title"),
        false => sheet.up("/proveedores", "nav-providers"),
    };
    let frame = &sheet.frame;
    let t = frame.t;
    let office = &visitor.office;
    let section = |name: &str, parts| Section {
        title: t.get(name).to_owned(),
        lead: t.get(&format!("{name}-lead")).to_owned(),
        parts,
    };
    let sections = vec![
        Section { parts: own_fields(frame, office, before), ..Section::default() },
        section("contract-supervision", vec![Part::Row(supervisors(frame, office, before))]),
        section("contract-covers", cover_ticks(frame, office, before)),
        section("contract-promises", promise_fields(frame, office, before)),
        section("contract-documents", vec![Part::Documents(documents(frame, before))]),
    ];
    let title = before.map_or_else(|| t.get("contract-add").to_owned(), |before| before.number.clone());
    sheet.of(title, sections).with_files()
}

fn own_fields(frame: &Frame, office: &Office, before: Option<&Contract>) -> Vec<Part> {
    let t = frame.t;
    let said = |pick: fn(&Contract) -> String| before.map(pick).unwrap_or_default();
    let chosen = before.map(|before| before.provider);
    let providers = office.providers.values().filter(|it| it.active || Some(it.id) == chosen);
    let row =
        |legend: &str, fields| Part::Row(Row { legend: t.get(legend).to_owned(), look: Look::Plain, fields });
    let date = |name: &str, label: &str, value| Field::new(Input::Date, name, t.get(label)).value(value);
    vec![
        row(
            "contract-which",
            vec![
                Field::new(Input::Line, "number", t.get("contract-number"))
                    .value(said(|it| it.number.clone())),
                Field::new(Input::Select, "provider", t.get("field-provider"))
                    .options(providers.map(|it| Choice::new(it.id, &it.name)).collect())
                    .with_blank(t.get("choose"))
                    .value(said(|it| it.provider.to_string())),
                Field::new(Input::Select, "kind", t.get("contract-kind"))
                    .words(t, "contract-kind", ContractKind::ALL)
                    .value(before.map_or("specialised", |it| it.kind.as_str())),
            ],
        ),
        Part::Field(
            Field::new(Input::Area, "object", t.get("contract-object")).value(said(|it| it.object.clone())),
        ),
        row(
            "contract-ends",
            vec![
                date("starts", "contract-first-day", said(|it| it.starts.to_string())),
                date("ends", "contract-last-day", said(|it| it.ends.to_string())),
            ],
        ),
        Part::Check(Check {
            name: "active",
            label: t.get("contract-active").to_owned(),
            hint: t.get("contract-active-hint").to_owned(),
            on: before.is_none_or(|before| before.active),
        }),
    ]
}

fn supervisors(frame: &Frame, office: &Office, before: Option<&Contract>) -> Row {
    let t = frame.t;
    let people = |chosen: Option<PersonId>| {
        let may = office
            .people
            .values()
            .filter(move |person| person.is(Role::ContractSupervisor) || Some(person.id) == chosen);
        may.map(|person| Choice::new(person.id, &person.profile.name)).collect()
    };
    let id = |id: Option<PersonId>| id.map_or_else(String::new, |id| id.to_string());
    let supervisor = before.map(|before| before.supervisor);
    let deputy = before.and_then(|before| before.deputy);
    let fields = vec![
        Field::new(Input::Select, "supervisor", t.get("field-supervisor"))
            .options(people(supervisor))
            .with_blank(t.get("choose"))
            .value(id(supervisor)),
        Field::new(Input::Select, "deputy", t.get("field-deputy"))
            .options(people(deputy))
            .with_blank(t.get("contract-no-deputy"))
            .value(id(deputy))
            .optional(),
    ];
    Row { legend: t.get("contract-supervision").to_owned(), look: Look::Plain, fields }
}

fn cover_ticks(frame: &Frame, office: &Office, before: Option<&Contract>) -> Vec<Part> {
    let t = frame.t;
    let levels = SupportLevel::ALL.iter().map(|level| {
        let on = before.map_or(*level == SupportLevel::Third, |before| before.levels.contains(level));
        Tick::new(level, frame.word("level-full", level), on)
    });
    let services = service_ticks(frame, office, before.map(|before| &before.services));
    vec![
        Part::Ticks(Ticks::new("levels", t.get("contract-levels"), levels)),
        Part::Ticks(services.hint(t.get("contract-services-hint"))),
    ]
}

fn promise_fields(frame: &Frame, office: &Office, before: Option<&Contract>) -> Vec<Part> {
    let t = frame.t;
    let length = |minutes: Option<u32>| minutes.map_or_else(String::new, as_length);
    let said = |pick: fn(&Contract) -> String| before.map(pick).unwrap_or_default();
    let mut options: Vec<Choice> = calendars::ids(office)
        .map(|id| Choice::new(format!("calendar.{id}"), calendars::name(frame, office, id)))
        .collect();
    options.push(Choice::new("always", t.get("hours-always")));
    let hours = before.and_then(|before| before.hours).unwrap_or(Hours::Calendar(CalendarId::MAIN));
    let hours = match hours {
        Hours::Always => "always".to_owned(),
        Hours::Calendar(id) => format!("calendar.{id}"),
    };
    let area = |name: &str, label: &str, hint: &str| {
        Field::new(Input::Area, name, t.get(label)).hint(t.get(hint)).optional()
    };
    let times = vec![
        Field::new(Input::Line, "response", t.get("contract-response"))
            .value(length(before.and_then(|before| before.response)))
            .optional(),
        Field::new(Input::Line, "solution", t.get("contract-solution"))
            .value(length(before.and_then(|before| before.solution)))
            .optional(),
        Field::new(Input::Select, "hours", t.get("field-hours")).options(options).value(hours),
    ];
    vec![
        Part::Row(Row { legend: t.get("contract-promises").to_owned(), look: Look::Plain, fields: times }),
        Part::Field(
            area("promise", "contract-promise", "contract-promise-hint").value(said(|it| it.promise.clone())),
        ),
        Part::Field(
            area("penalties", "contract-penalties", "contract-penalties-hint")
                .value(said(|it| it.penalties.clone())),
        ),
        Part::Field(
            area("emails", "contract-emails", "contract-emails-hint").value(said(|it| it.emails.join("\n"))),
        ),
    ]
}

fn documents(frame: &Frame, before: Option<&Contract>) -> Documents {
    let kept = before.into_iter().flat_map(|contract| {
        contract.documents.iter().map(move |document| Document {
            hash: document.blob.to_string(),
            href: format!("/oficina/contratos/{}/documentos/{}", contract.id, document.blob),
            name: document.name.clone(),
            size: as_size(document.size),
            out: false,
        })
    });
    Documents {
        documents: kept.collect(),
        label: frame.t.get("document-add").to_owned(),
        hint: frame.t.get("document-add-hint").to_owned(),
        error: None,
    }
}

fn as_size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{} MB", bytes.div_ceil(1_000_000)),
    }
}

/// The contract that was typed, or all that is wrong with it.
fn read(office: &Office, before: Option<&Contract>, form: &Form) -> Result<Contract, Vec<Wrong>> {
    let typed = &form.fields;
    let mut wrong = Vec::new();
    if let Some(file) = &form.refused {
        wrong.push(file.wrong("documents"));
    }
    let mut day = |name: &str| {
        let read = date(typed.get(name));
        if read.is_none() {
            wrong.push(Wrong::new(name, "problem-date"));
        }
        read
    };
    let (starts, ends) = (day("starts"), day("ends"));
    let response_minutes = typed_length(typed, "response", &mut wrong);
    let solution_minutes = typed_length(typed, "solution", &mut wrong);
    let supervisor = typed.get("supervisor").parse::<PersonId>().ok();
    if supervisor.is_none() {
        wrong.push(Wrong::new("supervisor", "problem-supervisor"));
    }
    if typed.get("provider").is_empty() {
        wrong.push(Wrong::new("provider", "problem-provider"));
    }
    let needed = starts.zip(ends).zip(supervisor).filter(|_| wrong.is_empty());
    let Some(((starts, ends), supervisor)) = needed else { return Err(wrong) };
    let hours = match typed.get("hours") {
        "always" => Some(Hours::Always),
        said => said.strip_prefix("calendar.").and_then(|id| id.parse().ok()).map(Hours::Calendar),
    };
    let body = ContractBody {
        number: typed.get("number").to_owned(),
        provider: typed.get("provider").to_owned(),
        kind: typed.get("kind").parse().unwrap_or(ContractKind::Specialised),
        object: typed.get("object").to_owned(),
        starts,
        ends,
        supervisor,
        deputy: typed.get("deputy").parse().ok(),
        levels: ticked(typed, "levels").filter_map(|level| level.parse().ok()).collect(),
        services: ticked(typed, "services").map(str::to_owned).collect(),
        emails: several(typed.get("emails")),
        response_minutes,
        solution_minutes,
        hours,
        promise: typed.get("promise").to_owned(),
        penalties: typed.get("penalties").to_owned(),
        active: typed.0.contains_key("active"),
    };
    let mut contract = body.read(office, before)?;
    contract.documents.retain(|document| !typed.0.contains_key(&format!("out.{}", document.blob)));
    for file in &form.files {
        if contract.document(file.blob).is_none() {
            contract.documents.push(as_document(file));
        }
    }
    Ok(contract)
}

fn as_document(file: &Attachment) -> ContractDocument {
    ContractDocument {
        blob: file.blob,
        name: file.name.body().to_owned(),
        media_type: file.media_type.clone(),
        size: file.size,
    }
}
