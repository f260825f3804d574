//! What left the building and what could not: for those who run the office, and for the desk beside a case.

use atiende_store::outbox;
use jiff::Timestamp;

use crate::notices::{Notice, Recipient};
use crate::{Desk, DeskError};

/// A letter that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    pub id: i64,
    /// The notice's word, for its name in the catalogue.
    pub notice: String,
    /// To whom, by name.
    pub to: String,
    pub attempts: u64,
    pub error: String,
}

/// The most that are listed.
const MOST: u32 = 200;

impl Desk {
    /// The letters that were given up, newest first. Holds nothing that a case says.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn undelivered(&self) -> Result<Vec<Undelivered>, DeskError> {
        let dead = self.db().read(|r| Ok::<_, DeskError>(outbox::dead(r, MOST)?)).await?;
        let shown = |letter: outbox::Letter| Undelivered {
            id: letter.id,
            to: self.name_of_recipient(&letter.recipient),
            notice: letter.topic,
            attempts: letter.attempts,
            error: letter.last_error.unwrap_or_default(),
        };
        Ok(dead.into_iter().map(shown).collect())
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
    /// Its reader may no longer know.
    Withheld,
    /// It was given up.
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
        (Some(at), _, _) => Delivery::Left(at),
        (None, Some(_), _) => Delivery::Failed,
        (None, None, _) if letter.due_at.is_some() => Delivery::Waiting,
        (None, None, _) => Delivery::Withheld,
    };
    let (notice, to) = (Notice::of_word(&letter.topic)?, Recipient::of_word(&letter.recipient)?);
    Some(LetterSeen { event: letter.sequence, notice, to, delivery })
}
