//! One branch of a scope as SQL: whose cases, which of them, in what order, from where on.

use atiende_procedure::permission::Scope;
use atiende_procedure::{CaseId, ContractId, PersonId};
use jiff::Timestamp;

use super::{Filter, QueueRow, Sort, SortKey};
use crate::cursor::Cursor;
use crate::dialect::Dialect;
use crate::error::{Result, StoreError};
use crate::query::Query;
use crate::value::Value;

/// One way in which somebody may see cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Branch {
    /// All but security's.
    Desk,
    Security,
    /// Those he asked for, security's or the others.
    Requester(PersonId, Secret),
    /// Those he watches, except security's.
    Watcher(PersonId),
    /// Those that ever were under this contract, except security's.
    Contract(ContractId),
}

type Secret = bool;

/// What a list is asked for, besides whose cases.
pub(super) struct Asked<'a> {
    pub(super) filter: &'a Filter,
    pub(super) sort: Sort,
    /// Only these, which a search found.
    pub(super) found: Option<Vec<CaseId>>,
    pub(super) after: Option<Cursor>,
    pub(super) rows: usize,
}

/// Which index a statement walks. SQLite guesses without figures, and guesses wrong: so only the conditions of the
/// chosen index are written plainly, and the others as `(…) IS TRUE`, for which no index serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Walk {
    /// That of this column, which few cases share, or which has the order.
    Column(&'static str),
    /// That of the order itself, perhaps among open cases only.
    Order,
    /// That of a table of members.
    Members,
}

impl Walk {
    fn of(filter: &Filter, sort: Sort) -> Walk {
        // Few have these at any time, so what is found can be sorted.
        let few = [
            ("requester", filter.requester.is_some()),
            ("agent", filter.assignee.is_some()),
            ("contract", filter.contract.is_some()),
            ("team", filter.group.is_some()),
        ];
        // These can be many: their indexes have the order of the last change and no other.
        let many = [
            ("level", filter.level.is_some()),
            ("service", filter.service.is_some()),
            ("department", filter.department.is_some()),
            ("site", filter.site.is_some()),
            ("kind", filter.kind.is_some()),
            ("status", filter.statuses.len() == 1),
            ("priority", filter.priority.is_some()),
        ];
        let asked = |columns: &[(&'static str, bool)]| {
            columns.iter().find(|(_, asked)| *asked).map(|(column, _)| Walk::Column(column))
        };
        let by_change = sort.key == SortKey::Changed && !filter.unassigned;
        asked(&few).or_else(|| asked(&many).filter(|_| by_change)).unwrap_or(Walk::Order)
    }

    /// Whether the index has `security` before its order.
    fn has_security(self, sort: Sort) -> bool {
        match self {
            Walk::Column("requester" | "status" | "priority") => true,
            Walk::Order => {
                matches!(sort.key, SortKey::Changed | SortKey::Opened | SortKey::Priority | SortKey::Due)
            }
            Walk::Column(_) | Walk::Members => false,
        }
    }
}

impl Branch {
    pub(super) fn all(scope: &Scope) -> Vec<Branch> {
        let mut branches = Vec::new();
        if scope.desk {
            branches.push(Branch::Desk);
        }
        if scope.security {
            branches.push(Branch::Security);
        }
        if let Some(person) = scope.person {
            branches.extend((!scope.desk).then_some(Branch::Requester(person, false)));
            branches.extend((!scope.security).then_some(Branch::Requester(person, true)));
        }
        if !scope.desk {
            branches.extend(scope.person.map(Branch::Watcher));
            branches.extend(scope.contracts.iter().copied().map(Branch::Contract));
        }
        branches
    }

    /// The statement for a page of this branch.
    pub(super) fn page(self, dialect: Dialect, asked: &Asked<'_>) -> Result<Query> {
        let Asked { filter, sort, found, after, rows } = asked;
        // What a search found is few: it is looked up and sorted.
        let walk = if found.is_some() { Walk::Members } else { self.walk(filter, *sort) };
        let mut query = self.cases(Query::new("SELECT ").push(&columns()), walk, *sort);
        query = filtered(query, filter, walk);
        if let Some(found) = found {
            query = among(query.push(" AND "), dialect, found);
        }
        if sort.key == SortKey::FollowUp {
            query = query.push(" AND c.contract IS NOT NULL");
        }
        let due = filter.due_from.is_some() || filter.due_to.is_some();
        if sort.key == SortKey::Due || due {
            query = match walk {
                Walk::Order if sort.key == SortKey::Due => {
                    query.push(" AND c.open AND c.next_due IS NOT NULL")
                }
                _ => query.push(" AND (c.open AND c.next_due IS NOT NULL) IS TRUE"),
            };
        }
        let prefix = if self.has_own_change(*sort) { "m." } else { "c." };
        if let Some(cursor) = after {
            query = sort.after(query, prefix, cursor)?;
        }
        Ok(query.push(" ORDER BY ").push(&sort.order(prefix)).push(" LIMIT ").bind(*rows as i64))
    }

