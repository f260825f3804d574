//! What somebody must be told, by mail. A commit leaves a small row in the outbox for each letter: what about, of which
//! event, to whom. The letter is written when it leaves, from the case as it was right after that event, so it says the
//! same however often it is sent; and it does not leave at all when its reader may no longer know.

mod facts;
mod letter;
mod notice;
mod office;
mod page;
mod particulars;
mod reader;
mod recipient;
mod refused;
mod told;

#[cfg(test)]
mod tests;

pub(crate) use letter::{Chronicle, Stationery, WriteError, Written, write};
pub(crate) use notice::Answer;
pub use notice::Notice;
pub(crate) use office::{OfficeTold, write_to_office};
pub use recipient::Recipient;
pub use told::{Told, told};

/// The topic of the letter that tells of a sender who writes too often.
pub(crate) const FLOOD: &str = "mail-flood";
