//! The edges of the API: what was refused before a handler heard of it, what is told to whom first, attempts repeated.

use anyhow::Result;
use atiende_tests::{Client, Place, Server};
use serde_json::json;
use ureq::http::Method;

use crate::people::{People, number, request};

crate::on_both!(the_edges_hold);

fn the_edges_hold(place: &Place) -> Result<()> {
    let server = place.serve(&["demo", "--cases", "5"])?;
    let people = People::of(place, &server)?;
    every_refusal_is_a_problem(&people.admin)?;
    what_cannot_be_read_is_named(&people.requester);
    nobody_learns_of_a_case_by_a_bad_body(&people);
    a_key_is_one_attempt(&people)?;
    a_repeat_tells_nothing_new(&people)?;
    words_hold_no_control_characters(&people);
    other_origins_are_refused(&server)?;
    files_are_few(&people)?;
    a_security_case_is_named_nowhere(&people);
    // The log is at its chattiest in these tests.
    let log = server.said();
    for words in ["Parece un engaño", "Un correo raro", "Es un engaño", "Bloqueado."] {
        assert!(!log.contains(words), "the log says {words:?}");
    }
    server.stop();
    Ok(())
}

fn every_refusal_is_a_problem(admin: &Client) -> Result<()> {
    let send = |method: Method, path: &str| admin.send(method, path, &[], b"");
    send(Method::DELETE, "/api/v1/cases/MS-2026-1")?.refuses(405, "method-not-allowed");
    send(Method::GET, "/api/v1/cases/MS-2026-1/takings")?.refuses(405, "method-not-allowed");
    send(Method::GET, "/api/v1/cases?status=closed&status=solved")?.refuses(422, "unreadable");
    send(Method::GET, "/api/v1")?.refuses(404, "not-found");
    let seen = send(Method::GET, "/api/v1/cases/%FF")?;
    assert!((400..500).contains(&seen.status) && seen.content_type == "application/problem+json", "{seen:?}");
    let case = number(&admin.post("/cases", &request("Sin partes", "APP-NOMINA")).is(201));
    let path = format!("/api/v1/cases/{case}/attachments");
    admin.send(Method::POST, &path, &[("content-type", "text/plain")], b"x")?.refuses(422, "unreadable");
    Ok(())
}

fn what_cannot_be_read_is_named(requester: &Client) {
    let named = |body: serde_json::Value, field: &str| {
        let problem = requester.post("/cases", &body).refuses(422, "unreadable");
        assert!(problem["fields"][field].is_string(), "no word about {field}: {problem}");
    };
    named(json!({ "subject": "a", "description": "b", "kind": "nada" }), "kind");
    named(json!({ "subject": 5, "description": "b" }), "subject");
    let absent =
        json!({ "subject": "a", "description": "b", "contact": null, "answers": null, "place": null });
    requester.post("/cases", &absent).is(201);
    let problem = requester.post("/cases", &json!({ "subject": null, "description": "b" }));
    assert!(problem.refuses(422, "bad-field")["fields"]["subject"].is_string());
}

fn nobody_learns_of_a_case_by_a_bad_body(people: &People) {
    let case = number(&people.requester.post("/cases", &request("De Marta", "APP-NOMINA")).is(201));
    for number in [case.as_str(), "MS-2026-99999999"] {
        for (verb, body) in [
            ("assignments", json!({})),
            ("messages", json!({ "audience": "nadie" })),
            ("mergers", json!({ "into": case })),
            ("cancellations", json!({ "reason": "x", "duplicate_of": case })),
            ("details", json!({ "department": "NO-HAY" })),
        ] {
            people.officer.post(&format!("/cases/{number}/{verb}"), &body).refuses(404, "not-found");
        }
    }
}

fn a_key_is_one_attempt(people: &People) -> Result<()> {
    let requester = &people.requester;
    let body = request("Con llave", "APP-NOMINA");
    let once = number(&requester.try_post("/cases", &body, Some("llave-1"))?.is(201));
    assert_eq!(number(&requester.try_post("/cases", &body, Some("llave-1"))?.is(201)), once);
    let other = request("Otra cosa con la misma llave", "APP-NOMINA");
    requester.try_post("/cases", &other, Some("llave-1"))?.refuses(422, "idempotency-key-reused");
    let said = json!({ "audience": "requester", "body": "Esto no se pierde en silencio." });
    let path = format!("/cases/{once}/messages");
    requester.try_post(&path, &said, Some("llave-1"))?.refuses(422, "idempotency-key-reused");
    let another = number(&people.admin.try_post("/cases", &body, Some("llave-1"))?.is(201));
    assert_ne!(another, once, "somebody else's key is another key");
    Ok(())
}

