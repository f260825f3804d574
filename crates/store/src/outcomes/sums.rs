//! How many promises were kept and broken: sums of days and of whole months, so that a year is read from twelve of them.

use std::collections::BTreeMap;

use atiende_procedure::sla::{ClockName, ClockState};
use atiende_procedure::{
    AgreementId, ContractId, DepartmentId, Kind, Priority, ServiceId, SiteId, SupportLevel,
};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{OutcomeRow, counted, day_number};
use crate::error::Result;
use crate::link::{Reader, Writer};
use crate::query::Query;
use crate::value::Value;

/// What a report is about; what is absent asks nothing, and an inner absence asks for the cases that have none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The first day on which a clock ended.
    pub from: Date,
    /// The last such day.
    pub to: Date,
    /// None for all.
    pub clock: Option<ClockName>,
    pub kind: Option<Kind>,
    pub priority: Option<Priority>,
    pub level: Option<Option<SupportLevel>>,
    pub service: Option<Option<ServiceId>>,
    pub department: Option<Option<DepartmentId>>,
    pub site: Option<Option<SiteId>>,
    pub agreement: Option<Option<AgreementId>>,
    /// Only the clocks of providers under one of these.
    pub contracts: Option<Vec<ContractId>>,
}

/// By what the numbers of a report are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// Keys as 202611.
    Month,
    Clock,
    Kind,
    Priority,
    Level,
    Service,
    Department,
    Site,
    Contract,
    Agreement,
}

/// The promises of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// An id, a word, a month, a priority's rank; 0 or empty for the cases that have none.
    pub key: String,
    pub met: u64,
    pub breached: u64,
    /// Seconds used of all of them.
    pub used: u64,
}

const COLUMNS: &str =
    "whole, clock, starts, service, level, department, site, priority, kind, contract, agreement";

type Key = (bool, &'static str, i64, [i64; 6], String, &'static str);

/// What is summed under: the day, and its month.
fn keys(row: &OutcomeRow) -> [Key; 2] {
    let ids = [row.service, row.department, row.site, row.priority as i64, row.contract, row.agreement];
    let (clock, kind) = (row.clock.as_str(), row.kind.as_str());
    let first = row.day / 100 * 100 + 1;
    [(false, row.day), (true, first)].map(|(whole, day)| (whole, clock, day, ids, row.level.clone(), kind))
}

/// Takes rows out of the sums and puts others in.
pub(super) fn add(w: &mut Writer<'_>, old: &[OutcomeRow], new: &[OutcomeRow]) -> Result<()> {
    // In order: two transactions that touch the same rows take them in the same order.
    let mut steps: BTreeMap<Key, [i64; 3]> = BTreeMap::new();
    for (row, sign) in old.iter().map(|row| (row, -1)).chain(new.iter().map(|row| (row, 1))) {
        let [met, breached] = match row.state {
            ClockState::Met => [1, 0],
            ClockState::Breached => [0, 1],
            _ => continue,
        };
        for key in keys(row) {
            let sum = steps.entry(key).or_default();
            for (sum, number) in sum.iter_mut().zip([met, breached, row.used]) {
                *sum += sign * number;
            }
        }
    }
    steps.retain(|_, step| *step != [0; 3]);
    if steps.is_empty() {
        return Ok(());
    }
    let slot = w.slot();
    let mut upsert =
        Query::new(format!("INSERT INTO outcome_sums ({COLUMNS}, slot, met, breached, used) VALUES "));
    for (n, (key, [met, breached, used])) in steps.into_iter().enumerate() {
        let (whole, clock, starts, [service, department, site, priority, contract, agreement], level, kind) =
            key;
        upsert = upsert.push(if n == 0 { "" } else { ", " }).bind_row([
            whole.into(),
            clock.into(),
            starts.into(),
            service.into(),
            level.into(),
            department.into(),
            site.into(),
            priority.into(),
            kind.into(),
            contract.into(),
            agreement.into(),
            slot.into(),
            met.into(),
            breached.into(),
            used.into(),
        ]);
    }
    w.execute(&upsert.push(" ON CONFLICT (").push(COLUMNS).push(
        ", slot) DO UPDATE SET met = outcome_sums.met + excluded.met,
             breached = outcome_sums.breached + excluded.breached, used = outcome_sums.used + excluded.used",
    ))?;
    Ok(())
}

