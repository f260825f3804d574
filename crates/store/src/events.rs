//! What has happened, in chains: each event's hash holds the one before it in its stream.

use atiende_procedure::office::OfficeRecorded;
use atiende_procedure::{CaseId, Recorded};

use crate::error::{Result, StoreError};
use crate::link::{Reader, Writer};
use crate::query::Query;
use crate::value::Value;

/// The stream of the office's events.
pub const OFFICE: i64 = 0;

/// The hash of an event with all that came before it in its stream.
pub type Hash = [u8; 32];

/// What stands before the first event of a stream.
pub(crate) const BEGINNING: Hash = [0; 32];

/// `BLAKE3(hash of the event before ‖ canonical bytes)`.
pub(crate) fn chained(before: &Hash, body: &[u8]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(before);
    hasher.update(body);
    *hasher.finalize().as_bytes()
}

/// Every event of a case, oldest first.
pub fn of_case(r: &mut Reader<'_>, case: CaseId) -> Result<Vec<Recorded>> {
    bodies(r, case.0, 0)?.iter().map(|body| Recorded::from_bytes(body).map_err(StoreError::damaged)).collect()
}

/// The events of a case from one on, oldest first.
pub fn of_case_from(r: &mut Reader<'_>, case: CaseId, first: u64) -> Result<Vec<Recorded>> {
    let bodies = bodies(r, case.0, first.saturating_sub(1))?;
    bodies.iter().map(|body| Recorded::from_bytes(body).map_err(StoreError::damaged)).collect()
}

/// The office's events after one.
pub(crate) fn of_office(r: &mut Reader<'_>, after: u64) -> Result<Vec<OfficeRecorded>> {
    bodies(r, OFFICE, after)?
        .iter()
        .map(|body| OfficeRecorded::from_bytes(body).map_err(StoreError::damaged))
        .collect()
}

fn bodies(r: &mut Reader<'_>, stream: i64, after: u64) -> Result<Vec<Vec<u8>>> {
    r.rows(
        &Query::new("SELECT body FROM events WHERE stream = $1 AND sequence > $2 ORDER BY sequence")
            .with(stream)
            .with(after),
    )
}

/// The last event of a stream: its place and its hash.
pub(crate) fn head(r: &mut Reader<'_>, stream: i64) -> Result<(u64, Hash)> {
    let last = r.row(
        &Query::new("SELECT sequence, hash FROM events WHERE stream = $1 ORDER BY sequence DESC LIMIT 1")
            .with(stream),
    )?;
    Ok(last.unwrap_or((0, BEGINNING)))
}

/// Appends events, given as their places and canonical bytes, and answers the stream's new head.
///
/// # Errors
/// [`StoreError::Stale`] when they do not follow the stream's last event.
pub(crate) fn append(
    w: &mut Writer<'_>,
    stream: i64,
    (mut last, mut head): (u64, Hash),
    events: impl IntoIterator<Item = (u64, Vec<u8>)>,
) -> Result<Hash> {
    let mut insert = Query::new("INSERT INTO events (stream, sequence, body, hash) VALUES ");
    let expected = last;
    for (sequence, body) in events {
        if sequence != last + 1 {
            return Err(StoreError::Stale { version: expected });
        }
        head = chained(&head, &body);
        insert = insert.push(if last == expected { "" } else { ", " }).bind_row([
            Value::Int(stream),
            sequence.into(),
            Value::Bytes(body),
            head.into(),
        ]);
        last = sequence;
    }
    if last > expected {
        w.execute(&insert).map_err(|error| match error {
            StoreError::Duplicate(_) => StoreError::Stale { version: last },
            other => other,
        })?;
        w.announce();
    }
    Ok(head)
}
