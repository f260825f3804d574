//! The shapes in which the API answers.

use std::collections::BTreeMap;

use atiende_desk::SeenCase;
use atiende_desk::view::queue::SeenPage;
use atiende_procedure::office::Office;
use atiende_procedure::sla::{Clock, Reading};
use atiende_procedure::{Actor, AttachmentRef, Audience, Event, PersonId, Recorded, Status, TextRef};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// A list and where its next page begins.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Items {
    #[schema(value_type = Vec<Object>)]
    pub(crate) items: Vec<Value>,
    /// Absent on the last page.
    pub(crate) next_cursor: Option<String>,
}

impl Items {
    pub(crate) fn all(items: Vec<Value>) -> Items {
        Items { items, next_cursor: None }
    }
}

/// A person by id and name.
pub(crate) fn person(office: &Office, id: PersonId) -> Value {
    json!({ "id": id, "name": office.people.get(&id).map(|person| &person.profile.name) })
}

fn actor(office: &Office, actor: Actor) -> Value {
    match actor {
        Actor::Person(id) => person(office, id),
        Actor::Provider(contract) => {
            let provider =
                office.contracts.get(&contract).and_then(|contract| office.providers.get(&contract.provider));
            json!({ "contract": contract, "name": provider.map(|provider| &provider.name) })
        }
        Actor::Clock => json!({ "name": "clock" }),
        Actor::Operator => json!({ "name": "operator" }),
    }
}

/// A case as the viewer may see it.
pub(crate) fn case(seen: &SeenCase) -> Value {
    let SeenCase { case, office, .. } = seen;
    let details = &case.details;
    let contact = json!({
        "name": seen.words_if_any(details.contact.name),
        "email": seen.words_if_any(details.contact.email),
        "phone": seen.words_if_any(details.contact.phone),
    });
    let answers: BTreeMap<_, _> =
        details.answers.iter().map(|(code, text)| (code, seen.words(*text))).collect();
    let mut object = json!({
        "number": case.number,
        "version": case.version,
        "status": case.status.name(),
        "kind": case.kind,
        "priority": case.priority(),
        "impact": case.impact,
        "urgency": case.urgency,
        "channel": case.channel,
        "subject": seen.subject(),
        "description": seen.description(),
        "service": seen.service().map(|service| &service.code),
        "department": details.department.and_then(|id| office.departments.get(&id)).map(|department| &department.code),
        "site": details.site.and_then(|id| office.sites.get(&id)).map(|site| &site.code),
        "place": seen.words_if_any(details.place),
        "contact": contact,
        "has_remote_support": details.has_remote_support,
        "remote_support_id": seen.words_if_any(details.remote_support_id),
        "answers": answers,
        "missing": seen.missing,
        "requester": case.requester,
        "requester_name": seen.requester().map(|person| &person.profile.name),
        "watchers": case.watchers,
        "level": case.status.level(),
        "group": seen.group().map(|group| &group.code),
        "assignee": case.status.agent(),
        "assignee_name": seen.agent().map(|person| &person.profile.name),
        "contract": case.status.contract(),
        "expected_by": case.expected_by,
        "opened_at": case.opened_at,
        "changed_at": case.changed_at,
        "procedure_version": office.versions.get(&case.procedure).map(|version| &version.version),
        "follows": case.follows.and_then(|id| seen.numbers.get(&id)),
        "moves": seen.moves,
        "clocks": seen.clocks().iter().map(|(clock, reading)| json_clock(clock, reading)).collect::<Vec<_>>(),
    });
    if let Value::Object(object) = &mut object {
        facts(seen, object);
    }
    object
}

/// A clock with its reading, times in seconds by its `hours`.
fn json_clock(clock: &Clock, reading: &Reading) -> Value {
    json!({
        "clock": clock.name,
        "contract": clock.contract,
        "state": reading.state,
        "hours": clock.hours,
        "target_seconds": clock.target.as_secs(),
        "used_seconds": reading.used.as_secs(),
        "left_seconds": reading.left.as_secs(),
        "began_at": clock.began,
        "due": reading.due,
        "ended_at": reading.ended,
        "paused_by": reading.paused_by,
        "pauses": clock.pauses,
    })
}

/// The facts that a state carries.
fn facts(seen: &SeenCase, object: &mut Map<String, Value>) {
    let mut add = |name: &str, value: Value| drop(object.insert(name.to_owned(), value));
    let case = &seen.case;
    match &case.status {
        Status::Waiting { waiting_for, until, since, .. } => {
            add("waiting", json!({ "for": waiting_for, "until": until, "since": since }));
        }
        Status::Solved { grace_ends, .. } => add("grace_ends", json!(grace_ends)),
        Status::Referred { acknowledged, .. } => add("acknowledged", json!(acknowledged.is_some())),
        Status::Cancelled { why, .. } => {
            let mut why = json!(why);
            elsewhere(seen, &mut why);
            add("cancelled", why);
        }
        _ => {}
    }
    if let Some(solution) = &case.solution {
        add(
            "solution",
            json!({
                "activities": seen.words(solution.activities),
                "performed_by": solution.performed_by,
                "by": actor(&seen.office, solution.by),
                "at": solution.at,
                "told_at": solution.told_at,
            }),
        );
    }
    if let Some(survey) = &case.survey {
        let comment = seen.words_if_any(survey.comment);
        add("survey", json!({ "score": survey.score, "comment": comment, "at": survey.at }));
    }
    if seen.reads_internal() {
        if let Some(assessment) = &case.assessment {
            add(
                "assessment",
                json!({
                    "level": assessment.level,
                    "mode": assessment.mode,
                    "complexity": assessment.complexity,
                    "findings": seen.words(assessment.findings),
                    "by": actor(&seen.office, assessment.by),
                    "at": assessment.at,
                }),
            );
        }
        let turns = case.providers.iter().map(|turn| {
            json!({
                "contract": turn.contract,
                "since": turn.since,
                "ended": turn.ended,
                "follow_ups": turn.follow_ups,
                "last_follow_up": turn.last_follow_up,
                "follow_up_due": turn.follow_up_due,
            })
        });
        add("providers", turns.collect());
    }
}

