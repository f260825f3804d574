//! Lists of cases: what somebody may see, filtered, in an order that an index has.
//!
//! A scope is a union of branches (the desk's cases, security's, his own, those he watches, a contract's). Each branch
//! is one walk of one index that stops after a page; the pages are merged. So no list costs more as cases grow.

mod branch;

use atiende_procedure::permission::Scope;
use atiende_procedure::sla::ClockName;
use atiende_procedure::{
    CaseId, CaseNumber, ContractId, DepartmentId, GroupId, Kind, PersonId, Priority, ServiceId, SiteId,
    StatusName, SupportLevel, WaitingFor,
};
use jiff::Timestamp;

use crate::cursor::Cursor;
use crate::error::{Result, StoreError};
use crate::link::Reader;
use crate::row::record;
use crate::search::{self, MOST_HITS};
use crate::words::words_of;

use branch::{Asked, Branch};

/// Which cases of a scope are asked for; what is absent asks nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Any of these.
    pub statuses: Vec<StatusName>,
    pub level: Option<SupportLevel>,
    pub group: Option<GroupId>,
    pub assignee: Option<PersonId>,
    /// Only those that nobody in particular has, though somebody should.
    pub unassigned: bool,
    pub requester: Option<PersonId>,
    pub department: Option<DepartmentId>,
    pub site: Option<SiteId>,
    pub kind: Option<Kind>,
    pub service: Option<ServiceId>,
    pub priority: Option<Priority>,
    /// With a provider under this contract, or still followed by its supervisor.
    pub contract: Option<ContractId>,
    /// From this instant on.
    pub opened_from: Option<Timestamp>,
    /// Before this instant.
    pub opened_to: Option<Timestamp>,
    /// Only open ones of which a clock of the desk runs out from this instant on.
    pub due_from: Option<Timestamp>,
    /// Only open ones of which a clock of the desk runs out before this instant.
    pub due_to: Option<Timestamp>,
    /// All of these words in one of its texts.
    pub words: Option<String>,
}

impl Filter {
    /// Several states are several walks of the index of one, unless they are all that is open to the desk: for those
    /// there is an index of their own.
    fn in_walks(&self, sort: Sort) -> Vec<Filter> {
        const OPEN: [StatusName; 5] = [
            StatusName::Registered,
            StatusName::Assigned,
            StatusName::InProgress,
            StatusName::Waiting,
            StatusName::WithProvider,
        ];
        let all_open = OPEN.iter().all(|status| self.statuses.contains(status));
        if self.statuses.len() < 2 || all_open || sort.key != SortKey::Changed {
            return vec![self.clone()];
        }
        self.statuses.iter().map(|status| Filter { statuses: vec![*status], ..self.clone() }).collect()
    }
}

/// By what a list is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortKey {
    Changed,
    Opened,
    Number,
    /// Within a priority, by the last change.
    Priority,
    /// When the next follow-up is due: only cases that a supervisor follows.
    FollowUp,
    /// When the next of the desk's clocks runs out: only open cases of which one runs, or ran out.
    Due,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort {
    pub key: SortKey,
    pub ascending: bool,
}

impl Default for Sort {
    /// Newest change first.
    fn default() -> Self {
        Sort { key: SortKey::Changed, ascending: false }
    }
}

/// An order that no list has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no list is ordered by {0:?}")]
pub struct UnknownSort(String);

impl std::str::FromStr for Sort {
    type Err = UnknownSort;
    /// A key's name, with `-` before it for the last first: `-changed_at`.
    fn from_str(text: &str) -> Result<Sort, UnknownSort> {
        let (ascending, key) = text.strip_prefix('-').map_or((true, text), |key| (false, key));
        let key = match key {
            "changed_at" => SortKey::Changed,
            "opened_at" => SortKey::Opened,
            "number" => SortKey::Number,
            "priority" => SortKey::Priority,
            "follow_up_due" => SortKey::FollowUp,
            "next_due" => SortKey::Due,
            _ => return Err(UnknownSort(text.chars().take(40).collect())),
        };
        Ok(Sort { key, ascending })
    }
}

impl std::fmt::Display for Sort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let key = match self.key {
            SortKey::Changed => "changed_at",
            SortKey::Opened => "opened_at",
            SortKey::Number => "number",
            SortKey::Priority => "priority",
            SortKey::FollowUp => "follow_up_due",
            SortKey::Due => "next_due",
        };
        write!(f, "{}{key}", if self.ascending { "" } else { "-" })
    }
}

record! {
    /// A case as a list shows it.
    pub struct QueueRow {
        pub id: CaseId,
        pub prefix: String,
        pub year: i64,
        pub sequence: i64,
        pub version: u64,
        pub status: StatusName,
        pub security: bool,
        pub level: Option<SupportLevel>,
        pub team: Option<GroupId>,
        pub agent: Option<PersonId>,
        pub kind: Kind,
        pub service: Option<ServiceId>,
        pub priority: Priority,
        pub requester: PersonId,
        pub department: Option<DepartmentId>,
        pub site: Option<SiteId>,
        /// The contract whose supervisor follows it.
        pub contract: Option<ContractId>,
        pub opened_at: Timestamp,
        pub changed_at: Timestamp,
        /// What it waits for, while it waits.
        pub waiting_for: Option<WaitingFor>,
        pub expected_by: Option<Timestamp>,
        pub follow_up_due: Option<Timestamp>,
        /// When the next of the desk's clocks runs out, absent while none runs; and which, or which stands still.
        pub next_due: Option<Timestamp>,
        pub next_clock: Option<ClockName>,
        /// The same of its providers' clocks.
        pub provider_due: Option<Timestamp>,
        /// Absent once destroyed by order of the law.
        pub subject: Option<String>,
    }
}

