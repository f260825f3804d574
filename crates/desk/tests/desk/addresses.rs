//! Letters to several addresses, of which a server takes some.

use atiende_desk::jobs::deliver;
use atiende_desk::view::{Delivery, LetterSeen};
use atiende_desk::{Post, SeenCase};
use atiende_mail::Transport;
use atiende_mail::wire::{Security, Server, Smtp, SmtpAccount, Tokens};
use atiende_procedure::office::{Change, MailSecurity, MailServer, Mailbox, Provider};
use atiende_procedure::{CaseNumber, Kind, MailboxId};
use atiende_testkit::smtp::SmtpServer;
use jiff::SignedDuration;

use crate::world::*;

const GOOD: &str = "soporte@rentas.example";
const GONE: &str = "antes@rentas.example";
const SLOW: &str = "gris@rentas.example";

fn by(server: &SmtpServer) -> Post {
    let (host, port) = ("127.0.0.1".to_owned(), server.port());
    let account = SmtpAccount {
        server: Server { host, port, security: Security::Plain },
        credential: None,
        domain: String::new(),
    };
    Post::new(Some(Transport::Smtp(Box::new(Smtp::new(account, Tokens::default())))))
}

fn times(addresses: &[String], of: &str) -> usize {
    addresses.iter().filter(|address| *address == of).count()
}

fn request(seen: &SeenCase) -> &LetterSeen {
    seen.letters.iter().find(|letter| letter.notice.as_str() == "provider-request").unwrap()
}

impl World {
    /// A case that went to a provider with these addresses.
    async fn escalated(&self, addresses: &[&str]) -> CaseNumber {
        let provider = self.desk.office().providers.values().next().unwrap().clone();
        let emails = addresses.iter().map(ToString::to_string).collect();
        self.administer(vec![Change::SetProvider(Provider { emails, ..provider })]).await;
        let case = self.registers(MARTA, Kind::Incident).await;
        self.with_provider(&case).await;
        case
    }
}

