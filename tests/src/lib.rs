//! End-to-end tests: the real binary, a real browser, both databases.
//!
//! What runs here starts the program that `ATIENDE_BINARY` names, as `cargo xtask test` does, on data of its own, and
//! speaks to it from outside. `browser/` does the same with Chromium.

mod client;
mod place;
mod server;

pub use client::{Answer, Client};
pub use place::{Change, Place};
pub use server::{Ran, Server};
