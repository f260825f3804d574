//! What was promised and kept, as another program reads it: each number told again from the raw events by another path.

use std::collections::BTreeMap;

use anyhow::Result;
use atiende_tests::{Client, Place};
use serde_json::{Value, json};

use crate::oracle::{Office, Outcome, outcomes};
use crate::people::People;

crate::on_both!(the_numbers_are_those_of_the_events);

const SPAN: &str = "from=2000-01-01&to=2999-12-31";

fn the_numbers_are_those_of_the_events(place: &Place) -> Result<()> {
    let server = place.serve(&["demo", "--cases", "90"])?;
    let people = People::of(place, &server)?;
    let told = tell_again(&people.admin);
    assert!(told.len() > 100, "only {} promises came to an end", told.len());
    assert!(told.iter().any(|it| it.contract.is_some()) && told.iter().any(|it| !it.met));
    every_number_is_the_same(&people.admin, &told);
    every_case_is_behind_its_number(&people.admin, &told);
    each_reads_what_he_may(&people, &told);
    what_cannot_be_read_is_named(&people.admin);
    server.stop();
    Ok(())
}

fn all(client: &Client, path: &str) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{path}&limit=200{cursor}")).is(200);
        items.extend(page["items"].as_array().expect("items").iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

/// Every promise that came to an end, from each case's events.
fn tell_again(admin: &Client) -> Vec<Outcome> {
    let office = Office::of(admin);
    let mut told = Vec::new();
    for case in all(admin, "/cases?sort=number") {
        let number = case["number"].as_str().expect("a number");
        let events = admin.get(&format!("/cases/{number}/events")).is(200);
        let case = admin.get(&format!("/cases/{number}")).is(200);
        told.extend(outcomes(&office, &case, events["items"].as_array().expect("events")));
    }
    told
}

type Sums = BTreeMap<String, (u64, u64, f64)>;

fn summed<'a>(told: impl Iterator<Item = &'a Outcome>, key: impl Fn(&Outcome) -> String) -> Sums {
    let mut sums = Sums::new();
    for outcome in told {
        let sum = sums.entry(key(outcome)).or_default();
        sum.0 += u64::from(outcome.met);
        sum.1 += u64::from(!outcome.met);
        sum.2 += outcome.used_seconds;
    }
    sums
}

fn reported(client: &Client, path: &str) -> Sums {
    let report = client.get(&format!("/reports/sla?{SPAN}&{path}")).is(200);
    assert_eq!(report["complete"], true);
    let items = report["items"].as_array().expect("items").iter();
    let ended = |item: &Value| item["met"].as_u64().unwrap_or(0) + item["breached"].as_u64().unwrap_or(0);
    let sum = |item: &Value| {
        let used = item["average_minutes"].as_f64().unwrap_or(0.0) * 60.0 * ended(item) as f64;
        let (met, breached) =
            (item["met"].as_u64().expect("met"), item["breached"].as_u64().expect("breached"));
        let kept = item["kept"].as_f64().expect("a share");
        assert!((kept - met as f64 / ended(item) as f64).abs() < 1e-9, "{item}");
        (item["key"].as_str().expect("a key").to_owned(), (met, breached, used))
    };
    // Groups that have open cases only have no share.
    items.filter(|item| ended(item) > 0).map(sum).collect()
}

#[track_caller]
fn same(reported: &Sums, told: &Sums, about: &str) {
    let counts = |sums: &Sums| sums.iter().map(|(key, it)| (key.clone(), it.0, it.1)).collect::<Vec<_>>();
    assert_eq!(counts(reported), counts(told), "{about}");
    for (key, (met, breached, used)) in told {
        // Averages are told to a tenth of a minute, and begun seconds count.
        let near = (met + breached) as f64 * 4.0 + 1.0;
        assert!((reported[key].2 - used).abs() <= near, "{about} {key}: {} and {used}", reported[key].2);
    }
}

