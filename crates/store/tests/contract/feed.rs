//! Whoever follows the feed gets each event once, in order, whoever commits when.

use atiende_procedure::Case;
use atiende_store::feed::{Happened, Tail};
use atiende_store::{Db, StoreError};

use crate::support::*;

async fn next(db: &Db, tail: Tail, most: u32) -> (Vec<Happened>, Tail) {
    db.read(move |r| tail.next(r, most)).await.unwrap()
}

on_both! {
    async fn the_feed_gives_each_event_once(world: World) {
        let one = world.case(request(7)).await;
        let other = world.case(request(7)).await;
        world.happen(one.id, vec![watched(8), watched(9)]).await;
        let (some, tail) = next(&world.db, Tail::after(0), 3).await;
        let (rest, tail) = next(&world.db, tail, 3).await;
        let seen: Vec<_> = some.iter().chain(&rest).map(|event| (event.stream, event.sequence)).collect();
        assert_eq!(seen, [(one.id.0, 1), (other.id.0, 1), (one.id.0, 2), (one.id.0, 3)]);
        assert!(next(&world.db, tail, 3).await.0.is_empty());
        let now = world.db.read(Tail::from_now).await.unwrap();
        assert_eq!(now, tail);
        world.happen(other.id, vec![watched(8)]).await;
        assert_eq!(next(&world.db, now, 3).await.0.len(), 1);
    }

    async fn what_came_to_nothing_holds_nobody_up(world: World) {
        world.case(request(7)).await;
        let lost: Result<Case, StoreError> = world.db.change(|w| {
            register(w, &request(7))?;
            Err(StoreError::BadCursor)
        }).await;
        assert!(lost.is_err());
        world.case(request(7)).await;
        let (mut seen, mut tail) = (0, Tail::after(0));
        // Transactions of other tests on the same server hold the gap open as well, for a moment.
        for _ in 0..200 {
            if seen == 2 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            let (some, after) = next(&world.db, tail, 10).await;
            (seen, tail) = (seen + some.len(), after);
        }
        assert_eq!(seen, 2);
    }
}

/// SQLite has one writer, so only PostgreSQL can commit out of order.
#[tokio::test]
async fn a_late_commit_is_not_missed() {
    let world = match World::postgres().await {
        Ok(world) => world,
        Err(why) => return eprintln!("skipped: {why:#}"),
    };
    // The year's series of numbers is made by its first case, and others wait for that one.
    let first = world.case(request(1)).await;
    let (_, start) = next(&world.db, Tail::after(0), 10).await;
    let (wrote, hear) = std::sync::mpsc::channel();
    let (go_on, wait) = std::sync::mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let slow = tokio::spawn({
        let db = world.db.clone();
        async move {
            db.change(move |w| {
                let case = register(w, &request(1))?;
                wrote.send(case.id).expect("the test waits");
                wait.lock().expect("one try").recv().expect("the test says when");
                Ok::<_, StoreError>(case)
            })
            .await
        }
    });
    let late = tokio::task::spawn_blocking(move || hear.recv().unwrap()).await.unwrap();
    assert_ne!(first.id, late);
    let early = world.case(request(2)).await;

    let (seen, tail) = next(&world.db, start, 10).await;
    assert!(seen.is_empty(), "{seen:?}");
    let (seen, tail) = next(&world.db, tail, 10).await;
    assert!(seen.is_empty(), "{seen:?}");
    go_on.send(()).unwrap();
    slow.await.unwrap().unwrap();
    let (mut seen, mut tail) = (Vec::new(), tail);
    for _ in 0..200 {
        let (some, after) = next(&world.db, tail, 10).await;
        (seen, tail) = ([seen, some].concat(), after);
        if seen.len() == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(seen.iter().map(|event| event.stream).collect::<Vec<_>>(), [late.0, early.id.0]);
}
