//! The Merkle log against the events, in the order of their positions.

use crate::db::Db;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::feed::Happened;
use crate::query::Query;
use crate::seal::{self, Log, Seal};

use super::Finding;

const EVENTS_AT_ONCE: i64 = 5_000;
const SEALS_AT_ONCE: u32 = 500;

/// Makes every kept head again, and answers how many events they hold.
pub(super) async fn walk(db: &Db, found: &mut impl FnMut(Finding)) -> Result<u64> {
    let mut walk = Walk { log: Log::default(), sealed: 0, without_gaps: db.dialect() == Dialect::Sqlite };
    loop {
        let from = walk.log.position;
        let seals = db.read(move |r| seal::after(r, from, SEALS_AT_ONCE)).await?;
        if seals.is_empty() {
            break;
        }
        for seal in seals {
            let events = walk.up_to(db, seal.position, found).await?;
            walk.compare(&seal, events, found);
        }
    }
    walk.up_to(db, i64::MAX, found).await?;
    Ok(walk.sealed)
}

struct Walk {
    log: Log,
    sealed: u64,
    /// SQLite gives each event the next position, so a gap is a finding even before it is sealed.
    without_gaps: bool,
}

impl Walk {
    /// Takes in the events up to a position, and answers the position before the first of them.
    async fn up_to(&mut self, db: &Db, last: i64, found: &mut impl FnMut(Finding)) -> Result<i64> {
        let began = self.log.position;
        let mut after = began;
        loop {
            let events = db.read(move |r| {
                let query =
                    Query::new("SELECT ").push(Happened::COLUMNS).push(" FROM events WHERE position > ");
                let query = query.bind(after).push(" AND position <= ").bind(last);
                r.rows::<Happened>(&query.push(" ORDER BY position LIMIT ").bind(EVENTS_AT_ONCE))
            });
            let events = events.await?;
            let Some(newest) = events.last() else { break };
            after = newest.position;
            for event in &events {
                self.gap(event.position, found);
                self.log.push(event);
            }
        }
        Ok(began)
    }

    fn gap(&self, position: i64, found: &mut impl FnMut(Finding)) {
        let expected = self.log.position + 1;
        if self.without_gaps && position != expected {
            let what = match position - expected {
                1 => format!("the event at position {expected} is missing"),
                _ => format!("the events at positions {expected} to {} are missing", position - 1),
            };
            found(Finding::new("log", what));
        }
    }

    /// Holds a seal against what was walked. After a difference the walk goes on from the seal's own word, so that
    /// what comes later is judged for itself.
    fn compare(&mut self, seal: &Seal, began: i64, found: &mut impl FnMut(Finding)) {
        let sealed = seal.log();
        let between = format!("between positions {began} and {}", seal.position);
        if sealed.head() != seal.head {
            found(Finding::new("log", format!("the seal over {} events was changed", seal.size)));
        } else if self.log.size != seal.size {
            let (were, are) = (seal.size, self.log.size);
            found(Finding::new("log", format!("{between} there were {were} events in all, now {are}")));
        } else if self.log.head() != seal.head {
            found(Finding::new("log", format!("{between} an event was changed or exchanged")));
        }
        self.sealed = seal.size;
        self.log = sealed;
    }
}