fn every_number_is_the_same(admin: &Client, told: &[Outcome]) {
    let keys = ["clock", "month", "service", "level", "department", "site", "priority", "kind", "contract"];
    for key in keys {
        same(&reported(admin, &format!("group_by={key}")), &summed(told.iter(), |it| it.key(key)), key);
        for clock in ["assignment", "first_answer", "solution", "provider_response", "provider_solution"] {
            let of_clock = summed(told.iter().filter(|it| it.clock == clock), |it| it.key(key));
            let path = format!("group_by={key}&clock={clock}");
            same(&reported(admin, &path), &of_clock, &path);
        }
    }
    // Narrowed by one thing and grouped by another.
    let service = told.iter().find(|it| it.service != "none").expect("a service").service.clone();
    let narrowed = summed(told.iter().filter(|it| it.service == service), |it| it.key("department"));
    let path = format!("group_by=department&service={service}");
    same(&reported(admin, &path), &narrowed, &path);
    // Some days of two months.
    let (from, to) = ("2000-01-01", "2999-12-31");
    let days: Vec<&str> = told.iter().map(|it| it.day.as_str()).collect();
    let (first, last) = (days.iter().min().expect("a day"), days.iter().max().expect("a day"));
    assert!(from < *first && *last < to);
    let mut sorted = days.clone();
    sorted.sort_unstable();
    for (a, b) in [(0, 1), (1, 2), (1, 3), (2, 3)] {
        let at = |part: usize| sorted[(sorted.len() - 1) * part / 3];
        let inside =
            told.iter().filter(|it| at(a) <= it.day.as_str() && it.day.as_str() <= at(b)).count() as u64;
        let report = admin.get(&format!("/reports/sla?from={}&to={}", at(a), at(b))).is(200);
        let total = &report["total"];
        let ended = total["met"].as_u64().expect("met") + total["breached"].as_u64().expect("breached");
        assert_eq!(ended, inside, "{} to {}", at(a), at(b));
    }
}

fn every_case_is_behind_its_number(admin: &Client, told: &[Outcome]) {
    for outcome in ["met", "breached"] {
        for clock in ["assignment", "solution", "provider_solution"] {
            let behind = all(admin, &format!("/reports/sla/cases?{SPAN}&clock={clock}&outcome={outcome}"));
            let mut listed: Vec<&str> = behind.iter().filter_map(|it| it["number"].as_str()).collect();
            let of = told.iter().filter(|it| it.clock == clock && it.met == (outcome == "met"));
            let mut expected: Vec<&str> = of.map(|it| it.number.as_str()).collect();
            listed.sort_unstable();
            expected.sort_unstable();
            assert_eq!(listed, expected, "{clock} {outcome}");
            assert!(behind.iter().all(|it| it["outcome"] == outcome && it["clock"] == clock));
            let late = |it: &Value| it["used_minutes"].as_f64() > it["target_minutes"].as_f64();
            assert!(behind.iter().all(|it| !late(it) || outcome == "breached"), "{behind:?}");
        }
    }
    let page = admin.get(&format!("/reports/sla/cases?{SPAN}&limit=2")).is(200);
    assert_eq!(page["items"].as_array().map(Vec::len), Some(2));
    let bad = admin.get(&format!("/reports/sla/cases?{SPAN}&cursor=abc")).refuses(422, "bad-field");
    assert!(bad["fields"]["cursor"].is_string());
}

fn each_reads_what_he_may(people: &People, told: &[Outcome]) {
    let path = format!("/reports/sla?{SPAN}&group_by=clock");
    let everything = people.admin.get(&path).is(200);
    for desk in [&people.first, &people.auditor] {
        assert_eq!(desk.get(&path).is(200)["total"], everything["total"]);
    }
    for other in [&people.requester, &people.officer, &people.system] {
        other.get(&path).refuses(404, "not-found");
        other.get(&format!("/reports/sla/cases?{SPAN}")).refuses(404, "not-found");
    }
    people.nobody.get(&path).refuses(401, "unauthorized");
    // A supervisor reads of what his own contracts promised, and of nothing else.
    let supervisor = people.id("supervisor");
    let contracts = people.admin.get("/contracts").is(200);
    let own: Vec<i64> = contracts["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|it| it["supervisor"] == supervisor || it["deputy"] == supervisor)
        .filter_map(|it| it["id"].as_i64())
        .collect();
    let his = |it: &&Outcome| it.contract.is_some_and(|contract| own.contains(&contract));
    let expected = summed(told.iter().filter(his), |it| it.key("contract"));
    assert!(!expected.is_empty(), "his contracts promised nothing");
    same(&reported(&people.supervisor, "group_by=contract"), &expected, "the supervisor's");
    let none = people.supervisor.get(&format!("/reports/sla?{SPAN}&clock=solution")).is(200);
    assert_eq!((&none["items"], &none["total"]["met"]), (&json!([]), &json!(0)));
}

fn what_cannot_be_read_is_named(admin: &Client) {
    for (query, field) in [
        ("clock=reloj", "clock"),
        ("group_by=color", "group_by"),
        ("service=NO-HAY", "service"),
        ("contract=999", "contract"),
        ("from=ayer", "from"),
        ("from=2026-02-01&to=2026-01-01", "to"),
    ] {
        let problem = admin.get(&format!("/reports/sla?{query}")).refuses(422, "bad-field");
        assert!(problem["fields"][field].is_string(), "{query}: {problem}");
    }
    let problem = admin.get("/reports/sla/cases?outcome=tarde").refuses(422, "bad-field");
    assert!(problem["fields"]["outcome"].is_string(), "{problem}");
}
