//! Letters go out once each, come back when their bearer dies, and are given up in the open.

use atiende_store::outbox::{self, NewLetter};
use jiff::{SignedDuration, Timestamp};

use crate::support::*;

const LEASE: SignedDuration = SignedDuration::from_mins(5);

fn letter(topic: &str, due: Timestamp) -> NewLetter {
    NewLetter {
        topic: topic.to_owned(),
        stream: 5,
        sequence: 1,
        recipient: "person:7".to_owned(),
        payload: String::new(),
        due,
    }
}

impl World {
    async fn put(&self, letters: Vec<NewLetter>, now: Timestamp) {
        self.db.change(move |w| outbox::enqueue(w, &letters, now)).await.unwrap();
    }
    async fn claim(&self, now: Timestamp, most: u32) -> Vec<outbox::Letter> {
        self.db.change(move |w| outbox::claim(w, now, LEASE, most)).await.unwrap()
    }
}

on_both! {
    async fn each_letter_is_claimed_by_one(world: World) {
        let now = clock();
        world.put((0..20).map(|n| letter(&format!("n{n}"), now)).collect(), now).await;
        let mut all = Vec::new();
        for _ in 0..10 {
            let db = world.db.clone();
            all.push(tokio::spawn(async move {
                db.change(move |w| outbox::claim(w, now, LEASE, 3)).await.unwrap()
            }));
        }
        let mut ids = Vec::new();
        for claimed in all {
            ids.extend(claimed.await.unwrap().iter().map(|letter| letter.id));
        }
        ids.extend(world.claim(now, 100).await.iter().map(|letter| letter.id));
        ids.sort();
        assert_eq!(ids.len(), 20);
        ids.dedup();
        assert_eq!(ids.len(), 20);
    }

    async fn a_letter_comes_back_when_its_bearer_dies(world: World) {
        let now = clock();
        world.put(vec![letter("solved", now), letter("later", now + LEASE * 3)], now).await;
        let [first] = &world.claim(now, 10).await[..] else { panic!("one is due") };
        assert_eq!((first.topic.as_str(), first.attempts, first.sequence), ("solved", 1, 1));
        assert!(world.claim(now + SignedDuration::from_mins(4), 10).await.is_empty());
        let again = world.claim(now + LEASE, 10).await;
        assert_eq!((again[0].id, again[0].attempts), (first.id, 2));

        let id = first.id;
        assert!(world.db.change(move |w| outbox::delivered(w, id, now)).await.unwrap());
        assert!(!world.db.change(move |w| outbox::delivered(w, id, now)).await.unwrap());
        assert!(world.claim(now + LEASE * 2, 10).await.is_empty());
        assert_eq!(world.db.read(outbox::next_due).await.unwrap(), Some(now + LEASE * 3));
        let told = world.db.read(|r| outbox::of_stream(r, 5)).await.unwrap();
        assert_eq!(told.iter().map(|letter| letter.delivered_at).collect::<Vec<_>>(), [Some(now), None]);
    }

    async fn a_letter_that_fails_is_tried_again_or_given_up(world: World) {
        let now = clock();
        world.put(vec![letter("assigned", now)], now).await;
        let id = world.claim(now, 1).await[0].id;
        let later = now + outbox::back_off(1);
        world.db.change(move |w| outbox::failed(w, id, "nadie contesta", Some(later), now)).await.unwrap();
        assert!(world.claim(now, 1).await.is_empty());
        assert_eq!(world.claim(later, 1).await[0].last_error.as_deref(), Some("nadie contesta"));

        world.db.change(move |w| outbox::failed(w, id, "no existe", None, now)).await.unwrap();
        assert!(world.claim(later + LEASE * 100, 1).await.is_empty());
        let dead = world.db.read(|r| outbox::dead(r, 10)).await.unwrap();
        assert_eq!((dead[0].id, dead[0].died_at), (id, Some(now)));
        assert!(world.db.change(move |w| outbox::revive(w, id, later)).await.unwrap());
        assert!(!world.db.change(move |w| outbox::revive(w, id, later)).await.unwrap());
        assert_eq!(world.claim(later, 1).await[0].attempts, 1);
    }

    async fn a_letter_that_some_addresses_took_is_tried_again_at_the_others(world: World) {
        let now = clock();
        world.put(vec![letter("assigned", now)], now).await;
        let id = world.claim(now, 1).await[0].id;
        let (later, last) = (now + outbox::back_off(1), now + outbox::back_off(5));
        let part = async |heard: &'static str, again, at| {
            let noted = world.db.change(move |w| {
                outbox::heard(w, id, heard)?;
                outbox::delivered_in_part(w, id, again, at)
            });
            noted.await.unwrap();
        };
        part("una", Some(later), now).await;
        assert!(world.claim(now, 1).await.is_empty());
        let again = world.claim(later, 1).await.remove(0);
        assert_eq!((again.delivered_at, again.heard.as_deref()), (Some(now), Some("una")));
        part("una otra", None, later).await;
        assert!(world.claim(last, 1).await.is_empty());
        let told = world.db.read(|r| outbox::of_stream(r, 5)).await.unwrap();
        assert_eq!((told[0].delivered_at, told[0].due_at), (Some(now), None), "it arrived when the first one took it");
        world.db.change(move |w| outbox::bounced(w, id, "otra: no existe", later)).await.unwrap();
        assert!(world.db.change(move |w| outbox::revive(w, id, last)).await.unwrap());
        let revived = world.claim(last, 1).await.remove(0);
        assert_eq!((revived.delivered_at, revived.heard, revived.attempts), (None, None, 1), "to all of them");
    }
}

#[test]
fn tries_come_ever_more_seldom() {
    let minutes: Vec<i64> = (0..12).map(|n| outbox::back_off(n).as_mins()).collect();
    assert_eq!(minutes, [1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]);
}
