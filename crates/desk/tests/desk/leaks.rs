//! What nobody sees who may not: security cases, internal words, other people's cases, another provider's thread.

use atiende_desk::{DeskError, QueueFilter, SeenCase, view::QueueRequest};
use atiende_procedure::*;

use crate::world::*;

async fn lists(world: &World, who: PersonId) -> usize {
    world.desk.queue_seen_by(viewer(who), QueueRequest::default()).await.unwrap().rows.len()
}

async fn finds(world: &World, who: PersonId, words: &str) -> usize {
    let filter = QueueFilter { words: Some(words.to_owned()), ..QueueFilter::default() };
    let request = QueueRequest { filter, ..QueueRequest::default() };
    world.desk.queue_seen_by(viewer(who), request).await.unwrap().rows.len()
}

fn all_words(seen: &SeenCase) -> String {
    let texts = seen.events.iter().flat_map(|event| event.recorded.event.texts());
    texts.filter_map(|(text, _)| seen.words(text)).collect::<Vec<_>>().join(" | ")
}

on_both! {
    async fn a_security_case_is_its_officers_and_its_requesters(world: World) {
        let case = world.registers(MARTA, Kind::SecurityIncident).await;
        for (who, may) in [
            (MARTA, true), (CLARA, true), (ROSALBA, false), (NATALY, false), (HERNAN, false), (ADMIN, false),
            (AUDITOR, false),
        ] {
            assert_eq!(world.sees(who, &case).await.is_some(), may, "{who}");
            assert_eq!(lists(&world, who).await == 1, may, "{who}");
            assert_eq!(finds(&world, who, "impresora").await == 1, may, "{who}");
        }
        assert!(world.desk.case_seen_by(atiende_desk::Viewer::new(Actor::Provider(CONTRACT)), case.clone()).await.is_err());
        let (backlog, _) = backlog(&world, ADMIN).await.unwrap();
        assert_eq!(backlog.count(None, None), 0);
        for command in [assign(SupportLevel::First, None), world.say(Audience::Internal, "¿Qué pasó?")] {
            let refused = world.tries(person(ADMIN), &case, command).await;
            assert!(matches!(refused, Err(DeskError::NoSuchCase)), "{refused:?}");
        }
    }

    async fn a_case_that_is_referred_is_gone_from_everybody_else(world: World) {
        let case = world.registers(MARTA, Kind::Incident).await;
        world.does(person(MARTA), &case, Command::AddWatcher { person: ROSALBA }).await;
        world.with_provider(&case).await;
        assert_eq!(world.desk.providers_seen_by(viewer(HERNAN)).await.unwrap().unwrap().cases.len(), 1);
        world.does(person(NATALY), &case, Command::Refer { reason: world.text("Robaron la clave.") }).await;
        for who in [ROSALBA, NATALY, IVAN, HERNAN, ADMIN, AUDITOR] {
            assert!(world.sees(who, &case).await.is_none(), "{who}");
            assert_eq!((lists(&world, who).await, finds(&world, who, "impresora").await), (0, 0), "{who}");
        }
        assert_eq!(world.desk.providers_seen_by(viewer(HERNAN)).await.unwrap().unwrap().cases.len(), 0);
        assert!(!all_words(&world.sees(MARTA, &case).await.unwrap()).contains("Robaron"), "why it was referred is internal");
        assert!(all_words(&world.sees(CLARA, &case).await.unwrap()).contains("Robaron"));
        world.does(person(CLARA), &case, Command::SendBack { reason: world.text("No era eso.") }).await;
        assert!(world.sees(NATALY, &case).await.is_some());
    }

    async fn internal_words_stay_inside(world: World) {
        let case = world.registers(MARTA, Kind::Incident).await;
        world.does(person(MARTA), &case, Command::AddWatcher { person: ROSALBA }).await;
        world.with_provider(&case).await;
        world.does(person(NATALY), &case, world.say(Audience::Internal, "Sospecho del vecino.")).await;
        world.does(person(NATALY), &case, world.say(Audience::Provider, "Pregunten por la recepción.")).await;
        for who in [MARTA, ROSALBA] {
            let seen = world.sees(who, &case).await.unwrap();
            let words = all_words(&seen);
            assert!(words.contains("hojas en blanco"), "{words}");
            for inside in ["Sospecho", "recepción", "fusor", "garantía"] {
                assert!(!words.contains(inside), "{who}: {words}");
            }
            assert!(seen.letters.is_empty() && !seen.reads_internal());
            for inside in ["sospecho", "recepción", "fusor"] {
                assert_eq!(finds(&world, who, inside).await, 0, "{who} finds {inside}");
            }
        }
        for who in [NATALY, HERNAN, AUDITOR] {
            assert_eq!(finds(&world, who, "sospecho").await, 1, "{who}");
        }
        let provider = atiende_desk::Viewer::new(Actor::Provider(CONTRACT));
        let seen = world.desk.case_seen_by(provider, case.clone()).await.unwrap();
        let words = all_words(&seen);
        assert!(words.contains("recepción") && words.contains("garantía"), "{words}");
        assert!(!words.contains("Sospecho") && !words.contains("fusor"), "{words}");
    }

    async fn a_requester_sees_his_own_cases_alone(world: World) {
        let hers = world.registers(MARTA, Kind::Incident).await;
        assert!(world.sees(ROSALBA, &hers).await.is_none());
        assert_eq!((lists(&world, ROSALBA).await, lists(&world, MARTA).await), (0, 1));
        assert!(backlog(&world, MARTA).await.is_none());
        assert!(world.desk.providers_seen_by(viewer(MARTA)).await.unwrap().is_none());
        let strange = "XX-2020-77".parse().unwrap();
        assert!(world.sees(MARTA, &strange).await.is_none());
    }

    async fn whoever_was_deactivated_sees_nothing(world: World) {
        let case = world.registers(MARTA, Kind::Incident).await;
        world.set_person(IVAN, |person| person.active = false).await;
        assert!(world.sees(IVAN, &case).await.is_none());
        assert_eq!(lists(&world, IVAN).await, 0);
    }
}
