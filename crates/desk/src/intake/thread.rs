//! To which conversation a letter belongs: by what we signed, never by what anybody could write himself. A bare number in
//! the subject is only a hint.

use atiende_mail::{Incoming, Mailbox, ThreadKey};
use atiende_procedure::CaseNumber;
use atiende_procedure::office::Office;
use atiende_store::{Reader, StoreError, arrivals, cases};

use crate::notices::{Notice, Recipient};

/// References that are looked up.
const MOST_REFERENCES: usize = 30;

/// What an answer says of the letter that it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answered {
    pub(super) case: CaseNumber,
    /// To whom that letter was written.
    pub(super) to: Recipient,
    /// Of which event it told; absent when only the thread is known.
    pub(super) event: Option<u64>,
    /// What it was; a Message-ID says so, an address does not.
    pub(super) notice: Option<Notice>,
}

/// How a letter names a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Thread {
    /// It answers a letter of ours.
    Answer(Answered),
    /// Its subject holds a case's number, which anybody can write.
    Mention(CaseNumber),
    /// It answers a letter that the case had from somebody, of which others got a copy and anybody can know the name.
    Beside(CaseNumber),
    /// It begins a conversation.
    New,
}

impl Answered {
    /// Reads what [`crate::notices`] signed: `ms-2026-12.p7`, `ms-2026-12.3.p7` or `ms-2026-12.3.solved.p7`.
    pub(super) fn of_word(word: &str) -> Option<Answered> {
        let parts: Vec<&str> = word.split('.').collect();
        let (number, event, topic, to) = match parts.as_slice() {
            [number, to] => (number, None, None, to),
            [number, event, to] => (number, Some(event.parse().ok()?), None, to),
            [number, event, topic, to] => (number, Some(event.parse().ok()?), Some(topic), to),
            _ => return None,
        };
        let notice = topic.and_then(|topic| Notice::of_word(topic));
        Some(Answered { case: number.parse().ok()?, to: Recipient::of_word(to)?, event, notice })
    }
}

/// Finds the conversation of a letter: what it refers to, the newest first; the address to which it was sent; a token in
/// its subject; a bare number there.
pub(super) fn thread_of(letter: &Incoming, keys: &ThreadKey, office: &Office) -> Thread {
    let references = letter.references.iter().rev().filter_map(|id| keys.word_of_message_id(id));
    let named = letter.to.iter().chain(&letter.cc).map(Mailbox::address);
    let addresses = letter.delivered_to.iter().map(String::as_str).chain(named);
    let addresses = addresses.filter_map(|address| keys.thread_of_address(address));
    // Ours come last in our subjects: an older one stands in the name of a case that was made of an answer.
    let tokens: Vec<&str> = bracketed(&letter.subject).collect();
    let tokens = tokens.into_iter().rev().filter_map(|token| keys.thread_of_token(token));
    let signed = references.chain(addresses).chain(tokens);
    let mut answered = signed.filter_map(|word| Answered::of_word(&word));
    if let Some(first) = answered.next() {
        // Some programs keep only the thread's first reference: what else they bring back says which letter it was.
        let told =
            |other: &Answered| other.event.is_some() && other.case == first.case && other.to == first.to;
        let exact = if first.event.is_some() { None } else { answered.find(told) };
        return Thread::Answer(exact.unwrap_or(first));
    }
    numbers(&letter.subject, &office.settings.prefix).next().map_or(Thread::New, Thread::Mention)
}

/// The case of a letter to which it refers, the newest first, where nothing that we signed says more.
pub(super) fn beside(r: &mut Reader<'_>, letter: &Incoming) -> Result<Option<CaseNumber>, StoreError> {
    for id in letter.references.iter().rev().take(MOST_REFERENCES) {
        if let Some(case) = arrivals::case_of_name(r, id)? {
            return Ok(cases::load(r, case)?.map(|case| case.number));
        }
    }
    Ok(None)
}

/// What stands between square brackets.
fn bracketed(subject: &str) -> impl Iterator<Item = &str> {
    subject.split('[').skip(1).filter_map(|rest| rest.split_once(']')).map(|(inside, _)| inside.trim())
}

/// Whether what stands between brackets is a mark of ours: a case's number, or a token, whole or cut on its way.
pub(super) fn is_mark(inside: &str, prefix: &str) -> bool {
    let number = inside.split('.').next().unwrap_or_default();
    number.parse::<CaseNumber>().is_ok_and(|number| number.prefix().eq_ignore_ascii_case(prefix))
        && !inside.contains(char::is_whitespace)
}

/// The case numbers in a line.
fn numbers<'a>(line: &'a str, prefix: &'a str) -> impl Iterator<Item = CaseNumber> + 'a {
    let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    words.filter_map(|word| word.parse::<CaseNumber>().ok()).filter(move |number| number.prefix() == prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_signed_is_read() {
        let person = Recipient::Person(atiende_procedure::PersonId(7));
        let read =
            |word: &str| Answered::of_word(word).map(|it| (it.case.to_string(), it.to, it.event, it.notice));
        let number = || "MS-2026-12".to_owned();
        assert_eq!(read("ms-2026-12.p7"), Some((number(), person, None, None)));
        assert_eq!(read("ms-2026-12.3.p7"), Some((number(), person, Some(3), None)));
        let solved = Some((number(), person, Some(3), Some(Notice::Solved)));
        assert_eq!(read("ms-2026-12.3.solved.p7"), solved);
        for bad in ["", "ms-2026-12", "ms-2026-12.x7", "ms-2026-12.a.p7", "p7.ms-2026-12", "a.b.c.d.e"] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn numbers_of_ours_are_seen_in_a_subject() {
        let found = |line| numbers(line, "MS").map(|number| number.to_string()).collect::<Vec<_>>();
        assert_eq!(found("RE: [MS-2026-12] No imprime"), ["MS-2026-12"]);
        assert_eq!(found("Sobre ms-2026-12, ms-2026-13."), ["MS-2026-12", "MS-2026-13"]);
        assert!(found("[XX-2026-12] 2026-11-03 TI-2026-1").is_empty());
        for (inside, ours) in [
            ("MS-2026-1", true),
            ("ms-2026-1.4.p3.0a1b2c", true),
            ("MS-2026-1 y otro", false),
            ("Redes", false),
        ] {
            assert_eq!(is_mark(inside, "MS"), ours, "{inside}");
        }
        assert_eq!(bracketed("[a] b [ c ] [d").collect::<Vec<_>>(), ["a", "c"]);
    }
}
