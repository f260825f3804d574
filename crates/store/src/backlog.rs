//! How many cases stand where, kept in each commit's own transaction: no count ever scans.

use atiende_procedure::permission::Scope;
use atiende_procedure::{Case, GroupId, PersonId, StatusName, SupportLevel};

use jiff::Timestamp;

use crate::case_row::is_unassigned;
use crate::error::{Result, StoreError};
use crate::link::{Reader, Writer};
use crate::query::Query;
use crate::row::record;
use crate::value::Value;

/// The most that is counted one by one.
pub const MOST_COUNTED: u64 = 1000;

/// How many open cases of the desk, security's apart, have a clock that runs out from one instant on and before
/// another; [`MOST_COUNTED`] for that many or more.
pub fn due(r: &mut Reader<'_>, from: Option<Timestamp>, to: Timestamp) -> Result<u64> {
    let query = Query::new("SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE security = ").bind(false);
    let query = query.push(" AND open AND next_due IS NOT NULL AND next_due < ").bind(to);
    let query = match from {
        Some(from) => query.push(" AND next_due >= ").bind(from),
        None => query,
    };
    let most = i64::try_from(MOST_COUNTED).unwrap_or(i64::MAX);
    let query = query.push(" LIMIT ").bind(most).push(") AS due");
    Ok(r.row::<u64>(&query)?.unwrap_or_default())
}

/// Cases of one standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    pub security: bool,
    pub status: StatusName,
    pub level: Option<SupportLevel>,
    pub group: Option<GroupId>,
    /// Whether nobody in particular has them, though somebody should.
    pub unassigned: bool,
    pub cases: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Standing {
    security: bool,
    status: StatusName,
    level: &'static str,
    team: i64,
    unassigned: bool,
}

impl Standing {
    fn of(case: &Case) -> Standing {
        Standing {
            security: case.security,
            status: case.status.name(),
            level: case.status.level().map_or("", SupportLevel::as_str),
            team: case.status.group().map_or(0, |group| group.0),
            unassigned: is_unassigned(case),
        }
    }
}

/// The hook of each commit: the case before and after.
pub(crate) fn follow(w: &mut Writer<'_>, before: Option<&Case>, after: &Case) -> Result<()> {
    let (from, to) = (before.map(Standing::of), Standing::of(after));
    if from.as_ref() == Some(&to) {
        return Ok(());
    }
    let mut steps: Vec<(Standing, i64)> = from.map(|from| (from, -1)).into_iter().chain([(to, 1)]).collect();
    // Two transactions that touch the same rows take them in the same order.
    steps.sort();
    let slot = w.slot();
    let mut upsert =
        Query::new("INSERT INTO backlog (security, status, level, team, unassigned, slot, cases) VALUES ");
    for (n, (standing, step)) in steps.into_iter().enumerate() {
        upsert = upsert.push(if n == 0 { "" } else { ", " }).bind_row([
            standing.security.into(),
            standing.status.into(),
            standing.level.into(),
            Value::Int(standing.team),
            standing.unassigned.into(),
            Value::Int(slot),
            Value::Int(step),
        ]);
    }
    w.execute(&upsert.push(
        " ON CONFLICT (security, status, level, team, unassigned, slot)
          DO UPDATE SET cases = backlog.cases + excluded.cases",
    ))?;
    Ok(())
}

record! {
    struct Row {
        security: bool,
        status: StatusName,
        level: String,
        team: i64,
        unassigned: bool,
        cases: i64,
    }
}

impl Row {
    fn into_count(self) -> Result<Count> {
        Ok(Count {
            security: self.security,
            status: self.status,
            level: match self.level.as_str() {
                "" => None,
                level => Some(level.parse().map_err(StoreError::damaged)?),
            },
            group: (self.team != 0).then_some(GroupId(self.team)),
            unassigned: self.unassigned,
            cases: u64::try_from(self.cases).map_err(StoreError::damaged)?,
        })
    }
}

/// The counts of the desk's cases and of security's, as far as the scope holds all of them. What somebody has only as
/// requester, watcher or supervisor is counted by [`of_person`] or from its list.
pub fn counts(r: &mut Reader<'_>, scope: &Scope) -> Result<Vec<Count>> {
    let query = Query::new("SELECT ").push(Row::COLUMNS).push(
        " FROM (SELECT security, status, level, team, unassigned, CAST(sum(cases) AS BIGINT) AS cases
                FROM backlog GROUP BY security, status, level, team, unassigned) AS standings
          WHERE cases <> 0 ORDER BY security, status, level, team, unassigned",
    );
    let rows: Vec<Row> = r.rows(&query)?;
    rows.into_iter()
        .filter(|row| if row.security { scope.security } else { scope.desk })
        .map(Row::into_count)
        .collect()
}

/// How many cases this person has asked for, by state. Grows with his own cases only.
pub fn of_person(r: &mut Reader<'_>, person: PersonId) -> Result<Vec<(StatusName, u64)>> {
    let query =
        Query::new("SELECT status, count(*) FROM cases WHERE requester = $1 GROUP BY status ORDER BY status");
    r.rows(&query.with(person))
}

/// How many cases this agent has, by state, without security's.
pub fn of_agent(r: &mut Reader<'_>, agent: PersonId) -> Result<Vec<(StatusName, u64)>> {
    let query = Query::new(
        "SELECT status, count(*) FROM cases WHERE agent = $1 AND NOT security GROUP BY status ORDER BY status",
    );
    r.rows(&query.with(agent))
}

/// The counts as the cases themselves give them, to hold the kept ones against.
pub(crate) fn recounted(r: &mut Reader<'_>) -> Result<Vec<Count>> {
    let rows: Vec<Row> = r.rows(&Query::new(
        "SELECT security, status, coalesce(level, ''), coalesce(team, 0),
                open AND status <> 'referred' AND agent IS NULL, count(*)
         FROM cases GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
    ))?;
    rows.into_iter().map(Row::into_count).collect()
}
