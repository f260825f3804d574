//! A case as a row: one function derives its columns, for writing and for verifying alike.

use atiende_procedure::office::Office;
use atiende_procedure::{Case, Status, StatusName, WaitingFor, sla};
use jiff::Timestamp;

use crate::error::{Result, StoreError};
use crate::events::Hash;
use crate::link::Reader;
use crate::query::Query;
use crate::row::{Record, Row};
use crate::value::Value;

/// The columns that follow from a case, in the order of [`values`]; the last [`TIMED`] follow from the office's calendars
/// too. `open` is SQL's TRUE for who may still be attended.
pub(crate) const COLUMNS: [&str; 30] = [
    "prefix",
    "year",
    "sequence",
    "version",
    "status",
    "open",
    "security",
    "level",
    "team",
    "agent",
    "kind",
    "service",
    "priority",
    "channel",
    "requester",
    "department",
    "site",
    "contract",
    "opened_at",
    "changed_at",
    "waiting_for",
    "expected_by",
    "follow_up_due",
    "follows",
    "wait_until",
    "wake_at",
    "next_due",
    "next_clock",
    "provider_due",
    "timed",
];

/// How many columns tell of time, with until when a case waits, which no calendar moves. `timed` is the event of the
/// office by whose calendars they were told.
pub(crate) const TIMED: usize = 6;

/// What the columns hold for this case.
pub(crate) fn values(case: &Case, office: &Office) -> [Value; 30] {
    let followed = case.followed_turn();
    let [wait_until, wake_at, next_due, next_clock, provider_due, timed] = timed(case, office);
    [
        case.number.prefix().into(),
        i64::from(case.number.year()).into(),
        case.number.sequence().into(),
        case.version.into(),
        case.status.name().into(),
        case.status.name().is_open().into(),
        case.security.into(),
        case.status.level().into(),
        case.status.group().into(),
        case.status.agent().into(),
        case.kind.into(),
        case.service.into(),
        case.priority().into(),
        case.channel.into(),
        case.requester.into(),
        case.details.department.into(),
        case.details.site.into(),
        followed.map(|turn| turn.contract).into(),
        case.opened_at.into(),
        case.changed_at.into(),
        waiting(case).map(|(waiting_for, _)| waiting_for).into(),
        case.expected_by.into(),
        followed.and_then(|turn| turn.follow_up_due).into(),
        case.follows.into(),
        wait_until,
        wake_at,
        next_due,
        next_clock,
        provider_due,
        timed,
    ]
}

/// The columns that tell of time.
fn timed(case: &Case, office: &Office) -> [Value; TIMED] {
    let next = sla::next_due(case, office);
    [
        waiting(case).and_then(|(_, until)| until).into(),
        sla::wakes_at(case, office).into(),
        next.map(|(at, _)| at).into(),
        next.map(|(_, clock)| clock).or_else(|| sla::held(case, office)).into(),
        sla::provider_due(case, office).into(),
        office.timed.into(),
    ]
}

/// The statement that tells time anew for a case that did not move.
pub(crate) fn retime(case: &Case, office: &Office) -> Query {
    let mut query = Query::new("UPDATE cases SET ");
    let columns = COLUMNS[COLUMNS.len() - TIMED..].iter().zip(timed(case, office));
    for (n, (column, value)) in columns.enumerate() {
        query = query.push(if n == 0 { "" } else { ", " }).push(column).push(" = ").bind(value);
    }
    query.push(" WHERE id = ").bind(case.id)
}

/// For what it waits, and until when.
fn waiting(case: &Case) -> Option<(WaitingFor, Option<Timestamp>)> {
    match case.status {
        Status::Waiting { waiting_for, until, .. } => Some((waiting_for, until)),
        _ => None,
    }
}

/// A case's row as it is stored, to be held against its events.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) id: i64,
    pub(crate) head: Vec<u8>,
    pub(crate) subject: Option<String>,
    pub(crate) state: String,
    /// In the order of [`COLUMNS`], in their plain form.
    pub(crate) columns: Vec<Value>,
    /// The version up to which its clocks are counted.
    pub(crate) counted: u64,
}

impl Record for Stored {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let columns = (4..4 + COLUMNS.len()).map(|index| row.get(index)).collect::<Result<_>>()?;
        Ok(Stored {
            id: row.get(0)?,
            head: row.get(1)?,
            subject: row.get(2)?,
            state: row.get(3)?,
            columns,
            counted: row.get(4 + COLUMNS.len())?,
        })
    }
}

/// The rows after a case, in the order of their ids.
pub(crate) fn stored_after(r: &mut Reader<'_>, id: i64, most: u32) -> Result<Vec<Stored>> {
    let columns = COLUMNS.join(", ");
    let query =
        Query::new(format!("SELECT id, head, subject, state, {columns}, counted FROM cases WHERE id > "))
            .bind(id);
    r.rows(&query.push(" ORDER BY id LIMIT ").bind(i64::from(most)))
}

/// Whether nobody in particular has a case that somebody should.
pub(crate) fn is_unassigned(case: &Case) -> bool {
    let status = case.status.name();
    status.is_open() && status != StatusName::Referred && case.status.agent().is_none()
}

fn state(case: &Case) -> Result<Value> {
    serde_json::to_string(case).map(Value::Text).map_err(StoreError::damaged)
}

/// The statement that stores a new case.
pub(crate) fn insert(case: &Case, office: &Office, head: &Hash, subject: Option<String>) -> Result<Query> {
    let row = [case.id.into()].into_iter().chain(values(case, office));
    let row = row.chain([(*head).into(), subject.into(), state(case)?, case.version.into()]);
    let columns = COLUMNS.join(", ");
    Ok(Query::new(format!("INSERT INTO cases (id, {columns}, head, subject, state, counted) VALUES "))
        .bind_row(row))
}

/// The statement that stores a moved case, if it still is at this version.
pub(crate) fn update(
    case: &Case,
    office: &Office,
    head: &Hash,
    subject: Option<String>,
    before: u64,
) -> Result<Query> {
    let mut query = Query::new("UPDATE cases SET ");
    for (column, value) in COLUMNS.into_iter().zip(values(case, office)) {
        query = query.push(column).push(" = ").bind(value).push(", ");
    }
    query = query.push("head = ").bind(*head).push(", subject = ").bind(subject);
    query = query.push(", state = ").bind(state(case)?).push(", counted = ").bind(case.version);
    Ok(query.push(" WHERE id = ").bind(case.id).push(" AND version = ").bind(before))
}
