//! Who has a case open in front of him, and who writes there. Soon forgotten: what is not told anew is gone.

use atiende_procedure::{CaseId, PersonId};
use jiff::Timestamp;

use crate::error::Result;
use crate::link::{Reader, Writer};
use crate::query::Query;
use crate::row::record;

/// Names one tab of a browser.
pub type Tab = [u8; 16];

record! {
    /// Somebody who looks at a case.
    pub struct Present {
        pub person: PersonId,
        /// Until when he counts as writing.
        pub writes_until: Timestamp,
    }
}

/// Tells that somebody looks at a case from a tab, now; and until when he counts as writing, when he does.
pub fn tell(
    w: &mut Writer<'_>,
    case: CaseId,
    person: PersonId,
    tab: Tab,
    (now, writes_until): (Timestamp, Option<Timestamp>),
) -> Result<()> {
    let query = Query::new("INSERT INTO presence (case_id, person, tab, seen_at, writes_until) VALUES ");
    let until = writes_until.unwrap_or(Timestamp::UNIX_EPOCH);
    let query = query.bind_row([case.into(), person.into(), tab.into(), now.into(), until.into()]);
    let query = query.push(" ON CONFLICT (case_id, person, tab) DO UPDATE SET seen_at = excluded.seen_at");
    w.execute(&if writes_until.is_some() {
        query.push(", writes_until = excluded.writes_until")
    } else {
        query
    })?;
    Ok(())
}

/// Takes a tab away.
pub fn left(w: &mut Writer<'_>, case: CaseId, person: PersonId, tab: Tab) -> Result<()> {
    let query = Query::new("DELETE FROM presence WHERE case_id = $1 AND person = $2 AND tab = $3");
    w.execute(&query.with(case).with(person).with(tab))?;
    Ok(())
}

/// Who was told to look at a case since a moment, each once.
pub fn of_case(r: &mut Reader<'_>, case: CaseId, since: Timestamp) -> Result<Vec<Present>> {
    let query = Query::new("SELECT ").push(Present::COLUMNS).push(
        " FROM (SELECT person, MAX(writes_until) AS writes_until FROM presence
                WHERE case_id = $1 AND seen_at >= $2 GROUP BY person) AS there ORDER BY person",
    );
    r.rows(&query.with(case).with(since))
}

/// Forgets whoever was not told of since a moment.
pub fn forget(w: &mut Writer<'_>, before: Timestamp) -> Result<u64> {
    w.execute(&Query::new("DELETE FROM presence WHERE seen_at < $1").with(before))
}
