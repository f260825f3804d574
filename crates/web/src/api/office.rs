//! What the office is made of: people, catalogue, groups, providers, the procedure.

use atiende_procedure::{Actor, permission::Scope};
use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use super::caller::Caller;
use super::json::Items;
use super::problem::Problem;
use crate::app::App;

/// Whom the token is of.
#[utoipa::path(get, path = "/api/v1/me", tag = "office", responses((status = 200, body = Value), (status = 401, body = Problem)))]
pub(crate) async fn me(caller: Caller) -> Json<Value> {
    let person = caller.office.people.get(&caller.person);
    Json(json!({
        "id": caller.person,
        "name": person.map(|person| &person.profile.name),
        "email": person.map(|person| &person.profile.email),
        "roles": person.map(|person| &person.roles),
        "groups": person.map(|person| {
            person.groups.iter().filter_map(|id| caller.office.groups.get(id)).map(|group| &group.code).collect::<Vec<_>>()
        }),
        "scope": caller.viewer.scope,
    }))
}

/// The version of the procedure in force.
#[utoipa::path(get, path = "/api/v1/procedure", tag = "office", responses((status = 200, body = Value), (status = 404, body = Problem)))]
pub(crate) async fn procedure(State(app): State<App>, caller: Caller) -> Result<Json<Value>, Problem> {
    let version = caller.office.version_in_force(app.desk.ambience().now()).ok_or_else(Problem::not_found)?;
    Ok(Json(serde_json::to_value(&**version).unwrap_or_default()))
}

/// What may be asked for (R3).
#[utoipa::path(get, path = "/api/v1/catalogue", tag = "office", responses((status = 200, body = Items)))]
pub(crate) async fn catalogue(caller: Caller) -> Json<Items> {
    let office = &caller.office;
    let services = office.services.values().filter(|service| service.active).map(|service| {
        json!({
            "code": service.code,
            "name": service.name,
            "description": service.description,
            "kind": service.kind,
            "level": service.level,
            "group": office.groups.get(&service.group).map(|group| &group.code),
            "conditions": service.conditions,
            "impact": service.impact,
            "urgency": service.urgency,
            "questions": service.questions,
        })
    });
    Json(Items::all(services.collect()))
}

/// The departments in use.
#[utoipa::path(get, path = "/api/v1/departments", tag = "office", responses((status = 200, body = Items)))]
pub(crate) async fn departments(caller: Caller) -> Json<Items> {
    let active = caller.office.departments.values().filter(|department| department.active);
    Json(Items::all(
        active.map(|department| json!({ "code": department.code, "name": department.name })).collect(),
    ))
}

/// The sites in use.
#[utoipa::path(get, path = "/api/v1/sites", tag = "office", responses((status = 200, body = Items)))]
pub(crate) async fn sites(caller: Caller) -> Json<Items> {
    let active = caller.office.sites.values().filter(|site| site.active);
    let sites = active.map(|site| {
        json!({ "code": site.code, "name": site.name, "municipality": site.municipality, "region": site.region })
    });
    Json(Items::all(sites.collect()))
}

/// Which people are asked for.
#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct PeopleQuery {
    /// Exactly this address.
    email: Option<String>,
}

/// People: all for those who work here, oneself for the others.
#[utoipa::path(get, path = "/api/v1/people", tag = "office", params(PeopleQuery), responses((status = 200, body = Items)))]
pub(crate) async fn people(caller: Caller, Query(query): Query<PeopleQuery>) -> Json<Items> {
    let office = &caller.office;
    let works_here = office.people.get(&caller.person).is_some_and(|person| !person.roles.is_empty());
    let asked = query.email.as_deref().map(str::to_lowercase);
    let people = office
        .people
        .values()
        .filter(|person| works_here || person.id == caller.person)
        .filter(|person| asked.as_ref().is_none_or(|email| person.profile.email.to_lowercase() == *email))
        .map(|person| {
            json!({
                "id": person.id,
                "name": person.profile.name,
                "email": person.profile.email,
                "roles": person.roles,
                "active": person.active,
            })
        });
    Json(Items::all(people.collect()))
}

/// The groups of agents.
#[utoipa::path(get, path = "/api/v1/groups", tag = "office", responses((status = 200, body = Items)))]
pub(crate) async fn groups(caller: Caller) -> Json<Items> {
    let active = caller.office.groups.values().filter(|group| group.active);
    let groups = active
        .map(|group| json!({ "id": group.id, "code": group.code, "name": group.name, "level": group.level }));
    Json(Items::all(groups.collect()))
}

/// The outside companies, for those who work here.
#[utoipa::path(get, path = "/api/v1/providers", tag = "office", responses((status = 200, body = Items), (status = 403, body = Problem)))]
pub(crate) async fn providers(caller: Caller) -> Result<Json<Items>, Problem> {
    staff(&caller)?;
    let active = caller.office.providers.values().filter(|provider| provider.active);
    let providers =
        active.map(|provider| json!({ "id": provider.id, "name": provider.name, "emails": provider.emails }));
    Ok(Json(Items::all(providers.collect())))
}

/// # Errors
/// 403 for who has no part in the desk's work.
pub(super) fn staff(caller: &Caller) -> Result<(), Problem> {
    let scope = Scope::of(Actor::Person(caller.person), &caller.office);
    let person = caller.office.people.get(&caller.person);
    if scope.desk || !scope.contracts.is_empty() || person.is_some_and(|person| !person.roles.is_empty()) {
        return Ok(());
    }
    Err(Problem::new(axum::http::StatusCode::FORBIDDEN, "not-your-role", None))
}
