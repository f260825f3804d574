//! The sample office: an invented agency and the cases of its last year, told from stories.
//!
//! A story is data; a tale is one telling of it, with its people, its facts and its hours. A tale looks at its case and
//! says what happens next; whoever tells it decides and writes, so that every event is one that the rules allow.

mod cast;
mod chronicle;
mod dice;
mod facts;
mod keeping;
mod opening;
#[cfg(test)]
mod oracle;
mod phrase;
mod steps;
mod story;
mod tale;

pub(crate) use chronicle::{Chronicle, Shelf, Written};
pub(crate) use keeping::Keeping;
pub(crate) use story::Stories;

/// The office, in the form that `atiende load` reads.
pub(crate) const OFFICE: &str = include_str!("../sample/office.toml");

/// Its name in messages.
pub(crate) const OFFICE_NAME: &str = "sample/office.toml";