fn a_repeat_tells_nothing_new(people: &People) -> Result<()> {
    let case = number(&people.requester.post("/cases", &request("Un correo raro", "APP-NOMINA")).is(201));
    let note = json!({ "audience": "internal", "body": "Parece un engaño." });
    let path = format!("/cases/{case}/messages");
    let noted = people.first.try_post(&path, &note, Some("nota"))?.is(200)["version"].clone();
    people.admin.post(&format!("/cases/{case}/referrals"), &json!({ "reason": "Es un engaño." })).is(200);
    people.officer.post(&format!("/cases/{case}/conclusions"), &json!({ "outcome": "Bloqueado." })).is(200);
    let again = people.first.try_post(&path, &note, Some("nota"))?.is(200);
    assert_eq!((&again["status"], &again["version"]), (&json!("registered"), &noted), "{again}");
    people.first.post(&path, &note).refuses(404, "not-found");
    Ok(())
}

fn words_hold_no_control_characters(people: &People) {
    let mut body = request("No imprime\r\nBcc: otro@mal.example\0", "APP-NOMINA");
    body["description"] = json!("Con\0 signos \u{1b}[31m raros\r\ny otra línea 😀 \u{202e}");
    body["place"] = json!("Piso\0 2");
    let case = people.requester.post("/cases", &body).is(201);
    assert_eq!(case["subject"], "No imprime Bcc: otro@mal.example");
    assert_eq!(case["description"], "Con signos [31m raros\ny otra línea 😀 \u{202e}");
    assert_eq!(case["place"], "Piso 2");
    people.requester.get("/cases?q=%00impresora%00&department=%00").refuses(422, "bad-field");
    people.requester.get("/cases?q=%00impresora%00").is(200);
    people.requester.get("/people?email=%00").is(200);
    let wrong = people.requester.post(
        &format!("/cases/{}/messages", number(&case)),
        &json!({
            "audience": "requester", "body": "\0\0"
        }),
    );
    wrong.refuses(422, "bad-field");
}

fn other_origins_are_refused(server: &Server) -> Result<()> {
    let anybody = Client::new(&server.address, None);
    let headers = [
        ("cookie", "atiende_session=x"),
        ("origin", "https://mal.example"),
        ("authorization", "Basic eDp5"),
        ("content-type", "application/json"),
    ];
    anybody.send(Method::POST, "/api/v1/cases", &headers, b"{}")?.refuses(403, "another-origin");
    Ok(())
}

fn files_are_few(people: &People) -> Result<()> {
    let case =
        number(&people.requester.post("/cases", &request("Con muchos archivos", "APP-NOMINA")).is(201));
    let part = "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nx\r\n";
    let body = format!("{}--limit--\r\n", part.repeat(21));
    let headers = [("content-type", "multipart/form-data; boundary=limit")];
    let path = format!("/api/v1/cases/{case}/attachments");
    let problem = people.requester.send(Method::POST, &path, &headers, body.as_bytes())?;
    assert!(problem.refuses(422, "bad-field")["fields"]["file"].is_string());
    Ok(())
}

/// A case that went into another says nothing of it any more when that one goes to security.
fn a_security_case_is_named_nowhere(people: &People) {
    let register =
        |subject| number(&people.requester.post("/cases", &request(subject, "APP-NOMINA")).is(201));
    let (case, merged, twice) = (register("El engaño"), register("Otra vez"), register("Y otra"));
    people.admin.post(&format!("/cases/{merged}/mergers"), &json!({ "into": case })).is(200);
    let duplicate = json!({ "reason": "Es el mismo.", "duplicate_of": case });
    people.admin.post(&format!("/cases/{twice}/cancellations"), &duplicate).is(200);
    let tells = |client: &Client| {
        [&merged, &twice].iter().any(|other| {
            let shown = client.get(&format!("/cases/{other}")).is(200).to_string();
            let told = client.get(&format!("/cases/{other}/events")).is(200).to_string();
            shown.contains(&case) || told.contains(&case)
        })
    };
    assert!(tells(&people.first));
    people.first.post(&format!("/cases/{case}/referrals"), &json!({ "reason": "Es un engaño." })).is(200);
    assert!(!tells(&people.first) && !tells(&people.admin) && !tells(&people.auditor));
    assert!(tells(&people.requester), "it is hers");
}
