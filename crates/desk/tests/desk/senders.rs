//! Whoever writes under a name that is not his gets no rights by it.

use atiende_desk::intake::{Arriving, take_in};
use atiende_desk::jobs::deliver;
use atiende_desk::{Post, SeenCase};
use atiende_mail::{Folder, SenderCheck, Transport};
use atiende_procedure::office::{Change, Mailbox};
use atiende_procedure::{Actor, Audience, Event, Kind, MailboxId, Performer, SupportLevel};
use atiende_store::arrivals::{self, Arrival};
use atiende_store::cases;
use atiende_testkit::dns::{Manner, NameServer};

use crate::world::*;

const POLICY: [(&str, &str); 2] =
    [("_dmarc.agencia.example", "v=DMARC1; p=none"), ("agencia.example", "v=spf1 ip4:203.0.113.5 -all")];

/// A letter from an agent, received from this address.
fn letter(n: u32, from: &str) -> String {
    format!(
        "Return-Path: <persona3@agencia.example>\r\n\
         Received: from x (x [{from}]) by mx.agencia.example with ESMTP; Tue, 17 Nov 2026 08:00:00 -0500\r\n\
         From: Nataly <persona3@agencia.example>\r\nTo: mesa@agencia.example\r\nSubject: Otra {n}\r\n\
         Message-ID: <{n}@agencia.example>\r\n\r\nHola.\r\n"
    )
}

fn mailbox() -> Mailbox {
    Mailbox {
        id: MailboxId(0),
        name: "soporte".to_owned(),
        address: "mesa@agencia.example".to_owned(),
        receives: None,
        sends: None,
        authserv_id: String::new(),
        plus_addresses: true,
        active: true,
    }
}

async fn taken(desk: &atiende_desk::Desk, letter: String) -> Arrival {
    let letters = vec![Arriving { bytes: letter.into_bytes().into(), cut: false }];
    desk.receive("soporte", letters).await.unwrap();
    take_in(desk).await.unwrap();
    desk.db().read(|r| arrivals::newest(r, None, 1)).await.unwrap().pop().unwrap()
}

