//! The feed of all events, in the order of their positions: what caches, live updates and the sealer follow.
//!
//! On PostgreSQL a transaction that took its position early can commit late, so an order by position has gaps that may
//! still be filled. A [`Tail`] waits at a gap until every transaction that could fill it has ended.

use crate::dialect::Dialect;
use crate::error::Result;
use crate::events::Hash;
use crate::link::{Reader, Writer};
use crate::query::Query;
use crate::row::record;

record! {
    /// That something happened: where it stands, not what it was.
    pub struct Happened {
        pub position: i64,
        /// The case's id; 0 for the office.
        pub stream: i64,
        pub sequence: u64,
        pub hash: Hash,
    }
}

/// How far somebody has followed the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tail {
    position: i64,
    /// At a gap: the first transaction that began after it was seen.
    waiting_for: Option<i64>,
}

impl Tail {
    /// Follows from after this position; 0 for the beginning.
    pub fn after(position: i64) -> Tail {
        Tail { position, waiting_for: None }
    }

    /// Follows from what is the newest event now.
    pub fn from_now(r: &mut Reader<'_>) -> Result<Tail> {
        let newest = r.row(&Query::new("SELECT position FROM events ORDER BY position DESC LIMIT 1"))?;
        Ok(Tail::after(newest.unwrap_or(0)))
    }

    /// The tail that was kept under this name.
    pub fn kept(r: &mut Reader<'_>, name: &str) -> Result<Option<Tail>> {
        let query = Query::new("SELECT position, waiting_for FROM tails WHERE name = $1").with(name);
        let Some((position, waiting_for)) = r.row::<(i64, Option<i64>)>(&query)? else { return Ok(None) };
        // A restored database begins its transactions anew; what was waited for in the old one says nothing here.
        let waiting_for = match waiting_for {
            Some(began) if began <= running(r)?.1 => Some(began),
            _ => None,
        };
        Ok(Some(Tail { position, waiting_for }))
    }

    /// Keeps the tail under a name, for whoever goes on after a restart.
    pub fn keep(self, w: &mut Writer<'_>, name: &str) -> Result<()> {
        let query = Query::new(
            "INSERT INTO tails (name, position, waiting_for) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET position = excluded.position, waiting_for = excluded.waiting_for",
        );
        w.execute(&query.with(name).with(self.position).with(self.waiting_for))?;
        Ok(())
    }

    /// The position of the last event that was given.
    pub fn position(&self) -> i64 {
        self.position
    }

    /// The next events, at most `most`, and the tail that goes on after them.
    pub fn next(self, r: &mut Reader<'_>, most: u32) -> Result<(Vec<Happened>, Tail)> {
        let query = Query::new("SELECT ").push(Happened::COLUMNS).push(" FROM events WHERE position > ");
        let query = query.bind(self.position).push(" ORDER BY position LIMIT ").bind(i64::from(most));
        let mut events: Vec<Happened> = r.rows(&query)?;
        let gap = match r.dialect() {
            Dialect::Sqlite => None,
            Dialect::Postgres => self.gap(&events),
        };
        let mut tail = self;
        match gap {
            None => tail.waiting_for = None,
            Some(at) => {
                let (oldest, next) = running(r)?;
                match self.waiting_for.filter(|_| at == 0) {
                    // Whatever could have filled this gap has ended; later ones are looked at next time.
                    Some(began) if oldest >= began => {
                        let end = self.later_gap(&events).unwrap_or(events.len());
                        events.truncate(end);
                        tail.waiting_for = None;
                    }
                    Some(_) => events.clear(),
                    None => {
                        events.truncate(at);
                        tail.waiting_for = Some(next);
                    }
                }
            }
        }
        if let Some(last) = events.last() {
            tail.position = last.position;
        }
        Ok((events, tail))
    }

    /// The first of these events before which a position is missing.
    fn gap(&self, events: &[Happened]) -> Option<usize> {
        (self.position + 1..).zip(events).position(|(expected, event)| event.position != expected)
    }

    fn later_gap(&self, events: &[Happened]) -> Option<usize> {
        let first = events.first()?.position;
        (first..).zip(events).position(|(expected, event)| event.position != expected)
    }
}

/// The oldest transaction that still runs, and the next that will begin.
fn running(r: &mut Reader<'_>) -> Result<(i64, i64)> {
    let query = Query::new(
        "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT),
                CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT)",
    );
    Ok(r.row(&query)?.unwrap_or((0, i64::MAX)))
}