    fn walk(self, filter: &Filter, sort: Sort) -> Walk {
        match self {
            Branch::Requester(..) => Walk::Column("requester"),
            Branch::Watcher(_) | Branch::Contract(_) => Walk::Members,
            Branch::Desk | Branch::Security => Walk::of(filter, sort),
        }
    }

    /// The tables and whose cases. CROSS JOIN makes SQLite walk the smaller table first; PostgreSQL does not mind.
    fn cases(self, query: Query, walk: Walk, sort: Sort) -> Query {
        match self {
            Branch::Desk if walk.has_security(sort) => {
                query.push(" FROM cases c WHERE c.security = ").bind(false)
            }
            Branch::Desk => query.push(" FROM cases c WHERE (c.security) IS FALSE"),
            Branch::Security if walk.has_security(sort) => {
                query.push(" FROM cases c WHERE c.security = ").bind(true)
            }
            Branch::Security if walk == Walk::Order => query.push(" FROM cases c WHERE c.security"),
            Branch::Security => query.push(" FROM cases c WHERE (c.security) IS TRUE"),
            Branch::Requester(person, secret) if walk == Walk::Members => query
                .push(" FROM cases c WHERE (c.requester = ")
                .bind(person)
                .push(" AND c.security = ")
                .bind(secret)
                .push(") IS TRUE"),
            Branch::Requester(person, secret) => query
                .push(" FROM cases c WHERE c.requester = ")
                .bind(person)
                .push(" AND c.security = ")
                .bind(secret),
            Branch::Watcher(person) => query
                .push(" FROM watchers m CROSS JOIN cases c WHERE c.id = m.case_id AND m.person = ")
                .bind(person)
                .push(" AND (c.security) IS FALSE"),
            Branch::Contract(contract) => query
                .push(" FROM case_contracts m CROSS JOIN cases c WHERE c.id = m.case_id AND m.contract = ")
                .bind(contract)
                .push(" AND (c.security) IS FALSE"),
        }
    }

