//! The window: what somebody may see, in the shape that pages and the API show. Every function takes a [`Viewer`] and
//! answers no more than his scope and audiences allow.

pub mod agenda;
pub mod case;
pub mod catalogue;
pub mod files;
pub mod letters;
pub mod mail;
pub mod providers;
pub mod queue;
pub mod reports;

pub use agenda::AgendaSeen;
pub use case::{SeenCase, SeenEvent};
pub use letters::{About, Delivery, LetterSeen, Undelivered};
pub use mail::{ArrivalSeen, MailSeen, MailboxHealth};
pub use queue::{MyCases, QueueRequest, SeenPage};

use atiende_procedure::Actor;
use atiende_procedure::office::TokenScope;

/// Who looks, or asks for a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    /// Who.
    pub actor: Actor,
    /// What his token lets him do; [`TokenScope::All`] for somebody signed in.
    pub scope: TokenScope,
}

impl Viewer {
    /// Somebody with all that his roles allow.
    pub fn new(actor: Actor) -> Viewer {
        Viewer { actor, scope: TokenScope::All }
    }

    /// The person, when it is one.
    pub fn person(self) -> Option<atiende_procedure::PersonId> {
        self.actor.person()
    }
}
