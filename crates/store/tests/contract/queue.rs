//! Lists hold exactly what may be seen and is asked for, in order, page by page.

use atiende_procedure::permission::Scope;
use atiende_procedure::{
    Case, CaseId, ContractId, GroupId, Impact, Kind, PersonId, StatusName, SupportLevel,
};
use atiende_store::StoreError;
use atiende_store::queue::{self, Filter, Page, Sort};

use crate::support::*;

impl World {
    async fn page(
        &self,
        scope: &Scope,
        filter: &Filter,
        sort: &str,
        after: Option<String>,
        limit: usize,
    ) -> Page {
        let (scope, filter) = (scope.clone(), filter.clone());
        let sort: Option<Sort> = (!sort.is_empty()).then(|| sort.parse().unwrap());
        self.db.read(move |r| queue::page(r, &scope, &filter, sort, after.as_deref(), limit)).await.unwrap()
    }

    /// Every page of a list, three rows each.
    async fn all(&self, scope: &Scope, filter: &Filter, sort: &str) -> Vec<CaseId> {
        let (mut ids, mut after) = (Vec::new(), None);
        loop {
            let page = self.page(scope, filter, sort, after, 3).await;
            ids.extend(page.rows.iter().map(|row| row.id));
            after = page.next;
            if after.is_none() {
                return ids;
            }
        }
    }

    /// Cases of every standing, among a few people and contracts.
    async fn office_day(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for n in 0..24_i64 {
            let mut asked = request(1 + n % 3);
            asked.impact = Impact::ALL[n as usize % 3];
            if n % 5 == 4 {
                asked = asked.security();
            }
            let case = self.case(asked).await;
            let mut events = Vec::new();
            if n % 5 != 4 {
                let level = SupportLevel::ALL[n as usize % 3];
                match n % 4 {
                    0 => {}
                    1 => events.push(assigned(level, n % 2, None)),
                    2 => events.extend([assigned(level, n % 2, Some(10 + n % 2)), assessed(level)]),
                    _ => {
                        events.extend([
                            assigned(level, 1, Some(11)),
                            assessed(level),
                            to_provider(1 + n % 2),
                        ]);
                    }
                }
            }
            if n % 6 == 2 {
                events.push(watched(1 + (n + 1) % 3));
            }
            if n % 8 == 7 && n % 5 != 4 {
                events.push(referred());
            }
            cases.push(if events.is_empty() { case } else { self.happen(case.id, events).await });
        }
        cases
    }
}

fn scopes() -> Vec<Scope> {
    let none = Scope::default();
    let person = |id| Some(PersonId(id));
    vec![
        none.clone(),
        Scope { desk: true, ..none.clone() },
        Scope { security: true, ..none.clone() },
        Scope { desk: true, security: true, person: person(2), contracts: vec![ContractId(1)] },
        Scope { person: person(1), ..none.clone() },
        Scope { person: person(2), contracts: vec![ContractId(1), ContractId(2)], ..none.clone() },
        Scope { desk: true, person: person(3), ..none.clone() },
        Scope { security: true, person: person(1), contracts: vec![ContractId(2)], ..none },
    ]
}

fn open_of(case: &Case) -> bool {
    case.status.name().is_open()
}

type Holds = fn(&Case) -> bool;

fn filters() -> Vec<(Filter, Holds)> {
    let none = Filter::default;
    let unassigned: Holds =
        |case| open_of(case) && case.status.name() != StatusName::Referred && case.status.agent().is_none();
    vec![
        (none(), |_| true),
        (Filter { statuses: vec![StatusName::Assigned], ..none() }, |c| {
            c.status.name() == StatusName::Assigned
        }),
        (Filter { statuses: vec![StatusName::Registered, StatusName::InProgress], ..none() }, |c| {
            matches!(c.status.name(), StatusName::Registered | StatusName::InProgress)
        }),
        (Filter { statuses: vec![StatusName::Closed, StatusName::Referred], ..none() }, |c| {
            c.status.name() == StatusName::Referred
        }),
        (Filter { level: Some(SupportLevel::Second), ..none() }, |c| {
            c.status.level() == Some(SupportLevel::Second)
        }),
        (Filter { group: Some(GroupId(1)), ..none() }, |c| c.status.group() == Some(GroupId(1))),
        (Filter { assignee: Some(PersonId(11)), ..none() }, |c| c.status.agent() == Some(PersonId(11))),
        (Filter { unassigned: true, ..none() }, unassigned),
        (Filter { requester: Some(PersonId(2)), ..none() }, |c| c.requester == PersonId(2)),
        (Filter { kind: Some(Kind::Incident), ..none() }, |c| c.kind == Kind::Incident),
        (Filter { contract: Some(ContractId(2)), ..none() }, |c| {
            c.followed_turn().is_some_and(|turn| turn.contract == ContractId(2))
        }),
        (Filter { words: Some("impresora CONEXION".to_owned()), ..none() }, |_| true),
        (Filter { words: Some("inexistente".to_owned()), ..none() }, |_| false),
    ]
}

