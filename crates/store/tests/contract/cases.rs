//! Cases come back as they were stored, with their events, words and counts.

use atiende_procedure::office::Office;
use atiende_procedure::permission::Scope;
use atiende_procedure::{Audience, Case, CaseNumber, ContractId, PersonId, StatusName, SupportLevel, sla};
use atiende_store::{backlog, cases, events, texts};

use crate::support::*;

on_both! {
    async fn a_case_is_the_sum_of_its_events(world: World) {
        let case = world.case(request(7)).await;
        let case = world.happen(case.id, vec![assigned(SupportLevel::First, 3, Some(9)), assessed(SupportLevel::First)]).await;
        let case = world.happen(case.id, vec![to_provider(4), watched(8)]).await;
        assert_eq!(case.status.name(), StatusName::WithProvider);

        let id = case.id;
        let story = world.db.read(move |r| events::of_case(r, id)).await.unwrap();
        let mut replayed = Case::found(&story[0]).unwrap();
        story[1..].iter().for_each(|recorded| replayed.apply(recorded));
        assert_eq!(replayed, world.load(id).await);
        assert_eq!(replayed, case);
        assert_eq!(story.len(), 5);
    }

    async fn a_case_is_found_by_its_number(world: World) {
        let case = world.case(request(7)).await;
        let number = case.number.clone();
        assert_eq!(world.db.read(move |r| cases::by_number(r, &number)).await.unwrap(), Some(case.clone()));
        let number = case.number.clone();
        assert_eq!(world.db.read(move |r| cases::id_of(r, &number)).await.unwrap(), Some(case.id));
        for wrong in [CaseNumber::new("XX", 2026, 1), CaseNumber::new("MS", 2025, 1), CaseNumber::new("MS", 2026, 99)] {
            assert_eq!(world.db.read(move |r| cases::by_number(r, &wrong)).await.unwrap(), None);
        }
    }

    async fn words_lie_beside_their_events(world: World) {
        let case = world.case(request(7).about("Ñandú «raro»", "línea 1\nlínea 2")).await;
        let case = world.happen(case.id, vec![said(Audience::Internal, "Nota: revisar 🔧")]).await;
        let id = case.id;
        let words = world.db.read(move |r| texts::of_case(r, id)).await.unwrap();
        assert_eq!(words[&case.subject], "Ñandú «raro»");
        assert_eq!(words[&case.description], "línea 1\nlínea 2");
        assert_eq!(words.len(), 3);
        let subject = case.subject;
        assert_eq!(world.db.read(move |r| cases::text(r, id, subject)).await.unwrap().as_deref(), Some("Ñandú «raro»"));
    }

    async fn what_follows_a_case_is_found(world: World) {
        let first = world.case(request(7)).await;
        let later = world.case(Request { follows: Some(first.id), ..request(7) }).await;
        let id = first.id;
        assert_eq!(world.db.read(move |r| cases::following(r, id)).await.unwrap(), [later.id]);
    }

    async fn the_clock_finds_what_it_must_look_at(world: World) {
        let case = world.case(request(7)).await;
        world.case(request(7)).await;
        let case = world.happen(case.id, vec![assigned(SupportLevel::First, 3, Some(9)), assessed(SupportLevel::First), to_provider(4)]).await;
        let due = sla::wakes_at(&case, &Office::default()).unwrap();
        let at = |now| world.db.read(move |r| cases::to_wake(r, now, 10));
        assert_eq!(at(due).await.unwrap(), [case.id]);
        assert!(at(due - jiff::SignedDuration::from_secs(1)).await.unwrap().is_empty());
    }

    async fn counts_follow_each_move(world: World) {
        let desk = Scope { desk: true, ..Scope::default() };
        let officer = Scope { security: true, ..Scope::default() };
        let one = world.case(request(7)).await;
        world.case(request(7)).await;
        world.case(request(8).security()).await;
        world.happen(one.id, vec![assigned(SupportLevel::Second, 3, Some(9))]).await;

        let count = |scope: Scope| world.db.read(move |r| backlog::counts(r, &scope));
        let seen: Vec<_> = count(desk.clone()).await.unwrap().into_iter()
            .map(|c| (c.status, c.level, c.group.map(|g| g.0), c.unassigned, c.cases)).collect();
        assert_eq!(seen, [
            (StatusName::Assigned, Some(SupportLevel::Second), Some(3), false, 1),
            (StatusName::Registered, None, None, true, 1),
        ]);
        let seen: Vec<_> = count(officer.clone()).await.unwrap().iter().map(|c| (c.security, c.status, c.cases)).collect();
        assert_eq!(seen, [(true, StatusName::Referred, 1)]);
        assert!(count(Scope { person: Some(PersonId(7)), contracts: vec![ContractId(1)], ..Scope::default() }).await.unwrap().is_empty());

        world.happen(one.id, vec![referred()]).await;
        assert_eq!(count(officer).await.unwrap()[0].cases, 2);
        assert_eq!(count(desk).await.unwrap().iter().map(|c| c.cases).sum::<u64>(), 1);
        let mine = world.db.read(|r| backlog::of_person(r, PersonId(7))).await.unwrap();
        assert_eq!(mine, [(StatusName::Referred, 1), (StatusName::Registered, 1)]);
        assert!(world.db.read(|r| backlog::of_agent(r, PersonId(9))).await.unwrap().is_empty());
    }
}
