//! The desk on a real database: every test runs on SQLite and on PostgreSQL.
#![expect(unreachable_pub, reason = "these are the modules of one test program")]
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod addresses;
mod answers;
mod conversations;
mod door;
mod files;
mod intake;
mod jobs;
mod leaks;
mod live;
mod promises;
mod quoting;
mod senders;
mod signing_in;
mod tokens;
mod world;