/// A page of a list.
pub(crate) fn rows(page: &SeenPage) -> Items {
    let office = &page.office;
    let items = page.rows.iter().map(|row| {
        json!({
            "number": row.number,
            "version": row.version,
            "status": row.status,
            "kind": row.kind,
            "priority": row.priority,
            "subject": row.subject,
            "service": row.service.and_then(|id| office.services.get(&id)).map(|service| &service.code),
            "department": row.department.and_then(|id| office.departments.get(&id)).map(|department| &department.code),
            "requester": row.requester,
            "requester_name": page.name(row.requester),
            "level": row.level,
            "group": row.group.and_then(|id| office.groups.get(&id)).map(|group| &group.code),
            "assignee": row.agent,
            "expected_by": row.expected_by,
            "next_due": row.next_due.map(|(due, _)| due),
            "next_clock": row.next_due.map(|(_, clock)| clock).or(row.held),
            "opened_at": row.opened_at,
            "changed_at": row.changed_at,
        })
    });
    Items { items: items.collect(), next_cursor: page.next_cursor.clone() }
}

/// An event, with the words that may be read put in the place of their references.
pub(crate) fn event(seen: &SeenCase, recorded: &Recorded) -> Value {
    let mut what = serde_json::to_value(&recorded.event).unwrap_or_default();
    spell(seen, &mut what);
    if let Event::Cancelled { .. } = &recorded.event {
        elsewhere(seen, &mut what["why"]);
    }
    if !seen.reads_internal() {
        hide(&recorded.event, &mut what);
    }
    json!({
        "sequence": recorded.sequence,
        "at": recorded.at,
        "by": actor(&seen.office, recorded.acted.by),
        "capacity": recorded.acted.capacity,
        "audience": recorded.event.audience(),
        "event": what,
    })
}

/// The number of the case into which it went is told to who may see that case.
fn elsewhere(seen: &SeenCase, why: &mut Value) {
    if let Some(number) = why.get_mut("number").filter(|_| !seen.sees_other) {
        *number = Value::Null;
    }
}

/// Replaces each reference by its words; one whose words he may not read, or were destroyed, becomes null.
fn spell(seen: &SeenCase, value: &mut Value) {
    match value {
        Value::String(word) if word.len() == 64 => {
            if let Ok(text) = word.parse::<TextRef>() {
                *value = seen.words(text).map_or(Value::Null, |words| Value::String(words.to_owned()));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| spell(seen, item)),
        Value::Object(fields) => {
            fields.iter_mut().filter(|(name, _)| *name != "blob").for_each(|(_, item)| spell(seen, item));
        }
        _ => {}
    }
}

/// Facts of events that the requester may know of, but that are the desk's own.
fn hide(event: &Event, what: &mut Value) {
    if let (Event::EscalatedToProvider { .. }, Value::Object(fields)) = (event, what) {
        fields.remove("follow_up_due");
    }
}

/// What was said, by audience.
pub(crate) fn messages(seen: &SeenCase) -> Vec<Value> {
    let said = seen.events.iter().filter_map(|event| {
        let (audience, body, files) = match &event.recorded.event {
            Event::Said { audience, body, attachments, .. } => (*audience, *body, attachments.as_slice()),
            Event::Registered(request) => {
                (Audience::Requester, Some(request.description), request.attachments.as_slice())
            }
            Event::ProviderReported { report, .. } => (Audience::Provider, Some(*report), &[][..]),
            _ => return None,
        };
        Some(json!({
            "sequence": event.recorded.sequence,
            "at": event.recorded.at,
            "by": actor(&seen.office, event.recorded.acted.by),
            "audience": audience,
            "body": seen.words_if_any(body),
            "from": event.from,
            "attachments": files.iter().map(|file| attachment(seen, file)).collect::<Vec<_>>(),
        }))
    });
    said.collect()
}

pub(crate) fn attachment(seen: &SeenCase, file: &AttachmentRef) -> Value {
    json!({
        "hash": file.blob,
        "name": seen.words(file.name),
        "media_type": file.media_type,
        "size": file.size,
        "href": format!("/api/v1/cases/{}/attachments/{}", seen.case.number, file.blob),
    })
}

/// The eight activities with their evidence.
pub(crate) fn evidence(seen: &SeenCase) -> Value {
    let version = seen.office.versions.get(&seen.case.procedure);
    let items: Vec<_> = seen
        .evidence
        .items
        .iter()
        .map(|item| {
            let written = version.and_then(|version| version.activities.get(usize::from(item.number) - 1));
            json!({
                "activity": item.number,
                "name": written.map(|written| &written.name),
                "status": item.status,
                "began_at": item.began_at,
                "ended_at": item.ended_at,
                "responsible": item.responsible.map(|responsible| actor(&seen.office, responsible)),
                "record": item.record,
                "control_point": item.control_point,
                "evidence": item.evidence,
                "missing": item.lacks,
            })
        })
        .collect();
    json!({ "items": items, "deviations": seen.evidence.deviations })
}
