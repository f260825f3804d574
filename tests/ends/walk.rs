//! The whole table of the procedure, walked through the API by those who carry it out.

use anyhow::Result;
use atiende_tests::{Client, Place};
use serde_json::{Value, json};

use crate::people::{People, number, request};

crate::on_both!(
    a_case_through_all_eight_activities,
    a_security_case_is_seen_by_its_own,
    the_other_moves_of_the_table,
    repeats_stale_versions_and_pages,
);

/// A move, and the state to which it brings the case.
#[track_caller]
fn moves(by: &Client, case: &str, verb: &str, body: &Value, status: &str) -> Value {
    let after = by.post(&format!("/cases/{case}/{verb}"), body).is(200);
    assert_eq!(after["status"], status, "after {verb}: {after}");
    after
}

fn a_case_through_all_eight_activities(place: &Place) -> Result<()> {
    let server = place.serve(&["demo", "--cases", "12"])?;
    let people = People::of(place, &server)?;
    let subject = "Faltan horas extras en el desprendible";
    let opened = people.requester.post("/cases", &request(subject, "APP-NOMINA")).is(201);
    assert_eq!((&opened["status"], &opened["missing"]), (&json!("registered"), &json!([])));
    let case = number(&opened);
    the_first_level_attends(&people, &case);
    it_goes_up_two_levels(&people, &case);
    a_provider_attends(&people, &case);
    it_is_solved_and_closed(&people, &case);
    evidence_is_complete(&people.admin, &case);
    each_reads_what_is_his(&people, &case);
    server.stop();
    holds(place)
}

fn findings() -> Value {
    json!({ "mode": "remote", "complexity": "low", "findings": "Se revisa el desprendible con la persona." })
}

fn the_first_level_attends(people: &People, case: &str) {
    let People { requester, admin, first, .. } = people;
    let go = |by: &Client, verb: &str, body: Value, status: &str| moves(by, case, verb, &body, status);
    let asked = json!({ "kind": "incident", "impact": "medium", "urgency": "high" });
    go(admin, "classifications", asked, "registered");
    let level = json!({ "level": "first", "group": "N1-MESA" });
    let assigned = go(admin, "assignments", level, "assigned");
    assert_eq!((&assigned["level"], &assigned["group"]), (&json!("first"), &json!("N1-MESA")));
    assert_eq!(assigned["assignee"], Value::Null);
    let taken = go(first, "takings", json!({}), "assigned");
    assert_eq!(taken["assignee"], people.id("agente1"));
    let assessed = go(first, "assessments", findings(), "in_progress");
    assert!(assessed["expected_by"].is_string(), "the waiting time is proposed: {assessed}");
    let question = json!({ "audience": "requester", "body": "¿De qué semana son las horas?" });
    go(first, "messages", question, "in_progress");
    let note = json!({ "audience": "internal", "body": "Nota que nadie más lee." });
    go(first, "messages", note, "in_progress");
    go(first, "waits", json!({ "for": "requester", "reason": "Falta saber la semana." }), "waiting");
    let answer = json!({ "audience": "requester", "body": "De la segunda semana." });
    go(requester, "messages", answer, "in_progress");
    go(first, "waits", json!({ "for": "visit", "reason": "Visita al puesto." }), "waiting");
    go(first, "resumptions", json!({}), "in_progress");
}

fn it_goes_up_two_levels(people: &People, case: &str) {
    let People { first, second, third, .. } = people;
    let go = |by: &Client, verb: &str, body: Value, status: &str| moves(by, case, verb, &body, status);
    let reason = json!({ "to": "second", "reason": "Es de los servidores." });
    let up = go(first, "escalations", reason, "assigned");
    assert_eq!((&up["level"], &up["assignee"]), (&json!("second"), &Value::Null));
    go(second, "takings", json!({}), "assigned");
    go(second, "assessments", findings(), "in_progress");
    let agent = people.id("agente3");
    let reason = json!({ "to": "third", "assignee": agent, "reason": "Es del aplicativo." });
    let up = go(second, "escalations", reason, "assigned");
    assert_eq!((&up["level"], &up["assignee"]), (&json!("third"), &agent));
    go(third, "assessments", findings(), "in_progress");
}

