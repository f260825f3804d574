//! What left the building and what could not: for those who run the office, and for the desk beside a case.

use atiende_procedure::CaseId;
use atiende_procedure::permission::Scope;
use atiende_store::{cases, outbox};
use jiff::Timestamp;

use crate::jobs::Heard;
use crate::notices::{Notice, Recipient};
use crate::{Desk, DeskError, Viewer};

/// A letter that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    pub id: i64,
    /// What it was, unless it is of a security case that this viewer may not see (R10).
    pub about: Option<About>,
    pub attempts: u64,
}

/// What a letter was, to whom, and why it did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The notice's word, for its name in the catalogue.
    pub notice: String,
    /// To whom, by name.
    pub to: String,
    pub error: String,
}

/// The most that are listed.
const MOST: u32 = 200;

impl Desk {
    /// The letters that were given up, newest first. Holds nothing that a case says.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn undelivered(&self, viewer: Viewer) -> Result<Vec<Undelivered>, DeskError> {
        let desk = self.clone();
        self.db()
            .read(move |r| {
                let scope = Scope::of(viewer.actor, &*desk.office_in(r)?);
                let mut shown = Vec::new();
                for letter in outbox::dead(r, MOST)? {
                    let case = cases::load(r, CaseId(letter.stream))?;
                    let reserved = case.is_some_and(|case| case.security && !scope.contains(&case));
                    let (id, attempts) = (letter.id, letter.attempts);
                    let about = (!reserved).then(|| desk.about(letter));
                    shown.push(Undelivered { id, about, attempts });
                }
                Ok(shown)
            })
            .await
    }

    fn about(&self, letter: outbox::Letter) -> About {
        About {
            to: self.name_of_recipient(&letter.recipient),
            notice: letter.topic,
            error: letter.bounce.or(letter.last_error).unwrap_or_default(),
        }
    }

    /// Gives a letter that was given up another chance.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn deliver_again(&self, id: i64) -> Result<(), DeskError> {
        let now = self.ambience().now();
        self.db().change(move |w| Ok::<_, DeskError>(outbox::revive(w, id, now).map(drop)?)).await
    }

    fn name_of_recipient(&self, word: &str) -> String {
        let office = self.office();
        let name = match Recipient::of_word(word) {
            Some(Recipient::Person(id)) => office.people.get(&id).map(|person| person.profile.name.clone()),
            Some(Recipient::Group(id)) => office.groups.get(&id).map(|group| group.name.clone()),
            Some(Recipient::Provider(id)) => {
                let contract = office.contracts.get(&id);
                contract
                    .and_then(|it| office.providers.get(&it.provider))
                    .map(|provider| provider.name.clone())
            }
            None => None,
        };
        name.unwrap_or_else(|| word.to_owned())
    }
}

/// What became of a letter about a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It has not left yet.
    Waiting,
    Left(Timestamp),
    /// It left to some of its reader's addresses, and others refused it.
    LeftInPart(Timestamp),
    /// Its reader may no longer know.
    Withheld,
    /// It was given up, or came back.
    Failed,
}

/// A letter about an event of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterSeen {
    /// The event's sequence.
    pub event: u64,
    pub notice: Notice,
    pub to: Recipient,
    pub delivery: Delivery,
}

/// A row of the outbox as those see it who read everything of its case; `None` for one that no notice of ours names.
pub(crate) fn letter_seen(letter: &outbox::Letter) -> Option<LetterSeen> {
    let delivery = match (letter.delivered_at, letter.died_at, &letter.last_error) {
        (Some(at), _, _) if letter.bounce.is_some() && Heard::of(letter.heard.as_deref()).arrived() => {
            Delivery::LeftInPart(at)
        }
        (Some(_), _, _) if letter.bounce.is_some() => Delivery::Failed,
        (Some(at), _, _) => Delivery::Left(at),
        (None, Some(_), _) => Delivery::Failed,
        (None, None, _) if letter.due_at.is_some() => Delivery::Waiting,
        (None, None, _) => Delivery::Withheld,
    };
    let (notice, to) = (Notice::of_word(&letter.topic)?, Recipient::of_word(&letter.recipient)?);
    Some(LetterSeen { event: letter.sequence, notice, to, delivery })
}
