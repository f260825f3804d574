//! By mail, with real servers: the whole procedure from the request to the survey, and no letter lost or doubled when the
//! mail server or the program is gone for a while.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use atiende_testkit::mail::{MailServer, PASSWORD, available};
use atiende_tests::{Place, Server};
use serde_json::{Value, json};

use crate::people::{People, number};
use crate::walk::holds;

crate::on_both!(
    the_whole_procedure_by_mail,
    killed_between_fetch_and_commit_each_letter_is_taken_in_once,
    a_letter_is_handed_over_beside_the_server,
);

const DESK: &str = "soporte@agencia.example";
const MARTA: &str = "usuario@agencia.example";
const AGENT: &str = "agente3@agencia.example";
const PROVIDER: &str = "casos@andamio-software.example";
const OTHERS: [&str; 4] = [
    "admin@agencia.example",
    "agente1@agencia.example",
    "agente2@agencia.example",
    "supervisor@agencia.example",
];

/// How long a letter may take through two servers and the desk, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);
const KILLS: u32 = 50;

/// The mail servers, or nothing where they cannot run: `cargo xtask test` says so.
fn servers() -> Result<Option<MailServer>> {
    if let Err(why) = available() {
        eprintln!("skipped: {why:#}");
        return Ok(None);
    }
    let mut mailboxes = vec![DESK, MARTA, AGENT, PROVIDER];
    mailboxes.extend(OTHERS);
    MailServer::start(&mailboxes).map(Some)
}

/// The settings file that joins the desk to them.
fn settings(place: &Place, mail: &MailServer) -> Result<String> {
    let path = place.folder().join("atiende.toml");
    let (imaps, smtp) = (mail.imaps(), mail.smtp());
    let written = format!(
        "[[mailbox]]\nname = \"soporte\"\naddress = \"{DESK}\"\npassword = \"{PASSWORD}\"\n\
         [mailbox.receives]\nfolder = \"INBOX\"\nprocessed = \"Atendidos\"\nfailed = \"Sin leer\"\n\
         server = {{ host = \"localhost\", port = {imaps}, security = \"tls\", user = \"{DESK}\" }}\n\
         [mailbox.sends]\nhost = \"localhost\"\nport = {smtp}\nsecurity = \"starttls\"\nuser = \"{DESK}\"\n"
    );
    std::fs::write(&path, written)?;
    Ok(path.to_str().context("a plain name")?.to_owned())
}

fn serve(place: &Place, mail: &MailServer, arguments: &[&str]) -> Result<Server> {
    let config = settings(place, mail)?;
    let arguments: Vec<&str> = arguments.iter().copied().chain(["--config", &config]).collect();
    place.serve_in(&arguments, &[("SSL_CERT_FILE", &mail.certificate())])
}

/// Hands a letter to the mail server as somebody's mail program does.
fn posts(mail: &MailServer, from: &str, to: &str, letter: &str) -> Result<()> {
    let stream = TcpStream::connect(("127.0.0.1", mail.smtp()))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(stream.try_clone()?);
    let mut say = |words: String| -> Result<()> {
        (&stream).write_all(words.as_bytes())?;
        loop {
            let mut line = String::new();
            lines.read_line(&mut line)?;
            ensure!(line.starts_with(['2', '3']), "the mail server says {line:?} to {words:?}");
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(());
            }
        }
    };
    say(String::new())?;
    say("EHLO localhost\r\n".to_owned())?;
    say(format!("MAIL FROM:<{from}>\r\n"))?;
    say(format!("RCPT TO:<{to}>\r\n"))?;
    say("DATA\r\n".to_owned())?;
    say(format!("{}\r\n.\r\n", letter.replace("\r\n.", "\r\n..")))?;
    say("QUIT\r\n".to_owned())
}

fn head(letter: &str, name: &str) -> String {
    let (heads, _) = letter.split_once("\n\n").or(letter.split_once("\r\n\r\n")).unwrap_or((letter, ""));
    let unfolded = heads.replace("\r\n", "\n").replace("\n\t", " ").replace("\n ", " ");
    let found = unfolded.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned));
    found.unwrap_or_default()
}

