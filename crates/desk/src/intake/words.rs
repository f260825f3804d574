//! What a letter says, made to fit: a subject, a text, files. Whatever does not fit stays in the letter itself, which is
//! kept as it travelled.

use std::collections::HashSet;

use atiende_mail::Incoming;
use atiende_mail::incoming::Invitation;
use atiende_procedure::{Attachment, BlobHash, MOST_ATTACHMENTS, Text};
use atiende_store::StoreError;
use bytes::Bytes;

use crate::{Desk, Upload};

/// Where a letter has none.
const NO_SUBJECT: &str = "(sin asunto)";

/// Characters of a text and of a line, a little under what the procedure takes.
pub(super) const LONGEST_TEXT: usize = 49_000;
const LONGEST_LINE: usize = 240;

/// The type of a letter as it travelled. No upload has it: types are looked at, not believed.
pub const LETTER: &str = "message/rfc822";

/// Marks that mail programs put before the subject of what is answered or handed on.
const MARKS: [&str; 11] =
    ["re", "rv", "fw", "fwd", "res", "aw", "respuesta", "reenviado", "rta", "enc", "reenv"];

/// The subject, without the marks of answers and our own: they would lead an answer to this case to the one that they name.
/// `is_ours` knows a number or a token of the desk between its brackets.
pub(super) fn subject(letter: &Incoming, is_ours: impl Fn(&str) -> bool) -> String {
    let bare = without_brackets(&letter.subject, is_ours);
    let mut subject = bare.trim();
    while let Some((mark, rest)) = subject.split_once(':') {
        if !MARKS.contains(&mark.trim().to_lowercase().as_str()) {
            break;
        }
        subject = rest.trim_start();
    }
    match subject.is_empty() {
        true => NO_SUBJECT.to_owned(),
        false => cut(subject, LONGEST_LINE),
    }
}

fn without_brackets(subject: &str, is_ours: impl Fn(&str) -> bool) -> String {
    let mut bare = String::with_capacity(subject.len());
    let mut rest = subject;
    while let Some((before, after)) = rest.split_once('[') {
        bare.push_str(before);
        match after.split_once(']') {
            Some((inside, after)) if is_ours(inside.trim()) => rest = after.trim_start(),
            _ => {
                bare.push('[');
                rest = after;
            }
        }
    }
    bare + rest
}

/// What he wrote for this letter; all of it when that is nothing, as when a letter is only passed on. An invitation is
/// told in words.
pub(super) fn text(letter: &Incoming) -> String {
    let said = letter.said.trim();
    with_invitation(letter, if said.is_empty() { letter.text.trim() } else { said })
}

/// A text of his, below the invitation that came with it.
pub(super) fn with_invitation(letter: &Incoming, text: &str) -> String {
    match &letter.invitation {
        Some(invitation) => cut(format!("{}\n\n{text}", invited(invitation)).trim(), LONGEST_TEXT),
        None => cut(text, LONGEST_TEXT),
    }
}

/// `Invitación: Revisión de la red · 2026-11-03 10:00 (America/Bogota) · Sala 2`.
fn invited(invitation: &Invitation) -> String {
    let what = match invitation.method.as_str() {
        "CANCEL" => "Invitación cancelada",
        "REPLY" => "Respuesta a una invitación",
        _ => "Invitación",
    };
    let Invitation { summary, start, end, place, .. } = invitation;
    let until = end.as_ref().map(|end| format!("hasta {end}"));
    let facts = [Some(summary.clone()), start.clone(), until, place.clone()];
    let facts: Vec<String> = facts.into_iter().flatten().filter(|fact| !fact.trim().is_empty()).collect();
    format!("{what}: {}", facts.join(" · "))
}

/// At most so many characters, and a sign that there were more.
pub(super) fn cut(words: &str, most: usize) -> String {
    match words.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", words[..end].trim_end()),
        None => words.to_owned(),
    }
}

/// What came with a letter.
#[derive(Debug, Default)]
pub(super) struct Brought {
    pub(super) files: Vec<Attachment>,
    /// The names of those for which there was no room.
    left_out: Vec<String>,
    /// The letter itself is among the files.
    whole: bool,
}

/// The letter's files, and the letter itself at their end when `whole` says so: not that of somebody whose quotes hold
/// what the others may not read.
pub(super) async fn files(
    desk: &Desk,
    letter: &Incoming,
    whole: Option<(BlobHash, u64)>,
) -> Result<Brought, StoreError> {
    let mut brought = Brought { whole: whole.is_some(), ..Brought::default() };
    let room = MOST_ATTACHMENTS - usize::from(brought.whole);
    let mut known = HashSet::new();
    for part in &letter.parts {
        // The same bytes twice are one file: signatures repeat their pictures.
        if !known.insert((*blake3::hash(&part.bytes).as_bytes(), part.bytes.is_empty().then_some(&part.name)))
        {
            continue;
        }
        if brought.files.len() == room {
            brought.left_out.push(part.name.clone());
            continue;
        }
        let upload = Upload { name: part.name.clone(), bytes: Bytes::copy_from_slice(&part.bytes) };
        brought.files.push(desk.keep(upload).await?);
    }
    if let Some((blob, size)) = whole {
        let name: Text = desk.ambience().salter().text("correo.eml");
        brought.files.push(Attachment { blob, name, media_type: LETTER.to_owned(), size });
    }
    Ok(brought)
}

/// Names that are told of files for which there was no room.
const MOST_NAMES: usize = 30;

impl Brought {
    /// A text with a line on the files for which there was no room: nothing is missing without a word.
    pub(super) fn told_in(&self, text: &str) -> String {
        if self.left_out.is_empty() {
            return text.to_owned();
        }
        let names: Vec<&str> = self.left_out.iter().take(MOST_NAMES).map(String::as_str).collect();
        let more = self.left_out.len() - names.len();
        let more = if more == 0 { String::new() } else { format!(" y {more} más") };
        let names = names.join(", ");
        let line = match self.whole {
            true => format!("Archivos que no cupieron aquí y están en correo.eml: {names}{more}."),
            false => format!("Archivos que no cupieron; envíelos aparte: {names}{more}."),
        };
        let text = cut(text, LONGEST_TEXT - line.chars().count());
        format!("{text}\n\n{line}").trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_marks_are_taken_out_of_a_subject() {
        let read = |subject: &str| {
            let letter = format!("From: a@b.example\r\nSubject: {subject}\r\n\r\nx");
            let letter = atiende_mail::take_apart(letter.as_bytes()).expect("a letter");
            super::subject(&letter, |inside| inside.starts_with("MS-"))
        };
        assert_eq!(
            read("RE: [MS-2026-1] Solucionado: no imprime [MS-2026-1.4.p3]"),
            "Solucionado: no imprime"
        );
        assert_eq!(read("[MS-2026-1] RE: RV: [Redes] No imprime [x"), "[Redes] No imprime [x");
        assert_eq!(read("Re: [MS-2026-1]"), "(sin asunto)");
    }

    #[test]
    fn what_is_too_long_is_cut_between_letters() {
        assert_eq!(cut("añejo", 10), "añejo");
        assert_eq!(cut("añejo", 2), "añ…");
        assert_eq!(cut("", 2), "");
    }
}
