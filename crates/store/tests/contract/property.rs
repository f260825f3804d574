//! Whatever happens to cases: a list holds a case exactly when it may be seen, counts count it, a search finds it, and
//! all that is stored is the sum of its events.

use atiende_procedure::permission::Scope;
use atiende_procedure::{Case, CaseId, Closing, ContractId, Event, PersonId, ServiceId, SupportLevel, Text};
use atiende_store::queue::{self, Filter};
use atiende_store::verify::verify;
use atiende_store::{Blobs, backlog};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::*;

/// What may happen to a case. The store asks for no order among them; the rules do.
#[derive(Debug, Clone, Copy)]
enum Step {
    Assigned(usize, i64, Option<i64>),
    ToProvider(i64),
    Watched(i64),
    Unwatched(i64),
    Referred,
    SentBack,
    Promised(u32),
    Classified(i64),
    Solved,
    Reopened,
    Closed,
}

impl Step {
    fn events(self) -> Vec<(Event, Vec<Text>)> {
        let bare = |event| vec![(event, Vec::new())];
        match self {
            Step::Assigned(level, group, agent) => vec![assigned(SupportLevel::ALL[level], group, agent)],
            Step::ToProvider(contract) => {
                let level = SupportLevel::First;
                vec![assigned(level, 1, Some(11)), assessed(level), to_provider(contract)]
            }
            Step::Watched(person) => vec![watched(person)],
            Step::Unwatched(person) => bare(Event::WatcherRemoved { person: PersonId(person) }),
            Step::Referred => vec![referred()],
            Step::SentBack => vec![sent_back()],
            Step::Promised(minutes) => vec![promised(minutes, minutes * 2)],
            Step::Classified(service) => bare(classified(Some(ServiceId(service)))),
            Step::Solved => {
                let level = SupportLevel::Second;
                vec![assigned(level, 1, Some(11)), assessed(level), solved()]
            }
            Step::Reopened => vec![reopened(SupportLevel::Second, 11)],
            Step::Closed => bare(Event::Closed { how: Closing::GraceEnded }),
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..3_usize, 1..3_i64, proptest::option::of(10..13_i64)).prop_map(|(l, g, a)| Step::Assigned(l, g, a)),
        2 => (1..4_i64).prop_map(Step::ToProvider),
        2 => (1..5_i64).prop_map(Step::Watched),
        1 => (1..5_i64).prop_map(Step::Unwatched),
        1 => Just(Step::Referred),
        1 => Just(Step::SentBack),
        2 => (0..2_u32).prop_map(Step::Promised),
        1 => (1..3_i64).prop_map(Step::Classified),
        2 => Just(Step::Solved),
        1 => Just(Step::Reopened),
        1 => Just(Step::Closed),
    ]
}

fn scope() -> impl Strategy<Value = Scope> {
    let contracts = proptest::collection::btree_set(1..4_i64, 0..3);
    (any::<bool>(), any::<bool>(), proptest::option::of(1..5_i64), contracts).prop_map(
        |(desk, security, person, contracts)| Scope {
            desk,
            security,
            person: person.map(PersonId),
            contracts: contracts.into_iter().map(ContractId).collect(),
        },
    )
}

type Plan = (Vec<(i64, bool, Vec<Step>)>, Scope);

fn plan() -> impl Strategy<Value = Plan> {
    let case = (1..5_i64, proptest::bool::weighted(0.2), proptest::collection::vec(step(), 0..9));
    (proptest::collection::vec(case, 1..4), scope())
}

async fn list(world: &World, scope: &Scope, words: Option<&str>) -> Vec<CaseId> {
    let (scope, words) = (scope.clone(), words.map(str::to_owned));
    let (mut ids, mut after) = (Vec::new(), None::<String>);
    loop {
        let (scope, cursor) = (scope.clone(), after.clone());
        let filter = Filter { words: words.clone(), ..Filter::default() };
        let page = world
            .db
            .read(move |r| queue::page(r, &scope, &filter, None, cursor.as_deref(), 7))
            .await
            .unwrap();
        ids.extend(page.rows.iter().map(|row| row.id));
        after = page.next;
        if after.is_none() {
            ids.sort();
            return ids;
        }
    }
}

async fn holds(world: &World, cases: &mut Vec<Case>, (happened, scope): Plan) {
    for (requester, secret, steps) in happened {
        let asked = if secret { request(requester).security() } else { request(requester) };
        let mut case = world.case(asked).await;
        for step in steps {
            case = world.happen(case.id, step.events()).await;
        }
        cases.push(case);
    }
    let seen: Vec<CaseId> = cases.iter().filter(|case| scope.contains(case)).map(|case| case.id).collect();
    assert_eq!(list(world, &scope, None).await, seen, "listed for {scope:?}");
    assert_eq!(list(world, &scope, Some("impresora")).await, seen, "found for {scope:?}");

    let counted = |secret| cases.iter().filter(|case| case.security == secret).count() as u64;
    let asked = scope.clone();
    let counts = world.db.read(move |r| backlog::counts(r, &asked)).await.unwrap();
    let sum =
        |secret| counts.iter().filter(|count| count.security == secret).map(|count| count.cases).sum::<u64>();
    assert_eq!(sum(false), if scope.desk { counted(false) } else { 0 });
    assert_eq!(sum(true), if scope.security { counted(true) } else { 0 });
}

fn check(runtime: &tokio::runtime::Runtime, world: &World, times: u32) {
    let cases = std::cell::RefCell::new(Vec::new());
    let config = Config { cases: times, failure_persistence: None, max_shrink_iters: 0, ..Config::default() };
    let outcome = TestRunner::new(config).run(&plan(), |plan| {
        runtime.block_on(holds(world, &mut cases.borrow_mut(), plan));
        Ok(())
    });
    outcome.unwrap();
    let blobs = Blobs::open(world.folder()).unwrap();
    let mut findings = Vec::new();
    let looked = runtime.block_on(verify(&world.db, &blobs, |finding| findings.push(finding))).unwrap();
    assert_eq!(findings, []);
    assert_eq!(looked.cases, cases.borrow().len() as u64);
}

#[test]
fn lists_hold_what_may_be_seen_whatever_happens_sqlite() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::sqlite());
    check(&runtime, &world, 60);
}

#[test]
fn lists_hold_what_may_be_seen_whatever_happens_postgres() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    match runtime.block_on(World::postgres()) {
        Ok(world) => check(&runtime, &world, 40),
        Err(why) => eprintln!("skipped: {why:#}"),
    }
}
