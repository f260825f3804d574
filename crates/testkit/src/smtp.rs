//! A server on the loopback that takes letters by SMTP and says to each address what a test wants.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;

/// What is said to an address when it is named for the so-manyth time, from 1; nothing to take it.
type Says = dyn Fn(&str, usize) -> Option<&'static str> + Send + Sync;

/// Takes letters until the program ends.
#[derive(Debug)]
pub struct SmtpServer {
    port: u16,
    seen: Arc<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    greeted: Mutex<Vec<String>>,
    named: Mutex<Vec<String>>,
    taken: Mutex<Vec<String>>,
}

impl SmtpServer {
    /// Starts one.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start(
        says: impl Fn(&str, usize) -> Option<&'static str> + Send + Sync + 'static,
    ) -> Result<SmtpServer> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let seen = Arc::new(Seen::default());
        let (heard, says): (_, Arc<Says>) = (seen.clone(), Arc::new(says));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (heard, says) = (heard.clone(), says.clone());
                // Whoever hangs up is gone.
                std::thread::spawn(move || drop(talk(stream, &heard, &*says)));
            }
        });
        Ok(SmtpServer { port, seen })
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The names with which it was greeted.
    pub fn greeted(&self) -> Vec<String> {
        copy(&self.seen.greeted)
    }

    /// The addresses that were named to it, in order.
    pub fn named(&self) -> Vec<String> {
        copy(&self.seen.named)
    }

    /// The addresses for which it took a letter, in order.
    pub fn taken(&self) -> Vec<String> {
        copy(&self.seen.taken)
    }
}

fn copy(of: &Mutex<Vec<String>>) -> Vec<String> {
    of.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn put(into: &Mutex<Vec<String>>, what: &str) {
    into.lock().unwrap_or_else(PoisonError::into_inner).push(what.to_owned());
}

fn talk(mut stream: TcpStream, seen: &Seen, says: &Says) -> Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut to = Vec::new();
    write!(stream, "220 mx.prueba.example\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        let reply = match verb.as_str() {
            "EHLO" | "HELO" => {
                put(&seen.greeted, line.split_once(' ').map_or("", |(_, name)| name));
                "250 mx.prueba.example"
            }
            "RCPT" => {
                let address = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                put(&seen.named, &address);
                let times = copy(&seen.named).iter().filter(|it| **it == address).count();
                match says(&address, times) {
                    Some(refusal) => refusal,
                    None => {
                        to.push(address);
                        "250 2.1.5 it may"
                    }
                }
            }
            "DATA" => {
                write!(stream, "354 go on\r\n")?;
                while lines.next().transpose()?.is_some_and(|line| line != ".") {}
                to.drain(..).for_each(|address| put(&seen.taken, &address));
                "250 2.0.0 taken"
            }
            "MAIL" | "RSET" => {
                to.clear();
                "250 2.0.0 well"
            }
            "QUIT" => {
                write!(stream, "221 2.0.0 bye\r\n")?;
                return Ok(());
            }
            _ => "250 2.0.0 well",
        };
        write!(stream, "{reply}\r\n")?;
    }
    Ok(())
}
