//! Mail over the wire, against a real Dovecot and a real Postfix. Where they cannot run, `cargo xtask test` says so.
#![expect(clippy::unwrap_used, reason = "a test may fail")]
#![expect(clippy::disallowed_methods, reason = "a test may look at the watch")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use atiende_mail::wire::{
    Credential, ImapAccount, Inbox, OAuth, Place, Security, Server, Settled, Smtp, SmtpAccount, Step, Tokens,
    try_imap,
};
use atiende_mail::{Letter, Mailbox, SendError};
use atiende_testkit::mail::{MailServer, PASSWORD, REFUSED, available};

const DESK: &str = "soporte@agencia.example";
const MARTA: &str = "marta@agencia.example";

fn servers(dovecot: &str) -> Option<MailServer> {
    match available() {
        Ok(()) => Some(MailServer::start_with(&[DESK, MARTA], dovecot).unwrap()),
        Err(why) => {
            eprintln!("skipped: {why:#}");
            None
        }
    }
}

fn plain(port: u16) -> Server {
    Server { host: "127.0.0.1".into(), port, security: Security::Plain }
}

fn account(mail: &MailServer) -> ImapAccount {
    ImapAccount {
        server: plain(mail.imap()),
        credential: Credential::Password { user: DESK.into(), password: PASSWORD.into() },
        folder: "INBOX".into(),
        processed: Some("Atención".into()),
        failed: Some("Sin leer".into()),
    }
}

fn written(n: usize) -> Vec<u8> {
    format!("From: {MARTA}\r\nSubject: Carta {n}\r\nMessage-ID: <c{n}@a.example>\r\n\r\nHola.\r\n")
        .into_bytes()
}

async fn opened(account: &ImapAccount) -> Inbox {
    Inbox::open(account, &Tokens::default()).await.unwrap()
}

fn sent(to: &str) -> Letter {
    let mailbox = |address| Mailbox::new("", address).unwrap();
    Letter {
        message_id: "x.1@agencia.example".into(),
        references: Vec::new(),
        date: "2026-11-17T13:12:00Z".parse().unwrap(),
        from: mailbox(DESK),
        reply_to: mailbox(DESK),
        to: vec![mailbox(to)],
        subject: "Hola".into(),
        language: "es-CO".into(),
        text: "Hola.\n.\n".into(),
        html: "<p>Hola.</p>".into(),
    }
}

async fn one(smtp: &Smtp, to: &str) -> Result<(), SendError> {
    smtp.send(&sent(to)).await.remove(0).became
}

#[tokio::test]
async fn letters_are_fetched_once_in_their_order_and_put_away() {
    let Some(mail) = servers("") else { return };
    for n in 0..3 {
        mail.put(DESK, &written(n)).unwrap();
    }
    let mut inbox = opened(&account(&mail)).await;
    let first = inbox.fetch(None, None, 2).await.unwrap();
    assert_eq!(first.iter().map(|letter| letter.place.uid).collect::<Vec<_>>(), [1, 2]);
    assert!(first[0].bytes.ends_with(b"Hola.\r\n") && !first[0].cut);
    let since = Some(first[1].place);
    assert_eq!(inbox.fetch(since, None, 10).await.unwrap().len(), 1);
    inbox.settle(&[(first[0].place, Settled::Processed), (first[1].place, Settled::Failed)]).await.unwrap();
    assert_eq!(inbox.fetch(None, None, 10).await.unwrap().len(), 1, "the others were moved");
    let elsewhere = ImapAccount { folder: "Atención".into(), ..account(&mail) };
    assert_eq!(try_imap(&elsewhere, &Tokens::default()).await.unwrap().messages, 1);
    let last = inbox.fetch(since, None, 10).await.unwrap();
    assert!(
        inbox.fetch(Some(last[0].place), None, 10).await.unwrap().is_empty(),
        "`n:*` names the last one too"
    );
    inbox.close().await;
    // Made anew: what arrived since shortly before the last success comes again.
    mail.renew(DESK).unwrap();
    let mut inbox = opened(&account(&mail)).await;
    let before = Place { uid_validity: last[0].place.uid_validity.wrapping_sub(1), uid: 99 };
    let success = "2026-01-01T00:00:00Z".parse().ok();
    assert_eq!(inbox.fetch(Some(before), success, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_people_had_read_before_the_first_time_is_theirs() {
    let Some(mail) = servers("") else { return };
    let account = ImapAccount { processed: None, ..account(&mail) };
    for n in 0..3 {
        mail.put(DESK, &written(n)).unwrap();
    }
    let mut inbox = opened(&account).await;
    let all = inbox.fetch(None, None, 10).await.unwrap();
    let read: Vec<_> = all[1..].iter().map(|letter| (letter.place, Settled::Processed)).collect();
    inbox.settle(&read).await.unwrap();
    let of_before = Place { uid_validity: all[0].place.uid_validity.wrapping_sub(1), ..all[0].place };
    inbox.settle(&[(of_before, Settled::Processed)]).await.unwrap();
    inbox.close().await;
    let mut inbox = opened(&account).await;
    let unread = inbox.fetch(None, None, 10).await.unwrap();
    assert_eq!(unread.iter().map(|letter| letter.place).collect::<Vec<_>>(), [all[0].place]);
    assert!(inbox.fetch(None, None, 10).await.unwrap().is_empty(), "one that stays unread comes once");
    inbox.settle(&[(unread[0].place, Settled::Processed)]).await.unwrap();
    mail.put(DESK, &written(3)).unwrap();
    let later = inbox.fetch(inbox.place_at_opening(), None, 10).await.unwrap();
    assert_eq!(later.len(), 1, "{later:?}");
    assert!(later[0].place > all[2].place);
}

#[tokio::test]
async fn who_refuses_everybody_refuses_no_letter() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = plain(listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Whoever is sent away may have gone.
            let _ = (&stream).write_all(b"554 mx.agencia.example takes no letters today\r\n");
        }
    });
    let closed =
        Smtp::new(SmtpAccount { server, credential: None, domain: String::new() }, Tokens::default());
    let refused = one(&closed, MARTA).await;
    assert!(matches!(&refused, Err(SendError::Later(why)) if why.contains("554")), "{refused:?}");
}

