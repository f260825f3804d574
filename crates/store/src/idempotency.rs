//! What was answered to a request of the API with an `Idempotency-Key`, so that its repeat gets the same.

use atiende_procedure::PersonId;
use jiff::Timestamp;

use crate::error::Result;
use crate::link::{Reader, Writer};
use crate::query::Query;
use crate::row::record;

record! {
    /// An answer that was given.
    pub struct Given {
        /// The BLAKE3 of the request: the same key with another request is a mistake of its sender.
        pub request: [u8; 32],
        pub status: i64,
        pub body: String,
    }
}

/// What was answered to this person's key, if anything.
pub fn find(r: &mut Reader<'_>, person: PersonId, key: &str) -> Result<Option<Given>> {
    let query =
        Query::new("SELECT ").push(Given::COLUMNS).push(" FROM idempotency WHERE person = ").bind(person);
    r.row(&query.push(" AND key = ").bind(key))
}

/// Keeps an answer; false when there is one already, which stays.
pub fn keep(w: &mut Writer<'_>, person: PersonId, key: &str, given: &Given, now: Timestamp) -> Result<bool> {
    let query =
        Query::new("INSERT INTO idempotency (person, key, request, status, body, created_at) VALUES ");
    let query = query.bind_row([
        person.into(),
        key.into(),
        given.request.into(),
        given.status.into(),
        given.body.as_str().into(),
        now.into(),
    ]);
    Ok(w.execute(&query.push(" ON CONFLICT DO NOTHING"))? == 1)
}

/// Forgets answers given before an instant.
pub fn forget(w: &mut Writer<'_>, before: Timestamp) -> Result<u64> {
    w.execute(&Query::new("DELETE FROM idempotency WHERE created_at < $1").with(before))
}
