//! Some streams at a time: their events, texts and rows, from one picture of the database.

use std::collections::BTreeMap;

use atiende_procedure::office::{OfficeEvent, OfficeRecorded};
use atiende_procedure::{BlobHash, Event, Recorded, Text, TextRef};

use crate::case_row::{self, Stored};
use crate::error::Result;
use crate::events::{BEGINNING, Hash, OFFICE, chained};
use crate::link::Reader;
use crate::outcomes::{OutcomeRow, StoredOutcome};
use crate::query::Query;
use crate::row::record;
use crate::value::Value;

use super::known::Known;
use super::{Finding, story};

record! {
    struct EventRow {
        stream: i64,
        sequence: u64,
        body: Vec<u8>,
        hash: Vec<u8>,
    }
}

record! {
    struct TextRow {
        stream: i64,
        commitment: Vec<u8>,
        salt: Vec<u8>,
        body: Option<String>,
    }
}

/// What some streams came to.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) findings: Vec<Finding>,
    pub(super) cases: u64,
    pub(super) events: u64,
    pub(super) texts: u64,
    /// Files that these cases hold, to be read outside the transaction.
    pub(super) files: Vec<(String, BlobHash)>,
    /// After which case to go on; nothing when these were the last.
    pub(super) last: Option<i64>,
}

/// What is stored of one stream besides a case's row.
#[derive(Default)]
pub(super) struct Stream {
    pub(super) events: Vec<Vec<u8>>,
    pub(super) head: Hash,
    /// Words that are there and prove themselves, and `None` for those destroyed by order of the law.
    pub(super) texts: BTreeMap<TextRef, Option<String>>,
    pub(super) watchers: Vec<(Value, Value)>,
    pub(super) contracts: Vec<(Value, Value)>,
    pub(super) attachments: Vec<(u64, BlobHash)>,
    pub(super) outcomes: Vec<OutcomeRow>,
    pub(super) wrong: Vec<String>,
}

/// What a stream is called while its number is not known.
pub(super) fn name(stream: i64) -> String {
    if stream == OFFICE { "office".to_owned() } else { format!("case with id {stream}") }
}

/// The office's own stream.
pub(super) fn office(r: &mut Reader<'_>) -> Result<Seen> {
    let mut seen = Seen::default();
    let streams = load(r, OFFICE - 1, OFFICE, &mut seen)?;
    // Also those that a contract no longer has: its history tells of them.
    let mut documents: BTreeMap<BlobHash, String> = BTreeMap::new();
    for (_, mut stream) in streams {
        let bodies = std::mem::take(&mut stream.events);
        for (n, body) in bodies.iter().enumerate() {
            match OfficeRecorded::from_bytes(body) {
                Ok(recorded) => match &recorded.event {
                    OfficeEvent::PersonSet { profile, .. } => {
                        stream.needs(*profile, n as u64 + 1);
                    }
                    OfficeEvent::ContractSet { contract } => {
                        let about = format!("contract {}", contract.number);
                        let blobs = contract.documents.iter().map(|document| document.blob);
                        documents.extend(blobs.map(|blob| (blob, about.clone())));
                    }
                    _ => {}
                },
                Err(error) => stream.wrong.push(format!("event {} cannot be read: {error}", n + 1)),
            }
        }
        seen.findings.extend(stream.wrong.iter().map(|what| Finding::new("office", what)));
    }
    seen.files.extend(documents.into_iter().map(|(blob, about)| (about, blob)));
    Ok(seen)
}

/// The next cases, and streams of cases that have no row.
pub(super) fn cases(r: &mut Reader<'_>, known: &Known, after: i64, most: u32) -> Result<Seen> {
    let rows = case_row::stored_after(r, after, most)?;
    let mut seen = Seen { last: rows.last().map(|row| row.id), cases: rows.len() as u64, ..Seen::default() };
    let mut streams = load(r, after, seen.last.unwrap_or(i64::MAX), &mut seen)?;
    for row in &rows {
        let stream = streams.remove(&row.id).unwrap_or_default();
        case(&mut seen, row, known, stream);
    }
    for (id, stream) in streams {
        let about = stream.events.first().and_then(|body| number(body)).unwrap_or_else(|| name(id));
        let what =
            if stream.events.is_empty() { "words without their case" } else { "the case's row is missing" };
        seen.findings.push(Finding::new(about, what));
    }
    Ok(seen)
}

