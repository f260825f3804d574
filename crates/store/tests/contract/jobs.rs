//! Jobs are done by one node at a time, and again when it dies.

use atiende_store::jobs;
use jiff::SignedDuration;

use crate::support::*;

const LEASE: SignedDuration = SignedDuration::from_mins(5);

on_both! {
    async fn a_job_is_in_one_pair_of_hands(world: World) {
        let now = clock();
        world.db.change(move |w| {
            jobs::put(w, "recount", "1", now)?;
            jobs::put(w, "recount", "2", now + LEASE * 9)
        }).await.unwrap();
        let claim = |at| world.db.change(move |w| jobs::claim(w, at, LEASE, 5));
        let mine = claim(now).await.unwrap();
        assert_eq!(mine.iter().map(|job| (job.kind.as_str(), job.payload.as_str(), job.attempts)).collect::<Vec<_>>(), [("recount", "1", 1)]);
        assert!(claim(now).await.unwrap().is_empty());
        let again = claim(now + LEASE).await.unwrap();
        assert_eq!((again[0].id, again[0].attempts), (mine[0].id, 2));

        let id = mine[0].id;
        world.db.change(move |w| jobs::failed(w, id, "no pudo", Some(now + LEASE * 2), now)).await.unwrap();
        assert!(claim(now + LEASE).await.unwrap().is_empty());
        assert_eq!(claim(now + LEASE * 2).await.unwrap().len(), 1);
        world.db.change(move |w| jobs::failed(w, id, "no puede", None, now)).await.unwrap();
        assert!(claim(now + LEASE * 8).await.unwrap().is_empty());
        let last = claim(now + LEASE * 9).await.unwrap();
        let id = last[0].id;
        world.db.change(move |w| jobs::done(w, id)).await.unwrap();
        assert!(claim(now + LEASE * 99).await.unwrap().is_empty());
    }

    async fn a_recurring_job_is_one_nodes_turn(world: World) {
        let now = clock();
        let mut nodes = Vec::new();
        for _ in 0..8 {
            let db = world.db.clone();
            nodes.push(tokio::spawn(async move { db.change(move |w| jobs::turn(w, "seal", now, LEASE)).await.unwrap() }));
        }
        let mut turns = 0;
        for node in nodes {
            turns += u32::from(node.await.unwrap());
        }
        assert_eq!(turns, 1);
        let turn = |at| world.db.change(move |w| jobs::turn(w, "seal", at, LEASE));
        assert_eq!(turn(now + SignedDuration::from_mins(4)).await, Ok(false));
        assert_eq!(turn(now + LEASE).await, Ok(true));
        assert_eq!(world.db.change(move |w| jobs::turn(w, "remind", now, LEASE)).await, Ok(true));
    }
}