#[tokio::test]
async fn a_letter_wakes_who_waits_and_a_server_that_goes_is_told() {
    let Some(mut mail) = servers("") else { return };
    let mut inbox = opened(&account(&mail)).await;
    let began = Instant::now();
    let waits = tokio::spawn(async move {
        inbox.wait(Duration::from_secs(30), Duration::from_secs(30)).await.unwrap();
        inbox
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    mail.put(DESK, &written(1)).unwrap();
    let mut inbox = waits.await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert_eq!(inbox.fetch(None, None, 10).await.unwrap().len(), 1);
    let waits = tokio::spawn(async move {
        let waited = inbox.wait(Duration::from_secs(30), Duration::from_secs(30)).await;
        match waited {
            Ok(()) => inbox.fetch(None, None, 10).await.map(drop),
            Err(error) => Err(error),
        }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    mail.stop_imap().unwrap();
    assert!(waits.await.unwrap().is_err());
    mail.start_imap().unwrap();
    assert_eq!(opened(&account(&mail)).await.fetch(None, None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_server_without_idle_is_asked_again() {
    let Some(mail) = servers("imap_capability = IMAP4rev1 UIDPLUS\n") else { return };
    assert!(!try_imap(&account(&mail), &Tokens::default()).await.unwrap().idles);
    let mut inbox = opened(&account(&mail)).await;
    inbox.wait(Duration::from_secs(5), Duration::from_millis(100)).await.unwrap();
    mail.put(DESK, &written(1)).unwrap();
    let letters = inbox.fetch(None, None, 10).await.unwrap();
    // Nor has it MOVE: copied, and taken away.
    inbox.settle(&[(letters[0].place, Settled::Processed)]).await.unwrap();
    inbox.close().await;
    assert_eq!(try_imap(&account(&mail), &Tokens::default()).await.unwrap().messages, 0);
}

#[tokio::test]
async fn what_is_wrong_is_told_by_its_step() {
    let Some(mail) = servers("") else { return };
    let good = account(&mail);
    let fails = async |account: ImapAccount| try_imap(&account, &Tokens::default()).await.unwrap_err().step;
    let password = Credential::Password { user: DESK.into(), password: "otra".into() };
    assert_eq!(fails(ImapAccount { credential: password, ..good.clone() }).await, Step::Login);
    assert_eq!(fails(ImapAccount { folder: "No hay".into(), ..good.clone() }).await, Step::Folder);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(fails(ImapAccount { server: plain(closed), ..good.clone() }).await, Step::Connect);
    let nowhere = Server { host: "no-hay.invalid".into(), ..plain(1) };
    let nowhere = Server { security: Security::Tls, ..nowhere };
    assert_eq!(fails(ImapAccount { server: nowhere, ..good.clone() }).await, Step::Address);
    // Nobody vouches for its certificate.
    let tls = Server { host: "localhost".into(), port: mail.imaps(), security: Security::Tls };
    assert_eq!(fails(ImapAccount { server: tls, ..good.clone() }).await, Step::Tls);
    let open = Server { host: "192.0.2.1".into(), ..plain(mail.imap()) };
    assert_eq!(
        fails(ImapAccount { server: open, ..good.clone() }).await,
        Step::Connect,
        "no password in the open"
    );
    let smtp = SmtpAccount {
        server: plain(mail.smtp()),
        credential: Some(Credential::Password { user: DESK.into(), password: "otra".into() }),
        domain: String::new(),
    };
    assert_eq!(Smtp::new(smtp, Tokens::default()).try_out().await.unwrap_err().step, Step::Login);
}

#[tokio::test]
async fn many_letters_leave_by_few_connections_and_refusals_are_told_apart() {
    let Some(mail) = servers("") else { return };
    let credential = Some(Credential::Password { user: DESK.into(), password: PASSWORD.into() });
    let smtp = Smtp::new(
        SmtpAccount { server: plain(mail.smtp()), credential, domain: String::new() },
        Tokens::default(),
    );
    smtp.try_out().await.unwrap();
    for _ in 0..200 {
        one(&smtp, MARTA).await.unwrap();
    }
    let began = Instant::now();
    while mail.letters(MARTA).unwrap().len() < 200 {
        assert!(began.elapsed() < Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(mail.letters(MARTA).unwrap()[0].contains("Message-ID: <x.1@agencia.example>"));
    let refused = one(&smtp, REFUSED).await;
    assert!(matches!(refused, Err(SendError::Never(_))), "{refused:?}");
    one(&smtp, MARTA).await.unwrap();
    let nobody = Smtp::new(
        SmtpAccount { server: plain(mail.smtp()), credential: None, domain: String::new() },
        Tokens::default(),
    );
    let refused = one(&nobody, "alguien@otra.example").await;
    assert!(matches!(refused, Err(SendError::Never(_))), "relaying is refused for good: {refused:?}");
    let mut both = sent(REFUSED);
    both.to.push(Mailbox::new("", MARTA).unwrap());
    let became: Vec<bool> = smtp.send(&both).await.into_iter().map(|sent| sent.became.is_ok()).collect();
    assert_eq!(became, [false, true], "one that is refused keeps it from no other");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let gone = Smtp::new(
        SmtpAccount { server: plain(closed), credential: None, domain: String::new() },
        Tokens::default(),
    );
    assert!(matches!(one(&gone, MARTA).await, Err(SendError::Later(_))));
}

#[tokio::test]
async fn a_letter_of_thirty_megabytes_comes_whole_and_a_larger_one_by_its_head() {
    let Some(mail) = servers("") else { return };
    let mut large = written(1);
    large.resize(30_000_000, b'x');
    let mut giant = written(2);
    giant.resize(55_000_000, b'x');
    mail.put(DESK, &large).unwrap();
    mail.put(DESK, &giant).unwrap();
    let mut inbox = opened(&account(&mail)).await;
    let mut letters = inbox.fetch(None, None, 10).await.unwrap();
    if letters.len() < 2 {
        letters.extend(inbox.fetch(Some(letters[0].place), None, 10).await.unwrap());
    }
    let seen: Vec<(usize, bool)> = letters.iter().map(|letter| (letter.bytes.len(), letter.cut)).collect();
    assert_eq!(seen, [(30_000_000, false), (65_536, true)]);
}

/// Answers each request with the next of these bodies, and tells what was asked.
fn token_server(bodies: Vec<&'static str>) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/token", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for body in bodies {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = [0; 4096];
            let mut text = String::new();
            while !text.contains("refresh_token=") {
                let read = stream.read(&mut bytes).unwrap();
                text.push_str(&String::from_utf8_lossy(&bytes[..read]));
            }
            asked.push(text);
            let status = if body.contains("error") { "400 Bad Request" } else { "200 OK" };
            write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            )
            .unwrap();
        }
        asked
    });
    (url, served)
}

#[tokio::test]
async fn a_token_is_fetched_with_the_refresh_token_and_a_refusal_says_why() {
    let Some(mail) = servers("") else { return };
    let (url, served) = token_server(vec![
        r#"{"access_token":"abc","expires_in":3600,"refresh_token":"nuevo"}"#,
        r#"{"access_token":"abd","expires_in":3600}"#,
        r#"{"error":"invalid_grant"}"#,
    ]);
    let oauth = OAuth {
        user: DESK.into(),
        token_url: url,
        client_id: "mesa".into(),
        client_secret: "secreto".into(),
        refresh_token: "viejo".into(),
        scope: String::new(),
        kept: None,
    };
    let account = ImapAccount { credential: Credential::OAuth(oauth.clone()), ..account(&mail) };
    assert!(!format!("{account:?}").contains("secreto"), "secrets are not printed");
    let tokens = Tokens::default();
    // This Dovecot takes passwords alone: it refuses the mechanism, after the token was had.
    assert_eq!(try_imap(&account, &tokens).await.unwrap_err().step, Step::Login);
    assert_eq!(try_imap(&account, &tokens).await.unwrap_err().step, Step::Login);
    let refused = try_imap(&account, &tokens).await.unwrap_err();
    assert!(refused.step == Step::Token && refused.detail.contains("invalid_grant"), "{refused}");
    let asked = served.join().unwrap();
    assert!(
        asked[0].contains("grant_type=refresh_token") && asked[0].contains("refresh_token=viejo"),
        "{}",
        asked[0]
    );
    for later in &asked[1..] {
        assert!(later.contains("refresh_token=nuevo"), "the newest is used: {later}");
    }
    let abroad = OAuth { token_url: "http://127.0.0.1.otra.example/token".into(), ..oauth };
    let account = ImapAccount { credential: Credential::OAuth(abroad), ..account };
    let refused = try_imap(&account, &tokens).await.unwrap_err();
    assert!(refused.step == Step::Token && refused.detail.contains("without TLS"), "{refused}");
}
