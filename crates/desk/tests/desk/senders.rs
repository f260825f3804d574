//! Whoever writes under a name that is not his gets no rights by it.

use atiende_desk::intake::{Arriving, take_in};
use atiende_mail::SenderCheck;
use atiende_store::arrivals::{self, Arrival};
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

    async fn letters_do_not_wait_one_by_one_for_a_name_server_that_fails(world: World) {
        let server = NameServer::start(&POLICY, Manner::Fails).unwrap();
        let desk = world.node_asking(SenderCheck::by_server(server.address()).unwrap()).await;
        assert_eq!(taken(&desk, letter(1, "198.51.100.9")).await.state, "taken");
        let asked = server.asked();
        assert!(asked > 0);
        assert_eq!(taken(&desk, letter(2, "198.51.100.9")).await.state, "taken");
        assert_eq!(server.asked(), asked);
        world.pass(jiff::SignedDuration::from_mins(2));
        taken(&desk, letter(3, "198.51.100.9")).await;
        assert!(server.asked() > asked, "it is asked again after a while");
    }
}