on_both! {
    async fn a_list_holds_exactly_what_may_be_seen(world: World) {
        let cases = world.office_day().await;
        for scope in scopes() {
            for (filter, holds) in filters() {
                let mut expected: Vec<&Case> = cases.iter().filter(|case| scope.contains(case) && holds(case)).collect();
                let of = |expected: &[&Case]| expected.iter().map(|case| case.id).collect::<Vec<_>>();
                let context = format!("{scope:?} {filter:?}");

                expected.sort_by_key(|case| std::cmp::Reverse((case.changed_at, case.id)));
                assert_eq!(world.all(&scope, &filter, "-changed_at").await, of(&expected), "{context}");
                expected.sort_by_key(|case| (case.opened_at, case.id));
                assert_eq!(world.all(&scope, &filter, "opened_at").await, of(&expected), "{context}");
                expected.sort_by_key(|case| std::cmp::Reverse(case.number.sequence()));
                assert_eq!(world.all(&scope, &filter, "-number").await, of(&expected), "{context}");
                expected.sort_by_key(|case| std::cmp::Reverse((case.priority(), case.changed_at, case.id)));
                assert_eq!(world.all(&scope, &filter, "-priority").await, of(&expected), "{context}");
                expected.retain(|case| case.followed_turn().is_some());
                expected.sort_by_key(|case| (case.followed_turn().unwrap().follow_up_due, case.id));
                assert_eq!(world.all(&scope, &filter, "follow_up_due").await, of(&expected), "{context}");
            }
        }
    }

    async fn a_row_says_what_the_case_says(world: World) {
        let case = world.case(request(7).about("Correo lleno", "No puedo recibir")).await;
        let case = world.happen(case.id, vec![assigned(SupportLevel::Third, 3, Some(9)), assessed(SupportLevel::Third), to_provider(4)]).await;
        let desk = Scope { desk: true, ..Scope::default() };
        let page = world.page(&desk, &Filter::default(), "", None, 10).await;
        let [row] = &page.rows[..] else { panic!("one case") };
        assert_eq!(row.number(), case.number);
        assert_eq!((row.status, row.level, row.agent), (case.status.name(), case.status.level(), case.status.agent()));
        assert_eq!((row.opened_at, row.changed_at, row.priority), (case.opened_at, case.changed_at, case.priority()));
        assert_eq!((row.contract, row.subject.as_deref()), (Some(ContractId(4)), Some("Correo lleno")));
        assert_eq!((row.version, page.next), (case.version, None));
    }

    async fn opening_days_bound_a_list(world: World) {
        let cases = world.office_day().await;
        let (from, to) = (cases[5].opened_at, cases[9].opened_at);
        let all = Scope { desk: true, security: true, ..Scope::default() };
        let filter = Filter { opened_from: Some(from), opened_to: Some(to), ..Filter::default() };
        let expected: Vec<_> = cases[5..9].iter().map(|case| case.id).collect();
        assert_eq!(world.all(&all, &filter, "number").await, expected);
    }

    async fn a_wrong_cursor_is_refused(world: World) {
        world.office_day().await;
        let scope = Scope { desk: true, ..Scope::default() };
        let given = world.page(&scope, &Filter::default(), "-opened_at", None, 2).await.next.unwrap();
        for (sort, cursor) in [("-changed_at", given.clone()), ("-opened_at", given[1..].to_owned()), ("", "x".to_owned())] {
            let scope = scope.clone();
            let sort: Option<Sort> = sort.parse().ok();
            let refused = world.db.read(move |r| {
                queue::page(r, &scope, &Filter::default(), sort, Some(&cursor), 2)
            }).await;
            assert_eq!(refused, Err(StoreError::BadCursor));
        }
    }
}