on_both! {
    async fn a_name_that_its_domain_disowns_gives_no_rights(world: World) {
        let server = NameServer::start(&POLICY, Manner::Answers).unwrap();
        let desk = world.node_asking(SenderCheck::by_server(server.address()).unwrap()).await;
        let genuine = taken(&desk, letter(1, "203.0.113.5")).await;
        assert_eq!(genuine.state, "taken", "{genuine:?}");
        let forged = taken(&desk, letter(2, "198.51.100.9")).await;
        assert_eq!((forged.state.as_str(), forged.reason.as_str()), ("held", "not-authentic"));
        let asked = server.asked();
        taken(&desk, letter(3, "10.1.2.3")).await;
        assert_eq!(server.asked(), asked, "nobody is asked about what comes from inside");
    }

    async fn a_name_server_that_fails_gives_no_rights_and_is_asked_again_for_a_while(world: World) {
        let server = NameServer::start(&POLICY, Manner::Fails).unwrap();
        let desk = world.node_asking(SenderCheck::by_server(server.address()).unwrap()).await;
        let waits = taken(&desk, letter(1, "198.51.100.9")).await;
        assert_eq!((waits.state.as_str(), waits.reason.as_str()), ("new", "no-answer"));
        let asked = server.asked();
        assert!(asked > 0);
        assert_eq!(taken(&desk, letter(2, "198.51.100.9")).await.state, "new");
        assert_eq!(server.asked(), asked, "letters do not wait for it one by one");
        assert_eq!(taken(&desk, letter(3, "10.1.2.3")).await.state, "taken", "nobody needs to be asked");
        let states = async || {
            let all = desk.db().read(|r| arrivals::newest(r, None, 3)).await.unwrap();
            all.into_iter().map(|it| (it.state, it.reason)).skip(1).collect::<Vec<_>>()
        };
        let mut hours = 0;
        while states().await.iter().any(|(state, _)| state == "new") {
            world.pass(jiff::SignedDuration::from_hours(1));
            take_in(&desk).await.unwrap();
            hours += 1;
            assert!(hours < 24, "it ends");
        }
        assert!(server.asked() > asked);
        assert!(states().await.iter().all(|it| *it == ("held".into(), "no-answer".into())));
    }

    async fn a_letter_waits_for_a_name_server_that_comes_back(world: World) {
        let failing = NameServer::start(&POLICY, Manner::Fails).unwrap();
        let desk = world.node_asking(SenderCheck::by_server(failing.address()).unwrap()).await;
        for (n, from) in [(1, "203.0.113.5"), (2, "198.51.100.9")] {
            assert_eq!(taken(&desk, letter(n, from)).await.state, "new");
        }
        let server = NameServer::start(&POLICY, Manner::Answers).unwrap();
        let desk = world.node_asking(SenderCheck::by_server(server.address()).unwrap()).await;
        world.pass(jiff::SignedDuration::from_mins(2));
        take_in(&desk).await.unwrap();
        let letters = desk.db().read(|r| arrivals::newest(r, None, 2)).await.unwrap();
        let states: Vec<_> = letters.iter().map(|it| (it.state.as_str(), it.reason.as_str())).collect();
        assert_eq!(states, [("held", "not-authentic"), ("taken", "")]);
    }

    async fn a_domain_that_does_not_answer_switches_nothing_off_for_others(world: World) {
        let server = NameServer::start(&POLICY, Manner::SilentAbout("lenta.example")).unwrap();
        let desk = world.node_asking(SenderCheck::by_server(server.address()).unwrap()).await;
        let slow = letter(1, "198.51.100.9").replace("persona3@agencia.example", "x@lenta.example");
        assert_eq!(taken(&desk, slow).await.reason, "no-answer");
        let forged = taken(&desk, letter(2, "198.51.100.9")).await;
        assert_eq!((forged.state.as_str(), forged.reason.as_str()), ("held", "not-authentic"));
        let path = letter(3, "198.51.100.9").replacen("persona3@agencia.example", "x@lenta.example", 1);
        let forged = taken(&desk, path).await;
        assert_eq!((forged.state.as_str(), forged.reason.as_str()), ("held", "not-authentic"));
        assert_eq!(taken(&desk, letter(4, "203.0.113.5")).await.state, "taken");
    }

    async fn where_the_server_says_nothing_the_domain_is_asked(world: World) {
        let mailbox = Mailbox { authserv_id: "mx.agencia.example".to_owned(), ..mailbox() };
        world.administer(vec![Change::SetMailbox(Box::new(mailbox))]).await;
        let server = NameServer::start(&POLICY, Manner::Answers).unwrap();
        let desk = world.node_asking(SenderCheck::by_server(server.address()).unwrap()).await;
        let said = |n: u32, id: &str, result: &str| {
            let letter = letter(n, "198.51.100.9");
            format!("Authentication-Results: {id}; dmarc={result} header.from=agencia.example\r\n{letter}")
        };
        assert_eq!(taken(&desk, said(1, "mx.agencia.example", "pass")).await.state, "taken");
        assert_eq!(taken(&desk, letter(2, "198.51.100.9")).await.reason, "not-authentic");
        assert_eq!(taken(&desk, said(3, "mx.ajena.example", "pass")).await.reason, "not-authentic");
        assert_eq!(taken(&desk, said(4, "mx.agencia.example", "temperror")).await.reason, "not-authentic");
    }

    async fn letters_to_a_mailbox_that_is_a_group_are_peoples(world: World) {
        let written = |n: u32, list: &str| {
            format!(
                "From: Marta <persona1@agencia.example>\r\nTo: mesa@agencia.example\r\nSubject: Otra {n}\r\n\
                 Message-ID: <{n}@agencia.example>\r\nPrecedence: list\r\n\
                 List-ID: <{list}.agencia.example>\r\nList-Post: <mailto:{list}@agencia.example>\r\n\r\nHola.\r\n"
            )
        };
        let own = taken(&world.desk, written(1, "mesa")).await;
        assert_eq!(own.state, "taken", "{own:?}");
        let other = taken(&world.desk, written(2, "noticias")).await;
        assert_eq!((other.state.as_str(), other.reason.as_str()), ("held", "list"));
    }

    async fn a_machine_that_was_let_in_is_not_answered_until_a_person_writes(world: World) {
        let folder = Folder::open(world.folder.join("mail")).unwrap();
        let post = Post::new(Some(Transport::Folder(folder.clone())));
        let to = |address: &str| {
            let letters = folder.newest(99).unwrap();
            letters.iter().filter(|(_, letter)| letter.to.iter().any(|it| it.contains(address))).count()
        };
        let written = |n: u32, head: &str, from: &str| {
            format!(
                "From: {from}\r\nTo: mesa@agencia.example\r\nSubject: Alarma {n}\r\n\
                 Message-ID: <{n}@agencia.example>\r\n{head}\r\nDisco lleno.\r\n"
            )
        };
        for (n, head, from) in [
            (1, "Auto-Submitted: auto-generated\r\n", "alarmas@agencia.example"),
            (2, "List-ID: <noticias.agencia.example>\r\n", "persona1@agencia.example"),
        ] {
            let held = taken(&world.desk, written(n, head, from)).await;
            assert_eq!(held.state, "held", "{held:?}");
            let id = world.desk.ambience().command_id();
            assert!(world.desk.accept_letter(viewer(ADMIN), id, held.id).await.unwrap());
            take_in(&world.desk).await.unwrap();
            let letter = world.desk.db().read(move |r| arrivals::by_id(r, held.id)).await.unwrap().unwrap();
            assert_eq!(letter.state, "taken", "{letter:?}");
            let case = letter.case_id.unwrap();
            let case = world.desk.db().read(move |r| cases::load(r, case)).await.unwrap().unwrap();
            deliver(&world.desk, &post).await.unwrap();
            assert_eq!(to(from), 0, "no receipt");
            world.in_progress(&case.number).await;
            deliver(&world.desk, &post).await.unwrap();
            assert_eq!((to(from), to("persona3@") > 0), (0, true), "nor who attends, but the agent is told");
            world.does(person(NATALY), &case.number, world.say(Audience::Requester, "¿De qué equipo?")).await;
            deliver(&world.desk, &post).await.unwrap();
            assert_eq!(to(from), 1, "what somebody says himself leaves");
            let mine = written(n + 10, "", from).replace("Alarma", &format!("{} Alarma", case.number));
            assert_eq!(taken(&world.desk, mine).await.case_id, Some(case.id));
            world.does(person(NATALY), &case.number, world.solve(Performer::Agent)).await;
            deliver(&world.desk, &post).await.unwrap();
            assert_eq!(to(from), 2, "a person wrote, and hears that it is solved");
        }
    }

    async fn where_no_address_has_a_plus_a_key_in_the_subject_finds_the_case(world: World) {
        let mailbox = Mailbox { plus_addresses: false, ..mailbox() };
        world.administer(vec![Change::SetMailbox(Box::new(mailbox))]).await;
        let number = world.registers(MARTA, Kind::Incident).await;
        let folder = Folder::open(world.folder.join("mail")).unwrap();
        let post = Post::new(Some(Transport::Folder(folder.clone())));
        deliver(&world.desk, &post).await.unwrap();
        let letters = folder.newest(9).unwrap().into_iter();
        let mut letters = letters.map(|(name, _)| folder.letter(&name).unwrap().unwrap());
        let receipt = letters.find(|letter| letter.to.iter().any(|to| to.contains("persona1@"))).unwrap();
        assert!(receipt.reply_to.contains("mesa@agencia.example"), "{}", receipt.reply_to);
        // A program that brings nothing back but the subject.
        let answer = |from: &str, n: u32| {
            format!(
                "From: {from}\r\nTo: mesa@agencia.example\r\nSubject: RE: {}\r\nMessage-ID: <{n}@x.example>\r\n\r\n\
                 Sigue igual.\r\n",
                receipt.subject
            )
        };
        let said = |case: &SeenCase| {
            case.events.iter().filter(|it| matches!(it.recorded.event, Event::Said { .. })).count()
        };
        taken(&world.desk, answer("persona1@agencia.example", 1)).await;
        assert_eq!(said(&world.sees(ADMIN, &number).await.unwrap()), 1);
        let stolen = taken(&world.desk, answer("otro@otra.example", 2)).await;
        assert_eq!(stolen.state, "held", "a stolen subject lets nobody in");
        assert_eq!(said(&world.sees(ADMIN, &number).await.unwrap()), 1);
    }

    async fn a_letter_without_a_name_at_two_mailboxes_makes_one_case(world: World) {
        let written = |way: &str, body: &str| {
            let letter = format!(
                "Received: from {way} by mx.agencia.example; Tue, 17 Nov 2026 08:00:00 -0500\r\n\
                 From: persona1@agencia.example\r\nSubject: Sin nombre\r\n\
                 Date: Tue, 17 Nov 2026 08:00:00 -0500\r\n\r\n{body}\r\n"
            );
            Arriving { bytes: letter.into_bytes().into(), cut: false }
        };
        let fresh = async |mailbox: &str, letter: Arriving| {
            world.desk.receive(mailbox, vec![letter]).await.unwrap()[0].fresh
        };
        assert!(fresh("soporte", written("a", "Hola.")).await);
        assert!(!fresh("ventanilla", written("b", "Hola.")).await);
        assert!(fresh("ventanilla", written("b", "Otra cosa.")).await, "another letter of the same second");
    }

    async fn a_bare_number_lets_only_the_agent_of_the_case_speak_for_the_desk(world: World) {
        let number = world.registers(MARTA, Kind::Incident).await;
        world.does(Actor::Person(ADMIN), &number, assign(SupportLevel::First, Some(NATALY))).await;
        let written = |from: &str, n: u32| {
            format!(
                "From: {from}\r\nTo: mesa@agencia.example\r\nSubject: Sobre {number}\r\n\
                 Message-ID: <{n}@agencia.example>\r\n\r\nMe pasa lo mismo.\r\n"
            )
        };
        let said = async || {
            let case = world.sees(ADMIN, &number).await.unwrap();
            case.events.iter().filter(|it| matches!(it.recorded.event, Event::Said { .. })).count()
        };
        let colleague = taken(&world.desk, written("persona4@agencia.example", 1)).await;
        assert_eq!((colleague.state.as_str(), said().await), ("taken", 0), "he asks for something of his own");
        taken(&world.desk, written("persona3@agencia.example", 2)).await;
        assert_eq!(said().await, 1);
    }
}
