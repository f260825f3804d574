//! The agenda holds what open cases have agreed, and nothing of security's.

use atiende_procedure::{Case, Event, PersonId, SupportLevel, Text, WaitingFor};
use atiende_store::agenda::{self, Agreed, Entry};
use jiff::{SignedDuration, Timestamp};

use crate::support::*;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn noon() -> Timestamp {
    "2026-03-10T17:00:00Z".parse().unwrap()
}

fn expected(at: Timestamp) -> (Event, Vec<Text>) {
    (Event::ExpectedBy { at }, Vec::new())
}

fn waits(waiting_for: WaitingFor, until: Option<Timestamp>) -> (Event, Vec<Text>) {
    let reason = text("Hay que esperar");
    (Event::Waited { waiting_for, until, reason: reason.reference() }, vec![reason])
}

impl World {
    async fn in_progress(&self, agent: i64) -> Case {
        let case = self.case(request(1)).await;
        let level = SupportLevel::First;
        self.happen(case.id, vec![assigned(level, 1, Some(agent)), assessed(level)]).await
    }

    async fn agenda(&self, agent: Option<i64>, from: Timestamp, to: Timestamp) -> Vec<Entry> {
        self.db.read(move |r| agenda::between(r, agent.map(PersonId), from, to)).await.unwrap()
    }
}

on_both! {
    async fn visits_parts_and_what_is_expected_come_in_their_order(world: World) {
        let at = noon();
        let visit = world.in_progress(10).await;
        world.happen(visit.id, vec![expected(at + HOUR * 3), waits(WaitingFor::Visit, Some(at))]).await;
        let parts = world.in_progress(11).await;
        world.happen(parts.id, vec![waits(WaitingFor::Parts, Some(at + HOUR))]).await;
        let asked = world.in_progress(10).await;
        world.happen(asked.id, vec![waits(WaitingFor::Requester, Some(at + HOUR))]).await;
        let told = |entries: Vec<Entry>| -> Vec<_> {
            entries.into_iter().map(|entry| (entry.case, entry.what, entry.at)).collect()
        };
        let all = told(world.agenda(None, at, at + HOUR * 4).await);
        let of_visit = (visit.id, Agreed::Awaited(WaitingFor::Visit), at);
        let of_parts = (parts.id, Agreed::Awaited(WaitingFor::Parts), at + HOUR);
        let of_expected = (visit.id, Agreed::Expected, at + HOUR * 3);
        assert_eq!(all, [of_visit, of_parts, of_expected], "an answer that is awaited is no appointment");
        assert_eq!(told(world.agenda(Some(10), at, at + HOUR * 4).await), [of_visit, of_expected]);
        assert_eq!(told(world.agenda(Some(12), at, at + HOUR * 4).await), []);
        assert_eq!(told(world.agenda(None, at + HOUR, at + HOUR * 3).await), [of_parts], "until is not within");
    }

    async fn what_ended_or_went_to_security_has_no_appointments(world: World) {
        let at = noon();
        let agreed = || vec![expected(at), waits(WaitingFor::Visit, Some(at))];
        let resumed = world.in_progress(10).await;
        world.happen(resumed.id, agreed()).await;
        world.happen(resumed.id, vec![(Event::Resumed, Vec::new())]).await;
        let secret = world.in_progress(10).await;
        world.happen(secret.id, agreed()).await;
        world.happen(secret.id, vec![referred()]).await;
        let told: Vec<_> = world.agenda(None, at, at + HOUR).await;
        assert_eq!(told.iter().map(|entry| (entry.case, entry.what)).collect::<Vec<_>>(), [(resumed.id, Agreed::Expected)]);
        assert_eq!(world.agenda(Some(10), at, at + HOUR).await, told);
    }
}
