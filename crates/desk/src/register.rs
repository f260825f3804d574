//! The door for a new case.

use std::sync::Arc;

use atiende_procedure::office::TokenScope;
use atiende_procedure::permission::Scope;
use atiende_procedure::{Case, CaseNumber, Circumstances, CommandId, Registration, register};
use atiende_store::{Writer, cases, numbers};

use crate::execute::Attempt;
use crate::view::Viewer;
use crate::{Desk, DeskError, Executed};

/// Which case a new one may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Follows {
    WhatHeSees,
    Whatever,
}

impl Desk {
    /// Takes a request in. Its number is given in the same transaction that makes it durable; the same `id` sent again
    /// answers the case that it made.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn register(
        &self,
        viewer: Viewer,
        id: CommandId,
        registration: Registration,
    ) -> Result<Executed, DeskError> {
        if viewer.scope != TokenScope::All {
            return Err(DeskError::ReadOnly);
        }
        self.taken_in(viewer, id, registration, Follows::WhatHeSees).await
    }

    /// The same of a letter, which may name a case that its sender does not see: whoever sees both finds the one by the
    /// other, and he learns nothing.
    pub(crate) async fn register_letter(
        &self,
        viewer: Viewer,
        id: CommandId,
        registration: Registration,
    ) -> Result<Executed, DeskError> {
        self.taken_in(viewer, id, registration, Follows::Whatever).await
    }

    async fn taken_in(
        &self,
        viewer: Viewer,
        id: CommandId,
        registration: Registration,
        follows: Follows,
    ) -> Result<Executed, DeskError> {
        let desk = self.clone();
        let registration = Arc::new(registration);
        let attempt = self.db().write(id, move |w| desk.registered(w, viewer, id, &registration, follows));
        Ok(Executed { case: attempt.await? })
    }

    fn registered(
        &self,
        w: &mut Writer<'_>,
        viewer: Viewer,
        id: CommandId,
        asked: &Registration,
        may_follow: Follows,
    ) -> Result<Case, DeskError> {
        let office = self.newest(w)?;
        if let Some(follows) = asked.follows {
            let scope = Scope::of(viewer.actor, &office);
            cases::load(w, follows)?
                .filter(|case| may_follow == Follows::Whatever || scope.contains(case))
                .ok_or(DeskError::NoSuchCase)?;
        }
        let now = self.ambience().now();
        let circumstances = Circumstances { actor: viewer.actor, now, office: &office, other: None };
        let year = office.settings.calendar.day_of(now).year();
        let (case, sequence) = numbers::next(w, year)?;
        let number = CaseNumber::new(office.settings.prefix.as_str(), year, sequence);
        let decision = register(asked, case, number, &circumstances)?;
        let attempt = Attempt { id, acted: decision.acted, at: now };
        Ok(self.commit(w, &office, None, decision.events, attempt, &asked.texts())?)
    }
}
