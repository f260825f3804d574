//! The way in: transactions, commands done once, failures that stay with whoever caused them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use atiende_procedure::{Case, PersonId};
use atiende_store::{Db, StoreError, backlog, cases, commands, migrate};

use crate::support::*;

#[derive(Debug, PartialEq)]
enum Refused {
    No,
    Store(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Refused::Store(error)
    }
}

on_both! {
    async fn a_refused_write_keeps_nothing(world: World) {
        let asked = request(7);
        let refused: Result<Case, Refused> =
            world.db.write(command(), move |w| { register(w, &asked)?; Err(Refused::No) }).await;
        assert_eq!(refused, Err(Refused::No));
        let mine = world.db.read(|r| backlog::of_person(r, PersonId(7))).await.unwrap();
        assert!(mine.is_empty());
    }

    async fn a_command_is_done_once(world: World) {
        let (id, asked) = (command(), request(7));
        let first: Case = world.db.write(id, { let asked = asked.clone(); move |w| register(w, &asked) }).await.unwrap();
        let again: Case = world.db.write(id, move |w| register(w, &asked)).await.unwrap();
        assert_eq!(first, again);
        let receipt = world.db.read(move |r| commands::receipt(r, id)).await.unwrap().unwrap();
        assert_eq!((receipt.stream, receipt.sequence), (first.id.0, 1));
        assert_eq!(world.db.read(|r| backlog::of_person(r, PersonId(7))).await.unwrap()[0].1, 1);
    }

    async fn a_command_that_was_done_is_answered_even_if_it_would_now_be_refused(world: World) {
        let (id, asked) = (command(), request(7));
        let first: Case = world.db.write(id, move |w| register(w, &asked)).await.unwrap();
        let again: Result<Case, Refused> = world.db.write(id, |_| Err(Refused::No)).await;
        assert_eq!(again, Ok(first));
    }

    async fn a_panic_fails_its_caller_alone(world: World) {
        let panicked: Result<(), StoreError> = world.db.change(|_| panic!("on purpose")).await;
        assert_eq!(panicked, Err(StoreError::Panicked));
        let panicked: Result<(), StoreError> = world.db.read(|_| panic!("on purpose")).await;
        assert_eq!(panicked, Err(StoreError::Panicked));
        let mut all = Vec::new();
        for n in 0..40 {
            let (db, asked) = (world.db.clone(), request(n));
            all.push(tokio::spawn(async move {
                db.write(command(), move |w| {
                    let case = register(w, &asked)?;
                    assert!(n % 2 == 0, "on purpose");
                    Ok::<Case, StoreError>(case)
                })
                .await
            }));
        }
        let mut kept = 0;
        for done in all {
            match done.await.unwrap() {
                Ok(case) => { kept += 1; world.load(case.id).await; }
                Err(error) => assert_eq!(error, StoreError::Panicked),
            }
        }
        assert_eq!(kept, 20);
    }

    async fn writers_at_once_get_numbers_of_their_own(world: World) {
        let mut all = Vec::new();
        for n in 0..60 {
            let (db, asked) = (world.db.clone(), request(n));
            all.push(tokio::spawn(async move { db.write(command(), move |w| register(w, &asked)).await.unwrap() }));
        }
        let mut numbers = Vec::new();
        for done in all {
            let case: Case = done.await.unwrap();
            numbers.push((case.number.sequence(), case.id));
        }
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), 60);
    }

    async fn two_that_move_one_case_come_one_after_the_other(world: World) {
        let case = world.case(request(7)).await;
        let mut all = Vec::new();
        for n in 0..20 {
            let (db, id) = (world.db.clone(), case.id);
            let event = vec![watched(100 + n)];
            all.push(tokio::spawn(async move {
                db.write(command(), move |w| advance(w, id, &event, clock())).await.unwrap()
            }));
        }
        for done in all {
            let _: Case = done.await.unwrap();
        }
        let case = world.load(case.id).await;
        assert_eq!((case.version, case.watchers.len()), (21, 20));
    }

    async fn a_stale_move_is_refused(world: World) {
        let case = world.case(request(7)).await;
        let id = case.id;
        let stale: Result<Case, StoreError> = world.db.write(command(), move |w| {
            let held = cases::hold(w, id)?.expect("there");
            advance(w, id, &[watched(1)], clock())?;
            cases::advance(w, &atiende_procedure::office::Office::default(), &held, &[], &[])
        }).await;
        assert_eq!(stale, Err(StoreError::Stale { version: 1 }));
        assert_eq!(world.load(id).await.version, 1);
    }

    async fn a_read_sees_one_picture(world: World) {
        let (db, counter) = (world.db.clone(), Arc::new(AtomicU32::new(0)));
        let handle = tokio::runtime::Handle::current();
        let seen = world.db.read(move |r| {
            let before = backlog::of_person(r, PersonId(7))?;
            if counter.fetch_add(1, Ordering::Relaxed) == 0 {
                let (db, asked) = (db.clone(), request(7));
                let wrote = std::sync::mpsc::channel();
                handle.spawn(async move {
                    let _: Case = db.write(command(), move |w| register(w, &asked)).await.unwrap();
                    wrote.0.send(()).unwrap();
                });
                wrote.1.recv().unwrap();
            }
            Ok::<_, StoreError>((before, backlog::of_person(r, PersonId(7))?))
        }).await.unwrap();
        assert_eq!(seen.0, seen.1);
    }

    async fn opening_again_finds_everything(world: World) {
        let case = world.case(request(7)).await;
        let (one, other) = tokio::join!(Db::open(&world.location), Db::open(&world.location));
        for db in [one.unwrap(), other.unwrap()] {
            let id = case.id;
            assert_eq!(db.read(move |r| cases::load(r, id)).await.unwrap().as_ref(), Some(&case));
            assert_eq!(db.read(migrate::version).await, Ok(migrate::NEWEST));
            assert_eq!(db.change(migrate::run).await, Ok(Vec::new()));
        }
    }

    async fn two_programs_write_side_by_side(world: World) {
        let other = Db::open(&world.location).await.unwrap();
        for n in 0..10 {
            let (one, two) = (request(n), request(n));
            let (a, b) = tokio::join!(
                world.db.write(command(), move |w| register(w, &one)),
                other.write(command(), move |w| register(w, &two)),
            );
            let (a, b): (Case, Case) = (a.unwrap(), b.unwrap());
            assert_ne!(a.number, b.number);
        }
    }

    async fn whoever_waits_hears_of_news(world: World) {
        let mut news = world.db.news();
        let waiting = tokio::spawn(async move {
            let began = std::time::Instant::now();
            news.arrived().await;
            began.elapsed()
        });
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        world.case(request(7)).await;
        assert!(waiting.await.unwrap() < std::time::Duration::from_millis(800));
    }
}
