//! The mail of the office: its mailboxes, what arrived and what became of it, what waits to leave. Whoever runs the mail
//! reads envelopes and reasons, not what anybody wrote (R10).

use atiende_mail::take_apart;
use atiende_procedure::office::{Change, Mailbox, Profile};
use atiende_procedure::permission::Scope;
use atiende_procedure::{Action, Actor, CaseNumber, CommandId, PersonId, Problem, Refusal, Role};
use atiende_store::arrivals::{self, Arrival, State};
use atiende_store::mailboxes;
pub use atiende_store::mailboxes::Health as MailboxHealth;
use atiende_store::{cases, outbox};
use jiff::SignedDuration;
use std::sync::Arc;

use super::Viewer;
use crate::{AdministerError, Desk, DeskError};

/// All that a page on the mail shows.
#[derive(Debug, Clone)]
pub struct MailSeen {
    pub mailboxes: Vec<(Arc<Mailbox>, Option<MailboxHealth>)>,
    /// How many letters there are of each state.
    pub counts: Vec<(State, i64)>,
    /// Of the state that was asked for, or of all; newest first.
    pub letters: Vec<ArrivalSeen>,
    /// Where the page after this one begins, when there is one.
    pub before: Option<i64>,
    /// Letters that arrived within the last hour, and the last day.
    pub arrived: (i64, i64),
    /// Letters of ours that wait to leave.
    pub waiting: i64,
    /// Letters of ours that were given up.
    pub dead: i64,
}

/// A letter's envelope, and what became of it.
#[derive(Debug, Clone)]
pub struct ArrivalSeen {
    pub letter: Arrival,
    pub state: State,
    /// The case's number, for who sees that case.
    pub case: Option<CaseNumber>,
}

/// The most letters on one page.
const MOST: u32 = 100;

