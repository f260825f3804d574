//! Letters: typed mail to bytes and back, tokens by which an answer finds its thread, and the ways out of the building.
//!
//! Knows nothing of cases, people or databases: a thread is a word that whoever composes the letter chose.

mod authentic;
mod folder;
pub mod incoming;
mod letter;
mod mailbox;
mod read;
mod thread;
mod transport;
pub mod wire;

pub use authentic::{Authenticity, NoAnswer, NoResolver, SenderCheck, authenticity};
pub use folder::Folder;
pub use incoming::{
    Bounce, Incoming, Nature, Order, REPLY_ABOVE_EN, REPLY_ABOVE_ES, is_only_thanks, orders, phone_of,
    remote_support_id, says_solved, take_apart,
};
pub use letter::Letter;
pub use mailbox::{Mailbox, NotAMailbox};
pub use read::{Glance, LetterRead, glance, read};
pub use thread::ThreadKey;
pub use transport::{SendError, Sent, Transport};
