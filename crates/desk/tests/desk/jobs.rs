//! What happens without anybody asking.

use atiende_desk::jobs::{Jobs, deliver, pass_time, seal, seal_now};
use atiende_desk::view::Delivery;
use atiende_desk::{Post, Spool};
use atiende_mail::{Folder, Transport};
use atiende_procedure::office::Change;
use atiende_procedure::*;
use jiff::SignedDuration;

use crate::world::*;

fn mail(world: &World) -> (Folder, Post) {
    let folder = Folder::open(world.folder.join("mail")).unwrap();
    (folder.clone(), Post::new(Some(Transport::Folder(folder))))
}

fn subjects(folder: &Folder) -> Vec<String> {
    let mut subjects: Vec<String> =
        folder.newest(500).unwrap().into_iter().map(|(_, letter)| letter.subject).collect();
    subjects.reverse();
    subjects
}

/// A transport whose folder is gone: every letter fails until it is back.
fn broken(world: &World) -> Post {
    let folder = Folder::open(world.folder.join("gone")).unwrap();
    std::fs::remove_dir_all(folder.path()).unwrap();
    Post::new(Some(Transport::Folder(folder)))
}

on_both! {
    async fn letters_leave_once_and_what_is_evidence_is_recorded(world: World) {
        let (folder, transport) = mail(&world);
        let case = world.registers(MARTA, Kind::Incident).await;
        world.solved(&case).await;
        deliver(&world.desk, &transport).await.unwrap();
        let all = subjects(&folder);
        assert_eq!(all.len(), 5, "{all:?}");
        assert!(all.last().unwrap().contains("Ya está solucionado"), "{all:?}");
        let seen = world.sees(NATALY, &case).await.unwrap();
        assert!(seen.case.solution.as_ref().unwrap().told_at.is_some());
        assert!(seen.letters.iter().all(|letter| matches!(letter.delivery, Delivery::Left(_))));
        assert_eq!(deliver(&world.desk, &transport).await.unwrap(), 0);
        assert_eq!(subjects(&folder).len(), 5);
    }

    async fn two_nodes_share_the_letters(world: World) {
        let (folder, transport) = mail(&world);
        let other = world.another_node().await;
        for _ in 0..15 {
            world.registers(MARTA, Kind::Incident).await;
        }
        let (one, two) = tokio::join!(deliver(&world.desk, &transport), deliver(&other, &transport));
        assert_eq!(one.unwrap() + two.unwrap(), 15, "each letter is taken by one of them");
        assert_eq!(subjects(&folder).len(), 15);
    }

    async fn a_letter_that_does_not_leave_is_tried_again_and_then_given_up(world: World) {
        let transport = broken(&world);
        world.registers(MARTA, Kind::Incident).await;
        assert_eq!(deliver(&world.desk, &transport).await.unwrap(), 1);
        assert_eq!(deliver(&world.desk, &transport).await.unwrap(), 0, "not at once");
        assert!(world.desk.undelivered(viewer(ADMIN)).await.unwrap().is_empty());
        let mut tries = 1;
        while world.desk.undelivered(viewer(ADMIN)).await.unwrap().is_empty() {
            world.pass(SignedDuration::from_hours(7));
            tries += deliver(&world.desk, &transport).await.unwrap();
            assert!(tries < 100, "it is given up some day");
        }
        assert_eq!(tries, 20);
        let dead = world.desk.undelivered(viewer(ADMIN)).await.unwrap();
        let about = dead[0].about.as_ref().unwrap();
        assert_eq!((about.notice.as_str(), about.to.as_str()), ("registered", "Marta Ocampo"));
        world.desk.deliver_again(dead[0].id).await.unwrap();
        let (folder, transport) = mail(&world);
        deliver(&world.desk, &transport).await.unwrap();
        assert_eq!(subjects(&folder).len(), 1);
        assert!(world.desk.undelivered(viewer(ADMIN)).await.unwrap().is_empty());
    }

    async fn a_lost_letter_of_a_security_case_says_nothing(world: World) {
        let transport = broken(&world);
        world.registers(MARTA, Kind::SecurityIncident).await;
        for _ in 0..25 {
            deliver(&world.desk, &transport).await.unwrap();
            world.pass(SignedDuration::from_hours(7));
        }
        let dead = world.desk.undelivered(viewer(ADMIN)).await.unwrap();
        assert!(!dead.is_empty() && dead.iter().all(|letter| letter.about.is_none()), "{dead:?}");
        let dead = world.desk.undelivered(viewer(CLARA)).await.unwrap();
        assert!(dead.iter().all(|letter| letter.about.is_some()), "{dead:?}");
    }

    async fn an_office_without_an_address_keeps_its_letters_until_it_has_one(world: World) {
        let (folder, transport) = mail(&world);
        let mut settings = (*world.desk.office().settings).clone();
        let address = std::mem::take(&mut settings.mail_address);
        world.administer(vec![Change::SetSettings(Box::new(settings.clone()))]).await;
        world.registers(MARTA, Kind::Incident).await;
        deliver(&world.desk, &transport).await.unwrap();
        assert!(subjects(&folder).is_empty());
        settings.mail_address = address;
        world.administer(vec![Change::SetSettings(Box::new(settings))]).await;
        world.pass(SignedDuration::from_hours(1));
        deliver(&world.desk, &transport).await.unwrap();
        assert_eq!(subjects(&folder).len(), 1);
    }

    async fn a_letter_whose_reader_may_no_longer_know_never_leaves(world: World) {
        let (folder, transport) = mail(&world);
        let case = world.registers(MARTA, Kind::Incident).await;
        world.in_progress(&case).await;
        world.does(person(MARTA), &case, world.say(Audience::Requester, "La clave es 1234.")).await;
        world.does(person(ADMIN), &case, Command::Refer { reason: world.text("Publicó una clave.") }).await;
        deliver(&world.desk, &transport).await.unwrap();
        let letters = folder.newest(100).unwrap();
        let readers: Vec<&str> = letters.iter().map(|(_, letter)| letter.to[0].as_str()).collect();
        assert!(readers.iter().all(|to| to.contains("Marta") || to.contains("Clara")), "{readers:?}");
        let seen = world.sees(CLARA, &case).await.unwrap();
        let withheld = |letter: &&atiende_desk::view::LetterSeen| letter.delivery == Delivery::Withheld;
        assert_eq!(seen.letters.iter().filter(withheld).count(), 2, "{:?}", seen.letters);
        assert!(world.desk.undelivered(viewer(ADMIN)).await.unwrap().is_empty());
    }

    async fn a_provider_gets_the_request_and_its_receipt_is_evidence(world: World) {
        let (folder, transport) = mail(&world);
        let case = world.registers(MARTA, Kind::Incident).await;
        world.with_provider(&case).await;
        deliver(&world.desk, &transport).await.unwrap();
        let seen = world.sees(NATALY, &case).await.unwrap();
        assert!(seen.case.providers[0].told_at.is_some());
        let letters = folder.newest(100).unwrap();
        let (name, _) = letters.iter().find(|(_, letter)| letter.to[0].contains("rentas.example")).unwrap();
        let request = folder.letter(name).unwrap().unwrap();
        for part in ["hojas en blanco", "Piso 2, puesto 14", "ext. 2014", "Está en garantía", "/l/"] {
            assert!(request.text.contains(part), "{part} in {}", request.text);
        }
        let token = request.text.lines().find_map(|line| line.split_once("/l/")).unwrap().1;
        let link = world.desk.open_link(token).unwrap();
        assert_eq!((link.actor, link.case), (Actor::Provider(CONTRACT), seen.case.id));
        world.pass(SignedDuration::from_hours(24 * 91));
        assert_eq!(world.desk.open_link(token), None, "links end");
    }

    async fn the_grace_ends_by_itself(world: World) {
        let case = world.registers(MARTA, Kind::Incident).await;
        world.solved(&case).await;
        assert_eq!(pass_time(&world.desk).await.unwrap(), 0);
        world.pass(SignedDuration::from_hours(24 * 5));
        let other = world.another_node().await;
        let (one, two) = tokio::join!(pass_time(&world.desk), pass_time(&other));
        assert!(one.unwrap() + two.unwrap() >= 1);
        let seen = world.sees(MARTA, &case).await.unwrap();
        assert_eq!(seen.case.status.name(), StatusName::Closed);
        let closed = |event: &&atiende_desk::view::SeenEvent| matches!(event.recorded.event, Event::Closed { .. });
        assert_eq!(seen.events.iter().filter(closed).count(), 1);
    }

    async fn a_follow_up_that_was_not_made_is_reminded_of_once(world: World) {
        let (folder, transport) = mail(&world);
        let case = world.registers(MARTA, Kind::Incident).await;
        world.with_provider(&case).await;
        world.pass(SignedDuration::from_hours(24 * 5));
        assert_eq!(pass_time(&world.desk).await.unwrap(), 1);
        assert_eq!(pass_time(&world.desk).await.unwrap(), 0);
        deliver(&world.desk, &transport).await.unwrap();
        let due = subjects(&folder).iter().filter(|subject| subject.contains("Falta el seguimiento")).count();
        assert_eq!(due, 1);
        world.does(person(HERNAN), &case, Command::FollowUp { note: world.text("Vienen el lunes.") }).await;
        assert_eq!(pass_time(&world.desk).await.unwrap(), 0);
        world.pass(SignedDuration::from_hours(24 * 5));
        assert_eq!(pass_time(&world.desk).await.unwrap(), 1, "the next one falls due as well");
    }

    async fn what_happened_is_sealed_each_minute_by_one_node(world: World) {
        let other = world.another_node().await;
        world.registers(MARTA, Kind::Incident).await;
        let (one, two) = tokio::join!(seal(&world.desk), seal(&other));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert!((one == 0) != (two == 0), "{one} {two}");
        world.registers(MARTA, Kind::Incident).await;
        assert_eq!(seal(&world.desk).await.unwrap(), 0, "not yet");
        world.pass(SignedDuration::from_mins(1));
        assert_eq!(seal(&other).await.unwrap(), 1);
    }

    async fn running_jobs_are_woken_and_stop(world: World) {
        let (folder, transport) = mail(&world);
        let jobs = Jobs::start(&world.desk, transport, Spool::of(&world.folder), "node");
        world.registers(MARTA, Kind::Incident).await;
        let left = async {
            while subjects(&folder).is_empty() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), left).await.expect("a letter leaves");
        jobs.stop().await;
        assert_eq!(seal_now(&world.desk).await.unwrap(), 0, "all that was done is sealed");
        world.registers(MARTA, Kind::Incident).await;
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        assert_eq!(subjects(&folder).len(), 1, "nothing runs any more");
    }
}