fn case(seen: &mut Seen, row: &Stored, known: &Known, mut stream: Stream) {
    let about = match &row.columns[..3] {
        [Value::Text(prefix), Value::Int(year), Value::Int(sequence)] => {
            format!("{prefix}-{year}-{sequence}")
        }
        _ => name(row.id),
    };
    story::check(row, known, &mut stream);
    seen.findings.extend(stream.wrong.iter().map(|what| Finding::new(&about, what)));
    seen.files.extend(stream.attachments.iter().map(|(_, blob)| (about.clone(), *blob)));
}

fn number(body: &[u8]) -> Option<String> {
    match Recorded::from_bytes(body).ok()?.event {
        Event::Registered(registered) => Some(registered.number.to_string()),
        _ => None,
    }
}

/// Everything of the streams after one and up to another, with their chains and commitments already checked.
fn load(r: &mut Reader<'_>, after: i64, last: i64, seen: &mut Seen) -> Result<BTreeMap<i64, Stream>> {
    let mut streams: BTreeMap<i64, Stream> = BTreeMap::new();
    let between = |columns: &str, table: &str, stream: &str, order: &str| {
        Query::new(format!("SELECT {columns} FROM {table} WHERE {stream} > "))
            .bind(after)
            .push(" AND ")
            .push(stream)
            .push(" <= ")
            .bind(last)
            .push(" ORDER BY ")
            .push(order)
    };
    r.each(&between(EventRow::COLUMNS, "events", "stream", "stream, sequence"), |row: EventRow| {
        seen.events += 1;
        streams.entry(row.stream).or_default().chain(&row);
        Ok(())
    })?;
    r.each(&between(TextRow::COLUMNS, "texts", "stream", "stream"), |row: TextRow| {
        seen.texts += 1;
        streams.entry(row.stream).or_default().text(row);
        Ok(())
    })?;
    let watchers = between("case_id, person, changed_at", "watchers", "case_id", "case_id, person");
    r.each(&watchers, |(id, person, changed): (i64, Value, Value)| {
        streams.entry(id).or_default().watchers.push((person, changed));
        Ok(())
    })?;
    let contracts =
        between("case_id, contract, changed_at", "case_contracts", "case_id", "case_id, contract");
    r.each(&contracts, |(id, contract, changed): (i64, Value, Value)| {
        streams.entry(id).or_default().contracts.push((contract, changed));
        Ok(())
    })?;
    let files = between("stream, sequence, blob", "attachments", "stream", "stream, sequence, blob");
    r.each(&files, |(id, sequence, blob): (i64, u64, BlobHash)| {
        streams.entry(id).or_default().attachments.push((sequence, blob));
        Ok(())
    })?;
    let outcomes = between(&StoredOutcome::columns(), "outcomes", "case_id", "case_id, clock, turn");
    r.each(&outcomes, |StoredOutcome { case, row }: StoredOutcome| {
        streams.entry(case.0).or_default().outcomes.push(row);
        Ok(())
    })?;
    Ok(streams)
}

impl Stream {
    fn chain(&mut self, row: &EventRow) {
        let expected = self.events.len() as u64 + 1;
        if row.sequence != expected {
            self.wrong.push(format!("event {expected} is missing"));
            // The rest is judged from what it says itself, so that one gap is one finding.
            self.events.resize(
                usize::try_from(row.sequence).unwrap_or(usize::MAX).saturating_sub(1).min(1 << 20),
                Vec::new(),
            );
        } else if row.hash != chained(if expected == 1 { &BEGINNING } else { &self.head }, &row.body) {
            self.wrong.push(format!("event {expected} was changed"));
        }
        self.head = Hash::try_from(row.hash.as_slice()).unwrap_or_default();
        self.events.push(row.body.clone());
    }

    fn text(&mut self, row: TextRow) {
        let (Ok(commitment), Ok(salt)) = (row.commitment.try_into(), row.salt.try_into()) else {
            return self.wrong.push("a text's commitment was changed".to_owned());
        };
        let reference = TextRef(commitment);
        let proved =
            row.body.as_ref().is_none_or(|body| Text::new(salt, body.as_str()).reference() == reference);
        if !proved {
            self.wrong.push(format!("a text was changed ({})", &reference.to_string()[..8]));
        }
        self.texts.insert(reference, row.body);
    }

    /// Notes a text that an event holds and that is not there. Takes it out, so that what is left belongs to none.
    pub(super) fn needs(&mut self, reference: TextRef, sequence: u64) -> Option<String> {
        let found = self.texts.get(&reference);
        if found.is_none() {
            self.wrong.push(format!("a text of event {sequence} is missing"));
        }
        found.cloned().flatten()
    }
}
