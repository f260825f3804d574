//! What the office promises and by which hours, as another program reads it.

use anyhow::Result;
use atiende_tests::{Client, Place};
use serde_json::{Value, json};

use crate::people::People;

crate::on_both!(the_promises_are_told, the_promises_are_set);

fn the_promises_are_told(place: &Place) -> Result<()> {
    let server = place.serve(&["demo", "--cases", "5"])?;
    let people = People::of(place, &server)?;
    calendars_are_told(&people.requester);
    holidays_come_once(&people);
    agreements_are_told(&people);
    contracts_are_told(&people);
    server.stop();
    Ok(())
}

fn items(client: &Client, path: &str) -> Vec<Value> {
    let list = client.get(path).is(200);
    assert!(list["next_cursor"].is_null(), "{list}");
    list["items"].as_array().expect("items").clone()
}

fn calendars_are_told(client: &Client) {
    let calendars = items(client, "/calendars");
    let own = &calendars[0];
    assert_eq!(
        (&own["id"], &own["time_zone"], &own["law"]),
        (&json!(0), &json!("America/Bogota"), &json!("colombia"))
    );
    assert_eq!(own["name"], "Calendario de la oficina");
    assert_eq!(own["week"]["friday"], json!(["07:00-12:00", "13:00-16:00"]));
    assert_eq!(own["week"]["sunday"], json!([]));
    let half =
        json!({ "date": "2026-12-24", "name": "Media jornada de Nochebuena", "hours": ["07:00-12:00"] });
    assert!(own["exceptions"].as_array().is_some_and(|all| all.contains(&half)), "{own}");
}

fn holidays_come_once(people: &People) {
    let of = |year: i16| items(&people.requester, &format!("/calendars/0/holidays?year={year}"));
    let both = json!({ "date": "2025-06-30", "name": "San Pedro y San Pablo · Sagrado Corazón de Jesús" });
    assert!(of(2025).contains(&both));
    assert_eq!((of(2025).len(), of(2026).len()), (17, 19));
    let moved = json!({ "date": "2026-07-13", "name": "Nuestra Señora de Chiquinquirá" });
    assert!(of(2026).contains(&moved), "Ley 2578 de 2026");
    assert!(!items(&people.requester, "/calendars/0/holidays").is_empty());
    let get = |path: &str| people.requester.get(path);
    get("/calendars/99/holidays?year=2026").refuses(404, "not-found");
    get("/calendars/abc/holidays?year=2026").refuses(404, "not-found");
    assert!(get("/calendars/0/holidays?year=0").refuses(422, "bad-field")["fields"]["year"].is_string());
    get("/calendars/0/holidays?year=pronto").refuses(422, "unreadable");
    people.nobody.get("/calendars").refuses(401, "unauthorized");
}

fn agreements_are_told(people: &People) {
    let agreements = items(&people.auditor, "/agreements");
    let named = |name: &str| agreements.iter().find(|it| it["name"] == name).expect("an agreement");
    let general = named("General");
    assert_eq!(
        general["targets"]["critical"],
        json!({
            "assignment_minutes": 30, "first_answer_minutes": 60, "solution_minutes": 360,
        })
    );
    assert_eq!(general["hours"], json!({ "by": "site" }));
    assert_eq!(general["pauses"]["solution"], json!(["requester", "visit"]));
    assert_eq!(general["warnings"][0], json!({ "percent": 75, "to": "agent" }));
    assert_eq!((&general["version"], &general["in_force"]), (&json!(1), &json!(true)));
    assert_eq!(named("Asesorías y capacitaciones")["kinds"], json!(["advice", "training"]));
    people.requester.get("/agreements").refuses(403, "not-your-role");
}

