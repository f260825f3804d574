//! The work: one door for every change (`register`, `execute`, `administer`), one window for every look (`view`).
//!
//! Knows nothing of HTTP and holds no SQL text. Time and randomness come in from outside.

mod administer;
mod ambience;
mod attach;
mod desk;
mod error;
mod execute;
pub mod intake;
pub mod jobs;
mod language;
mod links;
mod live;
mod mailing;
pub mod notices;
mod register;
mod sign_in;
mod spoken;
mod spool;
pub mod view;

pub use administer::AdministerError;
pub use ambience::{Ambience, Clock, Entropy, Salter};
pub use atiende_store::words::fold;
pub use attach::{AttachError, LARGEST_FILE, Upload};
pub use desk::{Desk, Opening};
pub use error::DeskError;
pub use execute::Executed;
pub use language::Language;
pub use links::{LinkPurpose, SignedLink};
pub use live::{Change, ChangeSeen, PresentSeen};
pub use mailing::{MailSecret, MailSecrets, Post, TriedMailbox};
pub use sign_in::{SignInError, SignedIn, check_password};
pub use spoken::Spoken;
pub use spool::{Spool, SpoolError};
pub use view::queue::{Backlog, Order, QueueFilter, QueueRow};
pub use view::{SeenCase, SeenEvent, Viewer};