impl Desk {
    /// The mail, for who runs or audits it: the newest letters.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn mail_seen_by(&self, viewer: Viewer, state: Option<State>) -> Result<MailSeen, DeskError> {
        self.mail_page_seen_by(viewer, state, None).await
    }

    /// The same with the letters before one of them.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn mail_page_seen_by(
        &self,
        viewer: Viewer,
        state: Option<State>,
        before: Option<i64>,
    ) -> Result<MailSeen, DeskError> {
        let desk = self.clone();
        let now = self.ambience().now();
        let ago = move |hours| now - SignedDuration::from_hours(hours);
        self.db()
            .read(move |r| {
                let office = desk.office_in(r)?;
                let scope = Scope::of(viewer.actor, &office);
                let mut boxes = Vec::new();
                for mailbox in office.mailboxes.values() {
                    boxes.push((mailbox.clone(), mailboxes::health(r, &mailbox.name)?));
                }
                let mut letters = Vec::new();
                let mut page = arrivals::page(r, state, before, MOST + 1)?;
                let more = page.len() > MOST as usize;
                page.truncate(MOST as usize);
                let before = page.last().map(|letter| letter.id).filter(|_| more);
                for letter in page {
                    let case = match letter.case_id {
                        Some(id) => cases::load(r, id)?.filter(|case| scope.contains(case)),
                        None => None,
                    };
                    let state = State::of_word(&letter.state).unwrap_or(State::New);
                    letters.push(ArrivalSeen { letter, state, case: case.map(|case| case.number) });
                }
                let counts = arrivals::counts(r)?;
                let counts =
                    counts.into_iter().filter_map(|(word, count)| Some((State::of_word(&word)?, count)));
                let (waiting, dead) = outbox::counts(r)?;
                let counts = counts.collect();
                let arrived = (arrivals::since(r, ago(1))?, arrivals::since(r, ago(24))?);
                Ok(MailSeen { mailboxes: boxes, counts, letters, before, arrived, waiting, dead })
            })
            .await
    }

    /// Why letters to an address came back, if the last one did.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn bounced_address(&self, address: &str) -> Result<Option<String>, DeskError> {
        let address = address.to_owned();
        let marked = self.db().read(move |r| mailboxes::bounced(r, &address)).await?;
        Ok(marked.map(|marked| marked.reason))
    }

    /// Lets a letter in that was held, whoever sent it; a stranger becomes a requester by it.
    ///
    /// # Errors
    /// See [`AdministerError`].
    pub async fn accept_letter(
        &self,
        viewer: Viewer,
        id: CommandId,
        letter: i64,
    ) -> Result<bool, AdministerError> {
        self.runs_mail(viewer)?;
        let Some(arrival) = self.db().read(move |r| arrivals::by_id(r, letter)).await? else {
            return Ok(false);
        };
        let known = arrival.sender.is_empty() || self.office().person_by_email(&arrival.sender).is_some();
        if !known {
            let profile =
                Profile { name: self.name_in(&arrival).await?, email: arrival.sender, ..Profile::default() };
            let salt = self.ambience().random();
            let (roles, groups) = (Vec::new(), Vec::new());
            let change = Change::SetPerson { id: None, profile, salt, roles, groups, active: true };
            self.administer(viewer, id, vec![change]).await?;
        }
        let now = self.ambience().now();
        Ok(self.db().change(move |w| arrivals::revive(w, letter, true, now)).await?)
    }

    /// Lets a letter in as a request of somebody of the directory, where its sender cannot ask for anything himself: a
    /// provider, somebody who left, nobody at all.
    ///
    /// # Errors
    /// See [`AdministerError`].
    pub async fn accept_letter_for(
        &self,
        viewer: Viewer,
        letter: i64,
        requester: PersonId,
    ) -> Result<bool, AdministerError> {
        self.runs_mail(viewer)?;
        if !self.office().people.get(&requester).is_some_and(|person| person.active) {
            let refusal = Refusal::BadField { field: "requester", problem: Problem::Unknown };
            return Err(AdministerError::Refused { at: 0, refusal });
        }
        let now = self.ambience().now();
        Ok(self.db().change(move |w| arrivals::revive_for(w, letter, requester, now)).await?)
    }

    async fn name_in(&self, arrival: &Arrival) -> Result<String, AdministerError> {
        let bytes = crate::intake::whole(self, arrival.blob).await?;
        let letter = bytes.and_then(|bytes| take_apart(&bytes).ok());
        let name =
            letter.and_then(|letter| letter.from).map(|from| from.name().to_owned()).unwrap_or_default();
        Ok(crate::intake::name_of(&name, &arrival.sender))
    }

    /// Has a letter looked at once more: this program may read what an older one could not.
    ///
    /// # Errors
    /// See [`AdministerError`].
    pub async fn replay_letter(&self, viewer: Viewer, letter: i64) -> Result<bool, AdministerError> {
        self.runs_mail(viewer)?;
        let now = self.ambience().now();
        Ok(self.db().change(move |w| arrivals::revive(w, letter, false, now)).await?)
    }

    /// Puts a letter away that was held or could not be read.
    ///
    /// # Errors
    /// See [`AdministerError`].
    pub async fn discard_letter(&self, viewer: Viewer, letter: i64) -> Result<bool, AdministerError> {
        self.runs_mail(viewer)?;
        let now = self.ambience().now();
        Ok(self.db().change(move |w| arrivals::discard(w, letter, now)).await?)
    }

    /// The system's administrator runs the mail, and whoever works on the machine itself.
    fn runs_mail(&self, viewer: Viewer) -> Result<(), AdministerError> {
        if viewer.scope != atiende_procedure::office::TokenScope::All {
            return Err(AdministerError::ReadOnly);
        }
        let office = self.office();
        let runs = match viewer.actor {
            Actor::Operator => true,
            Actor::Person(id) => office.people.get(&id).is_some_and(|it| it.is(Role::SystemAdministrator)),
            _ => false,
        };
        let refusal = Refusal::NotYourRole { action: Action::Administer };
        if runs { Ok(()) } else { Err(AdministerError::Refused { at: 0, refusal }) }
    }
}
