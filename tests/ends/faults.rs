//! The process is killed at any moment under load, and nothing that it acknowledged is lost.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use atiende_tests::{Client, Place};
use serde_json::json;

use crate::people::{number, request};
use crate::walk::holds;

crate::on_both!(killed_twenty_times_it_keeps_what_it_acknowledged, a_failing_database_is_no_lie);

const KILLS: u32 = 20;
const CLIENTS: u64 = 4;

/// What the clients were told.
#[derive(Default)]
struct Told {
    /// Subjects by number.
    cases: Mutex<BTreeMap<String, String>>,
    /// Words said, by the number of the case.
    messages: Mutex<Vec<(String, String)>>,
    /// Attempts without an answer: their key and subject.
    open: Mutex<Vec<(String, String)>>,
    made: AtomicU64,
}

fn killed_twenty_times_it_keeps_what_it_acknowledged(place: &Place) -> Result<()> {
    let mut server = place.serve(&["demo", "--cases", "5"])?;
    let requester = place.client(&server, "usuario")?;
    let told = Told::default();
    let mut chance = SystemTime::now().duration_since(UNIX_EPOCH)?.subsec_nanos();
    for round in 0..KILLS {
        let client = requester.at(&server.address);
        let stop = AtomicBool::new(false);
        // xorshift: spread is enough.
        chance ^= chance << 13;
        chance ^= chance >> 17;
        chance ^= chance << 5;
        let lives = Duration::from_millis(u64::from(20 + chance % 700));
        std::thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| ask_until(&client, &told, &stop));
            }
            std::thread::sleep(lives);
            server.kill();
            stop.store(true, Ordering::Relaxed);
        });
        server = place
            .serve(&["serve"])
            .with_context(|| format!("after kill {round}, which came after {lives:?}"))?;
        nothing_is_lost(&requester.at(&server.address), &told, &format!("kill {round} after {lives:?}"))?;
    }
    let made = told.cases.lock().expect("no test panics holding it").len();
    assert!(made > 100, "the clients were busy: only {made} cases");
    server.stop();
    holds(place)
}

/// Opens cases and writes in them until the server is gone.
fn ask_until(client: &Client, told: &Told, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        let nth = told.made.fetch_add(1, Ordering::Relaxed);
        let (key, subject) = (format!("intento-{nth}"), format!("Caso palabra{nth}x"));
        let Ok(answer) = client.try_post("/cases", &request(&subject, "APP-NOMINA"), Some(&key)) else {
            told.open.lock().expect("unpoisoned").push((key, subject));
            return;
        };
        let case = number(&answer.is(201));
        told.cases.lock().expect("unpoisoned").insert(case.clone(), subject);
        let words = format!("Respuesta {nth}");
        let said = json!({ "audience": "requester", "body": words });
        match client.try_post(&format!("/cases/{case}/messages"), &said, None) {
            Ok(answer) => drop(answer.is(200)),
            Err(_) => return,
        }
        told.messages.lock().expect("unpoisoned").push((case, words));
    }
}

fn nothing_is_lost(client: &Client, told: &Told, when: &str) -> Result<()> {
    for (key, subject) in told.open.lock().expect("unpoisoned").drain(..) {
        // Perhaps it was done and only its answer lost: asking again with the same key must not do it twice.
        let case = number(&client.try_post("/cases", &request(&subject, "APP-NOMINA"), Some(&key))?.is(201));
        let word = subject.rsplit(' ').next().unwrap_or_default();
        let found = client.get(&format!("/cases?q={word}")).is(200);
        let count = found["items"].as_array().map(Vec::len);
        anyhow::ensure!(count == Some(1), "{when}: {subject} is there {count:?} times");
        told.cases.lock().expect("unpoisoned").insert(case, subject);
    }
    // All of them at the last; those of this round each time.
    for (case, subject) in told.cases.lock().expect("unpoisoned").iter().rev().take(200) {
        let found = client.get(&format!("/cases/{case}"));
        anyhow::ensure!(
            found.status == 200,
            "{when}: {case} was acknowledged and is lost ({})",
            found.status
        );
        anyhow::ensure!(found.is(200)["subject"] == subject.as_str(), "{when}: {case} is another");
    }
    for (case, words) in told.messages.lock().expect("unpoisoned").iter().rev().take(50) {
        let said = client.get(&format!("/cases/{case}/messages")).is(200).to_string();
        anyhow::ensure!(said.contains(words), "{when}: what was said in {case} is lost");
    }
    Ok(())
}

/// While the database cannot be written, requests are refused and the server lives; then it works again.
fn a_failing_database_is_no_lie(place: &Place) -> Result<()> {
    let mut server = place.serve(&["demo", "--cases", "5"])?;
    let requester = place.client(&server, "usuario")?;
    let block = place.block()?;
    let began = Instant::now();
    let refused = requester.post("/cases", &request("Mientras no se puede escribir", "APP-NOMINA"));
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(began.elapsed() < Duration::from_secs(60));
    assert!(server.lives());
    drop(block);
    let opened = requester.post("/cases", &request("Cuando ya se puede", "APP-NOMINA")).is(201);
    requester.get(&format!("/cases/{}", number(&opened))).is(200);
    let none = requester.get("/cases?q=mientras").is(200);
    assert_eq!(none["items"], json!([]), "what was refused is not there");
    server.stop();
    holds(place)
}