fn a_provider_attends(people: &People, case: &str) {
    let People { third, supervisor, .. } = people;
    let go = |by: &Client, verb: &str, body: Value, status: &str| moves(by, case, verb, &body, status);
    let contract = people.contract("C-021");
    let reason = |words: &str| json!({ "to": "provider", "contract": contract, "reason": words });
    let out = go(third, "escalations", reason("Corrige el fabricante."), "with_provider");
    assert_eq!(out["contract"], contract);
    go(supervisor, "follow-ups", json!({ "note": "Prometen la corrección para mañana." }), "with_provider");
    let report = |words: &str, solved: bool| json!({ "report": words, "solved": solved, "mode": "remote" });
    go(third, "provider-reports", report("Seguimos buscando.", false), "with_provider");
    go(third, "provider-returns", json!({ "reason": "Se corrige aquí." }), "in_progress");
    go(third, "escalations", reason("Siempre sí era de ellos."), "with_provider");
    go(supervisor, "follow-ups", json!({ "note": "Corrigieron; falta probar." }), "with_provider");
    go(third, "provider-reports", report("Se corrigió la liquidación de octubre.", true), "in_progress");
}

fn it_is_solved_and_closed(people: &People, case: &str) {
    let People { requester, third, .. } = people;
    let go = |by: &Client, verb: &str, body: Value, status: &str| moves(by, case, verb, &body, status);
    let done = |words: &str, by: &str| json!({ "activities": words, "performed_by": by });
    go(third, "solutions", done("Se corrigió la liquidación.", "provider"), "solved");
    go(requester, "reopenings", json!({ "reason": "Todavía falta una hora." }), "assigned");
    go(third, "assessments", findings(), "in_progress");
    go(third, "solutions", done("Se agregó la novedad.", "agent"), "solved");
    go(requester, "confirmations", json!({}), "closed");
    let rated = go(requester, "surveys", json!({ "score": 5, "comment": "Gracias." }), "closed");
    assert_eq!(rated["survey"]["score"], 5);
}

fn evidence_is_complete(admin: &Client, case: &str) {
    let evidence = admin.get(&format!("/cases/{case}/evidence")).is(200);
    let items = evidence["items"].as_array().expect("eight items");
    let numbers: Vec<_> = items.iter().map(|item| item["activity"].as_u64()).collect();
    assert_eq!(numbers, (1..=8).map(Some).collect::<Vec<_>>());
    for item in items {
        assert_eq!(item["status"], "done", "every activity was carried out: {item}");
        assert!(item["name"].is_string() && item["control_point"].is_boolean(), "{item}");
    }
}

fn each_reads_what_is_his(people: &People, case: &str) {
    let said = |by: &Client| by.get(&format!("/cases/{case}/messages")).is(200).to_string();
    assert!(said(&people.first).contains("Nota que nadie más lee"));
    assert!(said(&people.auditor).contains("Nota que nadie más lee"));
    assert!(!said(&people.requester).contains("Nota que nadie más lee"));
    assert!(said(&people.requester).contains("segunda semana"));
    let events = people.requester.get(&format!("/cases/{case}/events")).is(200).to_string();
    assert!(!events.contains("Nota que nadie más lee") && !events.contains("Corrigieron; falta probar"));
    people.system.get(&format!("/cases/{case}")).refuses(404, "not-found");
    people.officer.get(&format!("/cases/{case}")).refuses(404, "not-found");
    people.nobody.get(&format!("/cases/{case}")).refuses(401, "unauthorized");
    let verb = |by: &Client| {
        by.post(&format!("/cases/{case}/messages"), &json!({ "audience": "internal", "body": "No." }))
    };
    assert_eq!(verb(&people.auditor).status, 403, "an auditor changes nothing");
}

