//! What the letter of somebody who reads internal words may quote, looked up for [`Quotable`] to tell it from his own.

use atiende_mail::incoming::{Own, OwnLine, Part, words_of_html};
use atiende_procedure::{Actor, Audience, Case, CaseId};
use atiende_store::{Reader, StoreError, cases, events, texts};

use super::carry::InHand;
use super::inside::{Inside, inside};
use super::publish::Quotable;
use super::sender::Sender;
use super::thread::Answered;
use super::words;
use crate::notices::{Chronicle, Stationery, Told, Written, write};
use crate::{Desk, DeskError};

/// What a letter may quote.
#[derive(Debug, Clone, Default)]
pub(super) struct Quotes {
    /// What the case's requester does not read.
    pub(super) inside: bool,
    /// Its sender reads that in this case.
    pub(super) reads_inside: bool,
    /// The notice that it answers, of which case, with what its row says besides.
    pub(super) notice: Option<(CaseId, Told, String)>,
}

impl InHand<'_> {
    /// What one of the requester's side says, or why that cannot be told; nothing where he only sends back what he
    /// answers.
    pub(super) async fn his_words(&self, case: &Case) -> Result<Result<String, &'static str>, DeskError> {
        let own = match self.quotes.inside {
            true => self.words_for(case, Audience::Requester, "").await?,
            false => Ok(self.spoken().await?),
        };
        // Who only names a case may say all he says in the subject.
        let own = own.map(|own| match own.is_empty() && self.quotes.notice.is_none() {
            true => self.letter.subject.trim().to_owned(),
            false => own,
        });
        Ok(own.map(|own| words::with_invitation(self.letter, &own)))
    }

    /// What he says to whom all that he quotes was told: all of it when he wrote inside that, or when nobody knows.
    pub(super) async fn spoken(&self) -> Result<String, DeskError> {
        let said = self.letter.said.trim();
        Ok(match self.inside().await? {
            Inside::Unknown if said.is_empty() => self.letter.text.trim().to_owned(),
            Inside::Lines(_) | Inside::Mixed => self.letter.text.trim().to_owned(),
            Inside::Unknown | Inside::Nothing => said.to_owned(),
        })
    }

    /// What he wrote inside the notice that he answers.
    async fn inside(&self) -> Result<Inside, DeskError> {
        if self.letter.quoted.is_none() {
            return Ok(Inside::Nothing);
        }
        let Some((case, told, payload)) = self.quotes.notice.clone() else { return Ok(Inside::Unknown) };
        let desk = self.desk.clone();
        let forms = self.desk.db().read(move |r| notice_of(r, &desk, case, told, &payload)).await?;
        Ok(inside(self.letter, &forms))
    }

    /// What it says to this audience: nothing that it quotes, when that is not for everybody who will read it; else why
    /// that cannot be told. Among the desk what it quotes does no harm.
    pub(super) async fn words_for(
        &self,
        case: &Case,
        audience: Audience,
        otherwise: &str,
    ) -> Result<Result<String, &'static str>, DeskError> {
        if audience == Audience::Internal {
            return Ok(Ok(self.words_inside(case, otherwise).await?));
        }
        if self.letter.parts.iter().any(is_letter) {
            return Ok(Err("answer-encloses"));
        }
        let quotable = self.quotable(case, audience).await?;
        let quotes = |part: &Part| is_text(part) && quotable.stands_in(&text_of(part));
        if self.letter.parts.iter().any(quotes) {
            return Ok(Err("answer-quotes"));
        }
        let own = match self.inside().await? {
            _ if !self.letter.own.above || !self.answers_directly() => self.letter.own.clone(),
            Inside::Lines(lines) => with_lines(&self.letter.own, lines),
            Inside::Mixed => return Ok(Err("answer-quotes")),
            Inside::Unknown | Inside::Nothing => self.letter.own.clone(),
        };
        Ok(quotable.own(&own).ok_or("answer-quotes"))
    }

    /// What it says among the desk, where what it quotes does no harm.
    async fn words_inside(&self, case: &Case, otherwise: &str) -> Result<String, DeskError> {
        match self.inside().await? {
            Inside::Lines(_) | Inside::Mixed => return Ok(self.letter.text.trim().to_owned()),
            Inside::Unknown | Inside::Nothing if self.letter.own.above => return Ok(otherwise.to_owned()),
            Inside::Unknown | Inside::Nothing => {}
        }
        let quotable = self.quotable(case, Audience::Internal).await?;
        Ok(quotable.own(&self.letter.own).unwrap_or_else(|| otherwise.to_owned()))
    }

    /// It answers our letter itself, not a colleague's answer to that: whatever stands in it is of one of the two.
    fn answers_directly(&self) -> bool {
        let keys = self.desk.secret().thread_key();
        let last = self.letter.references.last().and_then(|id| keys.word_of_message_id(id));
        let told = self.quotes.notice.as_ref().map(|(_, told, _)| *told);
        let answered = last.as_deref().and_then(Answered::of_word);
        matches!((answered, told), (Some(answered), Some(told)) if answered.event == Some(told.event) && answered.to == told.to)
    }

    async fn quotable(&self, case: &Case, audience: Audience) -> Result<Quotable, StoreError> {
        let (desk, id, notice) = (self.desk.clone(), case.id, self.quotes.notice.clone());
        let sender = match self.sender {
            Sender::Person(person) => Some(Actor::Person(person)),
            _ => None,
        };
        let look = move |r: &mut Reader<'_>| {
            let mut quotable = Quotable::default();
            add_words(r, id, audience, sender, &mut quotable)?;
            let Some((named, told, payload)) = &notice else { return Ok(quotable) };
            if *named != id {
                add_words(r, *named, audience, sender, &mut quotable)?;
            }
            notice_of(r, &desk, *named, *told, payload)?.iter().for_each(|form| quotable.notice(form));
            Ok(quotable)
        };
        self.desk.db().read(look).await
    }
}

