//! The office's mailboxes at work: how far each was read, how it is, which node reads it, and what opens it.

use jiff::Timestamp;

use crate::error::Result;
use crate::link::{Reader, Writer};
use crate::query::Query;
use crate::row::record;

record! {
    /// A mailbox as it was last seen.
    pub struct Health {
        pub name: String,
        /// Where reading stopped (RFC 3501 §2.3.1.1).
        pub uid_validity: Option<i64>,
        pub uid: Option<i64>,
        pub succeeded_at: Option<Timestamp>,
        /// When it last failed, if nothing succeeded since.
        pub failed_at: Option<Timestamp>,
        /// What was said then; empty when nothing failed.
        pub failure: String,
        pub reader: String,
        pub reader_until: Timestamp,
    }
}

/// Takes a mailbox for a node until an instant; false while another has it.
pub fn hold(w: &mut Writer<'_>, name: &str, reader: &str, now: Timestamp, until: Timestamp) -> Result<bool> {
    let query = Query::new(
        "INSERT INTO mailboxes (name, failure, reader, reader_until) VALUES ($1, '', $2, $3)
         ON CONFLICT (name) DO UPDATE SET reader = excluded.reader, reader_until = excluded.reader_until
         WHERE mailboxes.reader = excluded.reader OR mailboxes.reader_until <= $4",
    );
    Ok(w.execute(&query.with(name).with(reader).with(until).with(now))? == 1)
}

/// Gives a mailbox up, so that another node takes it at once.
pub fn release(w: &mut Writer<'_>, name: &str, reader: &str, now: Timestamp) -> Result<()> {
    let query = Query::new("UPDATE mailboxes SET reader_until = $1 WHERE name = $2 AND reader = $3");
    w.execute(&query.with(now).with(name).with(reader))?;
    Ok(())
}

/// Notes how far a mailbox was read, and that it was well.
pub fn succeeded(w: &mut Writer<'_>, name: &str, place: Option<(i64, i64)>, now: Timestamp) -> Result<()> {
    let query = Query::new("UPDATE mailboxes SET failed_at = NULL, failure = '', succeeded_at = ").bind(now);
    let query = match place {
        Some((validity, uid)) => query.push(", uid_validity = ").bind(validity).push(", uid = ").bind(uid),
        None => query,
    };
    w.execute(&query.push(" WHERE name = ").bind(name))?;
    Ok(())
}

/// Notes that a mailbox could not be read, and why.
pub fn failed(w: &mut Writer<'_>, name: &str, failure: &str, now: Timestamp) -> Result<()> {
    let query = Query::new("UPDATE mailboxes SET failed_at = ").bind(now).push(", failure = ").bind(failure);
    w.execute(&query.push(" WHERE name = ").bind(name))?;
    Ok(())
}

/// How a mailbox is; nothing when it was never read.
pub fn health(r: &mut Reader<'_>, name: &str) -> Result<Option<Health>> {
    r.row(&Query::new("SELECT ").push(Health::COLUMNS).push(" FROM mailboxes WHERE name = ").bind(name))
}

/// Keeps what opens a mailbox's server; `part` says which server.
pub fn keep_secret(w: &mut Writer<'_>, mailbox: i64, part: &str, secret: &str) -> Result<()> {
    let query = Query::new(
        "INSERT INTO mailbox_secrets (mailbox, part, secret) VALUES ($1, $2, $3)
         ON CONFLICT (mailbox, part) DO UPDATE SET secret = excluded.secret",
    );
    w.execute(&query.with(mailbox).with(part).with(secret))?;
    Ok(())
}

/// What opens a mailbox's server; nothing when it was never given.
pub fn secret(r: &mut Reader<'_>, mailbox: i64, part: &str) -> Result<Option<String>> {
    r.row(
        &Query::new("SELECT secret FROM mailbox_secrets WHERE mailbox = $1 AND part = $2")
            .with(mailbox)
            .with(part),
    )
}

record! {
    /// An address from which letters came back.
    pub struct BouncedAddress {
        pub address: String,
        /// It will never arrive there, as far as its server says.
        pub permanent: bool,
        pub reason: String,
        pub bounced_at: Timestamp,
    }
}

/// Marks an address from which a letter came back.
pub fn mark_bounced(w: &mut Writer<'_>, marked: &BouncedAddress) -> Result<()> {
    let query = Query::new(
        "INSERT INTO bounced_addresses (address, permanent, reason, bounced_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (address) DO UPDATE SET permanent = excluded.permanent, reason = excluded.reason,
            bounced_at = excluded.bounced_at",
    );
    let query = query.with(marked.address.to_lowercase()).with(marked.permanent).with(marked.reason.as_str());
    w.execute(&query.with(marked.bounced_at))?;
    Ok(())
}

/// Takes the mark away: a letter came from there.
pub fn unmark_bounced(w: &mut Writer<'_>, address: &str) -> Result<()> {
    w.execute(&Query::new("DELETE FROM bounced_addresses WHERE address = $1").with(address.to_lowercase()))?;
    Ok(())
}

/// The mark of an address, if it has one.
pub fn bounced(r: &mut Reader<'_>, address: &str) -> Result<Option<BouncedAddress>> {
    let query =
        Query::new("SELECT ").push(BouncedAddress::COLUMNS).push(" FROM bounced_addresses WHERE address = ");
    r.row(&query.bind(address.to_lowercase()))
}
