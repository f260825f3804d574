//! What is changed by hand is found, on either database (R8).

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use atiende_tests::{Change, Place};

use crate::people::{People, number};
use crate::walk::holds;

crate::on_both!(what_is_changed_by_hand_is_found);

/// The sealer's turn comes each minute.
const SEALED_WITHIN: Duration = Duration::from_secs(150);

fn what_is_changed_by_hand_is_found(place: &Place) -> Result<()> {
    let server = place.serve(&["demo", "--cases", "40"])?;
    let people = People::of(place, &server)?;
    let oldest = people.admin.get("/cases?sort=oldest&limit=5&status=closed").is(200);
    let case = number(&oldest["items"][0]);
    let other = number(&oldest["items"][1]);
    let with_file = number(&people.requester.get("/cases?limit=1").is(200)["items"][0]);
    people.requester.attach(&with_file, "pantalla.txt", b"lo que se ve").is(200);
    sealed(place)?;
    server.stop();
    holds(place)?;

    let (one, two) = (row(&case)?, row(&other)?);
    let id = format!("(SELECT id FROM cases WHERE {one})");
    let event = Change {
        sqlite: &format!(
            "UPDATE events SET body = CAST(body || ' ' AS BLOB) WHERE sequence = 2 AND stream = {id}"
        ),
        postgres: &format!(
            "UPDATE events SET body = body || '\\x20'::bytea WHERE sequence = 2 AND stream = {id}"
        ),
    };
    found(place, "an event's body", &case, &[event])?;
    let text = format!("UPDATE texts SET body = body || '.' WHERE stream = {id}");
    found(place, "a text", &case, &[Change::same(&text)])?;
    let lost = format!("DELETE FROM texts WHERE stream = {id}");
    found(place, "a text that is gone", &case, &[Change::same(&lost)])?;
    let state = format!("UPDATE cases SET state = (SELECT state FROM cases WHERE {two}) WHERE {one}");
    found(place, "a case's state", &case, &[Change::same(&state)])?;
    for column in [
        "priority = priority + 1",
        "requester = requester + 1",
        "security = NOT security",
        "subject = 'Otro'",
    ] {
        let change = format!("UPDATE cases SET {column} WHERE {one}");
        found(place, column, &case, &[Change::same(&change)])?;
    }
    let last = format!(
        "DELETE FROM events WHERE stream = {id} AND sequence = (SELECT max(sequence) FROM events WHERE stream = {id})"
    );
    found(place, "a last event that is gone", &case, &[Change::same(&last)])?;

    // A whole case takes everything with it, so that only the log of all events can tell.
    let streams =
        ["events", "texts", "commands"].map(|table| format!("DELETE FROM {table} WHERE stream = {id}"));
    let row = format!("DELETE FROM cases WHERE {one}");
    let mut changes: Vec<Change> = streams.iter().map(|change| Change::same(change)).collect();
    // The sample's cases were written without commands.
    changes.remove(2);
    changes.push(Change::same(&row));
    found(place, "a whole case that is gone", "", &changes)?;

    let copy = place.copy()?;
    spoil_a_file(&copy)?;
    complains(&copy, "a file", &with_file)
}

/// A case's row, by its number.
fn row(number: &str) -> Result<String> {
    let mut parts = number.rsplit('-');
    let mut next = || parts.next()?.parse::<i64>().ok();
    let (sequence, year) = next().zip(next()).with_context(|| format!("no case number: {number}"))?;
    Ok(format!("year = {year} AND sequence = {sequence}"))
}

fn found(place: &Place, what: &str, names: &str, changes: &[Change]) -> Result<()> {
    let copy = place.copy()?;
    copy.tamper(changes).with_context(|| format!("changing {what}"))?;
    complains(&copy, what, names)
}

fn complains(place: &Place, what: &str, names: &str) -> Result<()> {
    let verified = place.run(&["verify"])?;
    let said = format!("{}{}", verified.stdout, verified.stderr);
    anyhow::ensure!(
        verified.status.code() == Some(1),
        "{what} was changed and verify answers {}: {said}",
        verified.status
    );
    anyhow::ensure!(
        verified.stdout.contains(names),
        "{what} of {names} was changed and verify does not name it: {said}"
    );
    Ok(())
}

/// Waits until every event is under the log's newest head.
fn sealed(place: &Place) -> Result<()> {
    let began = Instant::now();
    loop {
        let verified = place.run(&["verify"])?;
        let events = verified.stdout.split(", ").find_map(|part| part.strip_suffix(" sealed)"));
        let counts = events.and_then(|part| part.split_once(" events ("));
        if counts.is_some_and(|(events, sealed)| events == sealed) {
            return Ok(());
        }
        anyhow::ensure!(
            began.elapsed() < SEALED_WITHIN,
            "not sealed: {}{}",
            verified.stdout,
            verified.stderr
        );
        std::thread::sleep(Duration::from_secs(1));
    }
}

fn spoil_a_file(place: &Place) -> Result<()> {
    let mut folders = vec![place.folder().join("blobs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read(&path)? == b"lo que se ve" {
                return Ok(std::fs::write(path, b"lo que se vio")?);
            }
        }
    }
    anyhow::bail!("the file is nowhere")
}
