//! Signing in by a token (XOAUTH2), against a real Dovecot and a real Postfix that ask an authority about it.
#![expect(clippy::unwrap_used, reason = "a test may fail")]
#![expect(clippy::disallowed_methods, reason = "a test may look at the watch")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use atiende_mail::wire::{
    Credential, ImapAccount, Inbox, OAuth, Security, Server, Smtp, SmtpAccount, Step, Tokens, try_imap,
};
use atiende_mail::{Letter, Mailbox};
use atiende_testkit::mail::{MailServer, available};

const DESK: &str = "soporte@agencia.example";
const MARTA: &str = "marta@agencia.example";

/// Grants tokens, each for the newest refresh token and that once, as Microsoft's and Google's authorities may; and says
/// to mail servers whose a token is.
struct Authority {
    port: u16,
    granted: Arc<AtomicU32>,
    /// The number of the newest token; older ones are nobody's.
    lives_secs: u32,
}

impl Authority {
    fn start(lives_secs: u32) -> Authority {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let granted = Arc::new(AtomicU32::new(0));
        let (count, turn) = (granted.clone(), Arc::new(Mutex::new(())));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (count, turn) = (count.clone(), turn.clone());
                std::thread::spawn(move || answer(stream.unwrap(), &count, &turn, lives_secs));
            }
        });
        Authority { port, granted, lives_secs }
    }

    fn oauth(&self) -> OAuth {
        OAuth {
            user: DESK.into(),
            token_url: format!("http://127.0.0.1:{}/token", self.port),
            client_id: "mesa".into(),
            client_secret: "secreto".into(),
            refresh_token: "r0".into(),
            scope: String::new(),
        }
    }

    fn servers(&self) -> Option<MailServer> {
        if let Err(why) = available() {
            eprintln!("skipped: {why:#}");
            return None;
        }
        let asks = std::env::temp_dir().join(format!("atiende-oauth-{}-{}", std::process::id(), self.port));
        let settings = format!(
            "introspection_url = http://127.0.0.1:{}/quien\nintrospection_mode = auth\nusername_attribute = email\n",
            self.port
        );
        std::fs::write(&asks, settings).unwrap();
        let dovecot = format!(
            "auth_mechanisms = plain login xoauth2 oauthbearer\n\
             passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {}\n}}\n",
            asks.display()
        );
        let servers = MailServer::start_with(&[DESK, MARTA], &dovecot).unwrap();
        Some(servers)
    }
}

fn answer(mut stream: TcpStream, count: &AtomicU32, turn: &Mutex<()>, lives_secs: u32) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(size) = line.to_lowercase().strip_prefix("content-length:") {
            length = size.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    let _turn = turn.lock().unwrap();
    let newest = count.load(Ordering::SeqCst);
    let (status, said) = if head.starts_with("POST /token") {
        // A slow authority: whoever asks twice at once is seen.
        std::thread::sleep(Duration::from_millis(200));
        if body.split('&').any(|it| it == format!("refresh_token=r{newest}")) {
            let next = count.fetch_add(1, Ordering::SeqCst) + 1;
            let granted = format!(
                r#"{{"access_token":"acceso-{next}","refresh_token":"r{next}","expires_in":{lives_secs}}}"#
            );
            ("200 OK", granted)
        } else {
            ("400 Bad Request", r#"{"error":"invalid_grant"}"#.to_owned())
        }
    } else if head.lines().any(|it| it.to_lowercase() == format!("authorization: bearer acceso-{newest}")) {
        ("200 OK", format!(r#"{{"active":true,"email":"{DESK}"}}"#))
    } else {
        ("401 Unauthorized", r#"{"active":false}"#.to_owned())
    };
    let length = said.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{said}"
    )
    .unwrap();
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
    let authority = Authority::start(3600);
    let Some(mail) = authority.servers() else { return };
    let (oauth, tokens) = (authority.oauth(), Tokens::default());
    mail.put(DESK, b"From: a@agencia.example\r\nSubject: Una\r\n\r\nHola.\r\n").unwrap();
    let mut inbox = Inbox::open(&reading(&mail, &oauth), &tokens).await.unwrap();
    assert_eq!(inbox.fetch(None, None, 10).await.unwrap().len(), 1);
    let by = SmtpAccount { server: plain(mail.smtp()), credential: Some(Credential::OAuth(oauth.clone())) };
    let smtp = Smtp::new(by, tokens.clone());
    smtp.try_out().await.unwrap();
    smtp.send(&letter()).await.unwrap();
    let began = Instant::now();
    while mail.letters(MARTA).unwrap().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(30), "it does not arrive");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(authority.granted.load(Ordering::SeqCst), 1, "one token serves both");
    let somebody = OAuth { user: MARTA.into(), ..oauth };
    let refused = try_imap(&reading(&mail, &somebody), &tokens).await.unwrap_err();
    assert!(matches!(refused.step, Step::Token | Step::Login), "another's mailbox stays shut: {refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ends_is_renewed_once_however_many_need_it() {
    let authority = Authority::start(61);
    let Some(mail) = authority.servers() else { return };
    let (oauth, tokens) = (authority.oauth(), Tokens::default());
    let account = reading(&mail, &oauth);
    try_imap(&account, &tokens).await.unwrap();
    // It is not used in its last minute.
    tokio::time::sleep(Duration::from_millis(u64::from(authority.lives_secs - 60) * 1_000 + 200)).await;
    let (one, two, three) =
        tokio::join!(try_imap(&account, &tokens), try_imap(&account, &tokens), try_imap(&account, &tokens));
    for tried in [one, two, three] {
        tried.unwrap();
    }
    assert_eq!(authority.granted.load(Ordering::SeqCst), 2);
    assert_eq!(tokens.rotated(&oauth).as_deref(), Some("r2"));
}