impl By {
    fn column(self) -> &'static str {
        match self {
            By::Month => "starts / 100",
            By::Clock => "clock",
            By::Kind => "kind",
            By::Priority => "priority",
            By::Level => "level",
            By::Service => "service",
            By::Department => "department",
            By::Site => "site",
            By::Contract => "contract",
            By::Agreement => "agreement",
        }
    }
}

impl Asked {
    /// The conditions besides clock and time, on columns of the case; and, on ended clocks, of contract and agreement.
    pub(super) fn conditions(&self) -> Vec<(&'static str, Value)> {
        let id = |id: Option<i64>| Value::Int(id.unwrap_or(0));
        let conditions = [
            ("kind", self.kind.map(Value::from)),
            ("priority", self.priority.map(Value::from)),
            ("level", self.level.map(|it| it.map_or("", SupportLevel::as_str).into())),
            ("service", self.service.map(|it| id(it.map(|id| id.0)))),
            ("department", self.department.map(|it| id(it.map(|id| id.0)))),
            ("site", self.site.map(|it| id(it.map(|id| id.0)))),
            ("agreement", self.agreement.map(|it| id(it.map(|id| id.0)))),
        ];
        conditions.into_iter().filter_map(|(column, value)| Some((column, value?))).collect()
    }

    /// The clocks asked for; by contracts, only providers' can be.
    pub(super) fn clocks(&self) -> Vec<ClockName> {
        let all = self.clock.map_or(ClockName::ALL.to_vec(), |clock| vec![clock]);
        let of_provider = |clock: &ClockName| !ClockName::OF_THE_DESK.contains(clock);
        all.into_iter().filter(|clock| self.contracts.is_none() || of_provider(clock)).collect()
    }

    /// Nobody's contracts, or a desk's clock by contract: there can be none.
    pub(super) fn is_void(&self) -> bool {
        self.from > self.to || self.clocks().is_empty() || self.contracts.as_ref().is_some_and(Vec::is_empty)
    }

    /// The months that lie whole in the time asked for, and the days before and after them.
    fn spans(&self) -> Vec<(bool, i64, i64)> {
        let first = match self.from.first_of_month() {
            first if first == self.from => Some(first),
            _ => self.from.last_of_month().tomorrow().ok(),
        };
        let last = match self.to.last_of_month() {
            last if last == self.to => Some(last),
            _ => self.to.first_of_month().yesterday().ok(),
        };
        let span = |whole, from, to| (whole, day_number(from), day_number(to));
        match first.zip(last).filter(|(first, last)| first < last) {
            None => vec![span(false, self.from, self.to)],
            Some((first, last)) => {
                let before = first.yesterday().ok().filter(|day| *day >= self.from);
                let after = last.tomorrow().ok().filter(|day| *day <= self.to);
                let before = before.map(|day| span(false, self.from, day));
                let after = after.map(|day| span(false, day, self.to));
                before.into_iter().chain([span(true, first, last)]).chain(after).collect()
            }
        }
    }

    fn contracts(&self, query: Query) -> Query {
        match &self.contracts {
            Some(contracts) => {
                query.push(" AND contract IN ").bind_row(contracts.iter().map(|id| (*id).into()))
            }
            None => query,
        }
    }
}

/// The promises that were kept and broken in the time asked for, by key.
pub fn sums(r: &mut Reader<'_>, asked: &Asked, by: By) -> Result<Vec<Sum>> {
    if asked.is_void() {
        return Ok(Vec::new());
    }
    let column = by.column();
    let mut query = Query::new("SELECT CAST(key AS TEXT), ")
        .push("CAST(sum(met) AS BIGINT), CAST(sum(breached) AS BIGINT), CAST(sum(used) AS BIGINT) FROM (");
    for (n, (whole, from, to)) in asked.spans().into_iter().enumerate() {
        query = query.push(if n == 0 { "" } else { " UNION ALL " });
        query = query.push(&format!("SELECT {column} AS key, met, breached, used FROM outcome_sums"));
        query = query.push(" WHERE whole = ").bind(whole).push(" AND clock IN ");
        query = query.bind_row(asked.clocks().into_iter().map(Value::from));
        query = query.push(" AND starts >= ").bind(from).push(" AND starts <= ").bind(to);
        for (column, value) in asked.conditions() {
            query = query.push(&format!(" AND {column} = ")).bind(value);
        }
        query = asked.contracts(query);
    }
    let query = query.push(") AS spans GROUP BY key HAVING sum(met) <> 0 OR sum(breached) <> 0 ORDER BY key");
    let rows: Vec<(String, i64, i64, i64)> = r.rows(&query)?;
    let sum = |(key, met, breached, used)| {
        Ok(Sum { key, met: counted(met)?, breached: counted(breached)?, used: counted(used)? })
    };
    rows.into_iter().map(sum).collect()
}