/// Waits for a letter that says this.
fn waits(mail: &MailServer, mailbox: &str, fits: impl Fn(&str) -> bool) -> Result<String> {
    let began = Instant::now();
    loop {
        let letters = mail.letters(mailbox)?;
        if let Some(letter) = letters.iter().find(|letter| fits(letter)) {
            return Ok(letter.clone());
        }
        if began.elapsed() > PATIENCE {
            let subjects: Vec<String> = letters.iter().map(|letter| head(letter, "Message-ID")).collect();
            anyhow::bail!("{mailbox} waits in vain; it has {subjects:?}");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A letter of the desk of this kind: its Message-ID names it.
fn notice(mail: &MailServer, mailbox: &str, case: &str, kind: &str) -> Result<String> {
    let case = format!("<{}.", case.to_lowercase());
    let fits = |id: &str| id.starts_with(&case) && id.contains(&format!(".{kind}."));
    waits(mail, mailbox, |letter| fits(&head(letter, "Message-ID")))
        .with_context(|| format!("a letter about {kind}"))
}

/// Answers a letter as a mail program does, and sends it.
fn answers(mail: &MailServer, from: &str, to: &str, body: &str) -> Result<()> {
    let reply_to = head(to, "Reply-To");
    let address = reply_to.rsplit('<').next().unwrap_or_default().trim_end_matches('>').to_owned();
    let id = head(to, "Message-ID");
    let own = blake3::hash(format!("{id}{body}").as_bytes()).to_hex();
    let letter = format!(
        "From: {from}\r\nTo: {address}\r\nSubject: RE: {}\r\nMessage-ID: <{}@programa.example>\r\nIn-Reply-To: {id}\r\n\
         References: {id}\r\nDate: Mon, 16 Nov 2026 09:00:00 -0500\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n\r\nEl lun, 16 nov 2026 a las 8:50, Mesa <{DESK}> escribió:\r\n> Lo que decía.\r\n",
        head(to, "Subject"),
        &own[..16],
        body.replace('\n', "\r\n"),
    );
    posts(mail, from, &address, &letter)
}

/// Waits until a case is so.
fn becomes(people: &People, case: &str, what: &str, so: impl Fn(&Value) -> bool) -> Result<Value> {
    let began = Instant::now();
    loop {
        let seen = people.admin.get(&format!("/cases/{case}")).is(200);
        if so(&seen) {
            return Ok(seen);
        }
        ensure!(began.elapsed() < PATIENCE, "{case} does not become {what}: {seen}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn messages(people: &People, case: &str) -> Vec<(String, String)> {
    let said = people.admin.get(&format!("/cases/{case}/messages")).is(200);
    let one = |message: &Value| {
        let word = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        (word("audience"), word("body"))
    };
    said["items"].as_array().into_iter().flatten().map(one).collect()
}

fn the_whole_procedure_by_mail(place: &Place) -> Result<()> {
    let Some(mut mail) = servers()? else { return Ok(()) };
    let server = serve(place, &mail, &["demo", "--cases", "5"])?;
    let people = People::of(place, &server)?;
    let request = format!(
        "From: =?utf-8?Q?Marta_Luc=C3=ADa_Ocampo?= <{MARTA}>\r\nTo: {DESK}\r\nSubject: =?utf-8?Q?N=C3=B3mina_con_error?=\r\n\
         Message-ID: <uno@programa.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         El desprendible no muestra mis horas extras. Mi AnyDesk: 987 654 321.\r\n"
    );
    posts(&mail, MARTA, DESK, &request)?;
    let case = found(&people, "Nómina con error")?;
    let receipt = notice(&mail, MARTA, &case, "registered")?;
    assert_eq!(head(&receipt, "Auto-Submitted"), "auto-generated");
    let seen = people.admin.get(&format!("/cases/{case}")).is(200);
    assert_eq!((seen["channel"].as_str(), seen["department"].as_str()), (Some("mail"), Some("TH")), "{seen}");
    assert_eq!(seen["remote_support_id"].as_str(), Some("AnyDesk 987 654 321"), "{seen}");

    let go = |verb: &str, body: Value, who: &atiende_tests::Client| {
        who.post(&format!("/cases/{case}/{verb}"), &body).is(200);
    };
    go("classifications", json!({ "service": "APP-NOMINA" }), &people.admin);
    let level = json!({ "level": "third", "assignee": people.id("agente3") });
    go("assignments", level, &people.admin);
    let assigned = notice(&mail, AGENT, &case, "assigned")?;
    answers(&mail, AGENT, &assigned, "¿De qué mes es?")?;
    let asked = notice(&mail, MARTA, &case, "message")?;
    answers(&mail, MARTA, &asked, "De octubre.")?;
    becomes(&people, &case, "answered", |_| {
        messages(&people, &case).iter().any(|(_, body)| body == "De octubre.")
    })?;
    let findings =
        json!({ "mode": "remote", "complexity": "medium", "findings": "El cálculo del fabricante falla." });
    go("assessments", findings, &people.third);
    let out =
        json!({ "to": "provider", "contract": people.contract("C-021"), "reason": "Corrige el fabricante." });
    go("escalations", out, &people.third);
    let asked = notice(&mail, PROVIDER, &case, "provider-request")?;

    // The mail server is gone for a while: what was sent meanwhile comes when it is back.
    mail.stop_imap()?;
    answers(&mail, PROVIDER, &asked, "Solucionado.\nSe corrigió el cálculo de horas extras.")?;
    std::thread::sleep(Duration::from_secs(2));
    mail.start_imap()?;
    let reported = |seen: &Value| seen["status"] == "in_progress";
    becomes(&people, &case, "reported", reported)?;
    let read = people.requester.get(&format!("/cases/{case}/messages")).is(200).to_string();
    assert!(!read.contains("corrigió el cálculo"), "the requester reads nothing of the provider's: {read}");
    let page = people_page(&server, "agente3", &format!("/casos/{case}"))?;
    let link =
        page.split("href=\"").find(|rest| rest.contains("reenviar=")).context("an agent can pass it on")?;
    let link = link.split('"').next().unwrap_or_default().replace("&#38;", "&");
    let link = link.split('#').next().unwrap_or_default();
    let page = people_page(&server, "agente3", &format!("/casos/{case}{link}"))?;
    assert!(
        page.contains("Esto nos respondió Andamio Software:") && page.contains("Se corrigió el cálculo"),
        "{page}"
    );
    answers(&mail, AGENT, &assigned, "@resolver\nEl proveedor corrigió el cálculo y lo comprobé.")?;
    let solved = notice(&mail, MARTA, &case, "solved")?;
    answers(&mail, MARTA, &solved, "¡Muchas gracias!")?;
    becomes(&people, &case, "thanked", |_| {
        messages(&people, &case).iter().any(|(_, body)| body.contains("gracias"))
    })?;
    let seen = people.admin.get(&format!("/cases/{case}")).is(200);
    assert_eq!(seen["status"], "solved", "thanks reopen nothing: {seen}");
    rated(&people, &solved)?;
    becomes(&people, &case, "rated", |seen| seen["survey"]["score"] == 5)?;

    a_receipt_that_comes_back(&mail, &people, &server)?;
    server.stop();
    holds(place)
}

/// To somebody whose mailbox is gone: what the mail server says of it is attached to the letter that came back.
fn a_receipt_that_comes_back(mail: &MailServer, people: &People, server: &Server) -> Result<()> {
    let stray = format!(
        "From: nadie.sabe@agencia.example\r\nTo: {DESK}\r\nSubject: Un favor\r\nMessage-ID: <dos@programa.example>\r\n\r\nHola.\r\n"
    );
    posts(mail, MARTA, DESK, &stray)?;
    found(people, "Un favor")?;
    let began = Instant::now();
    loop {
        let page = people_page(server, "sistema", "/oficina/envios")?;
        if page.contains("Nadie Sabe") {
            return Ok(());
        }
        ensure!(began.elapsed() < PATIENCE, "the receipt does not come back: {page}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// A page as somebody sees it.
fn people_page(server: &Server, account: &str, path: &str) -> Result<String> {
    let browser = atiende_tests::Client::new(&server.address, None);
    let cookie = browser.signs_in(account);
    let answer = browser.send(ureq::http::Method::GET, path, &[("cookie", &cookie)], b"")?;
    ensure!(answer.status == 200, "{path}: {}", answer.status);
    Ok(answer.body)
}

/// Waits for the case of this subject.
fn found(people: &People, subject: &str) -> Result<String> {
    let began = Instant::now();
    loop {
        let all = people.admin.get("/cases?limit=200&sort=opened").is(200);
        let one = all["items"].as_array().into_iter().flatten().find(|case| case["subject"] == subject);
        if let Some(case) = one {
            return Ok(number(case));
        }
        ensure!(began.elapsed() < PATIENCE, "no case {subject:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Rates the service by the link of a letter, which shows a form first.
fn rated(people: &People, letter: &str) -> Result<()> {
    let plain = letter.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=");
    let start = plain.find("/l/").context("the letter has links")?;
    let token: String =
        plain[start..].chars().take_while(|c| !c.is_whitespace() && *c != '?' && *c != '"').collect();
    let answer = people.nobody.form(&token, "", &[("do", "rate"), ("score", "5")]);
    ensure!(answer.status < 400, "{}: {}", answer.status, answer.body);
    Ok(())
}

fn killed_between_fetch_and_commit_each_letter_is_taken_in_once(place: &Place) -> Result<()> {
    let Some(mail) = servers()? else { return Ok(()) };
    let server = serve(place, &mail, &["demo", "--cases", "5"])?;
    let mut people = People::of(place, &server)?;
    server.stop();
    let mut chance: u32 = 2_463_534_242;
    for round in 0..KILLS {
        let letter = format!(
            "From: {MARTA}\r\nTo: {DESK}\r\nSubject: Ronda {round}\r\nMessage-ID: <ronda{round}@programa.example>\r\n\r\nHola.\r\n"
        );
        mail.put(DESK, letter.as_bytes())?;
        let server = serve(place, &mail, &["serve"])?;
        // xorshift: spread is enough.
        chance ^= chance << 13;
        chance ^= chance >> 17;
        chance ^= chance << 5;
        std::thread::sleep(Duration::from_millis(u64::from(chance % 1_800)));
        server.kill();
    }
    let server = serve(place, &mail, &["serve"])?;
    people.admin = people.admin.at(&server.address);
    found(&people, &format!("Ronda {}", KILLS - 1))?;
    let began = Instant::now();
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    while began.elapsed() < PATIENCE && counts.len() < KILLS as usize {
        counts.clear();
        let all = people.admin.get("/cases?limit=200&sort=opened").is(200);
        for case in all["items"].as_array().into_iter().flatten() {
            let subject = case["subject"].as_str().unwrap_or_default();
            if subject.starts_with("Ronda ") {
                *counts.entry(subject.to_owned()).or_default() += 1;
            }
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    let wrong: Vec<_> = counts.iter().filter(|(_, count)| **count != 1).collect();
    assert!(counts.len() == KILLS as usize && wrong.is_empty(), "{} of {KILLS}, {wrong:?}", counts.len());
    server.stop();
    holds(place)
}

fn a_letter_is_handed_over_beside_the_server(place: &Place) -> Result<()> {
    let server = place.serve(&["demo", "--cases", "5"])?;
    let people = People::of(place, &server)?;
    let letter = format!(
        "From: {MARTA}\r\nTo: {DESK}\r\nSubject: A mano\r\nMessage-ID: <m@programa.example>\r\n\r\nHola.\r\n"
    );
    let hand = |arguments: &[&str], letter: &[u8]| -> Result<i32> {
        let arguments: Vec<&str> = ["deliver"].into_iter().chain(arguments.iter().copied()).collect();
        Ok(place.run_with_input(&arguments, letter)?.status.code().unwrap_or(-1))
    };
    for _ in 0..2 {
        assert_eq!(hand(&["--mailbox", "soporte"], letter.as_bytes())?, 0);
    }
    assert_eq!(hand(&["--mailbox", "ventas"], letter.as_bytes())?, 64);
    assert_eq!(hand(&[], b"\0\x01")?, 0, "what cannot be read is kept");
    let case = found(&people, "A mano")?;
    assert_eq!(people.admin.get(&format!("/cases/{case}")).is(200)["channel"], "mail");
    let began = Instant::now();
    loop {
        let page = people_page(&server, "sistema", "/oficina/correo?estado=unreadable")?;
        if page.contains("No tiene la forma de un correo") && page.contains("/releer") {
            break;
        }
        ensure!(began.elapsed() < PATIENCE, "the unreadable letter is not shown: {page}");
        std::thread::sleep(Duration::from_millis(100));
    }
    let counts = |who: &atiende_tests::Client| {
        let answer = who.send(ureq::http::Method::GET, "/metrics", &[], b"");
        answer.map(|answer| (answer.status, answer.body))
    };
    let (status, metrics) = counts(&people.system)?;
    assert_eq!(status, 200);
    for line in [
        "atiende_letters{state=\"taken\"} 1",
        "atiende_letters{state=\"unreadable\"} 1",
        "atiende_outbox_failed 0",
    ] {
        assert!(metrics.contains(line), "{metrics}");
    }
    assert_eq!(counts(&people.requester)?.0, 403);
    assert_eq!(counts(&people.nobody)?.0, 401);
    let late = letter.replace("A mano", "Tarde").replace("<m@", "<n@");
    let block = place.block()?;
    assert_eq!(hand(&[], late.as_bytes())?, 0, "it needs no database");
    drop(block);
    found(&people, "Tarde")?;
    let (letters, away) = (place.folder().join("letters"), place.folder().join("away"));
    std::fs::rename(&letters, &away)?;
    assert_eq!(hand(&[], letter.as_bytes())?, 75, "to be handed over again");
    server.stop();
    Ok(())
}