impl QueueRow {
    /// What people call it.
    pub fn number(&self) -> CaseNumber {
        CaseNumber::new(self.prefix.clone(), i16::try_from(self.year).unwrap_or_default(), self.sequence)
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub rows: Vec<QueueRow>,
    /// From where the next page goes on, if there is one.
    pub next: Option<String>,
    /// The words match so much that only the newest hits were looked at.
    pub cut: bool,
}

/// Rows of a page, whatever is asked for.
pub const MOST_ROWS: usize = 200;

/// A page of the cases of a scope. With words and no order, the newest cases come first.
///
/// # Errors
/// [`StoreError::BadCursor`] for a cursor that this list never gave.
pub fn page(
    r: &mut Reader<'_>,
    scope: &Scope,
    filter: &Filter,
    sort: Option<Sort>,
    after: Option<&str>,
    limit: usize,
) -> Result<Page> {
    let limit = limit.clamp(1, MOST_ROWS);
    match &filter.words {
        Some(words) if words_of(words).is_empty() => Ok(Page { rows: Vec::new(), next: None, cut: false }),
        Some(words) if sort.is_none() => newest_hits(r, scope, filter, words, after, limit),
        _ => ordered(r, scope, filter, sort.unwrap_or_default(), after, limit),
    }
}

fn ordered(
    r: &mut Reader<'_>,
    scope: &Scope,
    filter: &Filter,
    sort: Sort,
    after: Option<&str>,
    limit: usize,
) -> Result<Page> {
    let list = sort.to_string();
    let after = after.map(|text| Cursor::parse(text, &list)).transpose()?;
    if after.as_ref().is_some_and(|cursor| cursor.keys().len() != sort.key.width()) {
        return Err(StoreError::BadCursor);
    }
    let (found, cut) = match &filter.words {
        Some(words) => {
            let found = search::cases(r, words, scope, None, MOST_HITS)?;
            (Some(found.cases), found.cut)
        }
        None => (None, false),
    };
    let parts = filter.in_walks(sort);
    let mut asked = Asked { filter, sort, found, after, rows: limit + 1 };
    let mut rows: Vec<QueueRow> = Vec::new();
    for branch in Branch::all(scope) {
        for part in &parts {
            asked.filter = part;
            let query = branch.page(r.dialect(), &asked)?;
            rows.extend(r.rows::<QueueRow>(&query)?);
        }
    }
    rows.sort_by_cached_key(|row| sort.cursor(row).keys().to_vec());
    if !sort.ascending {
        rows.reverse();
    }
    rows.dedup_by_key(|row| row.id);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let last = rows.last().filter(|_| more);
    Ok(Page { next: last.map(|row| sort.cursor(row).to_text(&list)), rows, cut })
}

/// The rows of these cases, as far as the scope holds them, newest first.
pub(crate) fn these(r: &mut Reader<'_>, scope: &Scope, cases: &[CaseId]) -> Result<Vec<QueueRow>> {
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    r.rows(&branch::these(r.dialect(), cases, scope, &Filter::default()))
}

/// The list of a search in its own order, which is not one of [`Sort`]'s.
const NEWEST_HITS: &str = "newest hits";
const HITS_FOR_A_ROW: usize = 4;
const ROUNDS: usize = 8;

fn newest_hits(
    r: &mut Reader<'_>,
    scope: &Scope,
    filter: &Filter,
    words: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Page> {
    let after = after.map(|text| Cursor::parse(text, NEWEST_HITS)).transpose()?;
    let before = after.and_then(|cursor| cursor.keys().first().copied()).map(CaseId);
    let without_words = Filter { words: None, ..filter.clone() };
    let (mut rows, mut before) = (Vec::<QueueRow>::new(), before);
    // A page seldom needs more hits than a few for each row; a filter that lets little through takes more rounds.
    for _ in 0..ROUNDS {
        let found = search::cases(r, words, scope, before, (limit + 1) * HITS_FOR_A_ROW)?;
        for some in found.cases.chunks(limit + 1) {
            let query = branch::these(r.dialect(), some, scope, &without_words);
            rows.extend(r.rows::<QueueRow>(&query)?);
            if rows.len() > limit {
                rows.truncate(limit);
                let next = rows.last().map(|row| Cursor::new(vec![row.id.0]).to_text(NEWEST_HITS));
                return Ok(Page { rows, next, cut: false });
            }
        }
        before = found.cases.last().copied();
        if !found.cut {
            return Ok(Page { rows, next: None, cut: false });
        }
    }
    // There are older hits: the list goes on below what was looked at.
    let next = before.map(|id| Cursor::new(vec![id.0]).to_text(NEWEST_HITS));
    Ok(Page { rows, next, cut: false })
}

#[cfg(test)]
mod tests;