/// How many open cases have a clock that ran out by an instant, whenever it began, by key: of the desk's clocks, or with
/// a provider. Nothing of what is asked for by agreement, which open cases' rows do not tell.
pub fn late(r: &mut Reader<'_>, now: Timestamp, asked: &Asked, by: By) -> Result<Option<Vec<(String, u64)>>> {
    if asked.agreement.is_some() || matches!(by, By::Agreement | By::Clock) {
        return Ok(None);
    }
    if asked.contracts.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Some(Vec::new()));
    }
    let desks = asked.clock.is_none_or(|clock| ClockName::OF_THE_DESK.contains(&clock));
    let of_provider = by == By::Contract || asked.contracts.is_some() || !desks;
    let column = match by {
        By::Month => "''".to_owned(),
        By::Kind | By::Priority => by.column().to_owned(),
        By::Level => "coalesce(level, '')".to_owned(),
        _ => format!("coalesce({}, 0)", by.column()),
    };
    let due = if of_provider { "contract IS NOT NULL AND provider_due" } else { "next_due" };
    let query = Query::new(format!("SELECT CAST({column} AS TEXT), count(*) FROM cases WHERE security = "));
    let mut query = query.bind(false).push(&format!(" AND open AND {due} IS NOT NULL"));
    query = query.push(if of_provider { " AND provider_due < " } else { " AND next_due < " }).bind(now);
    for (column, value) in asked.conditions() {
        let given = if column == "level" { "coalesce(level, '')" } else { column };
        query = match value {
            Value::Int(0) if column != "priority" => query.push(&format!(" AND ({column} IS NULL) IS TRUE")),
            value => query.push(&format!(" AND ({given} = ")).bind(value).push(") IS TRUE"),
        };
    }
    let rows: Vec<(String, u64)> = r.rows(&asked.contracts(query).push(" GROUP BY 1 ORDER BY 1"))?;
    Ok(Some(rows))
}

/// Whether the kept sums are not those of the rows.
pub(crate) fn disagree(r: &mut Reader<'_>) -> Result<bool> {
    const REST: &str = "service, level, department, site, priority, kind, contract, agreement";
    let kept = |whole: bool| {
        format!(
            "SELECT clock, starts, {REST}, CAST(sum(met) AS BIGINT), CAST(sum(breached) AS BIGINT),
                    CAST(sum(used) AS BIGINT)
             FROM outcome_sums WHERE whole = {whole} GROUP BY clock, starts, {REST}
             HAVING sum(met) <> 0 OR sum(breached) <> 0 OR sum(used) <> 0"
        )
    };
    let added = |starts: &str| {
        format!(
            "SELECT clock, {starts}, {REST}, CAST(sum(CASE state WHEN 'met' THEN 1 ELSE 0 END) AS BIGINT),
                    CAST(sum(CASE state WHEN 'met' THEN 0 ELSE 1 END) AS BIGINT), CAST(sum(used) AS BIGINT)
             FROM outcomes WHERE state <> 'void' GROUP BY clock, {starts}, {REST}"
        )
    };
    for (whole, starts) in [(false, "day"), (true, "day / 100 * 100 + 1")] {
        let (kept, added) = (kept(whole), added(starts));
        for (one, other) in [(&kept, &added), (&added, &kept)] {
            let query = format!("SELECT clock FROM ({one} EXCEPT {other}) AS wrong LIMIT 1");
            if r.row::<String>(&Query::new(query))?.is_some() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
