//! What people and programs send wrongly is answered clearly, and the server stays up.

use std::io::{Read, Write};
use std::net::TcpStream;

use anyhow::Result;
use atiende_tests::{Client, Place, Server};
use serde_json::json;

use crate::people::{People, number, request};

crate::on_both!(bad_input_is_answered);

fn bad_input_is_answered(place: &Place) -> Result<()> {
    let mut server = place.serve(&["demo", "--cases", "5"])?;
    let people = People::of(place, &server)?;
    bad_bodies(&people.requester);
    bad_moves(&people);
    huge_upload(&server, &people)?;
    broken_form(&server)?;
    revoked_token(place, &server)?;
    assert!(server.lives());
    people.requester.get("/me").is(200);
    server.stop();
    Ok(())
}

fn bad_bodies(requester: &Client) {
    let wrong = |body: serde_json::Value, field: &str| {
        let problem = requester.post("/cases", &body).refuses(422, "bad-field");
        assert!(problem["fields"][field].is_string(), "no word about {field}: {problem}");
    };
    wrong(json!({ "description": "Sin asunto." }), "subject");
    wrong(json!({ "subject": " ", "description": "Con asunto vacío." }), "subject");
    wrong(json!({ "subject": "Sin descripción" }), "description");
    wrong(json!({ "subject": "x".repeat(100_000), "description": "Largo." }), "subject");
    wrong(json!({ "subject": "a", "description": "b", "department": "NO-HAY" }), "department");
    wrong(json!({ "subject": "a", "description": "b", "site": "NO-HAY" }), "site");
    wrong(json!({ "subject": "a", "description": "b", "service": "NO-HAY" }), "service");
    let raw = |body: &[u8]| {
        let json = [("content-type", "application/json")];
        requester.send(ureq::http::Method::POST, "/api/v1/cases", &json, body).expect("the server answers")
    };
    raw(b"{").refuses(422, "unreadable");
    raw(b"[]").refuses(422, "unreadable");
    raw(b"{\"subject\": \"\xff\xfe\", \"description\": \"b\"}").refuses(422, "unreadable");
    raw(br#"{"subject": 5, "description": "b"}"#).refuses(422, "unreadable");
    let mut answer = json!({ "subject": "Impresora", "description": "b", "service": "IMP-FALLA" });
    answer["answers"] = json!({ "impresora": "IMP-0231", "afectados": "A nadie" });
    let problem = requester.post("/cases", &answer).refuses(422, "bad-answer");
    assert!(problem["fields"]["answers.afectados"].is_string(), "{problem}");
    requester.get("/nada").refuses(404, "not-found");
    requester.get("/cases/MS-2026-99999999").refuses(404, "not-found");
    requester.get("/cases/%00").refuses(404, "not-found");
}

fn bad_moves(people: &People) {
    let case = number(&people.requester.post("/cases", &request("Para moverlo mal", "APP-NOMINA")).is(201));
    let path = |verb: &str| format!("/cases/{case}/{verb}");
    people.requester.post(&path("confirmations"), &json!({})).refuses(409, "wrong-state");
    people.admin.post(&path("assignments"), &json!({ "level": "noveno" })).is(422);
    people
        .admin
        .post(&path("assignments"), &json!({ "level": "first", "group": "NO-HAY" }))
        .refuses(422, "bad-field");
    people.admin.post(&path("assignments"), &json!({ "level": "first", "group": "N2-REDES" })).is(422);
    people
        .requester
        .post(&path("messages"), &json!({ "audience": "requester", "body": "" }))
        .refuses(422, "bad-field");
    people.first.post(&path("surveys"), &json!({ "score": 5 })).is(403);
    // Two at once: one wins, the other is told.
    let body = json!({ "level": "first", "group": "N1-MESA" });
    assert_eq!(people.admin.post(&path("assignments"), &body).is(200)["status"], "assigned");
    let takes: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> =
            (0..4).map(|_| scope.spawn(|| people.first.post(&path("takings"), &json!({})).status)).collect();
        tries.into_iter().map(|one| one.join().expect("the asker does not panic")).collect()
    });
    assert_eq!(takes.iter().filter(|status| **status == 200).count(), 1, "{takes:?}");
    assert_eq!(takes.iter().filter(|status| **status == 409).count(), 3, "{takes:?}");
}

/// 200 MB: refused before it is all read, or after, but without holding it.
fn huge_upload(server: &Server, people: &People) -> Result<()> {
    let case =
        number(&people.requester.post("/cases", &request("Con un archivo enorme", "APP-NOMINA")).is(201));
    let chunk = vec![b'x'; 200 << 20];
    let json = [("content-type", "multipart/form-data; boundary=limit")];
    let mut body =
        b"--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n".to_vec();
    body.extend_from_slice(&chunk);
    body.extend_from_slice(b"\r\n--limit--\r\n");
    let path = format!("/api/v1/cases/{case}/attachments");
    // The server may close the connection before it has read all of it.
    if let Ok(answer) = people.requester.send(ureq::http::Method::POST, &path, &json, &body) {
        assert_eq!(answer.status, 413, "{}", answer.body);
    }
    let after = Client::new(&server.address, None);
    assert_eq!(after.send(ureq::http::Method::GET, "/healthz", &[], b"")?.status, 200);
    let said = people.requester.get(&format!("/cases/{case}/messages")).is(200).to_string();
    assert!(!said.contains("a.bin"), "{said}");
    Ok(())
}

/// Bytes that are no UTF-8, in a form and in a path.
fn broken_form(server: &Server) -> Result<()> {
    let address = &server.address;
    let form = b"email=%ff%fe&password=\xff";
    let head = format!(
        "POST /entrar HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        form.len()
    );
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(head.as_bytes())?;
    stream.write_all(form)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let status =
        String::from_utf8_lossy(&answer).split(' ').nth(1).and_then(|status| status.parse::<u16>().ok());
    assert!(status.is_some_and(|status| (400..500).contains(&status)), "{status:?}");
    Ok(())
}

fn revoked_token(place: &Place, server: &Server) -> Result<()> {
    let client = place.client(server, "auditor")?;
    client.get("/me").is(200);
    let list = place.run(&["token", "list"])?;
    let line =
        list.stdout.lines().rev().find(|line| line.contains("auditor@")).unwrap_or_default().to_owned();
    let id = line.split_whitespace().next().unwrap_or_default().to_owned();
    let revoked = place.run(&["token", "revoke", &id])?;
    assert!(revoked.status.success(), "{}{}", list.stdout, revoked.stderr);
    client.get("/me").refuses(401, "unauthorized");
    Ok(())
}
