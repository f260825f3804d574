//! Promises that came to an end: a row for each clock that ended, and sums of them, kept in the commit that ends it.
//!
//! A row says how the clock read when it ended, by the calendars of that day: calendars that change later change nothing
//! that was reported. What the case is about follows the case as it stands. Security cases have no rows.

mod list;
mod sums;

use std::collections::BTreeMap;

use atiende_procedure::office::Office;
use atiende_procedure::sla::{self, Clock, ClockName, ClockState};
use atiende_procedure::{Case, CaseId, Kind, Priority};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::cases::from_state;
use crate::dialect::skip_locked;
use crate::error::{Result, StoreError};
use crate::link::{Reader, Writer};
use crate::query::Query;
use crate::row::{Record, Row, record};
use crate::value::Value;

pub use list::{Behind, OutcomePage, page};
pub(crate) use sums::disagree;
pub use sums::{Asked, By, Sum, late, sums};

record! {
    /// A clock that ended. What is absent is 0 or empty, as in its table.
    pub(crate) struct OutcomeRow {
        pub(crate) clock: ClockName,
        pub(crate) turn: i64,
        pub(crate) ended_at: Timestamp,
        pub(crate) day: i64,
        pub(crate) state: ClockState,
        pub(crate) used: i64,
        pub(crate) target: i64,
        pub(crate) timed: u64,
        pub(crate) kind: Kind,
        pub(crate) priority: Priority,
        pub(crate) level: String,
        pub(crate) service: i64,
        pub(crate) department: i64,
        pub(crate) site: i64,
        pub(crate) contract: i64,
        pub(crate) agreement: i64,
    }
}

/// A clock that ended, and whose it is.
pub(crate) struct StoredOutcome {
    pub(crate) case: CaseId,
    pub(crate) row: OutcomeRow,
}

impl StoredOutcome {
    pub(crate) fn columns() -> String {
        format!("{}, case_id", OutcomeRow::COLUMNS)
    }
}

impl Record for StoredOutcome {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let width = OutcomeRow::COLUMNS.split(", ").count();
        Ok(StoredOutcome { row: OutcomeRow::from_row(row)?, case: row.get(width)? })
    }
}

/// What tells the clocks of a case apart: several stays with providers have several of the same name.
pub(crate) type Place = (ClockName, i64);

/// A day as the tables write it: 20261125.
pub(crate) fn day_number(day: Date) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

/// The clocks of a case that ended, each with its place.
pub(crate) fn ended(case: &Case) -> Vec<(Place, Clock)> {
    let mut turns: BTreeMap<ClockName, i64> = BTreeMap::new();
    let placed = sla::ended(case).into_iter().map(|clock| {
        let turn = turns.entry(clock.name).or_default();
        *turn += 1;
        ((clock.name, *turn - 1), clock)
    });
    placed.collect()
}

impl OutcomeRow {
    /// The row of a clock that ended, read by the calendars of an office; nothing of one that has not.
    pub(crate) fn read(case: &Case, place: Place, clock: &Clock, office: &Office) -> Option<OutcomeRow> {
        let outcome = clock.outcome(office)?;
        let agreement = case.promise.as_ref().filter(|_| outcome.contract.is_none());
        Some(OutcomeRow {
            clock: place.0,
            turn: place.1,
            ended_at: outcome.ended,
            day: day_number(office.settings.calendar.day_of(outcome.ended)),
            state: outcome.state,
            used: outcome.used.as_secs(),
            target: outcome.target.as_secs(),
            timed: office.timed,
            kind: case.kind,
            priority: case.priority(),
            level: case.last_level().map_or_else(String::new, |level| level.to_string()),
            service: case.service.map_or(0, |id| id.0),
            department: case.details.department.map_or(0, |id| id.0),
            site: case.details.site.map_or(0, |id| id.0),
            contract: outcome.contract.map_or(0, |id| id.0),
            agreement: agreement.map_or(0, |promise| promise.agreement.0),
        })
    }

    fn place(&self) -> Place {
        (self.clock, self.turn)
    }

    /// With how another row of the same clock was read.
    fn reading_as(self, other: &OutcomeRow) -> OutcomeRow {
        OutcomeRow { day: other.day, state: other.state, used: other.used, timed: other.timed, ..self }
    }

    fn values(&self, case: CaseId) -> [Value; 17] {
        [
            case.into(),
            self.clock.into(),
            self.turn.into(),
            self.ended_at.into(),
            self.day.into(),
            self.state.into(),
            self.used.into(),
            self.target.into(),
            self.timed.into(),
            self.kind.into(),
            self.priority.into(),
            self.level.as_str().into(),
            self.service.into(),
            self.department.into(),
            self.site.into(),
            self.contract.into(),
            self.agreement.into(),
        ]
    }
}

/// The hook of the commit that makes a case.
pub(crate) fn found(w: &mut Writer<'_>, office: &Office, case: &Case) -> Result<()> {
    let read = |(place, clock): (Place, Clock)| OutcomeRow::read(case, place, &clock, office);
    change(w, case.id, Vec::new(), ended(case).into_iter().filter_map(read).collect())
}

