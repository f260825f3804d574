//! A letter is kept once however often it arrives, and is looked at by one node at a time.

use atiende_procedure::{BlobHash, CaseId, PersonId};
use atiende_store::arrivals::{self, NewArrival, State};
use atiende_store::mailboxes::{self, BouncedAddress};
use jiff::{SignedDuration, Timestamp};

use crate::support::*;

const LEASE: SignedDuration = SignedDuration::from_mins(5);

fn letter(identity: u8) -> NewArrival {
    NewArrival {
        identity: [identity; 32],
        mailbox: "soporte".to_owned(),
        blob: BlobHash([identity; 32]),
        size: 10,
        sender: "marta@agencia.example".to_owned(),
        recipients: "soporte@agencia.example".to_owned(),
        too_large: false,
    }
}

impl World {
    async fn arrives(&self, identity: u8, now: Timestamp) -> bool {
        self.db.change(move |w| arrivals::receive(w, &letter(identity), now)).await.unwrap()
    }
    async fn claims(&self, now: Timestamp) -> Vec<arrivals::Arrival> {
        self.db.change(move |w| arrivals::claim(w, now, LEASE, 10)).await.unwrap()
    }
}

on_both! {
    async fn a_letter_that_arrives_twice_is_one(world: World) {
        let now = clock();
        assert!(world.arrives(1, now).await);
        assert!(!world.arrives(1, now).await);
        assert!(world.arrives(2, now).await);
        let claimed = world.claims(now).await;
        assert_eq!(claimed.len(), 2);
        assert!(world.claims(now).await.is_empty(), "they are in somebody's hands");
        let again = world.claims(now + LEASE).await;
        assert_eq!(again.iter().map(|letter| letter.attempts).collect::<Vec<_>>(), [2, 2], "who died with them");
        let id = again[0].id;
        let case = Some(CaseId(7));
        world.db.change(move |w| arrivals::settle(w, id, State::Taken, "", case, now)).await.unwrap();
        assert_eq!(world.claims(now + LEASE * 2).await.len(), 1);
        let of_case = world.db.read(move |r| arrivals::of_case(r, CaseId(7))).await.unwrap();
        assert_eq!(of_case.iter().map(|letter| letter.id).collect::<Vec<_>>(), [id]);
        assert!(!world.db.change(move |w| arrivals::revive(w, id, true, now)).await.unwrap(), "it is done");
        let since = world.db.read(move |r| arrivals::from_sender(r, "marta@agencia.example", now)).await.unwrap();
        assert_eq!(since, 2);
    }

    async fn what_was_held_can_be_let_in_or_put_away(world: World) {
        let now = clock();
        world.arrives(1, now).await;
        let id = world.claims(now).await[0].id;
        world.db.change(move |w| arrivals::settle(w, id, State::Held, "stranger", None, now)).await.unwrap();
        assert!(world.db.change(move |w| arrivals::discard(w, id, now)).await.unwrap());
        assert!(world.claims(now + LEASE).await.is_empty());
        assert!(world.db.change(move |w| arrivals::revive(w, id, true, now)).await.unwrap());
        let claimed = world.claims(now).await;
        assert!(claimed.len() == 1 && claimed[0].accepted && claimed[0].attempts == 1);
        let counts = world.db.read(arrivals::counts).await.unwrap();
        assert_eq!(counts, [("new".to_owned(), 1)]);
    }

    async fn one_node_reads_a_mailbox(world: World) {
        let now = clock();
        let holds = |node: &'static str, at: Timestamp| {
            world.db.change(move |w| mailboxes::hold(w, "soporte", node, at, at + LEASE))
        };
        assert!(holds("a", now).await.unwrap());
        assert!(!holds("b", now).await.unwrap());
        assert!(holds("a", now).await.unwrap(), "who has it keeps it");
        assert!(holds("b", now + LEASE).await.unwrap(), "its time was over");
        world.db.change(move |w| mailboxes::succeeded(w, "soporte", Some((3, 40)), now)).await.unwrap();
        world.db.change(move |w| mailboxes::failed(w, "soporte", "no", now)).await.unwrap();
        let health = world.db.read(|r| mailboxes::health(r, "soporte")).await.unwrap().unwrap();
        assert_eq!((health.uid_validity, health.uid, health.failure.as_str()), (Some(3), Some(40), "no"));
        world.db.change(move |w| mailboxes::release(w, "soporte", "b", now)).await.unwrap();
        assert!(holds("a", now).await.unwrap());
    }

    async fn an_address_is_marked_until_it_writes(world: World) {
        let (now, reason) = (clock(), "550".to_owned());
        let marked = BouncedAddress { address: "Marta@a.example".into(), permanent: true, reason, bounced_at: now };
        world.db.change(move |w| mailboxes::mark_bounced(w, &marked)).await.unwrap();
        let found = world.db.read(|r| mailboxes::bounced(r, "MARTA@a.example")).await.unwrap();
        assert!(found.is_some_and(|it| it.permanent && it.reason == "550"));
        world.db.change(|w| mailboxes::unmark_bounced(w, "marta@A.example")).await.unwrap();
        assert_eq!(world.db.read(|r| mailboxes::bounced(r, "marta@a.example")).await.unwrap(), None);
    }

    async fn a_letter_is_known_by_its_name_and_the_first_keeps_it(world: World) {
        let name = |case: i64, id: &'static str| world.db.change(move |w| arrivals::remember_name(w, CaseId(case), id));
        name(7, "a1@agencia.example").await.unwrap();
        name(7, "a1@agencia.example").await.unwrap();
        name(9, "a1@agencia.example").await.unwrap();
        name(3, "a2@agencia.example").await.unwrap();
        let of = |id: &'static str| world.db.read(move |r| arrivals::case_of_name(r, id));
        assert_eq!(of("a1@agencia.example").await.unwrap(), Some(CaseId(7)));
        assert_eq!(of("a2@agencia.example").await.unwrap(), Some(CaseId(3)));
        assert_eq!(of("a3@agencia.example").await.unwrap(), None);
    }

    async fn letters_are_listed_page_by_page_and_let_in_for_somebody(world: World) {
        let now = clock();
        for n in 1..=5 {
            world.arrives(n, now).await;
        }
        let page = |state: Option<State>, before: Option<i64>| {
            world.db.read(move |r| Ok::<_, atiende_store::StoreError>(
                arrivals::page(r, state, before, 2)?.into_iter().map(|letter| letter.id).collect::<Vec<_>>(),
            ))
        };
        let first = page(None, None).await.unwrap();
        let second = page(None, first.last().copied()).await.unwrap();
        let third = page(Some(State::New), second.last().copied()).await.unwrap();
        let mut all = [first, second, third].concat();
        assert!(all.len() == 5 && all.is_sorted_by(|a, b| a > b), "{all:?}");
        assert!(page(Some(State::Held), None).await.unwrap().is_empty());
        let id = all.pop().unwrap();
        let for_somebody = |now| world.db.change(move |w| arrivals::revive_for(w, id, PersonId(4), now));
        assert!(!for_somebody(now).await.unwrap(), "it waits for nobody");
        world.db.change(move |w| arrivals::settle(w, id, State::Held, "provider", None, now)).await.unwrap();
        assert!(for_somebody(now).await.unwrap());
        let letter = world.db.read(move |r| arrivals::by_id(r, id)).await.unwrap().unwrap();
        assert_eq!((letter.requester, letter.accepted, letter.state.as_str()), (Some(PersonId(4)), true, "new"));
    }
}