fn contracts_are_told(people: &People) {
    let contracts = items(&people.supervisor, "/contracts");
    for contract in &contracts {
        for name in
            ["id", "number", "provider", "supervisor", "in_force", "services", "starts", "ends", "levels"]
        {
            assert!(!contract[name].is_null(), "{name}: {contract}");
        }
        assert!(contract["emails"].as_array().is_some_and(|emails| !emails.is_empty()), "{contract}");
    }
    let timed = contracts.iter().find(|it| it["solution_minutes"].is_u64()).expect("a contract with a clock");
    assert_eq!(timed["hours"]["by"].as_str().map(|by| ["calendar", "always"].contains(&by)), Some(true));
    people.requester.get("/contracts").refuses(403, "not-your-role");
}

fn the_promises_are_set(place: &Place) -> Result<()> {
    let server = place.serve(&["demo", "--cases", "5"])?;
    let people = People::of(place, &server)?;
    let calendar = a_calendar_is_set(&people);
    an_agreement_is_set(&people, &calendar);
    a_contract_is_set(&people, &calendar);
    nobody_else_sets_anything(&people);
    let reader = place.client_with(&server, "sistema", "read")?;
    let own = items(&reader, "/calendars")[0].clone();
    reader.put("/calendars/0", &own).refuses(403, "read-only-token");
    server.stop();
    Ok(())
}

fn half_day() -> Value {
    json!({ "date": "2026-12-24", "name": "Media jornada", "hours": ["07:00-12:00"] })
}

fn a_calendar_is_set(people: &People) -> Value {
    let holiday =
        json!({ "name": "Día del municipio", "falls": "fixed", "month": 7, "day": 28, "from": 2027 });
    let said = json!({
        "name": "Sedes rurales", "time_zone": "America/Bogota", "law": "colombia",
        "week": { "monday": ["07:00-12:00", "13:00-17:00"], "saturday": ["8:00-12:00"] },
        "local_holidays": [holiday], "exceptions": [half_day()],
    });
    let send = |key| people.system.try_post("/calendars", &said, Some(key)).expect("an answer").is(201);
    let made = send("una-vez");
    assert_eq!((&made["exceptions"], &made["version"]), (&json!([half_day()]), &json!(1)));
    assert_eq!(made["week"]["saturday"], json!(["08:00-12:00"]));
    assert_eq!(send("una-vez"), made, "the same attempt is made once");
    assert_eq!(
        items(&people.system, "/calendars").iter().filter(|it| it["name"] == "Sedes rurales").count(),
        1
    );
    people.system.post("/calendars", &said).refuses(422, "bad-field");

    let path = format!("/calendars/{}", made["id"]);
    let of = |year: i16| items(&people.requester, &format!("{path}/holidays?year={year}"));
    let own = json!({ "date": "2027-07-28", "name": "Día del municipio" });
    assert_eq!((of(2026).contains(&own), of(2027).contains(&own)), (false, true));

    let mut changed = made.clone();
    changed["exceptions"].as_array_mut().expect("a list").push(half_day());
    changed["week"]["monday"] = json!(["17:00-13:00"]);
    let wrong = people.system.put(&path, &changed).refuses(422, "bad-field");
    for field in ["week.monday", "exceptions.1.date"] {
        assert!(wrong["fields"][field].is_string(), "{field}: {wrong}");
    }
    changed = made.clone();
    changed["name"] = json!("Sedes de los pueblos");
    let after = people.system.put(&path, &changed).is(200);
    assert_eq!((&after["name"], &after["version"]), (&json!("Sedes de los pueblos"), &json!(2)));
    let stale = people.system.put(&path, &changed).refuses(409, "stale");
    assert_eq!(stale["version"], json!(2), "what somebody else set is not lost");

    let own = items(&people.system, "/calendars")[0].clone();
    let mut shorter = own.clone();
    shorter["week"]["friday"] = json!(["07:00-12:00"]);
    let main = people.system.put("/calendars/0", &shorter).is(200);
    assert_eq!((&main["week"]["friday"], &main["name"]), (&json!(["07:00-12:00"]), &own["name"]));
    people.system.put("/calendars/99", &own).refuses(404, "not-found");
    after
}

