//! Mailboxes into which one gets by a token, at an authority that gives a new refresh token each time it is asked.

use std::time::Duration;

use atiende_desk::jobs::{Jobs, deliver};
use atiende_desk::{MailSecret, MailSecrets, Post, Spool};
use atiende_procedure::office::{
    Change, MailSecurity, MailServer as Server, Mailbox, OAuthClient, Receiving,
};
use atiende_procedure::{Kind, MailboxId};
use atiende_store::mailboxes;
use atiende_testkit::mail::{MailServer, PASSWORD, available};
use atiende_testkit::oauth::Authority;

use crate::world::*;

const DESK: &str = "mesa@agencia.example";
const READER: &str = "persona1@agencia.example";
const MAILBOX: MailboxId = MailboxId(1);

fn servers() -> Option<(Authority, MailServer)> {
    if let Err(why) = available() {
        eprintln!("skipped: {why:#}");
        return None;
    }
    let authority = Authority::start(DESK, 3600).unwrap();
    let mail = authority.mail_servers(&[DESK, READER]).unwrap();
    Some((authority, mail))
}

fn by_token(authority: &Authority, port: u16) -> Server {
    let client =
        OAuthClient { token_url: authority.token_url(), client_id: "mesa".to_owned(), scope: String::new() };
    Server { oauth: Some(client), ..by_password(port) }
}

fn by_password(port: u16) -> Server {
    let (host, user) = ("127.0.0.1".to_owned(), DESK.to_owned());
    Server { host, port, security: MailSecurity::Plain, user, oauth: None }
}

fn mailbox(receives: Option<Server>, sends: Server) -> Mailbox {
    let folder = "INBOX".to_owned();
    let kept = String::new;
    Mailbox {
        id: MailboxId(0),
        name: "soporte".to_owned(),
        address: DESK.to_owned(),
        receives: receives.map(|server| Receiving { server, folder, processed: kept(), failed: kept() }),
        sends: Some(sends),
        authserv_id: String::new(),
        plus_addresses: true,
        active: true,
    }
}

fn token(refresh_token: &str) -> MailSecret {
    let client_secret = "secreto".to_owned();
    MailSecret { client_secret, refresh_token: refresh_token.to_owned(), ..MailSecret::default() }
}

fn given(refresh_token: &str) -> MailSecrets {
    MailSecrets { receives: token(refresh_token), sends: MailSecret::default() }
}

impl World {
    async fn set_mailbox(&self, mailbox: Mailbox, secrets: MailSecrets) {
        self.administer(vec![Change::SetMailbox(Box::new(mailbox))]).await;
        self.desk.keep_mail_secrets(MAILBOX, secrets).await.unwrap();
    }

    async fn kept(&self, part: &'static str) -> MailSecret {
        let words = self.desk.db().read(move |r| mailboxes::secret(r, MAILBOX.0, part)).await.unwrap();
        serde_json::from_str(&words.unwrap()).unwrap()
    }
}

async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    for _ in 0..300 {
        if done().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it does not come: {what}");
}

