//! How many letters a second are taken in: from a mail server by IMAP, and handed over one by one.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use atiende_testkit::mail::{MailServer, PASSWORD};

use super::Database;
use super::office::Ground;
use crate::install;
use crate::run::program;
use crate::server::{Server, get};

const DESK: &str = "soporte@agencia.example";

/// Letters of each kind: how many, and the bytes of each.
const KINDS: [(&str, u32, usize); 2] =
    [("10 kB of text", 1_000, 10_000), ("1 MB with an attachment", 100, 1_000_000)];

/// Processes that hand letters over at the same time, as a mail server has them.
const HANDS: u32 = 4;

const PATIENCE: Duration = Duration::from_secs(300);

/// Measures both ways on a database, and prints a table.
pub(super) fn letters(binary: &Path, database: Database) -> Result<()> {
    install::mail_servers().map_err(anyhow::Error::msg)?;
    println!("\n### Letters taken in, {database:?}\n\n| letters | way | letters/s |\n|---|---|---:|");
    for (kind, count, size) in KINDS {
        println!("| {kind} | IMAP | {:.0} |", by_imap(binary, database, count, size)?);
        println!(
            "| {kind} | `atiende deliver`, {HANDS} at once | {:.0} |",
            handed_over(binary, database, count, size)?
        );
    }
    Ok(())
}

/// From the start of a server that finds a full mailbox until the last letter is a case.
fn by_imap(binary: &Path, database: Database, count: u32, size: usize) -> Result<f64> {
    let ground = Ground::new(database)?;
    let desk = Desk::of(binary, &ground)?;
    let mail = MailServer::start(&[DESK])?;
    for n in 0..count {
        mail.put(DESK, &desk.letter(n, size))?;
    }
    let config = ground.folder.path().join("atiende.toml");
    let written = format!(
        "[[mailbox]]\nname = \"soporte\"\naddress = \"{DESK}\"\npassword = \"{PASSWORD}\"\n[mailbox.receives]\nfolder = \"INBOX\"\n\
         server = {{ host = \"127.0.0.1\", port = {}, security = \"plain\", user = \"{DESK}\" }}\n",
        mail.imap()
    );
    std::fs::write(&config, written)?;
    let config = config.to_str().context("a plain name")?.to_owned();
    let began = Instant::now();
    let server = serve(binary, &ground, &["--config", &config])?;
    desk.waits(&server, count)?;
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}

/// From the first letter handed over until the last is a case.
fn handed_over(binary: &Path, database: Database, count: u32, size: usize) -> Result<f64> {
    let ground = Ground::new(database)?;
    let desk = Desk::of(binary, &ground)?;
    let server = serve(binary, &ground, &[])?;
    let next = AtomicU32::new(0);
    let began = Instant::now();
    std::thread::scope(|scope| -> Result<()> {
        let hand = || -> Result<()> {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= count {
                    return Ok(());
                }
                let letter = ground.folder.path().join(format!("letter{n}"));
                std::fs::write(&letter, desk.letter(n, size))?;
                let mut command = program(binary);
                command.args(["deliver", "--mailbox", "soporte"]).args(&ground.place);
                ensure!(
                    command.stdin(std::fs::File::open(&letter)?).status()?.success(),
                    "a letter is refused"
                );
            }
        };
        let hands: Vec<_> = (0..HANDS).map(|_| scope.spawn(hand)).collect();
        hands.into_iter().try_for_each(|hand| hand.join().map_err(|_| anyhow::anyhow!("a hand failed"))?)
    })?;
    desk.waits(&server, count)?;
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}

fn serve(binary: &Path, ground: &Ground, more: &[&str]) -> Result<Server> {
    let log = ground.folder.path().join("server.log");
    Server::start(program(binary).arg("serve").args(more).args(&ground.place), &log)
}

/// Who writes, and who looks.
struct Desk {
    people: Vec<String>,
    auditor: String,
}

impl Desk {
    fn of(binary: &Path, ground: &Ground) -> Result<Desk> {
        ground.say(binary, &["bench-seed", "--cases", "100"])?;
        let listed = ground.say(binary, &["user", "list"])?;
        let address = |line: &str| line.split_whitespace().find(|word| word.contains('@')).map(str::to_owned);
        let people: Vec<String> = listed.lines().filter_map(address).collect();
        ensure!(people.len() > 50, "too few people write: {listed}");
        let auditor = ground
            .say(binary, &["token", "create", "--user", "auditor@agencia.example", "--scope", "read"])?;
        Ok(Desk { people, auditor })
    }

    /// A letter of so many bytes, from one of many.
    fn letter(&self, n: u32, size: usize) -> Vec<u8> {
        let from = &self.people[n as usize % self.people.len()];
        let head = format!(
            "From: {from}\r\nTo: {DESK}\r\nSubject: Carta {n}\r\nMessage-ID: <c{n}@programa.example>\r\nMIME-Version: 1.0\r\n"
        );
        let line = "La impresora del segundo piso saca las hojas en blanco desde ayer.\r\n";
        if size < 100_000 {
            let text = line.repeat(size / line.len());
            return format!("{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}").into_bytes();
        }
        let file = format!("{n:076}\r\n").repeat(size / 78);
        format!(
            "{head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n{line}\r\n--b\r\n\
             Content-Type: application/octet-stream; name=datos.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n{file}--b--\r\n"
        )
        .into_bytes()
    }

    /// Waits until so many were taken in.
    fn waits(&self, server: &Server, count: u32) -> Result<()> {
        let began = Instant::now();
        let done = format!("atiende_letters{{state=\"taken\"}} {count}\n");
        loop {
            let answer =
                get(&server.address, "/metrics", &format!("Authorization: Bearer {}\r\n", self.auditor))?;
            if answer.contains(&done) {
                return Ok(());
            }
            ensure!(began.elapsed() < PATIENCE, "the letters are not taken in: {answer}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