fn a_security_case_is_seen_by_its_own(place: &Place) -> Result<()> {
    let server = place.serve(&["demo", "--cases", "12"])?;
    let people = People::of(place, &server)?;
    let asked = json!({
        "subject": "Correo con un enlace raro que abrí",
        "description": "Escribí mi clave en la página ornitorrinco y después sospeché.",
        "kind": "security_incident",
    });
    let opened = people.requester.post("/cases", &asked).is(201);
    assert_eq!(opened["status"], "referred");
    let case = number(&opened);
    let others = [
        &people.admin,
        &people.first,
        &people.second,
        &people.third,
        &people.supervisor,
        &people.auditor,
        &people.system,
    ];
    let hidden = |when: &str| {
        for (who, other) in others.iter().enumerate() {
            for path in ["", "/events", "/messages", "/evidence"] {
                other.get(&format!("/cases/{case}{path}")).refuses(404, "not-found");
            }
            other.post(&format!("/cases/{case}/acknowledgements"), &json!({})).refuses(404, "not-found");
            other
                .post(&format!("/cases/{case}/cancellations"), &json!({ "reason": "x" }))
                .refuses(404, "not-found");
            let found = other.get("/cases?q=ornitorrinco").is(200);
            assert_eq!(found["items"], json!([]), "{when}, the {who}. of the others finds it");
        }
    };
    hidden("once registered");
    for own in [&people.requester, &people.officer] {
        own.get(&format!("/cases/{case}")).is(200);
        let found = own.get("/cases?q=ornitorrinco").is(200);
        assert_eq!(found["items"][0]["number"], case.as_str());
    }
    moves(&people.officer, &case, "acknowledgements", &json!({}), "referred");
    people
        .officer
        .post(&format!("/cases/{case}/acknowledgements"), &json!({}))
        .refuses(409, "already-acknowledged");
    let attached = people.requester.attach(&case, "correo.txt", b"De: alguien").is(200);
    assert_eq!(attached["number"], case.as_str());
    hidden("once acknowledged");
    moves(&people.officer, &case, "conclusions", &json!({ "outcome": "Se cambió la clave." }), "closed");
    hidden("once closed");

    let ordinary =
        people.requester.post("/cases", &request("Llegó un archivo extraño", "APP-NOMINA")).is(201);
    let case = number(&ordinary);
    moves(&people.admin, &case, "referrals", &json!({ "reason": "Parece un programa dañino." }), "referred");
    people.admin.get(&format!("/cases/{case}")).refuses(404, "not-found");
    moves(&people.officer, &case, "acknowledgements", &json!({}), "referred");
    let back =
        people.officer.post(&format!("/cases/{case}/send-backs"), &json!({ "reason": "Era publicidad." }));
    assert_eq!(back.is(200)["status"], "registered");
    people.admin.get(&format!("/cases/{case}")).is(200);
    server.stop();
    holds(place)
}

fn the_other_moves_of_the_table(place: &Place) -> Result<()> {
    let server = place.serve(&["demo", "--cases", "12"])?;
    let people = People::of(place, &server)?;
    assigned_escalated_and_cancelled(&people);
    withdrawn_duplicated_and_merged(&people);
    by_phone_for_another(&people);
    server.stop();
    holds(place)
}