on_both! {
    async fn a_mailbox_is_read_by_one_token_however_often_it_is_looked_at(world: World) {
        let Some((authority, mail)) = servers() else { return };
        let own = MailSecret { password: PASSWORD.to_owned(), ..MailSecret::default() };
        let secrets = MailSecrets { sends: own.clone(), ..given("r0") };
        let mailbox = mailbox(Some(by_token(&authority, mail.imap())), by_password(mail.smtp()));
        world.set_mailbox(mailbox, secrets).await;
        mail.put(DESK, format!("From: {READER}\r\nSubject: Una\r\n\r\nHola.\r\n").as_bytes()).unwrap();
        let jobs = Jobs::start(&world.desk, Post::new(None), Spool::of(&world.folder), "node");
        until("the receipt", async || !mail.letters(READER).unwrap().is_empty()).await;
        // The mailboxes are compared with those that are read once a second.
        tokio::time::sleep(Duration::from_secs(4)).await;
        assert_eq!((authority.granted(), authority.refused()), (1, 0));
        assert_eq!(world.kept("receives").await, token("r1"));
        assert_eq!(world.kept("sends").await, own, "the other server's password stays");
        world.desk.keep_mail_secrets(MAILBOX, given("mala")).await.unwrap();
        tokio::time::sleep(Duration::from_secs(2)).await;
        mail.put(DESK, format!("From: {READER}\r\nSubject: Otra\r\n\r\nHola.\r\n").as_bytes()).unwrap();
        until("another receipt", async || mail.letters(READER).unwrap().len() == 2).await;
        jobs.stop().await;
        assert_eq!(authority.granted(), 1, "the token in hand is used up");
    }

    async fn a_token_that_sending_renews_is_kept_at_once(world: World) {
        let Some((authority, mail)) = servers() else { return };
        world.set_mailbox(mailbox(None, by_token(&authority, mail.smtp())), given("r0")).await;
        world.registers(MARTA, Kind::Incident).await;
        deliver(&world.desk, &Post::new(None)).await.unwrap();
        assert_eq!(world.kept("receives").await, token("r1"));
        // After a restart.
        let desk = world.another_node().await;
        world.registers(MARTA, Kind::Incident).await;
        deliver(&desk, &Post::new(None)).await.unwrap();
        assert_eq!(world.kept("receives").await, token("r2"));
        assert_eq!((authority.granted(), authority.refused()), (2, 0));
        until("both", async || mail.letters(READER).unwrap().len() == 2).await;
    }

    async fn a_token_of_the_settings_file_wins_when_it_is_another(world: World) {
        let Some((authority, mail)) = servers() else { return };
        let mailbox = mailbox(None, by_token(&authority, mail.smtp()));
        world.administer(vec![Change::SetMailbox(Box::new(mailbox))]).await;
        let starts = async |token: &str| {
            world.desk.keep_written_mail_secrets(MAILBOX, given(token)).await.unwrap();
            world.kept("receives").await.refresh_token
        };
        assert_eq!(starts("r0").await, "r0");
        world.registers(MARTA, Kind::Incident).await;
        deliver(&world.desk, &Post::new(None)).await.unwrap();
        assert_eq!(starts("r0").await, "r1", "the file's is over");
        assert_eq!(starts("nuevo").await, "nuevo");
        world.desk.keep_mail_secrets(MAILBOX, given("escrito")).await.unwrap();
        assert_eq!(starts("nuevo").await, "escrito", "what an administrator gave since");
        let none = MailSecrets::default();
        world.desk.keep_written_mail_secrets(MAILBOX, none.clone()).await.unwrap();
        world.desk.keep_written_mail_secrets(MAILBOX, none).await.unwrap();
        assert_eq!(world.kept("receives").await, token("escrito"), "a file without secrets changes none");
    }

    async fn a_token_that_was_tried_is_not_used_up_by_that(world: World) {
        let Some((authority, mail)) = servers() else { return };
        let mailbox = mailbox(Some(by_token(&authority, mail.imap())), by_token(&authority, mail.smtp()));
        let tried = world.desk.try_mailbox(&mailbox, &given("r0")).await.unwrap();
        tried.receives.unwrap().unwrap();
        tried.sends.unwrap().unwrap();
        let wrong = world.desk.try_mailbox(&mailbox, &given("mala")).await.unwrap();
        wrong.receives.unwrap().unwrap_err();
        world.set_mailbox(mailbox.clone(), given("r0")).await;
        world.registers(MARTA, Kind::Incident).await;
        deliver(&world.desk, &Post::new(None)).await.unwrap();
        until("the letter", async || !mail.letters(READER).unwrap().is_empty()).await;
        let mailbox = Mailbox { id: MAILBOX, ..mailbox };
        let tried = world.desk.try_mailbox(&mailbox, &MailSecrets::default()).await.unwrap();
        tried.receives.unwrap().unwrap();
        assert_eq!(world.kept("receives").await.refresh_token, format!("r{}", authority.granted()));
    }
}
