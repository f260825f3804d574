//! What open cases have agreed for a time: visits and parts that are awaited, and the moments that requesters were told to
//! expect (R11). Security's cases are in nobody's agenda.

use atiende_procedure::{CaseId, CaseNumber, PersonId, SiteId, StatusName, WaitingFor};
use jiff::Timestamp;

use crate::error::Result;
use crate::link::Reader;
use crate::query::Query;
use crate::row::record;

/// The most entries of one kind that are told at once.
pub const MOST: usize = 1000;

/// What is agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreed {
    /// The requester expects it to be solved by then.
    Expected,
    /// Somebody comes to the place, or spare parts arrive.
    Awaited(WaitingFor),
}

/// A moment of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub at: Timestamp,
    pub what: Agreed,
    pub case: CaseId,
    pub number: CaseNumber,
    pub status: StatusName,
    pub agent: Option<PersonId>,
    pub site: Option<SiteId>,
    /// Empty once destroyed by order of the law.
    pub subject: String,
}

record! {
    struct Row {
        id: CaseId,
        prefix: String,
        year: i64,
        sequence: i64,
        status: StatusName,
        agent: Option<PersonId>,
        site: Option<SiteId>,
        waiting_for: Option<WaitingFor>,
        moment: Timestamp,
        subject: Option<String>,
    }
}

impl Row {
    fn entry(self, awaited: bool) -> Entry {
        let year = i16::try_from(self.year).unwrap_or_default();
        Entry {
            at: self.moment,
            what: self.waiting_for.filter(|_| awaited).map_or(Agreed::Expected, Agreed::Awaited),
            case: self.id,
            number: CaseNumber::new(self.prefix, year, self.sequence),
            status: self.status,
            agent: self.agent,
            site: self.site,
            subject: self.subject.unwrap_or_default(),
        }
    }
}

/// The entries from one moment on and before another, in order: an agent's, or the whole desk's.
pub fn between(
    r: &mut Reader<'_>,
    agent: Option<PersonId>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for (column, awaited) in [("expected_by", false), ("wait_until", true)] {
        let columns = Row::COLUMNS.replace("moment", column);
        let query = Query::new("SELECT ").push(&columns).push(" FROM cases WHERE ");
        // The index of the agent, who has few, or that of the moment: see the walks of a list.
        let query = match agent {
            Some(agent) => query
                .push("agent = ")
                .bind(agent)
                .push(&format!(" AND (open AND {column} >= "))
                .bind(from)
                .push(&format!(" AND {column} < "))
                .bind(to)
                .push(") IS TRUE"),
            None => query
                .push(&format!("open AND {column} IS NOT NULL AND {column} >= "))
                .bind(from)
                .push(&format!(" AND {column} < "))
                .bind(to),
        };
        let query = query.push(" AND NOT security");
        let query = if awaited { query.push(" AND waiting_for <> 'requester'") } else { query };
        let query = query.push(&format!(" ORDER BY {column}, id LIMIT ")).bind(MOST as i64);
        entries.extend(r.rows::<Row>(&query)?.into_iter().map(|row| row.entry(awaited)));
    }
    entries.sort_by_key(|entry| (entry.at, entry.case));
    Ok(entries)
}
