//! What was promised and kept (R3, R12, R17): promises that came to an end, summed by what the reader asks, with the cases
//! behind each number.
//!
//! Who sees the whole desk reads of every case but security's; who supervises contracts reads of what their providers
//! promised. For anybody else there are no reports.

mod group;

use std::sync::Arc;

use atiende_procedure::office::Office;
use atiende_procedure::permission::Scope;
use atiende_procedure::sla::ClockName;
use atiende_procedure::{
    AgreementId, ContractId, DepartmentId, Kind, Priority, ProviderId, ServiceId, SiteId, SupportLevel,
};
use atiende_store::Reader;
use atiende_store::outcomes::{self, Asked, Sum};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

pub use group::{Group, GroupBy};

use super::Viewer;
use super::queue::QueueRow;
use crate::{Desk, DeskError};

/// What a report is about; what is absent asks nothing, and an inner absence asks for the cases that have none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFilter {
    /// The first day of the office on which promises came to an end.
    pub from: Date,
    /// The last such day.
    pub to: Date,
    pub clock: Option<ClockName>,
    pub kind: Option<Kind>,
    pub priority: Option<Priority>,
    pub level: Option<Option<SupportLevel>>,
    pub service: Option<Option<ServiceId>>,
    pub department: Option<Option<DepartmentId>>,
    pub site: Option<Option<SiteId>>,
    pub agreement: Option<Option<AgreementId>>,
    pub provider: Option<ProviderId>,
    pub contract: Option<ContractId>,
}

impl ReportFilter {
    /// Everything that ended in some days.
    pub fn of(from: Date, to: Date) -> ReportFilter {
        ReportFilter {
            from,
            to,
            clock: None,
            kind: None,
            priority: None,
            level: None,
            service: None,
            department: None,
            site: None,
            agreement: None,
            provider: None,
            contract: None,
        }
    }
}

/// Promises that came to an end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Kept.
    pub met: u64,
    pub breached: u64,
    /// The time used of all of them.
    pub used: SignedDuration,
    /// Besides, open cases of which a time has run out by now, whenever it began; absent where that is not told.
    pub open_late: Option<u64>,
}

impl Tally {
    /// How many came to an end.
    pub fn ended(&self) -> u64 {
        self.met + self.breached
    }

    /// The part that was kept, 0 to 1; of nothing there is none.
    pub fn kept(&self) -> Option<f64> {
        (self.ended() > 0).then(|| self.met as f64 / self.ended() as f64)
    }

    /// The time used by one, in the middle of them all.
    pub fn average(&self) -> Option<SignedDuration> {
        let of = i32::try_from(self.ended()).ok().filter(|of| *of > 0)?;
        Some(self.used / of)
    }

    fn add(&mut self, other: &Tally) {
        self.met += other.met;
        self.breached += other.breached;
        self.used += other.used;
        self.open_late = match (self.open_late, other.open_late) {
            (Some(one), Some(other)) => Some(one + other),
            (one, other) => one.or(other),
        };
    }
}

/// The promises of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    pub group: Group,
    pub tally: Tally,
}

/// A report.
#[derive(Debug, Clone)]
pub struct Report {
    pub now: Timestamp,
    pub office: Arc<Office>,
    pub rows: Vec<ReportRow>,
    pub total: Tally,
    /// The same of as many days before, without open cases.
    pub before: Tally,
    /// Cases of an older program are still being counted: the numbers are not whole yet.
    pub counting: bool,
}

/// Which cases behind a number are asked for.
#[derive(Debug, Clone)]
pub struct BehindRequest {
    pub filter: ReportFilter,
    /// Those in time, those too late, or both.
    pub met: Option<bool>,
    /// As a page before gave it.
    pub cursor: Option<String>,
    /// 1 to 200.
    pub limit: usize,
}

/// A promise that came to an end, with its case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BehindRow {
    pub case: QueueRow,
    pub clock: ClockName,
    pub contract: Option<ContractId>,
    pub ended_at: Timestamp,
    pub met: bool,
    pub used: SignedDuration,
    pub target: SignedDuration,
}

/// A page of the cases behind a number.
#[derive(Debug, Clone)]
pub struct BehindPage {
    pub now: Timestamp,
    pub office: Arc<Office>,
    pub rows: Vec<BehindRow>,
    pub next_cursor: Option<String>,
}

impl From<outcomes::Behind> for BehindRow {
    fn from(row: outcomes::Behind) -> Self {
        let outcomes::Behind { case, clock, contract, ended_at, met, used, target } = row;
        BehindRow { case: case.into(), clock, contract, ended_at, met, used, target }
    }
}

/// Whether there are reports for whoever sees this.
pub fn reads_reports(scope: &Scope) -> bool {
    scope.desk || !scope.contracts.is_empty()
}

impl Desk {
    /// The promises that came to an end, by group.
    ///
    /// # Errors
    /// [`DeskError::NoSuchCase`] when there are no reports for him; [`DeskError::Store`] when the memory does not answer.
    pub async fn sla_report(
        &self,
        viewer: Viewer,
        filter: ReportFilter,
        by: GroupBy,
    ) -> Result<Report, DeskError> {
        let desk = self.clone();
        let now = self.ambience().now();
        self.db().read(move |r| desk.report(r, viewer, &filter, by, now)).await
    }

