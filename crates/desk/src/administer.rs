//! The door for the office: people, roles, catalogue, contracts, calendar, settings, tokens.

use std::sync::Arc;

use atiende_procedure::office::{
    Change, Office, OfficeEvent, OfficeRecorded, Profile, TokenScope, administer,
};
use atiende_procedure::{Circumstances, CommandId, Refusal, Text};
use atiende_store::{Answer, Reader, Receipt, StoreError, Writer, office, sessions};

use crate::Desk;
use crate::view::Viewer;

/// Why a change of the office was not made.
#[derive(Debug, thiserror::Error)]
pub enum AdministerError {
    /// The change at this place (from 0) is refused; none was made.
    #[error("change {at} refused: {refusal}")]
    Refused { at: usize, refusal: Refusal },
    /// The token may only read.
    #[error("this token may only read")]
    ReadOnly,
    /// The memory did not answer; nothing was changed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an administration led to.
struct Changed {
    office: Arc<Office>,
    events: Vec<OfficeEvent>,
}

/// An administration is recalled as the office now is, without its events.
impl Answer for Changed {
    fn receipt(&self) -> Receipt {
        Receipt { stream: 0, sequence: self.office.version }
    }
    fn recall(r: &mut Reader<'_>, _: Receipt) -> Result<Self, StoreError> {
        Ok(Changed { office: Arc::new(office::load(r)?), events: Vec::new() })
    }
}

impl Desk {
    /// Changes the office: all of these changes or none. Answers the office as it then is, with the events made; a
    /// repeat of what was done answers none.
    ///
    /// # Errors
    /// See [`AdministerError`].
    pub async fn administer(
        &self,
        viewer: Viewer,
        id: CommandId,
        changes: Vec<Change>,
    ) -> Result<(Arc<Office>, Vec<OfficeEvent>), AdministerError> {
        if viewer.scope != TokenScope::All {
            return Err(AdministerError::ReadOnly);
        }
        let desk = self.clone();
        let changes = Arc::new(changes);
        let Changed { office, events } =
            self.db().write(id, move |w| desk.changed(w, viewer, id, &changes)).await?;
        self.remember(office.clone());
        Ok((office, events))
    }

    fn changed(
        &self,
        w: &mut Writer<'_>,
        viewer: Viewer,
        id: CommandId,
        changes: &[Change],
    ) -> Result<Changed, AdministerError> {
        let held = office::hold(w)?;
        let mut after = Office::clone(&*self.newest(w)?);
        let now = self.ambience().now();
        let mut recorded: Vec<OfficeRecorded> = Vec::new();
        let mut texts: Vec<Text> = Vec::new();
        for (at, change) in changes.iter().enumerate() {
            let circumstances = Circumstances { actor: viewer.actor, now, office: &after, other: None };
            let made = administer(&after, change, &circumstances)
                .map_err(|refusal| AdministerError::Refused { at, refusal })?;
            for event in made.events {
                let sequence = after.version + 1;
                let event = OfficeRecorded { sequence, at: now, acted: made.acted, command: id, event };
                after.apply(&event, profile_of(&event, &made.texts));
                recorded.push(event);
            }
            texts.extend(made.texts);
        }
        office::advance(w, &held, &recorded, &texts)?;
        for recorded in &recorded {
            // Should he be let in again one day, it is by the door.
            if let OfficeEvent::PersonSet { person, active: false, .. } = &recorded.event {
                sessions::revoke(w, *person, None)?;
            }
        }
        let events = recorded.into_iter().map(|recorded| recorded.event).collect();
        Ok(Changed { office: Arc::new(after), events })
    }
}

fn profile_of(recorded: &OfficeRecorded, texts: &[Text]) -> Option<Profile> {
    let OfficeEvent::PersonSet { profile, .. } = &recorded.event else { return None };
    let text = texts.iter().find(|text| text.reference() == *profile)?;
    serde_json::from_str(text.body()).ok()
}
