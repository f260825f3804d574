//! Lists of cases: the desk's queue, a requester's own, the security officers'.

use std::sync::Arc;

use atiende_procedure::office::Office;
use atiende_procedure::permission::Scope;
use atiende_procedure::sla::ClockName;
use atiende_procedure::{
    CaseId, CaseNumber, ContractId, DepartmentId, GroupId, Kind, PersonId, Priority, Role, ServiceId, SiteId,
    StatusName, SupportLevel, WaitingFor,
};
use atiende_store::Reader;
pub use atiende_store::backlog::MOST_COUNTED;
use atiende_store::backlog::{self, Count};
use atiende_store::queue::{self, Filter, Sort, SortKey};
use jiff::Timestamp;

use super::Viewer;
use crate::{Desk, DeskError};

/// Which cases are asked for; what is absent asks nothing.
pub type QueueFilter = Filter;

/// In which order a list comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Newest change first; with words, the newest cases first.
    #[default]
    Changed,
    /// Newest case first.
    Opened,
    /// Oldest case first.
    Oldest,
    /// The most pressing first.
    Priority,
    /// The highest number first.
    Number,
    /// The follow-up that falls due first, of those with a provider.
    FollowUp,
    /// What falls due first, of the open cases of which a clock of the desk runs or ran out.
    Due,
}

impl Order {
    /// The store's name for it: a search without an order of its own has a quicker one.
    fn sort(self, words: bool) -> Option<Sort> {
        let (key, ascending) = match self {
            Order::Changed if words => return None,
            Order::Changed => (SortKey::Changed, false),
            Order::Opened => (SortKey::Opened, false),
            Order::Oldest => (SortKey::Opened, true),
            Order::Priority => (SortKey::Priority, false),
            Order::Number => (SortKey::Number, false),
            Order::FollowUp => (SortKey::FollowUp, true),
            Order::Due => (SortKey::Due, true),
        };
        Some(Sort { key, ascending })
    }
}

/// When a clock of the desk runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// By now.
    Overdue,
    /// From now until the office's day ends.
    Today,
}

/// What page of which list is asked for.
#[derive(Debug, Clone, Default)]
pub struct QueueRequest {
    pub filter: QueueFilter,
    pub order: Order,
    /// Only those that are due then.
    pub due: Option<Due>,
    /// As a page before gave it.
    pub cursor: Option<String>,
    /// 1 to 200; 0 for the usual 50.
    pub limit: usize,
}

/// A case as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueRow {
    pub id: CaseId,
    pub number: CaseNumber,
    pub version: u64,
    pub status: StatusName,
    pub waiting_for: Option<WaitingFor>,
    pub security: bool,
    pub level: Option<SupportLevel>,
    pub group: Option<GroupId>,
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
    pub expected_by: Option<Timestamp>,
    pub follow_up_due: Option<Timestamp>,
    /// When the next of the desk's clocks runs out, and which; absent while none runs.
    pub next_due: Option<(Timestamp, ClockName)>,
    /// Which of the desk's clocks stands still, while none runs.
    pub held: Option<ClockName>,
    /// When the next clock of its provider runs out.
    pub provider_due: Option<Timestamp>,
    /// Empty once destroyed by order of the law.
    pub subject: String,
}

impl From<queue::QueueRow> for QueueRow {
    fn from(row: queue::QueueRow) -> Self {
        QueueRow {
            number: row.number(),
            id: row.id,
            version: row.version,
            status: row.status,
            waiting_for: row.waiting_for,
            security: row.security,
            level: row.level,
            group: row.team,
            agent: row.agent,
            kind: row.kind,
            service: row.service,
            priority: row.priority,
            requester: row.requester,
            department: row.department,
            site: row.site,
            contract: row.contract,
            opened_at: row.opened_at,
            changed_at: row.changed_at,
            expected_by: row.expected_by,
            follow_up_due: row.follow_up_due,
            next_due: row.next_due.zip(row.next_clock),
            held: row.next_clock.filter(|_| row.next_due.is_none()),
            provider_due: row.provider_due,
            subject: row.subject.unwrap_or_default(),
        }
    }
}

/// A page of a list as far as somebody may see it.
#[derive(Debug, Clone)]
pub struct SeenPage {
    pub now: Timestamp,
    pub office: Arc<Office>,
    pub rows: Vec<QueueRow>,
    pub next_cursor: Option<String>,
    /// The search matched more than is looked through: only its newest matches are here.
    pub cut: bool,
}

/// A requester's own cases.
#[derive(Debug, Clone)]
pub struct MyCases {
    pub open: Vec<QueueRow>,
    pub past: Vec<QueueRow>,
}

/// How many cases of the desk stand where.
#[derive(Debug, Clone, Default)]
pub struct Backlog {
    counts: Vec<Count>,
    overdue: u64,
    due_today: u64,
}

