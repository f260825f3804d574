//! What the office promises and by which hours, as another program reads it.

use anyhow::Result;
use atiende_tests::{Client, Place};
use serde_json::{Value, json};

use crate::people::People;

crate::on_both!(the_promises_are_told);

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