fn assigned_escalated_and_cancelled(people: &People) {
    let People { requester, admin, first, second, .. } = people;
    let open = |subject: &str| number(&requester.post("/cases", &request(subject, "IMP-FALLA")).is(201));

    // What mail may leave out is asked for (R9).
    let bare = requester
        .post("/cases", &json!({ "subject": "No imprime", "description": "Nada.", "service": "IMP-FALLA" }))
        .is(201);
    let missing = bare["missing"].to_string();
    assert!(missing.contains("answers.impresora") && missing.contains("answers.afectados"), "{bare}");

    let case = open("La impresora saca rayas");
    let somebody = people.id("agente1");
    let body = json!({ "level": "first", "group": "N1-EQUIPOS", "assignee": somebody });
    moves(first, &case, "assignments", &body, "assigned");
    let elsewhere = json!({ "level": "second", "group": "N2-REDES", "reason": "No es mía." });
    first.post(&format!("/cases/{case}/assignments"), &elsewhere).refuses(403, "not-your-level");
    moves(admin, &case, "assignments", &elsewhere, "assigned");
    let back = json!({ "level": "first", "group": "N1-EQUIPOS", "assignee": somebody, "reason": "Vuelve." });
    moves(admin, &case, "assignments", &back, "assigned");
    second
        .post(
            &format!("/cases/{case}/assessments"),
            &json!({ "mode": "remote", "complexity": "low", "findings": "x" }),
        )
        .refuses(403, "not-your-case");
    requester.post(&format!("/cases/{case}/takings"), &json!({})).refuses(403, "not-your-role");
    first
        .post(&format!("/cases/{case}/solutions"), &json!({ "activities": "x" }))
        .refuses(409, "wrong-state");
    moves(
        first,
        &case,
        "assessments",
        &json!({ "mode": "on_site", "complexity": "high", "findings": "Rodillo." }),
        "in_progress",
    );
    first
        .post(&format!("/cases/{case}/escalations"), &json!({ "to": "third", "reason": "x" }))
        .refuses(422, "level-not-next");
    let rental = people.contract("C-009");
    let out = json!({ "to": "provider", "contract": rental, "reason": "Repuesto." });
    moves(first, &case, "escalations", &out, "with_provider");
    first
        .post(
            &format!("/cases/{case}/messages"),
            &json!({ "audience": "provider", "body": "¿Cuándo llega?" }),
        )
        .is(200);
    moves(admin, &case, "cancellations", &json!({ "reason": "Se cambió la impresora." }), "cancelled");
    requester
        .post(&format!("/cases/{case}/messages"), &json!({ "audience": "requester", "body": "Gracias." }))
        .refuses(409, "wrong-state");
}

fn withdrawn_duplicated_and_merged(people: &People) {
    let People { requester, admin, first, .. } = people;
    let open = |subject: &str| number(&requester.post("/cases", &request(subject, "IMP-FALLA")).is(201));
    let body = json!({ "level": "first", "group": "N1-EQUIPOS", "assignee": people.id("agente1") });
    let case = open("Ya no hace falta");
    moves(requester, &case, "cancellations", &json!({ "reason": "Ya imprime." }), "cancelled");

    let (kept, twin, absorbed) =
        (open("Impresora del piso 2"), open("La misma del piso 2"), open("Otra vez la del piso 2"));
    let duplicate = json!({ "reason": "Es el mismo daño.", "duplicate_of": kept });
    moves(admin, &twin, "cancellations", &duplicate, "cancelled");
    moves(admin, &absorbed, "mergers", &json!({ "into": kept }), "cancelled");
    admin.post(&format!("/cases/{kept}/mergers"), &json!({ "into": kept })).refuses(422, "same-case");

    moves(first, &kept, "assignments", &body, "assigned");
    moves(
        first,
        &kept,
        "assessments",
        &json!({ "mode": "remote", "complexity": "low", "findings": "Cola." }),
        "in_progress",
    );
    moves(
        first,
        &kept,
        "solutions",
        &json!({ "activities": "Se limpió la cola.", "performed_by": "agent" }),
        "solved",
    );
    moves(first, &kept, "closures", &json!({ "agreed": "Por teléfono." }), "closed");
    requester
        .post(&format!("/cases/{kept}/reopenings"), &json!({ "reason": "Sigue." }))
        .refuses(409, "already-closed");
    moves(requester, &kept, "surveys", &json!({ "score": 4 }), "closed");
    requester.post(&format!("/cases/{kept}/surveys"), &json!({ "score": 4 })).refuses(409, "already-rated");
}