on_both! {
    async fn an_address_that_is_refused_keeps_a_letter_from_no_other(world: World) {
        let server = SmtpServer::start(|to, _| (to == GONE).then_some("550 5.1.1 no such user")).unwrap();
        let post = by(&server);
        let case = world.escalated(&[GONE, GOOD]).await;
        deliver(&world.desk, &post).await.unwrap();
        assert_eq!((times(&server.taken(), GOOD), times(&server.taken(), GONE)), (1, 0));
        let seen = world.sees(NATALY, &case).await.unwrap();
        assert!(seen.case.providers[0].told_at.is_some(), "it was told");
        assert!(matches!(request(&seen).delivery, Delivery::LeftInPart(_)), "{:?}", request(&seen));
        assert!(world.desk.bounced_address(GONE).await.unwrap().unwrap().contains("no such user"));
        assert_eq!(world.desk.bounced_address(GOOD).await.unwrap(), None);
        let shown = world.desk.undelivered(viewer(ADMIN)).await.unwrap();
        let about = shown[0].about.as_ref().unwrap();
        assert!(shown.len() == 1 && about.error.starts_with(GONE) && !about.error.contains(GOOD), "{about:?}");
        world.pass(SignedDuration::from_hours(7));
        assert_eq!(deliver(&world.desk, &post).await.unwrap(), 0, "it is over");
        assert_eq!(times(&server.named(), GONE), 1);
    }

    async fn a_mailbox_greets_by_a_name(world: World) {
        let server = SmtpServer::start(|_, _| None).unwrap();
        let (host, user) = ("127.0.0.1".to_owned(), String::new());
        let sends = MailServer { host, port: server.port(), security: MailSecurity::Plain, user, oauth: None };
        let mailbox = Mailbox {
            id: MailboxId(0),
            name: "soporte".to_owned(),
            address: "mesa@agencia.example".to_owned(),
            receives: None,
            sends: Some(sends),
            authserv_id: String::new(),
            plus_addresses: true,
            active: true,
        };
        world.administer(vec![Change::SetMailbox(Box::new(mailbox))]).await;
        world.registers(MARTA, Kind::Incident).await;
        deliver(&world.desk, &Post::new(None)).await.unwrap();
        let machine = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
        let names = ["agencia.example", machine.trim()];
        assert!(names.contains(&server.greeted()[0].as_str()), "{:?}", server.greeted());
        assert_eq!(server.taken().len(), 1);
    }

    async fn addresses_that_ask_for_it_are_tried_again_alone(world: World) {
        let later = |to: &str, time: usize| match (to, time) {
            (SLOW, 1) => Some("450 4.2.0 come again"),
            (GONE, _) => Some("550 5.1.1 no such user"),
            _ => None,
        };
        let server = SmtpServer::start(later).unwrap();
        let post = by(&server);
        let case = world.escalated(&[SLOW, GONE, GOOD]).await;
        deliver(&world.desk, &post).await.unwrap();
        assert_eq!((times(&server.taken(), GOOD), times(&server.taken(), SLOW)), (1, 0));
        assert!(world.sees(NATALY, &case).await.unwrap().case.providers[0].told_at.is_some());
        world.pass(SignedDuration::from_hours(1));
        assert_eq!(deliver(&world.desk, &post).await.unwrap(), 1);
        let named = [GOOD, GONE, SLOW].map(|address| times(&server.named(), address));
        assert_eq!(named, [1, 1, 2]);
        assert_eq!(times(&server.taken(), SLOW), 1);
        world.pass(SignedDuration::from_hours(1));
        assert_eq!(deliver(&world.desk, &post).await.unwrap(), 0);
    }

    async fn an_address_that_never_takes_it_is_given_up_some_day(world: World) {
        let server = SmtpServer::start(|to, _| (to == SLOW).then_some("450 4.2.0 come again")).unwrap();
        let post = by(&server);
        let case = world.escalated(&[SLOW, GOOD]).await;
        for _ in 0..40 {
            deliver(&world.desk, &post).await.unwrap();
            world.pass(SignedDuration::from_hours(7));
        }
        assert_eq!((times(&server.taken(), GOOD), times(&server.named(), SLOW)), (1, 20));
        let seen = world.sees(NATALY, &case).await.unwrap();
        assert!(matches!(request(&seen).delivery, Delivery::LeftInPart(_)));
        assert_eq!(world.desk.bounced_address(SLOW).await.unwrap(), None, "it may read tomorrow");
        let shown = world.desk.undelivered(viewer(ADMIN)).await.unwrap();
        assert!(shown[0].about.as_ref().unwrap().error.starts_with(SLOW));
        world.desk.deliver_again(shown[0].id).await.unwrap();
        deliver(&world.desk, &post).await.unwrap();
        assert_eq!((times(&server.taken(), GOOD), times(&server.named(), SLOW)), (2, 21), "to all of them");
    }

    async fn an_only_address_that_is_refused_is_marked(world: World) {
        let server = SmtpServer::start(|_, _| Some("550 5.1.1 no such user")).unwrap();
        world.registers(MARTA, Kind::Incident).await;
        deliver(&world.desk, &by(&server)).await.unwrap();
        let marta = world.desk.office().people[&MARTA].profile.email.clone();
        assert!(world.desk.bounced_address(&marta).await.unwrap().is_some());
        assert_eq!(world.desk.undelivered(viewer(ADMIN)).await.unwrap().len(), 1);
        let strict = SmtpServer::start(|_, _| Some("550 5.7.1 not from you")).unwrap();
        world.registers(ROSALBA, Kind::Incident).await;
        deliver(&world.desk, &by(&strict)).await.unwrap();
        let rosalba = world.desk.office().people[&ROSALBA].profile.email.clone();
        assert_eq!(world.desk.bounced_address(&rosalba).await.unwrap(), None, "it is not the address that is wrong");
    }
}
