//! Who looks at a case is told until he leaves or falls silent.

use atiende_procedure::{CaseId, PersonId};
use atiende_store::presence::{self, Present};
use jiff::{SignedDuration, Timestamp};

use crate::support::*;

const ONE: CaseId = CaseId(1);
const ANA: PersonId = PersonId(10);
const BETO: PersonId = PersonId(11);

on_both! {
    async fn each_person_is_there_once_until_his_last_tab_leaves(world: World) {
        let now: Timestamp = "2026-03-02T13:00:00Z".parse().unwrap();
        let later = now + SignedDuration::from_secs(5);
        let tell = |person, tab: u8, until| {
            let db = world.db.clone();
            async move { db.change(move |w| presence::tell(w, ONE, person, [tab; 16], (now, until))).await.unwrap() }
        };
        let there = async |since| world.db.read(move |r| presence::of_case(r, ONE, since)).await.unwrap();
        tell(ANA, 1, None).await;
        tell(ANA, 2, Some(later)).await;
        tell(BETO, 3, None).await;
        tell(ANA, 2, None).await;
        let silent = Timestamp::UNIX_EPOCH;
        let ana = Present { person: ANA, writes_until: later };
        let beto = Present { person: BETO, writes_until: silent };
        assert_eq!(there(now).await, [ana.clone(), beto.clone()], "being there says nothing of writing");
        world.db.change(|w| presence::left(w, ONE, ANA, [2; 16])).await.unwrap();
        assert_eq!(there(now).await, [Present { writes_until: silent, ..ana }, beto]);
        assert_eq!(there(later).await, [], "who was not told of since");
        assert_eq!(world.db.change(move |w| presence::forget(w, later)).await.unwrap(), 2);
        assert_eq!(world.count("presence").await, 0);
    }
}
