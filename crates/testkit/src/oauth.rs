//! An authority on the loopback that grants tokens, each for the newest refresh token and that once, as Microsoft's and
//! Google's may, and says to mail servers whose a token is.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;

use crate::mail::MailServer;

/// Grants until the program ends. The first refresh token is `r0`, the next `r1`.
#[derive(Debug)]
pub struct Authority {
    port: u16,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    /// The number of the newest token; older ones are nobody's.
    granted: AtomicU32,
    refused: AtomicU32,
    turn: Mutex<()>,
    /// Whose tokens they are, and for how many seconds.
    user: String,
    lives: u32,
}

impl Authority {
    /// Starts one that grants tokens of a user.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start(user: &str, lives_secs: u32) -> Result<Authority> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let state = Arc::new(State {
            granted: AtomicU32::new(0),
            refused: AtomicU32::new(0),
            turn: Mutex::new(()),
            user: user.to_owned(),
            lives: lives_secs,
        });
        let served = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = served.clone();
                // Whoever hangs up needs no answer.
                std::thread::spawn(move || drop(answer(stream, &state)));
            }
        });
        Ok(Authority { port, state })
    }

    /// Where it grants tokens.
    pub fn token_url(&self) -> String {
        format!("http://127.0.0.1:{}/token", self.port)
    }

    /// How often it granted one.
    pub fn granted(&self) -> u32 {
        self.state.granted.load(Ordering::SeqCst)
    }

    /// How often it was asked with a refresh token that is over.
    pub fn refused(&self) -> u32 {
        self.state.refused.load(Ordering::SeqCst)
    }

    /// Mail servers with these mailboxes, into which one gets by its tokens or by a password.
    ///
    /// # Errors
    /// As [`MailServer::start`].
    pub fn mail_servers(&self, mailboxes: &[&str]) -> Result<MailServer> {
        let asks = std::env::temp_dir().join(format!("atiende-oauth-{}-{}", std::process::id(), self.port));
        let settings = format!(
            "introspection_url = http://127.0.0.1:{}/quien\nintrospection_mode = auth\nusername_attribute = email\n",
            self.port
        );
        std::fs::write(&asks, settings)?;
        let dovecot = format!(
            "auth_mechanisms = plain login xoauth2 oauthbearer\n\
             passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {}\n}}\n",
            asks.display()
        );
        MailServer::start_with(mailboxes, &dovecot)
    }
}

fn answer(mut stream: TcpStream, state: &State) -> Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if let Some(size) = line.to_lowercase().strip_prefix("content-length:") {
            length = size.trim().parse()?;
        }
        if line.trim().is_empty() {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let (status, said) = said(&head, &String::from_utf8(body)?, state);
    let length = said.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{said}"
    )?;
    Ok(())
}

fn said(head: &str, body: &str, state: &State) -> (&'static str, String) {
    let _turn = state.turn.lock().unwrap_or_else(PoisonError::into_inner);
    let newest = state.granted.load(Ordering::SeqCst);
    if head.starts_with("POST /token") {
        // A slow authority: whoever asks twice at once is seen.
        std::thread::sleep(Duration::from_millis(200));
        if !body.split('&').any(|it| it == format!("refresh_token=r{newest}")) {
            state.refused.fetch_add(1, Ordering::SeqCst);
            return ("400 Bad Request", r#"{"error":"invalid_grant"}"#.to_owned());
        }
        let (next, lives) = (state.granted.fetch_add(1, Ordering::SeqCst) + 1, state.lives);
        let granted =
            format!(r#"{{"access_token":"acceso-{next}","refresh_token":"r{next}","expires_in":{lives}}}"#);
        return ("200 OK", granted);
    }
    let bearer = format!("authorization: bearer acceso-{newest}");
    if head.lines().any(|it| it.to_lowercase() == bearer) {
        ("200 OK", format!(r#"{{"active":true,"email":"{}"}}"#, state.user))
    } else {
        ("401 Unauthorized", r#"{"active":false}"#.to_owned())
    }
}
