//! People and what they may do. Every change goes through the door and is an event with its author (R8).

use askama::Template;
use atiende_desk::{AdministerError, DeskError};
use atiende_procedure::office::{Change, Person, Profile};
use atiende_procedure::{GroupId, PersonId, Role};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::form::{Choice, Field, Input, blame, refill};
use super::new::command_id;
use super::office::reads_office;
use crate::again::{Again, Posted};
use crate::app::App;
use crate::frame::Frame;
use crate::lenient::Fields;
use crate::oops::{Oops, page, shown};
use crate::query::Query;
use crate::refused::{field, sentence};
use crate::visitor::Visitor;

#[derive(Debug, Template)]
#[template(path = "people.html")]
struct People {
    frame: Frame,
    about: String,
    words: String,
    rows: Vec<PersonRow>,
    may_change: bool,
}

#[derive(Debug)]
struct PersonRow {
    id: PersonId,
    name: String,
    email: String,
    roles: String,
    department: String,
    active: bool,
}

#[derive(Debug, Template)]
#[template(path = "person.html")]
struct PersonPage {
    frame: Frame,
    title: String,
    id: Option<PersonId>,
    fields: Vec<Field>,
    roles: Vec<Tick>,
    groups: Vec<Tick>,
    active: bool,
    sessions: usize,
    /// Why letters to him came back.
    bounced: Option<String>,
    link: Option<String>,
    error: Option<String>,
    may_change: bool,
    command: String,
}

/// A box to tick.
#[derive(Debug)]
struct Tick {
    value: String,
    label: String,
    chosen: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Words {
    q: String,
}

/// The most people on one page; search finds the others.
const MOST: usize = 100;

fn may_change(visitor: &Visitor) -> bool {
    visitor.person.is(Role::SystemAdministrator)
}

pub(crate) async fn list(State(app): State<App>, visitor: Visitor, Query(words): Query<Words>) -> Response {
    let frame = visitor.frame(&app);
    if !reads_office(&visitor) {
        return Oops::not_found(frame).into_response();
    }
    let office = &visitor.office;
    let asked = words.q.trim().to_lowercase();
    let fits = |person: &&std::sync::Arc<Person>| {
        let profile = &person.profile;
        asked.is_empty()
            || profile.name.to_lowercase().contains(&asked)
            || profile.email.to_lowercase().contains(&asked)
    };
    let mut found: Vec<_> = office.people.values().filter(fits).collect();
    found.sort_by_key(|person| (person.roles.is_empty(), person.profile.name.clone()));
    let row = |person: &std::sync::Arc<Person>| PersonRow {
        id: person.id,
        name: person.profile.name.clone(),
        email: person.profile.email.clone(),
        roles: person.roles.iter().map(|role| frame.word("role", role)).collect::<Vec<_>>().join(", "),
        department: person
            .profile
            .department
            .and_then(|id| office.departments.get(&id))
            .map_or_else(String::new, |department| department.name.clone()),
        active: person.active,
    };
    let rows = found.iter().take(MOST).map(|person| row(person)).collect();
    let about = frame.t.count("people-count", found.len());
    shown(&People { about, words: words.q, rows, may_change: may_change(&visitor), frame })
}

impl PersonPage {
    fn new(app: &App, visitor: &Visitor, person: Option<&Person>) -> PersonPage {
        let frame = visitor.frame(app);
        let t = frame.t;
        let office = &visitor.office;
        let profile = person.map(|person| person.profile.clone()).unwrap_or_default();
        let departments = office.departments.values().filter(|department| department.active);
        let sites = office.sites.values().filter(|site| site.active);
        let id = |id: Option<i64>| id.map_or_else(String::new, |id| id.to_string());
        let fields = vec![
            Field::new(Input::Line, "name", t.get("field-name")).value(&profile.name),
            Field::new(Input::Email, "email", t.get("field-email")).value(&profile.email),
            Field::new(Input::Line, "job", t.get("field-job")).value(&profile.job).optional(),
            Field::new(Input::Line, "phone", t.get("field-contact-phone")).value(&profile.phone).optional(),
            Field::new(Input::Select, "department", t.get("field-department"))
                .options(departments.map(|department| Choice::new(department.id, &department.name)).collect())
                .with_blank(t.get("choose"))
                .value(id(profile.department.map(|id| id.0)))
                .optional(),
            Field::new(Input::Select, "site", t.get("field-site"))
                .options(sites.map(|site| Choice::new(site.id, &site.name)).collect())
                .with_blank(t.get("choose"))
                .value(id(profile.site.map(|id| id.0)))
                .optional(),
            Field::new(Input::Line, "place", t.get("field-place")).value(&profile.place).optional(),
        ];
        let role = |role: &Role| Tick {
            value: role.to_string(),
            label: frame.word("role", role),
            chosen: person.is_some_and(|person| person.roles.contains(role)),
        };
        let groups = office.groups.values().filter(|group| group.active).map(|group| Tick {
            value: group.id.to_string(),
            label: format!("{} · {}", group.name, frame.word("level-full", group.level)),
            chosen: person.is_some_and(|person| person.groups.contains(&group.id)),
        });
        PersonPage {
            title: person
                .map_or_else(|| t.get("people-add").to_owned(), |person| person.profile.name.clone()),
            id: person.map(|person| person.id),
            fields,
            roles: Role::ALL.iter().map(role).collect(),
            groups: groups.collect(),
            active: person.is_none_or(|person| person.active),
            sessions: 0,
            bounced: None,
            link: None,
            error: None,
            may_change: may_change(visitor),
            command: app.desk.ambience().command_id().to_string(),
            frame,
        }
    }