/// The hook of each later commit: the case before, up to which version its clocks were counted, and the case after. Most
/// commits end no clock, and cost nothing here.
pub(crate) fn follow(
    w: &mut Writer<'_>,
    office: &Office,
    (before, counted): (&Case, u64),
    after: &Case,
) -> Result<()> {
    let (old, new) = (ended(before), ended(after));
    let known = counted == before.version;
    if known && !moved(before, after, &old, &new) {
        return Ok(());
    }
    let kept = if known && old.is_empty() { Vec::new() } else { stored(w, after.id)? };
    let rows = new.iter().filter_map(|(place, clock)| {
        let row = OutcomeRow::read(after, *place, clock, office)?;
        let was = old.iter().find(|(other, was)| other == place && was.measures_as(clock)).filter(|_| known);
        let kept = was.and_then(|_| kept.iter().find(|row| row.place() == *place));
        Some(match kept {
            Some(kept) => row.reading_as(kept),
            None => row,
        })
    });
    let rows = rows.collect();
    change(w, after.id, kept, rows)
}

/// Whether a clock ended or goes on again, or what its ended ones are about is another thing now.
fn moved(before: &Case, after: &Case, old: &[(Place, Clock)], new: &[(Place, Clock)]) -> bool {
    let about = |case: &Case| {
        let details = &case.details;
        let agreement = case.promise.as_ref().map(|promise| promise.agreement);
        let of = (case.service, details.department, details.site, case.last_level());
        (of, case.kind, case.priority(), agreement)
    };
    let alike = |(old, new): (&(Place, Clock), &(Place, Clock))| old.0 == new.0 && old.1.measures_as(&new.1);
    old.len() != new.len()
        || !old.iter().zip(new).all(alike)
        || (!new.is_empty() && about(before) != about(after))
}

fn stored(r: &mut Reader<'_>, case: CaseId) -> Result<Vec<OutcomeRow>> {
    let query = Query::new("SELECT ").push(OutcomeRow::COLUMNS).push(" FROM outcomes WHERE case_id = ");
    r.rows(&query.bind(case))
}

/// Puts these rows of a case in the place of those that it had.
fn change(
    w: &mut Writer<'_>,
    case: CaseId,
    mut old: Vec<OutcomeRow>,
    mut new: Vec<OutcomeRow>,
) -> Result<()> {
    old.retain(|row| match new.iter().position(|other| other == row) {
        Some(same) => {
            new.swap_remove(same);
            false
        }
        None => true,
    });
    let gone = old.iter().filter(|row| !new.iter().any(|other| other.place() == row.place()));
    for row in gone {
        let query = Query::new("DELETE FROM outcomes WHERE case_id = $1 AND clock = $2 AND turn = $3");
        w.execute(&query.with(case).with(row.clock).with(row.turn))?;
    }
    if !new.is_empty() {
        let columns = OutcomeRow::COLUMNS;
        let mut upsert = Query::new(format!("INSERT INTO outcomes (case_id, {columns}) VALUES "));
        for (n, row) in new.iter().enumerate() {
            upsert = upsert.push(if n == 0 { "" } else { ", " }).bind_row(row.values(case));
        }
        // Those that were there have another clock's end, or are about something else now.
        let set = columns.split(", ").skip(2).map(|column| format!("{column} = excluded.{column}"));
        let set = set.collect::<Vec<_>>().join(", ");
        upsert = upsert.push(" ON CONFLICT (case_id, clock, turn) DO UPDATE SET ").push(&set);
        w.execute(&upsert)?;
    }
    sums::add(w, &old, &new)
}

/// Counts the clocks of some cases that an older program moved, and answers how many they were.
pub fn count_some(w: &mut Writer<'_>, office: &Office, most: u32) -> Result<usize> {
    let query = Query::new("SELECT state FROM cases WHERE counted < version ORDER BY id LIMIT ");
    let query = query.bind(i64::from(most)).push(skip_locked(w.dialect()));
    let states: Vec<String> = w.rows(&query)?;
    for state in &states {
        let case = from_state(state)?;
        follow(w, office, (&case, 0), &case)?;
        let counted = Query::new("UPDATE cases SET counted = $1 WHERE id = $2");
        w.execute(&counted.with(case.version).with(case.id))?;
    }
    Ok(states.len())
}

/// Whether the clocks of some case are still to be counted, so that reports lack them.
pub fn must_be_counted(r: &mut Reader<'_>) -> Result<bool> {
    let found: Option<CaseId> =
        r.row(&Query::new("SELECT id FROM cases WHERE counted < version ORDER BY id LIMIT 1"))?;
    Ok(found.is_some())
}

/// A number that a report gives by a key.
pub(crate) fn counted(number: i64) -> Result<u64> {
    u64::try_from(number).map_err(StoreError::damaged)
}