fn an_agreement_is_set(people: &People, calendar: &Value) {
    let hours = json!({ "by": "calendar", "calendar": calendar["id"] });
    let said = json!({
        "name": "Nómina primero", "services": ["APP-NOMINA"],
        "targets": { "critical": { "solution_minutes": 120 }, "medium": { "solution_minutes": 600 } },
        "hours": hours, "pauses": { "solution": ["requester"] }, "starts": "2020-01-01",
    });
    let made = people.system.post("/agreements", &said).is(201);
    assert_eq!((&made["in_force"], &made["version"], &made["hours"]), (&json!(true), &json!(1), &hours));
    assert_eq!(
        made["pauses"],
        json!({
            "assignment": ["requester", "visit"], "first_answer": ["requester", "visit"], "solution": ["requester"],
        })
    );
    assert_eq!(made["warnings"][0], json!({ "percent": 75, "to": "agent" }), "the usual ones");

    let path = format!("/agreements/{}", made["id"]);
    let same = people.system.put(&path, &made).is(200);
    let without_version = |it: &Value| {
        let mut it = it.clone();
        it.as_object_mut().expect("an object").remove("version");
        it
    };
    assert_eq!(without_version(&same), without_version(&made), "what is read can be sent back");
    assert_eq!(same["version"], json!(2));
    people.system.put(&path, &made).refuses(409, "stale");
    let mut wrong = same;
    wrong["services"] = json!(["NO-HAY"]);
    wrong["pauses"]["provider_response"] = json!(["parts"]);
    let refused = people.system.put(&path, &wrong).refuses(422, "bad-field");
    assert!(
        refused["fields"]["services"].is_string() && refused["fields"]["pauses"].is_string(),
        "{refused}"
    );
    let nothing = json!({ "name": "Nada", "targets": {}, "starts": "2026-01-01" });
    let refused = people.system.post("/agreements", &nothing).refuses(422, "bad-field");
    assert!(refused["fields"]["targets"].is_string(), "{refused}");
}

fn a_contract_is_set(people: &People, calendar: &Value) {
    let before = items(&people.supervisor, "/contracts")[0].clone();
    let path = format!("/contracts/{}", before["id"]);
    let mut said = before.clone();
    said["solution_minutes"] = json!(90);
    said["hours"] = json!({ "by": "calendar", "calendar": calendar["id"] });
    let after = people.system.put(&path, &said).is(200);
    assert_eq!((&after["solution_minutes"], &after["hours"]), (&json!(90), &said["hours"]));
    assert_eq!(after["emails"], before["emails"]);
    said["version"] = after["version"].clone();
    said["solution_minutes"] = json!(0);
    let refused = people.system.put(&path, &said).refuses(422, "bad-field");
    assert!(refused["fields"]["solution_minutes"].is_string(), "{refused}");
    people.system.post("/contracts", &said).refuses(422, "bad-field");
    said["solution_minutes"] = json!(60);
    said["number"] = json!("C-100");
    let made = people.system.post("/contracts", &said).is(201);
    assert_eq!((&made["number"], &made["provider"]), (&json!("C-100"), &before["provider"]));
    said["provider"] = json!("Nadie S. A. S.");
    let refused = people.system.post("/contracts", &said).refuses(422, "bad-field");
    assert!(refused["fields"]["provider"].is_string(), "{refused}");
}

fn nobody_else_sets_anything(people: &People) {
    for path in ["/calendars", "/agreements", "/contracts"] {
        let said = items(&people.auditor, path)[0].clone();
        let one = format!("{path}/{}", said["id"]);
        for client in [&people.auditor, &people.admin, &people.supervisor, &people.requester] {
            client.put(&one, &said).refuses(403, "not-your-role");
            client.post(path, &json!({ "sin": "sentido" })).refuses(403, "not-your-role");
        }
        people.nobody.put(&one, &said).refuses(401, "unauthorized");
    }
}
