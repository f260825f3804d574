//! Every letter of the corpus is read as the file beside it says. `CORPUS=write` writes what is read now: read it before
//! it is kept, line by line.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use atiende_mail::incoming::{Incoming, Nature, Part, take_apart};

#[test]
fn letters_are_read_as_expected() {
    let letters = letters();
    assert!(letters.len() >= 80, "only {} letters in the corpus", letters.len());
    let write = std::env::var("CORPUS").is_ok_and(|what| what == "write");
    let mut wrong = Vec::new();
    for letter in letters {
        let read = reading(&fs::read(&letter).expect("a letter"));
        let beside = letter.with_extension("expected");
        if write {
            fs::write(&beside, &read).expect("a file beside the letter");
        }
        let expected = fs::read_to_string(&beside).unwrap_or_default();
        if expected != read {
            wrong.push(format!("== {}\n-- expected\n{expected}\n-- read\n{read}", letter.display()));
        }
    }
    assert!(wrong.is_empty(), "{} letters are read otherwise:\n{}", wrong.len(), wrong.join("\n"));
}

fn letters() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut letters: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the corpus")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .collect();
    letters.sort();
    letters
}

/// What was read, one thing a line; what is absent is left out.
fn reading(bytes: &[u8]) -> String {
    let incoming = match take_apart(bytes) {
        Ok(incoming) => incoming,
        Err(unreadable) => return format!("unreadable: {unreadable}\n"),
    };
    let mut out = String::new();
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            writeln!(out, "{name}: {value}").expect("memory");
        }
    };
    let Incoming {
        message_id,
        references,
        date,
        from,
        reply_to,
        to,
        cc,
        delivered_to,
        return_path,
        subject,
        ..
    } = &incoming;
    line("message-id", message_id.as_deref().unwrap_or_default());
    line("references", &references.join(" "));
    line("date", &date.map(|date| date.to_string()).unwrap_or_default());
    line("from", &from.as_ref().map(ToString::to_string).unwrap_or_default());
    line("reply-to", &reply_to.as_ref().map(ToString::to_string).unwrap_or_default());
    line("to", &to.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    line("cc", &cc.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    line("delivered-to", &delivered_to.join(" "));
    line(
        "return-path",
        return_path.as_deref().map(|path| if path.is_empty() { "<>" } else { path }).unwrap_or_default(),
    );
    line("subject", subject);
    line("nature", &nature(&incoming.nature));
    line("protection", &incoming.protection.map(|kind| format!("{kind:?}")).unwrap_or_default());
    if let Some(invitation) = &incoming.invitation {
        line("invitation", &format!("{invitation:?}"));
    }
    incoming.parts.iter().for_each(|own| line("part", &part(own)));
    block("text", Some(&incoming.text), &mut out);
    // What is said is mostly the text.
    match incoming.said == incoming.text {
        true => out.push_str("said: the text\n"),
        false => block("said", Some(&incoming.said), &mut out),
    }
    let own = incoming.own.text();
    if own != incoming.said {
        block("own", Some(&own), &mut out);
    }
    block("quoted", incoming.quoted.as_deref(), &mut out);
    block("signature", incoming.signature.as_deref(), &mut out);
    block("html", incoming.html.as_deref(), &mut out);
    out
}

fn nature(nature: &Nature) -> String {
    match nature {
        Nature::Bounce(bounce) => format!(
            "bounce of {:?}, permanent {}, status {:?}, letter {:?}: {}",
            bounce.recipients, bounce.permanent, bounce.status, bounce.original_message_id, bounce.reason
        ),
        other => format!("{other:?}"),
    }
}

fn part(part: &Part) -> String {
    let inline = if part.inline { ", inline" } else { "" };
    let id = part.content_id.as_ref().map(|id| format!(", id {id}")).unwrap_or_default();
    let start = String::from_utf8_lossy(&part.bytes[..part.bytes.len().min(24)]).escape_debug().to_string();
    format!("{:?} {}{inline}{id}, {} bytes {start}", part.name, part.media_type, part.bytes.len())
}

fn block(name: &str, value: Option<&str>, out: &mut String) {
    let Some(value) = value else { return };
    writeln!(out, "{name}:").expect("memory");
    for line in value.split('\n') {
        writeln!(out, "  | {line}").expect("memory");
    }
}