    /// A page of the cases behind a number of a report, the last to end first.
    ///
    /// # Errors
    /// As those of [`Desk::sla_report`], and for a bad cursor.
    pub async fn sla_cases(&self, viewer: Viewer, request: BehindRequest) -> Result<BehindPage, DeskError> {
        let desk = self.clone();
        let now = self.ambience().now();
        let seen = self.db().read(move |r| {
            let office = desk.office_in(r)?;
            let scope = Scope::of(viewer.actor, &office);
            let asked = asked(&request.filter, &scope, &office)?;
            let (met, cursor) = (request.met, request.cursor.as_deref());
            let page = outcomes::page(r, &scope, &asked, met, cursor, request.limit)?;
            let rows = page.rows.into_iter().map(BehindRow::from).collect();
            Ok::<_, DeskError>(BehindPage { now, office, rows, next_cursor: page.next })
        });
        seen.await
    }

    fn report(
        &self,
        r: &mut Reader<'_>,
        viewer: Viewer,
        filter: &ReportFilter,
        by: GroupBy,
        now: Timestamp,
    ) -> Result<Report, DeskError> {
        let office = self.office_in(r)?;
        let scope = Scope::of(viewer.actor, &office);
        let asked = asked(filter, &scope, &office)?;
        let mut rows: Vec<ReportRow> = Vec::new();
        let mut add = |group: Group, tally: Tally| match rows.iter_mut().find(|row| row.group == group) {
            Some(row) => row.tally.add(&tally),
            None => rows.push(ReportRow { group, tally }),
        };
        for sum in outcomes::sums(r, &asked, by.store())? {
            add(by.group(&sum.key, &office)?, tally(&sum));
        }
        let late = outcomes::late(r, now, &asked, by.store())?;
        let mut total = Tally { open_late: late.as_ref().map(|_| 0), ..Tally::default() };
        for (key, count) in late.into_iter().flatten() {
            total.open_late = total.open_late.map(|sum| sum + count);
            if by != GroupBy::Month {
                add(by.group(&key, &office)?, Tally { open_late: Some(count), ..Tally::default() });
            }
        }
        let open_late = total.open_late;
        rows.iter().for_each(|row| total.add(&Tally { open_late: None, ..row.tally }));
        for row in rows.iter_mut().filter(|_| open_late.is_some() && by != GroupBy::Month) {
            row.tally.open_late.get_or_insert(0);
        }
        rows.sort_by_cached_key(|row| row.group.order());
        let before = before(&asked).map(|asked| outcomes::sums(r, &asked, by.store())).transpose()?;
        let mut was = Tally::default();
        before.iter().flatten().for_each(|sum| was.add(&tally(sum)));
        Ok(Report { now, office, rows, total, before: was, counting: outcomes::must_be_counted(r)? })
    }
}

fn tally(sum: &Sum) -> Tally {
    let used = SignedDuration::from_secs(i64::try_from(sum.used).unwrap_or(i64::MAX));
    Tally { met: sum.met, breached: sum.breached, used, open_late: None }
}

/// What is asked of the store within what he may read of.
fn asked(filter: &ReportFilter, scope: &Scope, office: &Office) -> Result<Asked, DeskError> {
    if !reads_reports(scope) {
        return Err(DeskError::NoSuchCase);
    }
    let of_provider = |id: &ContractId| {
        filter
            .provider
            .is_none_or(|provider| office.contracts.get(id).is_some_and(|it| it.provider == provider))
    };
    let own = |id: &ContractId| scope.desk || scope.contracts.contains(id);
    let narrowed = filter.provider.is_some() || filter.contract.is_some() || !scope.desk;
    let contracts = narrowed.then(|| {
        let one = |id: &ContractId| filter.contract.is_none_or(|contract| contract == *id);
        office.contracts.keys().copied().filter(|id| one(id) && of_provider(id) && own(id)).collect()
    });
    Ok(Asked {
        from: filter.from,
        to: filter.to,
        clock: filter.clock,
        kind: filter.kind,
        priority: filter.priority,
        level: filter.level,
        service: filter.service,
        department: filter.department,
        site: filter.site,
        agreement: filter.agreement,
        contracts,
    })
}

/// The same of as many days before; of whole months, as many months before.
fn before(asked: &Asked) -> Option<Asked> {
    let (from, to) = (asked.from, asked.to);
    let whole = from == from.first_of_month() && to == to.last_of_month();
    let last = from.yesterday().ok()?;
    let months =
        i32::from(to.year() - from.year()) * 12 + i32::from(to.month()) - i32::from(from.month()) + 1;
    let first = match whole {
        true => from.checked_sub(jiff::Span::new().months(months)).ok()?,
        false => last.checked_sub(from.until(to).ok()?).ok()?,
    };
    Some(Asked { from: first, to: last, ..asked.clone() })
}