    /// Whether the branch's own table has the order.
    fn has_own_change(self, sort: Sort) -> bool {
        sort.key == SortKey::Changed && matches!(self, Branch::Watcher(_) | Branch::Contract(_))
    }
}

fn columns() -> String {
    QueueRow::COLUMNS.split(", ").map(|column| format!("c.{column}")).collect::<Vec<_>>().join(", ")
}

/// The page's rows among cases that a search found, newest first. The scope is asked again: the index of words is no
/// authority.
pub(super) fn these(dialect: Dialect, cases: &[CaseId], scope: &Scope, filter: &Filter) -> Query {
    let query = Query::new("SELECT ").push(&columns()).push(" FROM cases c WHERE ");
    let mut query = among(query, dialect, cases).push(" AND (FALSE");
    for branch in Branch::all(scope) {
        query = query.push(" OR ");
        query = match branch {
            Branch::Desk => query.push("(c.security) IS FALSE"),
            Branch::Security => query.push("(c.security) IS TRUE"),
            Branch::Requester(person, secret) => {
                query.push("(c.requester = ").bind(person).push(" AND c.security = ").bind(secret).push(")")
            }
            Branch::Watcher(person) => member(query, "watchers", "person").bind(person).push("))"),
            Branch::Contract(contract) => {
                member(query, "case_contracts", "contract").bind(contract).push("))")
            }
        };
    }
    filtered(query.push(")"), filter, Walk::Members).push(" ORDER BY c.id DESC")
}

/// However many they are, they are one value: so the statement is always the same.
fn among(query: Query, dialect: Dialect, cases: &[CaseId]) -> Query {
    let ids = cases.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    match dialect {
        Dialect::Sqlite => {
            query.push("c.id IN (SELECT value FROM json_each(").bind(format!("[{ids}]")).push("))")
        }
        Dialect::Postgres => {
            query.push("c.id = ANY (CAST(CAST(").bind(format!("{{{ids}}}")).push(" AS TEXT) AS BIGINT[]))")
        }
    }
}

fn member(query: Query, table: &str, column: &str) -> Query {
    query.push(&format!(
        "((c.security) IS FALSE AND EXISTS (SELECT 1 FROM {table} m WHERE m.case_id = c.id AND m.{column} = "
    ))
}

fn filtered(mut query: Query, filter: &Filter, walk: Walk) -> Query {
    let status = match filter.statuses[..] {
        [status] => Some(status),
        _ => None,
    };
    let columns: [(&str, Value); 11] = [
        ("level", filter.level.into()),
        ("team", filter.group.into()),
        ("agent", filter.assignee.into()),
        ("requester", filter.requester.into()),
        ("department", filter.department.into()),
        ("site", filter.site.into()),
        ("kind", filter.kind.into()),
        ("service", filter.service.into()),
        ("priority", filter.priority.into()),
        ("contract", filter.contract.into()),
        ("status", status.into()),
    ];
    for (column, value) in columns.into_iter().filter(|(_, value)| *value != Value::Null) {
        query = match walk {
            Walk::Column(walked) if walked == column => {
                query.push(&format!(" AND c.{column} = ")).bind(value)
            }
            _ => query.push(&format!(" AND (c.{column} = ")).bind(value).push(") IS TRUE"),
        };
    }
    if filter.statuses.len() > 1 {
        query = query.push(" AND (c.status IN ");
        query = query.bind_row(filter.statuses.iter().map(|status| (*status).into())).push(") IS TRUE");
    }
    if let Some(from) = filter.opened_from {
        query = query.push(" AND c.opened_at >= ").bind(from);
    }
    if let Some(to) = filter.opened_to {
        query = query.push(" AND c.opened_at < ").bind(to);
    }
    if let Some(from) = filter.due_from {
        query = query.push(" AND c.next_due >= ").bind(from);
    }
    if let Some(to) = filter.due_to {
        query = query.push(" AND c.next_due < ").bind(to);
    }
    let open = !filter.statuses.is_empty() && filter.statuses.iter().all(|status| status.is_open());
    match walk {
        // The indexes of open cases serve only where this stands plainly.
        Walk::Order if filter.unassigned => {
            query.push(" AND c.open AND c.agent IS NULL AND (c.status <> 'referred') IS TRUE")
        }
        Walk::Order if open => query.push(" AND c.open"),
        _ if filter.unassigned => {
            query.push(" AND (c.open AND c.agent IS NULL AND c.status <> 'referred') IS TRUE")
        }
        _ => query,
    }
}

impl SortKey {
    fn columns(self) -> &'static [&'static str] {
        match self {
            SortKey::Changed => &["changed_at", "id"],
            SortKey::Opened => &["opened_at", "id"],
            SortKey::Number => &["year", "sequence"],
            SortKey::Priority => &["priority", "changed_at", "id"],
            SortKey::FollowUp => &["follow_up_due", "id"],
            SortKey::Due => &["next_due", "id"],
        }
    }

    pub(super) fn width(self) -> usize {
        self.columns().len()
    }
}

impl Sort {
    fn keys(self, prefix: &str) -> Vec<String> {
        let column = |column: &&str| match (prefix, *column) {
            ("m.", "id") => "m.case_id".to_owned(),
            (prefix, column) => format!("{prefix}{column}"),
        };
        self.key.columns().iter().map(column).collect()
    }

    pub(super) fn order(self, prefix: &str) -> String {
        let direction = if self.ascending { " ASC" } else { " DESC" };
        self.keys(prefix).iter().map(|key| format!("{key}{direction}")).collect::<Vec<_>>().join(", ")
    }

    fn after(self, query: Query, prefix: &str, cursor: &Cursor) -> Result<Query> {
        let sign = if self.ascending { ") > " } else { ") < " };
        let mut values = Vec::new();
        for (column, key) in self.key.columns().iter().zip(cursor.keys()) {
            values.push(match *column {
                "changed_at" | "opened_at" | "follow_up_due" | "next_due" => {
                    Value::Instant(Timestamp::from_microsecond(*key).map_err(|_| StoreError::BadCursor)?)
                }
                _ => Value::Int(*key),
            });
        }
        Ok(query.push(" AND (").push(&self.keys(prefix).join(", ")).push(sign).bind_row(values))
    }

    pub(super) fn cursor(self, row: &QueueRow) -> Cursor {
        let id = row.id.0;
        Cursor::new(match self.key {
            SortKey::Changed => vec![row.changed_at.as_microsecond(), id],
            SortKey::Opened => vec![row.opened_at.as_microsecond(), id],
            SortKey::Number => vec![row.year, row.sequence],
            SortKey::Priority => vec![row.priority as i64, row.changed_at.as_microsecond(), id],
            SortKey::FollowUp => vec![row.follow_up_due.map_or(0, Timestamp::as_microsecond), id],
            SortKey::Due => vec![row.next_due.map_or(0, Timestamp::as_microsecond), id],
        })
    }
}
