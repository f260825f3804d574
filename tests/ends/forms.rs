//! Forms as browsers send them: what was typed stays, whoever sends them, however often.

use anyhow::Result;
use atiende_tests::{Client, Place};
use serde_json::json;
use ureq::http::Method;

use crate::people::{People, number, request};

crate::on_both!(what_was_typed_stays);

const WORDS: &str = "Sigue igual, y ahora además <b>pita</b>.";

fn what_was_typed_stays(place: &Place) -> Result<()> {
    let server = place.serve(&["demo", "--cases", "5"])?;
    let people = People::of(place, &server)?;
    let browser = Client::new(&server.address, None);
    after_the_session_ended(&people, &browser);
    when_a_choice_is_none(&people, &browser);
    when_the_move_is_no_longer_his(&people, &browser);
    sent_twice_is_done_once(&people, &browser);
    beside_a_file_that_is_too_large(&people, &browser);
    strangers_store_no_files(&browser);
    nobody_is_sent_elsewhere(&browser);
    people_are_for_who_administers(&browser);
    server.stop();
    Ok(())
}

fn said(people: &People, case: &str) -> usize {
    let messages = people.requester.get(&format!("/cases/{case}/messages")).is(200);
    messages["items"].as_array().map_or(0, Vec::len)
}

/// He signs in again and sends what he had typed, without typing it again.
fn after_the_session_ended(people: &People, browser: &Client) {
    let case = number(&people.requester.post("/cases", &request("Con sesión vencida", "APP-NOMINA")).is(201));
    let path = format!("/casos/{case}/mensaje");
    let asked = browser.form(&path, "atiende_session=vencida", &[("body", WORDS), ("audience", "requester")]);
    assert_eq!(asked.status, 401, "{}", asked.body);
    assert!(asked.body.contains("Sigue igual, y ahora además &#60;b&#62;pita"), "{}", asked.body);
    let carried = [
        ("email", "usuario@agencia.example"),
        ("password", "no es esta"),
        ("otra", path.as_str()),
        ("otra.body", WORDS),
        ("otra.audience", "requester"),
    ];
    let wrong = browser.form("/entrar", "", &carried);
    assert!(wrong.status == 422 && wrong.body.contains("otra.body"), "{}", wrong.body);
    let mut carried = carried;
    carried[1].1 = "atiende-demo";
    let entered = browser.form("/entrar", "", &carried);
    assert_eq!(entered.status, 200, "{}", entered.body);
    assert!(entered.body.contains(&format!("action=\"{path}\"")), "{}", entered.body);
    assert_eq!(said(people, &case), 1, "nothing was sent behind his back");
    let sent = browser.form(&path, &entered.cookie, &[("body", WORDS), ("audience", "requester")]);
    assert_eq!((sent.status, said(people, &case)), (303, 2), "{}", sent.body);
}

fn when_a_choice_is_none(people: &People, browser: &Client) {
    let case = number(&people.requester.post("/cases", &request("Mal elegido", "APP-NOMINA")).is(201));
    let cookie = browser.signs_in("admin");
    let fields = [("level", "noveno"), ("reason", WORDS)];
    let wrong = browser.form(&format!("/casos/{case}/assignments"), &cookie, &fields);
    assert!(wrong.status == 422 && wrong.body.contains("Sigue igual"), "{} {}", wrong.status, wrong.body);
}

fn when_the_move_is_no_longer_his(people: &People, browser: &Client) {
    let case = number(&people.requester.post("/cases", &request("Ya es de otra", "APP-NOMINA")).is(201));
    let level = json!({ "level": "first", "group": "N1-MESA", "assignee": people.id("agente1") });
    people.admin.post(&format!("/cases/{case}/assignments"), &level).is(200);
    let cookie = browser.signs_in("agente1");
    people.admin.post(&format!("/cases/{case}/cancellations"), &json!({ "reason": "Ya no." })).is(200);
    let fields = [("mode", "remote"), ("complexity", "low"), ("findings", WORDS), ("version", "2")];
    let late = browser.form(&format!("/casos/{case}/assessments"), &cookie, &fields);
    assert!(late.status == 409 && late.body.contains("Sigue igual"), "{} {}", late.status, late.body);
}

