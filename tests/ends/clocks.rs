//! The clocks of a case, and what the desk has agreed for which day, as other programs read them.

use anyhow::{Context, Result};
use atiende_tests::{Client, Place};
use icalendar::{Calendar, CalendarComponent, Component};
use serde_json::{Value, json};
use ureq::http::Method;

use crate::people::{People, number, request};

crate::on_both!(the_clocks_of_a_case_are_told, an_agenda_is_read_by_a_calendar_elsewhere);

fn clock<'a>(case: &'a Value, name: &str) -> &'a Value {
    let clocks = case["clocks"].as_array().expect("clocks");
    clocks.iter().find(|clock| clock["clock"] == name).unwrap_or(&Value::Null)
}

/// A case of the first level, being attended.
fn attended(people: &People) -> String {
    let case = number(&people.requester.post("/cases", &request("Se fue el sonido", "EQ-FALLA")).is(201));
    let send =
        |by: &Client, verb: &str, body: Value| by.post(&format!("/cases/{case}/{verb}"), &body).is(200);
    send(&people.admin, "assignments", json!({ "level": "first", "assignee": people.id("agente1") }));
    let found = json!({ "mode": "remote", "complexity": "low", "findings": "Faltan los controladores." });
    send(&people.first, "assessments", found);
    case
}

fn the_clocks_of_a_case_are_told(place: &Place) -> Result<()> {
    let server = place.serve(&["demo", "--cases", "5"])?;
    let people = People::of(place, &server)?;
    let case = attended(&people);
    let path = format!("/cases/{case}");
    let told = people.first.get(&path).is(200);
    assert_eq!(clock(&told, "assignment")["state"], "met", "{told}");
    assert!(clock(&told, "assignment")["ended_at"].is_string());
    let solution = clock(&told, "solution");
    assert_eq!((&solution["state"], &solution["hours"]["by"]), (&json!("running"), &json!("calendar")));
    assert!(solution["due"].is_string() && solution["target_seconds"].as_i64() > Some(0), "{solution}");
    let waits = json!({ "for": "requester", "reason": "Falta la clave." });
    let told = people.first.post(&format!("{path}/waits"), &waits).is(200);
    let solution = clock(&told, "solution");
    assert_eq!((&solution["state"], &solution["paused_by"]), (&json!("paused"), &json!("requester")));
    assert!(solution["due"].is_null(), "what stands still falls due at no known time: {solution}");
    let listed = people.first.get("/cases?assignee=me&status=waiting").is(200);
    let row = listed["items"].as_array().and_then(|rows| rows.iter().find(|row| row["number"] == *case));
    let row = row.context("the case in the list")?;
    assert_eq!((&row["next_due"], &row["next_clock"]), (&Value::Null, &json!("solution")));
    people
        .requester
        .post(&format!("{path}/messages"), &json!({ "audience": "requester", "body": "Es 4." }))
        .is(200);
    let told = people.first.get(&path).is(200);
    assert_eq!(clock(&told, "solution")["pauses"][0]["why"], "requester");
    assert_eq!(clock(&told, "solution")["state"], "running");
    let contract = people.contract("C-009");
    let reason = json!({ "to": "provider", "contract": contract, "reason": "Es de la tarjeta." });
    let told = people.first.post(&format!("{path}/escalations"), &reason).is(200);
    let provider = clock(&told, "provider_solution");
    assert_eq!((&provider["state"], &provider["contract"]), (&json!("running"), &contract));
    let seen = people.requester.get(&path).is(200);
    assert!(clock(&seen, "solution")["due"].is_string(), "what was promised to him he reads");
    assert!(clock(&seen, "provider_solution").is_null(), "what a provider promised is the desk's own");
    server.stop();
    Ok(())
}

fn an_agenda_is_read_by_a_calendar_elsewhere(place: &Place) -> Result<()> {
    let server = place.serve(&["demo", "--cases", "5"])?;
    let people = People::of(place, &server)?;
    let case = attended(&people);
    let waits =
        json!({ "for": "visit", "until": "2031-03-04T15:30:00-05:00", "reason": "Se pasa por el puesto." });
    people.first.post(&format!("/cases/{case}/waits"), &waits).is(200);
    let get = |path: &str, cookie: &str| people.nobody.send(Method::GET, path, &[("cookie", cookie)], b"");
    let session = people.nobody.signs_in("agente1");
    let page = get("/agenda?dia=2031-03-04", &session)?;
    assert!(page.body.contains(&case) && page.body.contains("3:30"), "{}", page.body);
    let address = shared(&people.nobody, &session)?;
    let feed = get(&address, "")?;
    assert_eq!((feed.status, feed.content_type.as_str()), (200, "text/calendar; charset=utf-8"));
    assert!(feed.body.lines().all(|line| line.len() <= 75), "RFC 5545, 3.1");
    let calendar: Calendar = feed.body.parse().map_err(|error| anyhow::anyhow!("{error}"))?;
    let events = calendar.components.iter().filter_map(|component| match component {
        CalendarComponent::Event(event) => Some(event),
        _ => None,
    });
    let own: Vec<_> =
        events.filter(|event| event.get_uid().is_some_and(|uid| uid.starts_with(&case))).collect();
    let visit = own.iter().find(|event| event.property_value("DTSTART") == Some("20310304T203000Z"));
    let summary = visit.and_then(|event| event.property_value("SUMMARY")).context("the visit")?;
    assert_eq!(summary, format!("Visita: Se fue el sonido ({case})"));
    assert_eq!(own.len(), 2, "and when it is expected");
    it_is_for_nothing_else(&people, &address)?;
    let another = shared(&people.nobody, &session)?;
    assert_eq!(get(&address, "")?.status, 404, "a new address ends the one before");
    people.nobody.form("/agenda/no-compartir", &session, &[]);
    assert_eq!(get(&another, "")?.status, 404);
    let stranger = people.nobody.signs_in("usuario");
    assert_eq!(people.nobody.form("/agenda/compartir", &stranger, &[]).status, 404);
    server.stop();
    Ok(())
}

fn it_is_for_nothing_else(people: &People, address: &str) -> Result<()> {
    let secret = address.trim_start_matches("/agenda/").trim_end_matches(".ics");
    let base = people.nobody.base().trim_start_matches("http://");
    let bearer = Client::new(base, Some(secret.to_owned()));
    bearer.get("/cases").refuses(401, "unauthorized");
    let token = people.nobody.send(Method::GET, "/agenda/atd_nadie.ics", &[], b"")?;
    assert_eq!(token.status, 404);
    Ok(())
}

/// Makes the secret address of one's own agenda.
fn shared(client: &Client, session: &str) -> Result<String> {
    let page = client.form("/agenda/compartir", session, &[]);
    assert_eq!(page.status, 200, "{}", page.body);
    let from = page.body.find("/agenda/atd_").context("the address")?;
    let until = page.body[from..].find(".ics").context("its end")?;
    Ok(page.body[from..from + until + 4].to_owned())
}
