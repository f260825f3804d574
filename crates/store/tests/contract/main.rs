//! The contract of the store: every test runs on SQLite and on PostgreSQL.
#![expect(unreachable_pub, reason = "these are the modules of one test program")]
#![expect(clippy::disallowed_methods, reason = "a test may look at the watch")]
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod agenda;
mod arrivals;
mod cases;
mod faults;
mod feed;
mod jobs;
mod office;
mod outbox;
mod outcomes;
mod presence;
mod property;
mod queue;
mod seam;
mod search;
mod signing_in;
mod support;
mod verify;