/// Every word of a case, by whether these readers and the sender may read it.
fn add_words(
    r: &mut Reader<'_>,
    case: CaseId,
    audience: Audience,
    sender: Option<Actor>,
    quotable: &mut Quotable,
) -> Result<(), StoreError> {
    let words = texts::of_case(r, case)?;
    for recorded in events::of_case(r, case)? {
        for (text, readers) in recorded.event.texts() {
            let Some(body) = words.get(&text) else { continue };
            let open = readers == Audience::Requester || readers == audience;
            match open || Some(recorded.acted.by) == sender {
                true => quotable.open(body),
                false => quotable.inside(body),
            }
        }
    }
    Ok(())
}

/// The forms of a notice as it was told: it can be told again from its row.
fn notice_of(
    r: &mut Reader<'_>,
    desk: &Desk,
    case: CaseId,
    told: Told,
    payload: &str,
) -> Result<Vec<String>, StoreError> {
    let office = desk.newest(r)?;
    let Some(now) = cases::load(r, case)? else { return Ok(Vec::new()) };
    let (events, words) = (events::of_case(r, case)?, texts::of_case(r, case)?);
    let threads = desk.secret().thread_key();
    let with = Stationery {
        office: &office,
        public_url: desk.public_url(),
        secret: desk.secret(),
        threads: &threads,
        mailbox: None,
        payload,
    };
    match write(told, &Chronicle { now: &now, events: &events, words: &words }, &with) {
        Ok(Written::Letter(letter, _)) => Ok(vec![words_of_html(&letter.html), letter.text]),
        // Who may no longer know it is known to the words of the case all the same.
        Ok(Written::Withheld(_)) => Ok(Vec::new()),
        Err(error) => {
            tracing::warn!(%error, "a notice that was answered could not be told again");
            Ok(Vec::new())
        }
    }
}

/// His own lines, with those that he wrote inside what he answers: no longer all above it.
fn with_lines(own: &Own, inside: Vec<String>) -> Own {
    let mut own = own.clone();
    own.lines.push(OwnLine { at: usize::MAX, text: String::new(), after: String::new() });
    own.lines.extend(inside.into_iter().map(|text| OwnLine { at: usize::MAX, text, after: String::new() }));
    Own { above: false, ..own }
}

/// A letter that comes as a file, or a wrapper of one that could not be opened: nobody knows what it quotes.
fn is_letter(part: &Part) -> bool {
    let name = part.name.to_lowercase();
    let types = ["message/", "multipart/", "application/ms-tnef", "application/vnd.ms-tnef"];
    let kinds = ["application/vnd.ms-outlook", "application/pkcs7-mime", "application/x-pkcs7-mime"];
    let wrapper = types.iter().any(|start| part.media_type.starts_with(start))
        || kinds.contains(&part.media_type.as_str());
    wrapper || [".eml", ".msg", ".p7m", ".dat", ".mht", ".mhtml"].iter().any(|ending| name.ends_with(ending))
}

/// Servers break a letter at its pictures, and call what follows a file.
fn is_text(part: &Part) -> bool {
    let name = part.name.to_lowercase();
    part.media_type.starts_with("text/")
        || [".txt", ".htm", ".html", ".rtf"].iter().any(|ending| name.ends_with(ending))
}

fn text_of(part: &Part) -> String {
    let text = String::from_utf8_lossy(&part.bytes);
    match part.media_type.contains("html") || part.name.to_lowercase().contains(".htm") {
        true => words_of_html(&text),
        false => text.into_owned(),
    }
}
