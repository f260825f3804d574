//! Links that work once: with one, somebody sets his password; with the first start's, the first administrator is made.

use atiende_procedure::PersonId;
use jiff::Timestamp;

use crate::error::Result;
use crate::link::{Reader, Writer};
use crate::query::Query;
use crate::sessions::SecretHash;

/// Keeps an invitation, in place of an earlier one for the same person.
pub fn add(
    w: &mut Writer<'_>,
    hash: &SecretHash,
    person: Option<PersonId>,
    expires: Timestamp,
) -> Result<()> {
    let earlier = Query::new("DELETE FROM invitations WHERE coalesce(person, 0) = $1");
    w.execute(&earlier.with(person.map_or(0, |person| person.0)))?;
    let query = Query::new("INSERT INTO invitations (hash, person, expires_at) VALUES ($1, $2, $3)");
    w.execute(&query.with(*hash).with(person).with(expires))?;
    Ok(())
}

/// For whom the invitation of this secret is (nobody: the first administrator), if it still works; it goes on working.
pub fn find(r: &mut Reader<'_>, hash: &SecretHash, now: Timestamp) -> Result<Option<Option<PersonId>>> {
    r.row(
        &Query::new("SELECT person FROM invitations WHERE hash = $1 AND expires_at > $2")
            .with(*hash)
            .with(now),
    )
}

/// Uses an invitation up; false when it works no more.
pub fn take(w: &mut Writer<'_>, hash: &SecretHash, now: Timestamp) -> Result<bool> {
    let query = Query::new("DELETE FROM invitations WHERE hash = $1 AND expires_at > $2");
    Ok(w.execute(&query.with(*hash).with(now))? == 1)
}

/// Forgets those that were never used.
pub fn expire(w: &mut Writer<'_>, now: Timestamp) -> Result<u64> {
    w.execute(&Query::new("DELETE FROM invitations WHERE expires_at <= $1").with(now))
}
