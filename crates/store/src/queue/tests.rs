//! Which index SQLite walks for each list: a guess gone wrong costs seconds at a million cases, and shows nowhere else.

use atiende_procedure::permission::Scope;
use atiende_procedure::{
    ContractId, DepartmentId, GroupId, Kind, PersonId, Priority, ServiceId, SiteId, StatusName, SupportLevel,
};

use super::branch::{Asked, Branch};
use super::{Filter, Sort};
use crate::query::Query;
use crate::row::{Record, Row};
use crate::{Db, Dialect, Location, Result};

/// A line of a plan.
struct Step(String);

impl Record for Step {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        row.get(3).map(Step)
    }
}

async fn plan(db: &Db, scope: &Scope, filter: &Filter, sort: &str) -> Vec<String> {
    let sort: Sort = sort.parse().unwrap();
    let mut steps = Vec::new();
    for part in filter.in_walks(sort) {
        for branch in Branch::all(scope) {
            let asked = Asked { filter: &part, sort, found: None, after: None, rows: 51 };
            let query = branch.page(Dialect::Sqlite, &asked).unwrap();
            let explain = Query { sql: format!("EXPLAIN QUERY PLAN {}", query.sql), ..query };
            let lines: Vec<Step> = db.read(move |r| r.rows(&explain)).await.unwrap();
            steps.push(lines.into_iter().map(|step| step.0).collect::<Vec<_>>().join("; "));
        }
    }
    steps
}

#[tokio::test]
async fn each_list_walks_its_own_index() {
    let folder = std::env::temp_dir().join(format!("atiende-plans-{}", std::process::id()));
    let db = Db::open(&Location::Folder(folder.clone())).await.unwrap();
    let desk = Scope { desk: true, ..Scope::default() };
    let mine = Scope { person: Some(PersonId(1)), ..Scope::default() };
    let watched = Scope { contracts: vec![ContractId(1)], ..Scope::default() };
    let officer = Scope { security: true, ..Scope::default() };
    let none = Filter::default;
    let open = StatusName::ALL.iter().copied().filter(|status| status.is_open()).collect::<Vec<_>>();
    let open = || Filter { statuses: open.clone(), ..none() };
    let two = || Filter { statuses: vec![StatusName::Solved, StatusName::Closed], ..none() };
    let lists: Vec<(&Scope, Filter, &str, &str)> = vec![
        (&desk, none(), "-changed_at", "cases_by_change"),
        (&desk, none(), "opened_at", "cases_by_opening"),
        (&desk, none(), "-priority", "cases_by_priority"),
        (&desk, none(), "-number", "sqlite_autoindex_cases_1"),
        (&officer, none(), "-number", "cases_of_security"),
        (&officer, none(), "-changed_at", "cases_by_change"),
        (&desk, open(), "-changed_at", "cases_open "),
        (&desk, open(), "opened_at", "cases_open_by_opening"),
        (&desk, open(), "-priority", "cases_open_by_priority"),
        (&desk, Filter { unassigned: true, ..none() }, "-changed_at", "cases_unassigned"),
        (&desk, Filter { level: Some(SupportLevel::First), ..open() }, "-changed_at", "cases_by_level"),
        (&desk, Filter { group: Some(GroupId(1)), ..open() }, "-changed_at", "cases_by_team"),
        (&desk, Filter { assignee: Some(PersonId(1)), ..open() }, "-changed_at", "cases_by_agent"),
        (&desk, Filter { requester: Some(PersonId(1)), ..none() }, "-changed_at", "cases_by_requester"),
        (&desk, Filter { department: Some(DepartmentId(1)), ..two() }, "-changed_at", "cases_by_department"),
        (&desk, Filter { site: Some(SiteId(1)), ..none() }, "-changed_at", "cases_by_site"),
        (&desk, Filter { kind: Some(Kind::Training), ..none() }, "-changed_at", "cases_by_kind"),
        (&desk, Filter { service: Some(ServiceId(1)), ..open() }, "-changed_at", "cases_by_service"),
        (&desk, Filter { priority: Some(Priority::High), ..none() }, "-changed_at", "cases_by_priority"),
        (&desk, two(), "-changed_at", "cases_by_status"),
        (&mine, none(), "-changed_at", "cases_by_requester|SEARCH m USING PRIMARY KEY"),
        (&watched, none(), "-changed_at", "SEARCH m USING PRIMARY KEY"),
    ];
    for (scope, filter, sort, index) in lists {
        for steps in plan(&db, scope, &filter, sort).await {
            let context = format!("{filter:?} {sort}: {steps}");
            assert!(index.split('|').any(|index| steps.contains(index)), "{context}");
            assert!(!steps.contains("TEMP B-TREE"), "{context}");
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
}