fn sent_twice_is_done_once(people: &People, browser: &Client) {
    let case = number(&people.requester.post("/cases", &request("Dos veces", "APP-NOMINA")).is(201));
    let cookie = browser.signs_in("usuario");
    let path = format!("/casos/{case}/mensaje");
    let send = |words: &str| {
        let fields =
            [("body", words), ("audience", "requester"), ("command", "00112233445566778899aabbccddeeff")];
        assert_eq!(browser.form(&path, &cookie, &fields).status, 303);
        said(people, &case)
    };
    assert_eq!((send("Hola a todos"), send("Hola a todos")), (2, 2));
    assert_eq!(send("Hola, y otra cosa"), 3, "another text from the same page is another message");
}

/// 200 MB, of which the server reads no more than it must.
fn beside_a_file_that_is_too_large(people: &People, browser: &Client) {
    let case =
        number(&people.requester.post("/cases", &request("Con un archivo enorme", "APP-NOMINA")).is(201));
    let field = "--limit\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\n";
    let file = "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n";
    let mut body = format!("{field}{WORDS}\r\n{file}").into_bytes();
    body.resize(body.len() + (200 << 20), b'x');
    body.extend_from_slice(b"\r\n--limit--\r\n");
    let cookie = browser.signs_in("usuario");
    let origin = browser.base().to_owned();
    let headers = [
        ("content-type", "multipart/form-data; boundary=limit"),
        ("origin", origin.as_str()),
        ("cookie", cookie.as_str()),
    ];
    // The server may close the connection before it has read all of it.
    if let Ok(answer) = browser.send(Method::POST, &format!("/casos/{case}/mensaje"), &headers, &body) {
        assert!(answer.status == 413 && answer.body.contains("Sigue igual"), "{}", answer.body);
    }
    assert_eq!(said(people, &case), 1);
}

/// Somebody who is not signed in brings files nowhere.
fn strangers_store_no_files(browser: &Client) {
    let part = "--limit\r\nContent-Disposition: form-data; name=\"x\"; filename=\"a.txt\"\r\n\r\n";
    let body = format!("{part}{}\r\n--limit--\r\n", "de un extraño ".repeat(200_000));
    let headers = [("content-type", "multipart/form-data; boundary=limit")];
    // The server may close the connection before it has read all of it.
    if let Ok(answer) = browser.send(Method::POST, "/entrar", &headers, body.as_bytes()) {
        assert_eq!((answer.status, answer.connection.as_str()), (413, "close"), "{}", answer.body);
    }
}

fn nobody_is_sent_elsewhere(browser: &Client) {
    for elsewhere in ["https://mal.example", "//mal.example", "/\t/mal.example", "/\\mal.example", "/ñ"] {
        let fields =
            [("email", "usuario@agencia.example"), ("password", "atiende-demo"), ("volver", elsewhere)];
        let entered = browser.form("/entrar", "", &fields);
        assert_eq!((entered.status, entered.location.as_str()), (303, "/"), "{elsewhere:?}");
    }
}

/// Who administers nobody is shown no form of people, whatever he sends.
fn people_are_for_who_administers(browser: &Client) {
    let fields = [("name", "Nueva"), ("email", "nueva@agencia.example"), ("active", "on")];
    for account in ["usuario", "admin", "auditor", "seguridad"] {
        let cookie = browser.signs_in(account);
        for path in ["/oficina/personas/nueva", "/oficina/personas/1", "/oficina/personas/1/invitar"] {
            assert_eq!(browser.form(path, &cookie, &fields).status, 404, "{account} {path}");
        }
    }
}
