//! The cases behind a number of a report, the last clock to end first: walks of one index each, merged.

use atiende_procedure::permission::Scope;
use atiende_procedure::sla::{ClockName, ClockState};
use atiende_procedure::{CaseId, ContractId};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::sums::Asked;
use super::{StoredOutcome, day_number};
use crate::cursor::Cursor;
use crate::error::{Result, StoreError};
use crate::link::Reader;
use crate::query::Query;
use crate::queue::{self, MOST_ROWS, QueueRow};
use crate::value::Value;

/// A clock that ended, and its case.
#[derive(Debug, Clone, PartialEq)]
pub struct Behind {
    pub case: QueueRow,
    pub clock: ClockName,
    pub contract: Option<ContractId>,
    pub ended_at: Timestamp,
    /// Whether it ended in time.
    pub met: bool,
    pub used: SignedDuration,
    pub target: SignedDuration,
}

/// A page of them.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomePage {
    pub rows: Vec<Behind>,
    pub next: Option<String>,
}

const LIST: &str = "outcomes";

impl StoredOutcome {
    /// The order of the list, the last first.
    fn keys(&self) -> [i64; 4] {
        [self.row.ended_at.as_microsecond(), self.case.0, self.row.clock as i64, self.row.turn]
    }

    fn with(self, case: QueueRow) -> Behind {
        Behind {
            case,
            clock: self.row.clock,
            contract: (self.row.contract != 0).then_some(ContractId(self.row.contract)),
            ended_at: self.row.ended_at,
            met: self.row.state == ClockState::Met,
            used: SignedDuration::from_secs(self.row.used),
            target: SignedDuration::from_secs(self.row.target),
        }
    }
}

/// A page of the cases whose promises were kept, broken, or either. A case whose several clocks ended comes with each.
/// `scope` is asked again for each case: the sums are no authority.
///
/// # Errors
/// [`StoreError::BadCursor`] for a cursor that this list never gave.
pub fn page(
    r: &mut Reader<'_>,
    scope: &Scope,
    asked: &Asked,
    met: Option<bool>,
    after: Option<&str>,
    limit: usize,
) -> Result<OutcomePage> {
    let limit = limit.clamp(1, MOST_ROWS);
    let after = after.map(|text| Cursor::parse(text, LIST)).transpose()?;
    let after = after.map(|cursor| <[i64; 4]>::try_from(cursor.keys()).map_err(|_| StoreError::BadCursor));
    let after = after.transpose()?;
    let mut found: Vec<StoredOutcome> = Vec::new();
    for walk in Walk::all(asked, met) {
        found.extend(r.rows::<StoredOutcome>(&walk.query(asked, after, limit + 1)?)?);
    }
    found.sort_by_cached_key(|found| std::cmp::Reverse(found.keys()));
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|last| Cursor::new(last.keys().to_vec()).to_text(LIST));
    let ids: Vec<CaseId> = found.iter().map(|found| found.case).collect();
    let cases = queue::these(r, scope, &ids)?;
    let row = |found: StoredOutcome| {
        let case = cases.iter().find(|case| case.id == found.case)?.clone();
        Some(found.with(case))
    };
    Ok(OutcomePage { rows: found.into_iter().filter_map(row).collect(), next })
}

/// One walk of one index.
struct Walk {
    clock: ClockName,
    state: ClockState,
    contract: Option<ContractId>,
}

impl Walk {
    fn all(asked: &Asked, met: Option<bool>) -> Vec<Walk> {
        let states = match met {
            Some(true) => &[ClockState::Met][..],
            Some(false) => &[ClockState::Breached],
            None => &[ClockState::Met, ClockState::Breached],
        };
        let contracts = match &asked.contracts {
            Some(contracts) => contracts.iter().copied().map(Some).collect(),
            None => vec![None],
        };
        let mut walks = Vec::new();
        for clock in if asked.is_void() { Vec::new() } else { asked.clocks() } {
            for state in states {
                let walk = |contract: &Option<_>| Walk { clock, state: *state, contract: *contract };
                walks.extend(contracts.iter().map(walk));
            }
        }
        walks
    }

    /// The walk of the index of what few share, or else of the ends themselves. As in lists of cases, SQLite is left no
    /// other choice: what is not of the index is written as `(…) IS TRUE`.
    fn query(&self, asked: &Asked, after: Option<[i64; 4]>, rows: usize) -> Result<Query> {
        let conditions = asked.conditions();
        let few = ["service", "department", "site"];
        let walked = few.into_iter().find(|few| conditions.iter().any(|(column, _)| column == few));
        let walked = if self.contract.is_some() { "contract" } else { walked.unwrap_or_default() };
        let mut query = Query::new(format!("SELECT {} FROM outcomes", StoredOutcome::columns()));
        query = query.push(" WHERE clock = ").bind(self.clock).push(" AND state = ").bind(self.state);
        if let Some(contract) = self.contract {
            query = query.push(" AND contract <> 0 AND contract = ").bind(contract);
        }
        for (column, value) in conditions {
            query = match column == walked {
                true => query.push(&format!(" AND {column} = ")).bind(value),
                false => query.push(&format!(" AND ({column} = ")).bind(value).push(") IS TRUE"),
            };
        }
        query = query.push(" AND (day >= ").bind(day_number(asked.from)).push(") IS TRUE");
        query = query.push(" AND (day <= ").bind(day_number(asked.to)).push(") IS TRUE");
        // A day of the office begins and ends within a day of UTC's, whatever its zone.
        // A day of the office begins and ends within a day of UTC's, whatever its zone.
        let midnight = |day: Date| TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok();
        let hours = SignedDuration::from_hours;
        if let Some(first) = midnight(asked.from).and_then(|day| day.checked_sub(hours(24)).ok()) {
            query = query.push(" AND ended_at >= ").bind(first);
        }
        if let Some(last) = midnight(asked.to).and_then(|day| day.checked_add(hours(48)).ok()) {
            query = query.push(" AND ended_at <= ").bind(last);
        }
        if let Some(keys) = after {
            query = self.beyond(query, keys)?;
        }
        Ok(query.push(" ORDER BY ended_at DESC, case_id DESC, turn DESC LIMIT ").bind(rows as i64))
    }

    /// From where another page ended; that was perhaps in another walk.
    fn beyond(&self, query: Query, [ended, case, clock, turn]: [i64; 4]) -> Result<Query> {
        let ended = Timestamp::from_microsecond(ended).map_err(|_| StoreError::BadCursor)?;
        let last: [Value; 2] = [ended.into(), case.into()];
        Ok(match (self.clock as i64).cmp(&clock) {
            std::cmp::Ordering::Less => query.push(" AND (ended_at, case_id) <= ").bind_row(last),
            std::cmp::Ordering::Greater => query.push(" AND (ended_at, case_id) < ").bind_row(last),
            std::cmp::Ordering::Equal => query
                .push(" AND (ended_at, case_id, turn) < ")
                .bind_row(last.into_iter().chain([turn.into()])),
        })
    }
}