impl Backlog {
    /// The cases in a state, at a level; in any with `None`.
    pub fn count(&self, status: Option<StatusName>, level: Option<SupportLevel>) -> u64 {
        let asked = |count: &&Count| {
            status.is_none_or(|status| count.status == status)
                && level.is_none_or(|level| count.level == Some(level))
        };
        self.counts.iter().filter(asked).map(|count| count.cases).sum()
    }

    /// The open cases of which a clock ran out; [`MOST_COUNTED`] for that many or more.
    pub fn overdue(&self) -> u64 {
        self.overdue
    }

    /// Those of which one runs out before the day ends, as those of [`Backlog::overdue`].
    pub fn due_today(&self) -> u64 {
        self.due_today
    }

    /// The open cases that nobody in particular has.
    pub fn unassigned(&self) -> u64 {
        self.counts.iter().filter(|count| count.unassigned).map(|count| count.cases).sum()
    }
}

impl Desk {
    /// A page of the cases that he may see.
    ///
    /// # Errors
    /// [`DeskError::Store`] with a bad cursor, or when the memory does not answer.
    pub async fn queue_seen_by(&self, viewer: Viewer, request: QueueRequest) -> Result<SeenPage, DeskError> {
        let desk = self.clone();
        self.db().read(move |r| desk.page(r, viewer, &request)).await
    }

    /// The same, and for those who see the whole desk how many cases there are by state and level, and how many open
    /// ones are his.
    ///
    /// # Errors
    /// As those of [`Desk::queue_seen_by`].
    pub async fn queue_and_backlog_seen_by(
        &self,
        viewer: Viewer,
        request: QueueRequest,
    ) -> Result<(SeenPage, Option<(Backlog, u64)>), DeskError> {
        let desk = self.clone();
        self.db().read(move |r| Ok((desk.page(r, viewer, &request)?, desk.backlog(r, viewer)?))).await
    }

    fn page(
        &self,
        r: &mut Reader<'_>,
        viewer: Viewer,
        request: &QueueRequest,
    ) -> Result<SeenPage, DeskError> {
        let limit = if request.limit == 0 { 50 } else { request.limit };
        let sort = request.order.sort(request.filter.words.is_some());
        let office = self.office_in(r)?;
        let scope = Scope::of(viewer.actor, &office);
        let now = self.ambience().now();
        let mut filter = request.filter.clone();
        if let Some(due) = request.due {
            (filter.due_from, filter.due_to) = due.between(&office, now);
        }
        let page = queue::page(r, &scope, &filter, sort, request.cursor.as_deref(), limit)?;
        let rows = page.rows.into_iter().map(QueueRow::from).collect();
        Ok(SeenPage { now, office, rows, next_cursor: page.next, cut: page.cut })
    }

    fn backlog(&self, r: &mut Reader<'_>, viewer: Viewer) -> Result<Option<(Backlog, u64)>, DeskError> {
        let office = self.office_in(r)?;
        let scope = Scope::of(viewer.actor, &office);
        if !scope.desk {
            return Ok(None);
        }
        let counts = backlog::counts(r, &Scope { desk: true, ..Scope::default() })?;
        let mine = match viewer.person() {
            Some(person) => backlog::of_agent(r, person)?,
            None => Vec::new(),
        };
        let open = mine.into_iter().filter(|(status, _)| status.is_open()).map(|(_, cases)| cases).sum();
        let (now, ends) = (self.ambience().now(), office.settings.calendar.end_of_day(self.ambience().now()));
        let (overdue, due_today) = (backlog::due(r, None, now)?, backlog::due(r, Some(now), ends)?);
        Ok(Some((Backlog { counts, overdue, due_today }, open)))
    }

    /// The viewer's own cases as a requester and as a watcher, open ones first; at most 200 of both.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn my_cases(&self, person: PersonId) -> Result<MyCases, DeskError> {
        let rows = self.db().read(move |r| {
            let scope = Scope { person: Some(person), ..Scope::default() };
            let page = queue::page(r, &scope, &Filter::default(), None, None, queue::MOST_ROWS)?;
            Ok::<_, DeskError>(page.rows)
        });
        let unfinished = |row: &QueueRow| row.status.is_open() || row.status == StatusName::Solved;
        let (open, past) = rows.await?.into_iter().map(QueueRow::from).partition(unfinished);
        Ok(MyCases { open, past })
    }
}

impl Due {
    fn between(self, office: &Office, now: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
        match self {
            Due::Overdue => (None, Some(now)),
            Due::Today => (Some(now), Some(office.settings.calendar.end_of_day(now))),
        }
    }
}

impl SeenPage {
    /// The name of a person in a row.
    pub fn name(&self, id: PersonId) -> &str {
        self.office.people.get(&id).map_or("", |person| person.profile.name.as_str())
    }
}

/// Whether somebody works at the desk, so that its queue is his first page.
pub fn works_at_desk(office: &Office, person: PersonId) -> bool {
    office.people.get(&person).is_some_and(|person| {
        person.is(Role::Agent) || person.is(Role::DeskAdministrator) || person.is(Role::Auditor)
    })
}