    /// Puts back what was typed and ticked.
    fn refilled(mut self, typed: &Fields) -> PersonPage {
        refill(&mut self.fields, typed);
        for (ticks, family) in [(&mut self.roles, "role"), (&mut self.groups, "group")] {
            for tick in ticks.iter_mut() {
                tick.chosen = typed.0.contains_key(&format!("{family}.{}", tick.value));
            }
        }
        self.active = typed.0.contains_key("active");
        self
    }
}

pub(crate) async fn new(State(app): State<App>, visitor: Visitor) -> Response {
    if !may_change(&visitor) {
        return Oops::not_found(visitor.frame(&app)).into_response();
    }
    shown(&PersonPage::new(&app, &visitor, None))
}

pub(crate) async fn edit(State(app): State<App>, visitor: Visitor, Path(id): Path<PersonId>) -> Response {
    let Some(person) = visitor.office.people.get(&id).filter(|_| reads_office(&visitor)) else {
        return Oops::not_found(visitor.frame(&app)).into_response();
    };
    let sessions = match app.desk.sessions_of(id).await {
        Ok(sessions) => sessions.len(),
        Err(error) => return Oops::to(&app, &visitor, &error.into()).into_response(),
    };
    match app.desk.bounced_address(&person.profile.email).await {
        Ok(bounced) => {
            shown(&PersonPage { sessions, bounced, ..PersonPage::new(&app, &visitor, Some(person)) })
        }
        Err(error) => Oops::to(&app, &visitor, &error).into_response(),
    }
}

pub(crate) async fn create(State(app): State<App>, posted: Posted) -> Response {
    let Posted { visitor, form } = posted;
    if !may_change(&visitor) {
        return Oops::not_found(visitor.frame(&app)).into_response();
    }
    set(&app, &visitor, None, &form.fields).await
}

pub(crate) async fn save(State(app): State<App>, Path(id): Path<PersonId>, posted: Posted) -> Response {
    let Posted { visitor, form } = posted;
    if !visitor.office.people.contains_key(&id) || !may_change(&visitor) {
        return Oops::not_found(visitor.frame(&app)).into_response();
    }
    set(&app, &visitor, Some(id), &form.fields).await
}

async fn set(app: &App, visitor: &Visitor, id: Option<PersonId>, typed: &Fields) -> Response {
    let before = id.and_then(|id| visitor.office.people.get(&id));
    let line = |name: &str| typed.get(name).trim().to_owned();
    let profile = Profile {
        name: line("name"),
        email: line("email"),
        phone: line("phone"),
        job: line("job"),
        department: typed.get("department").parse().ok(),
        site: typed.get("site").parse().ok(),
        place: line("place"),
        language: before.map_or_else(String::new, |person| person.profile.language.clone()),
    };
    let roles =
        Role::ALL.iter().copied().filter(|role| typed.0.contains_key(&format!("role.{role}"))).collect();
    let groups =
        typed.0.keys().filter_map(|name| name.strip_prefix("group.")?.parse::<GroupId>().ok()).collect();
    let active = typed.0.contains_key("active");
    let salt = app.desk.ambience().random();
    let change = Change::SetPerson { id, profile, salt, roles, groups, active };
    match app
        .desk
        .administer(
            visitor.viewer,
            command_id(app, &visitor.person.id.to_string(), &visitor.looker.path, typed, &[]),
            vec![change],
        )
        .await
    {
        Ok((office, _)) => {
            let person = office.person_by_email(typed.get("email")).map(|person| person.id).or(id);
            let place = person.map_or_else(String::new, |id| format!("/{id}"));
            Redirect::to(&format!("/oficina/personas{place}?hecho=guardado")).into_response()
        }
        Err(AdministerError::Refused { refusal, .. }) => {
            let message = sentence(visitor.looker.t, &refusal);
            let mut again = PersonPage::new(app, visitor, before.map(|person| &**person)).refilled(typed);
            if !field(&refusal).is_some_and(|name| blame(&mut again.fields, &name, &message)) {
                again.error = Some(message);
            }
            page(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(AdministerError::ReadOnly) => Oops::to(app, visitor, &DeskError::ReadOnly).into_response(),
        Err(AdministerError::Store(error)) => {
            let again = Again::of(&visitor.looker.path, typed);
            Oops::to(app, visitor, &error.into()).with(again).into_response()
        }
    }
}

pub(crate) async fn invite(State(app): State<App>, visitor: Visitor, Path(id): Path<PersonId>) -> Response {
    let Some(person) = visitor.office.people.get(&id).filter(|_| may_change(&visitor)) else {
        return Oops::not_found(visitor.frame(&app)).into_response();
    };
    match app.desk.invite(Some(id)).await {
        Ok(token) => {
            let link = Some(format!("{}/invitacion/{token}", app.desk.public_url()));
            shown(&PersonPage { link, ..PersonPage::new(&app, &visitor, Some(person)) })
        }
        Err(error) => Oops::to(&app, &visitor, &error.into()).into_response(),
    }
}

pub(crate) async fn end_sessions(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
) -> Response {
    if !may_change(&visitor) {
        return Oops::not_found(visitor.frame(&app)).into_response();
    }
    match app.desk.revoke_sessions(id, None).await {
        Ok(()) => Redirect::to(&format!("/oficina/personas/{id}?hecho=hecho")).into_response(),
        Err(error) => Oops::to(&app, &visitor, &error.into()).into_response(),
    }
}
