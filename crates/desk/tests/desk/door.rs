//! Registering, moving, administering: once each, in order, by whoever may.

use atiende_desk::{AdministerError, DeskError, QueueFilter, Viewer, view::QueueRequest};
use atiende_procedure::office::{Change, TokenScope};
use atiende_procedure::*;

use crate::world::*;

on_both! {
    async fn two_administrators_at_once_lose_nothing(world: World) {
        let other = world.another_node().await;
        let site = |name: &str| {
            let mut site = world.desk.office().sites[&SiteId(1)].clone();
            site.name = name.to_owned();
            Change::SetSite(site).if_unchanged(1)
        };
        let set = |desk: atiende_desk::Desk, change| async move {
            let id = desk.ambience().command_id();
            desk.administer(Viewer::new(Actor::Operator), id, vec![change]).await
        };
        set(other, site("Sede norte")).await.unwrap();
        let late = set(world.desk.clone(), site("Sede sur")).await;
        let stale = Refusal::Stale { version: 2 };
        assert!(matches!(late, Err(AdministerError::Refused { refusal, .. }) if refusal == stale));
        world.desk.refresh_office().await.unwrap();
        assert_eq!(world.desk.office().sites[&SiteId(1)].name, "Sede norte");
    }

    async fn the_whole_procedure_is_walked(world: World) {
        let case = world.registers(MARTA, Kind::Incident).await;
        assert_eq!(case.to_string(), "MS-2026-1");
        world.with_provider(&case).await;
        let hernan = world.say(Audience::Internal, "¿Cómo va?");
        world.does(person(HERNAN), &case, hernan).await;
        world.does(person(HERNAN), &case, Command::FollowUp { note: world.text("Llegan mañana.") }).await;
        let report = Command::ReportFromProvider {
            report: world.text("Cambiamos el fusor."),
            solved: true,
            mode: AttentionMode::OnSite,
        };
        world.does(Actor::Provider(CONTRACT), &case, report).await;
        world.does(person(NATALY), &case, world.solve(Performer::Provider)).await;
        world.does(person(MARTA), &case, Command::Reopen { reason: world.text("Otra vez.") }).await;
        world.does(person(NATALY), &case, world.assess()).await;
        world.does(person(NATALY), &case, world.solve(Performer::Agent)).await;
        world.does(person(MARTA), &case, Command::Confirm).await;
        world.does(person(MARTA), &case, Command::Rate { score: 5, comment: None }).await;

        let seen = world.sees(MARTA, &case).await.unwrap();
        assert_eq!(seen.case.status.name(), StatusName::Closed);
        assert_eq!(seen.subject(), "La impresora no imprime");
        assert_eq!(seen.evidence.items.len(), 8);
        assert!(seen.case.survey.is_some());
        let page = world.desk.queue_seen_by(viewer(NATALY), QueueRequest::default()).await.unwrap();
        assert_eq!((page.rows.len(), page.rows[0].version), (1, seen.case.version));
    }

    async fn the_same_command_twice_is_done_once(world: World) {
        let id = world.desk.ambience().command_id();
        let request = world.request(MARTA, Kind::Incident);
        let first = world.desk.register(viewer(MARTA), id, request.clone()).await.unwrap().case;
        let again = world.desk.register(viewer(MARTA), id, request).await.unwrap().case;
        assert_eq!(first, again);
        let id = world.desk.ambience().command_id();
        let say = world.say(Audience::Requester, "¿Ya vienen?");
        for _ in 0..3 {
            let number = first.number.clone();
            world.desk.execute(viewer(MARTA), id, number, None, say.clone()).await.unwrap();
        }
        let seen = world.sees(MARTA, &first.number).await.unwrap();
        assert_eq!(seen.case.version, 2);
        let id = world.desk.ambience().command_id();
        let administer = || world.desk.administer(viewer(ADMIN), id, vec![Change::SetPassword { person: MARTA }]);
        let version = administer().await.unwrap().0.version;
        assert_eq!(administer().await.unwrap().0.version, version);
    }

    async fn two_who_move_one_case_at_once_do_not_both_win(world: World) {
        let case = world.registers(MARTA, Kind::Incident).await;
        world.does(person(ADMIN), &case, assign(SupportLevel::First, None)).await;
        let take = |who| {
            let (desk, number) = (world.desk.clone(), case.clone());
            let id = desk.ambience().command_id();
            async move { desk.execute(viewer(who), id, number, Some(2), Command::Take).await }
        };
        let (one, other) = tokio::join!(take(NATALY), take(IVAN));
        let (won, lost) = if one.is_ok() { (one, other) } else { (other, one) };
        let agent = won.unwrap().case.status.agent().unwrap();
        match lost {
            Err(DeskError::Stale { version: 3, since, .. }) => {
                assert_eq!(since.len(), 1);
                assert_eq!(since[0].acted.by, Actor::Person(agent));
            }
            other => panic!("{other:?}"),
        }
    }

    async fn a_letter_that_left_makes_nobody_stale(world: World) {
        let case = world.registers(MARTA, Kind::Incident).await;
        world.solved(&case).await;
        let looked_at = world.sees(MARTA, &case).await.unwrap().case.version;
        let delivered = Command::RecordDelivery { notice: EvidentialNotice::Solved, event: looked_at };
        world.does(Actor::Clock, &case, delivered).await;
        let id = world.desk.ambience().command_id();
        let confirm = world.desk.execute(viewer(MARTA), id, case.clone(), Some(looked_at), Command::Confirm);
        assert_eq!(confirm.await.unwrap().case.status.name(), StatusName::Closed);
    }

    async fn a_role_taken_away_counts_at_once_on_every_node(world: World) {
        let case = world.registers(MARTA, Kind::Incident).await;
        let other = world.another_node().await;
        world.set_person(ADMIN, |person| {
            person.roles.remove(&Role::DeskAdministrator);
        }).await;
        let id = other.ambience().command_id();
        let command = assign(SupportLevel::First, Some(NATALY));
        match other.execute(viewer(ADMIN), id, case.clone(), None, command).await {
            Err(DeskError::NoSuchCase) => {}
            other => panic!("{other:?}"),
        }
    }

    async fn a_merge_moves_both_cases_or_neither(world: World) {
        let one = world.registers(MARTA, Kind::Incident).await;
        let two = world.registers(ROSALBA, Kind::Incident).await;
        let into = world.sees(NATALY, &two).await.unwrap().case.id;
        world.does(person(NATALY), &one, Command::Merge { into }).await;
        let (gone, stays) = (world.sees(NATALY, &one).await.unwrap(), world.sees(NATALY, &two).await.unwrap());
        assert_eq!(gone.case.status.name(), StatusName::Cancelled);
        assert!(stays.case.absorbed.contains(&gone.case.id));
        assert!(stays.events.iter().any(|event| event.from.as_ref() == Some(&one)), "what was said shows there");
        let rosalba = world.sees(ROSALBA, &two).await.unwrap();
        assert!(rosalba.events.iter().all(|event| event.from.is_none()), "but not to whom it was not said");
        let again = world.tries(person(NATALY), &one, Command::Merge { into }).await;
        assert!(matches!(again, Err(DeskError::Refused(_))));
        assert_eq!(world.sees(NATALY, &two).await.unwrap().case.version, stays.case.version);
    }

    async fn a_refusal_leaves_nothing_behind(world: World) {
        let case = world.registers(MARTA, Kind::Incident).await;
        let before = world.sees(NATALY, &case).await.unwrap();
        let refused = world.tries(person(NATALY), &case, world.solve(Performer::Agent)).await;
        assert!(matches!(refused, Err(DeskError::Refused(Refusal::WrongState { .. }))), "{refused:?}");
        let after = world.sees(NATALY, &case).await.unwrap();
        assert_eq!(after.case, before.case);
        let mut empty = world.request(MARTA, Kind::Incident);
        empty.subject = world.text(" ");
        let id = world.desk.ambience().command_id();
        let refused = world.desk.register(viewer(MARTA), id, empty).await;
        assert!(matches!(refused, Err(DeskError::Refused(Refusal::BadField { field: "subject", .. }))));
    }

    async fn a_token_that_reads_changes_nothing(world: World) {
        let case = world.registers(MARTA, Kind::Incident).await;
        let reads = Viewer { scope: TokenScope::Read, ..viewer(MARTA) };
        let id = world.desk.ambience().command_id();
        let said = world.desk.execute(reads, id, case.clone(), None, world.say(Audience::Requester, "Hola")).await;
        assert!(matches!(said, Err(DeskError::ReadOnly)));
        let request = world.request(MARTA, Kind::Incident);
        assert!(matches!(world.desk.register(reads, id, request).await, Err(DeskError::ReadOnly)));
        let changed = world.desk.administer(reads, id, Vec::new()).await;
        assert!(matches!(changed, Err(AdministerError::ReadOnly)));
        assert!(world.desk.case_seen_by(reads, case).await.unwrap().moves.is_empty());
    }

    async fn a_change_of_many_is_made_whole_or_not_at_all(world: World) {
        let before = world.desk.office().version;
        let id = world.desk.ambience().command_id();
        let changes = vec![
            Change::SetPassword { person: MARTA },
            Change::SetPassword { person: PersonId(999) },
        ];
        let refused = world.desk.administer(viewer(ADMIN), id, changes).await;
        assert!(matches!(refused, Err(AdministerError::Refused { at: 1, .. })), "{refused:?}");
        world.desk.refresh_office().await.unwrap();
        assert_eq!(world.desk.office().version, before);
    }

    async fn lists_are_filtered_ordered_and_paged(world: World) {
        let mut numbers = Vec::new();
        for who in [MARTA, ROSALBA, MARTA, MARTA] {
            numbers.push(world.registers(who, Kind::Incident).await);
            world.pass(jiff::SignedDuration::from_mins(1));
        }
        world.does(person(ADMIN), &numbers[0], assign(SupportLevel::First, Some(NATALY))).await;
        let list = |filter, cursor, limit| {
            let request = QueueRequest { filter, cursor, limit, ..QueueRequest::default() };
            world.desk.queue_seen_by(viewer(NATALY), request)
        };
        let first = list(QueueFilter::default(), None, 3).await.unwrap();
        let rest = list(QueueFilter::default(), first.next_cursor.clone(), 3).await.unwrap();
        let all: Vec<_> = first.rows.iter().chain(&rest.rows).map(|row| row.number.clone()).collect();
        assert_eq!(all, [0, 3, 2, 1].map(|at: usize| numbers[at].clone()));
        assert_eq!(rest.next_cursor, None);
        let hers = QueueFilter { assignee: Some(NATALY), ..QueueFilter::default() };
        assert_eq!(list(hers, None, 0).await.unwrap().rows.len(), 1);
        let words = QueueFilter { words: Some("impresoras blanco".to_owned()), ..QueueFilter::default() };
        assert_eq!(list(words, None, 0).await.unwrap().rows.len(), 4);
        let wrong = list(QueueFilter::default(), Some("zzz".to_owned()), 0).await;
        assert!(matches!(wrong, Err(DeskError::Store(atiende_store::StoreError::BadCursor))));
        let mine = world.desk.my_cases(MARTA).await.unwrap();
        assert_eq!((mine.open.len(), mine.past.len()), (3, 0));
        let (backlog, own) = backlog(&world, NATALY).await.unwrap();
        assert_eq!((backlog.count(None, None), backlog.unassigned(), own), (4, 3, 1));
    }
}
