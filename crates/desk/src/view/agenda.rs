//! What the desk has agreed for which day: visits, parts that are awaited, and what requesters were told to expect (R11).

use std::sync::Arc;

use atiende_procedure::office::{Change, Office, TokenScope};
use atiende_procedure::permission::Scope;
use atiende_procedure::{Actor, PersonId, TokenId};
pub use atiende_store::agenda::{Agreed, Entry, MOST};
use atiende_store::{Reader, StoreError, agenda};
use jiff::{SignedDuration, Timestamp};

use super::Viewer;
use crate::{AdministerError, Desk, DeskError};

/// Some time of an agenda.
#[derive(Debug, Clone)]
pub struct AgendaSeen {
    pub now: Timestamp,
    pub office: Arc<Office>,
    /// Whose it is; the whole desk's with none.
    pub of: Option<PersonId>,
    /// In order. At most [`MOST`] of each kind.
    pub entries: Vec<Entry>,
}

/// How far back and ahead a calendar elsewhere is told.
const BACK: SignedDuration = SignedDuration::from_hours(24 * 31);
const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 366 * 10);

/// By what name the office knows the token of somebody's agenda.
const TOKEN: &str = "Agenda";

impl Desk {
    /// An agent's agenda, or the whole desk's, from one moment on and before another; nothing for who does not see the
    /// whole desk.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn agenda_seen_by(
        &self,
        viewer: Viewer,
        of: Option<PersonId>,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Option<AgendaSeen>, DeskError> {
        let (desk, now) = (self.clone(), self.ambience().now());
        let seen = self.db().read(move |r| {
            let office = desk.office_in(r)?;
            look(r, office, viewer, of, (from, to), now)
        });
        Ok(seen.await?)
    }

    /// The agenda of whoever this token was made for, for a calendar elsewhere; nothing when it is unknown or revoked, or
    /// he works at the desk no more.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn agenda_of_token(&self, secret: &str) -> Result<Option<AgendaSeen>, DeskError> {
        let Some(token) = self.token_of(secret).await?.filter(|token| token.scope == TokenScope::Agenda)
        else {
            return Ok(None);
        };
        let now = self.ambience().now();
        let viewer = Viewer { actor: Actor::Person(token.person), scope: TokenScope::Agenda };
        self.agenda_seen_by(viewer, Some(token.person), (now - BACK, now + AHEAD)).await
    }

    /// Makes the token with which a calendar elsewhere reads this person's agenda, and answers its secret, which is shown
    /// once. The one before ends.
    ///
    /// # Errors
    /// See [`AdministerError`].
    pub async fn share_agenda(&self, viewer: Viewer, person: PersonId) -> Result<String, AdministerError> {
        self.unshare_agenda(viewer, person).await?;
        let (_, secret) =
            self.issue_token(viewer, person, TokenScope::Agenda, TOKEN.to_owned(), None).await?;
        Ok(secret)
    }

    /// Ends the token of this person's agenda.
    ///
    /// # Errors
    /// See [`AdministerError`].
    pub async fn unshare_agenda(&self, viewer: Viewer, person: PersonId) -> Result<(), AdministerError> {
        let tokens = shares(&self.office(), person);
        if tokens.is_empty() {
            return Ok(());
        }
        let changes = tokens.into_iter().map(|token| Change::RevokeToken { token }).collect();
        self.administer(viewer, self.ambience().command_id(), changes).await?;
        Ok(())
    }
}

/// The tokens of this person's agenda that are in force.
pub fn shares(office: &Office, person: PersonId) -> Vec<TokenId> {
    let own = |token: &&atiende_procedure::office::Token| {
        token.person == person && token.scope == TokenScope::Agenda
    };
    office.tokens.values().filter(own).map(|token| token.id).collect()
}

fn look(
    r: &mut Reader<'_>,
    office: Arc<Office>,
    viewer: Viewer,
    of: Option<PersonId>,
    (from, to): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<Option<AgendaSeen>, StoreError> {
    if !Scope::of(viewer.actor, &office).desk {
        return Ok(None);
    }
    let entries = agenda::between(r, of, from, to)?;
    Ok(Some(AgendaSeen { now, office, of, entries }))
}
