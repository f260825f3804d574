//! The API's own description says what the API promises, and its pages are served with what browsers must be told.

use std::collections::BTreeSet;

use anyhow::Result;
use atiende_tests::{Client, Place};
use serde_json::Value;
use ureq::http::Method;

/// What `docs/api.md` promises.
const PROMISED: [&str; 42] = [
    "get /api/v1/cases",
    "post /api/v1/cases",
    "get /api/v1/cases/{number}",
    "get /api/v1/cases/{number}/events",
    "get /api/v1/cases/{number}/messages",
    "get /api/v1/cases/{number}/evidence",
    "post /api/v1/cases/{number}/classifications",
    "post /api/v1/cases/{number}/assignments",
    "post /api/v1/cases/{number}/takings",
    "post /api/v1/cases/{number}/assessments",
    "post /api/v1/cases/{number}/messages",
    "post /api/v1/cases/{number}/waits",
    "post /api/v1/cases/{number}/resumptions",
    "post /api/v1/cases/{number}/escalations",
    "post /api/v1/cases/{number}/follow-ups",
    "post /api/v1/cases/{number}/provider-reports",
    "post /api/v1/cases/{number}/provider-returns",
    "post /api/v1/cases/{number}/solutions",
    "post /api/v1/cases/{number}/confirmations",
    "post /api/v1/cases/{number}/reopenings",
    "post /api/v1/cases/{number}/closures",
    "post /api/v1/cases/{number}/surveys",
    "post /api/v1/cases/{number}/referrals",
    "post /api/v1/cases/{number}/acknowledgements",
    "post /api/v1/cases/{number}/send-backs",
    "post /api/v1/cases/{number}/conclusions",
    "post /api/v1/cases/{number}/cancellations",
    "post /api/v1/cases/{number}/mergers",
    "post /api/v1/cases/{number}/attachments",
    "get /api/v1/me",
    "get /api/v1/procedure",
    "get /api/v1/catalogue",
    "get /api/v1/departments",
    "get /api/v1/sites",
    "get /api/v1/people",
    "get /api/v1/groups",
    "get /api/v1/providers",
    "get /api/v1/contracts",
    "get /api/v1/calendars",
    "get /api/v1/calendars/{id}/holidays",
    "get /api/v1/agreements",
    "get /api/v1/cases/{number}/attachments/{hash}",
];

#[test]
#[ignore = "end to end: run `cargo xtask test`"]
fn the_description_holds_all_that_is_promised() -> Result<()> {
    let place = Place::sqlite();
    let server = place.serve(&["demo", "--cases", "5"])?;
    let document = Client::new(&server.address, None).get("/openapi.json").is(200);
    assert!(
        document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1.")),
        "{}",
        document["openapi"]
    );
    let mut described = BTreeSet::new();
    let mut names = BTreeSet::new();
    for (path, verbs) in document["paths"].as_object().expect("paths") {
        for (verb, operation) in verbs.as_object().expect("operations") {
            described.insert(format!("{verb} {path}"));
            let name = operation["operationId"].as_str().unwrap_or_default();
            assert!(
                names.insert(name.to_owned()),
                "{verb} {path}: the operationId {name:?} is another's too"
            );
            parameters_are_described(path, operation);
        }
    }
    let missing: Vec<_> = PROMISED.iter().filter(|promised| !described.contains(**promised)).collect();
    assert!(missing.is_empty(), "promised and not described: {missing:?}");
    references_lead_somewhere(&document, &document);
    Ok(())
}

fn parameters_are_described(path: &str, operation: &Value) {
    let in_path = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let given: Vec<&Value> = operation["parameters"].as_array().into_iter().flatten().collect();
    for name in in_path {
        let described =
            given.iter().any(|one| one["name"] == name && one["in"] == "path" && one["required"] == true);
        assert!(described, "{path}: {name} is not described");
    }
    let responses = operation["responses"].as_object().expect("responses");
    assert!(
        !responses.is_empty() && responses.values().all(|one| one["description"].is_string()),
        "{path}: {operation}"
    );
}

fn references_lead_somewhere(document: &Value, part: &Value) {
    match part {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                let place = reference.trim_start_matches('#');
                assert!(document.pointer(place).is_some(), "{reference} leads nowhere");
            }
            members.values().for_each(|member| references_lead_somewhere(document, member));
        }
        Value::Array(items) => items.iter().for_each(|item| references_lead_somewhere(document, item)),
        _ => {}
    }
}

#[test]
#[ignore = "end to end: run `cargo xtask test`"]
fn a_fresh_desk_invites_its_first_administrator() -> Result<()> {
    let place = Place::sqlite();
    let server = place.serve(&["serve"])?;
    let said = server.said();
    let link = said.split_whitespace().find(|word| word.contains("/invitacion/")).unwrap_or_default();
    assert!(!link.is_empty(), "no link: {said}");
    let path = &link[link.find("/invitacion/").unwrap_or_default()..];
    let answer = Client::new(&server.address, None).send(Method::GET, path, &[], b"")?;
    assert_eq!(answer.status, 200, "{}", answer.body);
    server.stop();
    Ok(())
}
