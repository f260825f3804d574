//! The database as a shelf for chronicles: cases, events and texts as the door would have written them at their time.

use std::sync::Arc;

use atiende_desk::notices;
use atiende_procedure::office::Office;
use atiende_procedure::{CaseId, Text};
use atiende_store::outbox::{self, NewLetter};
use atiende_store::{StoreError, Writer, cases, numbers};
use jiff::Timestamp;

use super::chronicle::{Shelf, Written};

/// Keeps a chronicle inside one transaction.
pub(crate) struct Keeping<'a, 'w> {
    pub(crate) w: &'a mut Writer<'w>,
    pub(crate) office: &'a Arc<Office>,
    /// What happened from here on is told by letters; who was told of what lies further back, nobody asks any more.
    pub(crate) letters_since: Timestamp,
}

impl Shelf for Keeping<'_, '_> {
    type Error = StoreError;

    fn number(&mut self, year: i16) -> Result<(CaseId, i64), StoreError> {
        numbers::next(self.w, year)
    }

    fn keep(&mut self, written: Written) -> Result<(), StoreError> {
        let texts: Vec<&Text> = written.texts.iter().collect();
        match &written.before {
            None => {
                cases::found(self.w, self.office, &written.events, &texts)?;
            }
            Some(before) => {
                let held = cases::hold(self.w, before.id)?;
                let held =
                    held.ok_or_else(|| StoreError::Damaged("a case of the chronicle is gone".to_owned()))?;
                cases::advance(self.w, self.office, &held, &written.events, &texts)?;
            }
        }
        let at = written.after.changed_at;
        if at < self.letters_since {
            return Ok(());
        }
        let told = notices::told(written.before.as_ref(), &written.after, &written.events, self.office);
        let letters: Vec<NewLetter> = told
            .into_iter()
            .map(|told| NewLetter {
                topic: told.notice.as_str().into(),
                stream: written.after.id.0,
                sequence: told.event,
                recipient: told.to.to_string(),
                payload: String::new(),
                due: at,
            })
            .collect();
        outbox::enqueue(self.w, &letters, at)
    }
}