fn by_phone_for_another(people: &People) {
    let People { requester, first, .. } = people;
    let for_another = json!({
        "subject": "Llamó porque no le abre el correo", "description": "Por teléfono.",
        "on_behalf_of": people.id("auditor"), "channel": "phone",
    });
    let by_phone = first.post("/cases", &for_another).is(201);
    assert_eq!((&by_phone["requester"], &by_phone["channel"]), (&people.id("auditor"), &json!("phone")));
    assert_eq!(requester.post("/cases", &for_another).status, 403, "nobody asks in another's name");
}

fn repeats_stale_versions_and_pages(place: &Place) -> Result<()> {
    let server = place.serve(&["demo", "--cases", "60"])?;
    let people = People::of(place, &server)?;
    let People { requester, admin, .. } = &people;

    let body = request("Una sola vez", "APP-NOMINA");
    let once = requester.try_post("/cases", &body, Some("intento-1"))?.is(201);
    let twice = requester.try_post("/cases", &body, Some("intento-1"))?.is(201);
    assert_eq!(once["number"], twice["number"], "the same key is the same attempt");
    let other = requester.try_post("/cases", &body, Some("intento-2"))?.is(201);
    assert_ne!(once["number"], other["number"]);

    let case = number(&once);
    let stale = json!({ "kind": "incident", "urgency": "low", "version": once["version"] });
    moves(admin, &case, "classifications", &stale, "registered");
    let refused = admin.post(&format!("/cases/{case}/classifications"), &stale).refuses(409, "stale");
    assert!(refused["version"].as_u64() > once["version"].as_u64(), "{refused}");

    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = admin.get(&format!("/cases?limit=7&sort=opened{cursor}")).is(200);
        let numbers = page["items"].as_array().expect("items").iter().map(number);
        seen.extend(numbers);
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let all = admin.get("/cases?limit=200&sort=opened").is(200);
    let all: Vec<String> = all["items"].as_array().expect("items").iter().map(number).collect();
    assert_eq!(seen, all, "the pages together are the list, each case once");
    assert!(seen.len() > 40);

    admin.get("/cases?cursor=nada").refuses(422, "bad-field");
    admin.get("/cases?status=inventado").refuses(422, "bad-field");
    admin.get("/cases?limit=0").refuses(422, "bad-field");
    let mine = requester.get("/cases?limit=200").is(200);
    let own = requester.get("/me").is(200)["id"].clone();
    for item in mine["items"].as_array().expect("items") {
        let case = requester.get(&format!("/cases/{}", number(item))).is(200);
        let follows = case["watchers"].to_string().contains(&own.to_string());
        assert!(case["requester"] == own || follows, "a requester lists only what is his: {case}");
    }
    for path in [
        "/me",
        "/procedure",
        "/catalogue",
        "/departments",
        "/sites",
        "/people",
        "/groups",
        "/providers",
        "/contracts",
    ] {
        admin.get(path).is(200);
        people.nobody.get(path).refuses(401, "unauthorized");
    }
    let reader = place.client_with(&server, "admin", "read")?;
    reader.get(&format!("/cases/{case}")).is(200);
    assert_eq!(
        reader.post(&format!("/cases/{case}/classifications"), &json!({ "urgency": "high" })).status,
        403
    );
    server.stop();
    holds(place)
}

/// Nothing stored was changed.
pub(crate) fn holds(place: &Place) -> Result<()> {
    let verified = place.run(&["verify"])?;
    anyhow::ensure!(verified.status.code() == Some(0), "verify: {}{}", verified.stdout, verified.stderr);
    Ok(())
}
