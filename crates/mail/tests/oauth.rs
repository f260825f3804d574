//! Signing in by a token (XOAUTH2), against a real Dovecot and a real Postfix that ask an authority about it.
#![expect(clippy::unwrap_used, reason = "a test may fail")]
#![expect(clippy::disallowed_methods, reason = "a test may look at the watch")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use atiende_mail::wire::{
    Credential, ImapAccount, Inbox, Keeper, Kept, OAuth, Security, Server, Smtp, SmtpAccount, Step, Tokens,
    try_imap,
};
use atiende_mail::{Letter, Mailbox};
use atiende_testkit::mail::{MailServer, available};
use atiende_testkit::oauth::Authority;
use futures_util::future::BoxFuture;

const DESK: &str = "soporte@agencia.example";
const MARTA: &str = "marta@agencia.example";

fn oauth(authority: &Authority) -> OAuth {
    OAuth {
        user: DESK.into(),
        token_url: authority.token_url(),
        client_id: "mesa".into(),
        client_secret: "secreto".into(),
        refresh_token: "r0".into(),
        scope: String::new(),
        kept: None,
    }
}

fn servers(authority: &Authority) -> Option<MailServer> {
    if let Err(why) = available() {
        eprintln!("skipped: {why:#}");
        return None;
    }
    Some(authority.mail_servers(&[DESK, MARTA]).unwrap())
}

/// Keeps one refresh token, as long as it is let.
#[derive(Debug)]
struct Safe {
    token: Mutex<String>,
    open: AtomicBool,
}

impl Keeper for Safe {
    fn refresh_token(&self, _: Kept) -> BoxFuture<'_, Result<String, String>> {
        let token = self.token.lock().unwrap().clone();
        Box::pin(async { Ok(token) })
    }

    fn renewed(&self, _: Kept, from: String, to: String) -> BoxFuture<'_, bool> {
        let open = self.open.load(Ordering::SeqCst);
        let mut token = self.token.lock().unwrap();
        if open && *token == from {
            *token = to;
        }
        Box::pin(async move { open })
    }
}

fn plain(port: u16) -> Server {
    Server { host: "127.0.0.1".into(), port, security: Security::Plain }
}

fn reading(mail: &MailServer, oauth: &OAuth) -> ImapAccount {
    ImapAccount {
        server: plain(mail.imap()),
        credential: Credential::OAuth(oauth.clone()),
        folder: "INBOX".into(),
        processed: None,
        failed: None,
    }
}

fn letter() -> Letter {
    let mailbox = |address| Mailbox::new("", address).unwrap();
    Letter {
        message_id: "x.1@agencia.example".into(),
        references: Vec::new(),
        date: "2026-11-17T13:12:00Z".parse().unwrap(),
        from: mailbox(DESK),
        reply_to: mailbox(DESK),
        to: vec![mailbox(MARTA)],
        subject: "Hola".into(),
        language: "es-CO".into(),
        text: "Hola.\n".into(),
        html: "<p>Hola.</p>".into(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_are_read_and_sent_by_a_token() {
    let authority = Authority::start(DESK, 3600).unwrap();
    let Some(mail) = servers(&authority) else { return };
    let (oauth, tokens) = (oauth(&authority), Tokens::default());
    mail.put(DESK, b"From: a@agencia.example\r\nSubject: Una\r\n\r\nHola.\r\n").unwrap();
    let mut inbox = Inbox::open(&reading(&mail, &oauth), &tokens).await.unwrap();
    assert_eq!(inbox.fetch(None, None, 10).await.unwrap().len(), 1);
    let by = SmtpAccount {
        server: plain(mail.smtp()),
        credential: Some(Credential::OAuth(oauth.clone())),
        domain: String::new(),
    };
    let smtp = Smtp::new(by, tokens.clone());
    smtp.try_out().await.unwrap();
    smtp.send(&letter()).await.remove(0).became.unwrap();
    let began = Instant::now();
    while mail.letters(MARTA).unwrap().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(30), "it does not arrive");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(authority.granted(), 1, "one token serves both");
    let somebody = OAuth { user: MARTA.into(), ..oauth };
    let refused = try_imap(&reading(&mail, &somebody), &tokens).await.unwrap_err();
    assert!(matches!(refused.step, Step::Token | Step::Login), "another's mailbox stays shut: {refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ends_is_renewed_once_however_many_need_it() {
    let authority = Authority::start(DESK, 61).unwrap();
    let Some(mail) = servers(&authority) else { return };
    let (oauth, tokens) = (oauth(&authority), Tokens::default());
    let account = reading(&mail, &oauth);
    try_imap(&account, &tokens).await.unwrap();
    // It is not used in its last minute.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let (one, two, three) =
        tokio::join!(try_imap(&account, &tokens), try_imap(&account, &tokens), try_imap(&account, &tokens));
    for tried in [one, two, three] {
        tried.unwrap();
    }
    assert_eq!(authority.granted(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_token_is_kept_and_whoever_shares_it_asks_with_the_one_that_is_kept() {
    let authority = Authority::start(DESK, 3600).unwrap();
    let Some(mail) = servers(&authority) else { return };
    let safe = Arc::new(Safe { token: Mutex::new("r0".into()), open: AtomicBool::new(true) });
    let nodes = [Tokens::kept_by(safe.clone()), Tokens::kept_by(safe.clone())];
    let oauth = OAuth { kept: Some(Kept { mailbox: 1, part: "receives" }), ..oauth(&authority) };
    try_imap(&reading(&mail, &oauth), &nodes[0]).await.unwrap();
    assert_eq!(*safe.token.lock().unwrap(), "r1");
    let now = |token: &str| Credential::OAuth(OAuth { refresh_token: token.into(), ..oauth.clone() });
    assert!(nodes[0].are_same(&now("r0"), &now("r1")), "it came of the other");
    assert!(!nodes[0].are_same(&now("r0"), &now("nuevo")), "somebody gave it");
    // The other node was told of the first one only.
    try_imap(&reading(&mail, &oauth), &nodes[1]).await.unwrap();
    assert_eq!(*safe.token.lock().unwrap(), "r2");
    let other = OAuth { scope: "otro".into(), ..oauth };
    try_imap(&reading(&mail, &other), &nodes[0]).await.unwrap();
    assert_eq!(*safe.token.lock().unwrap(), "r3");
    assert_eq!((authority.granted(), authority.refused()), (3, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_token_that_cannot_be_kept_now_is_not_lost() {
    let authority = Authority::start(DESK, 61).unwrap();
    let Some(mail) = servers(&authority) else { return };
    let safe = Arc::new(Safe { token: Mutex::new("r0".into()), open: AtomicBool::new(false) });
    let tokens = Tokens::kept_by(safe.clone());
    let oauth = OAuth { kept: Some(Kept { mailbox: 1, part: "receives" }), ..oauth(&authority) };
    try_imap(&reading(&mail, &oauth), &tokens).await.unwrap();
    assert_eq!(*safe.token.lock().unwrap(), "r0");
    safe.open.store(true, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    try_imap(&reading(&mail, &oauth), &tokens).await.unwrap();
    assert_eq!(*safe.token.lock().unwrap(), "r2");
    assert_eq!(authority.refused(), 0);
}
