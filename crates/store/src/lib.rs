//! The memory of the desk: SQLite or PostgreSQL behind one body of SQL, blobs, and search.
//!
//! Start at [`Db`]: `db.read(|r| …)` and `db.write(command, |w| …)` run a closure inside a transaction, and every other
//! function here takes that transaction. The only SQL of the program is in this crate. Holds no rules: what may happen
//! is decided in `atiende-procedure`.

pub mod agenda;
pub mod arrivals;
pub mod backlog;
pub mod blobs;
mod case_row;
pub mod cases;
pub mod commands;
pub mod credentials;
mod cursor;
mod db;
mod dialect;
mod domain;
mod error;
pub mod events;
pub mod feed;
pub mod invitations;
pub mod jobs;
mod link;
pub mod mailboxes;
pub mod migrate;
pub mod numbers;
pub mod office;
pub mod outbox;
pub mod outcomes;
pub mod presence;
mod query;
pub mod queue;
mod row;
pub mod seal;
mod search;
pub mod secrets;
pub mod sessions;
pub mod texts;
pub mod tokens;
mod value;
pub mod verify;
pub mod words;

pub use blobs::Blobs;
pub use commands::{Answer, Receipt};
pub use db::{Db, Location, News};
pub use dialect::Dialect;
pub use error::{Result, StoreError};
pub use link::{Reader, Writer};
