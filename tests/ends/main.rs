//! End to end, by the API and the command line: the real program on both databases.
//!
//! They need a built program, so `cargo test` passes them over; `cargo xtask test` builds it and runs them.

mod bad_input;
mod clocks;
mod commands;
mod document;
mod edges;
mod faults;
mod forms;
mod mail;
mod oracle;
mod people;
mod promises;
mod reports;
mod tamper;
mod time;
mod walk;

/// Makes a test of each story for each database.
#[macro_export]
macro_rules! on_both {
    ($($story:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test]
            #[ignore = "end to end: run `cargo xtask test`"]
            fn $story() -> anyhow::Result<()> {
                super::$story(&atiende_tests::Place::sqlite())
            })+
        }
        mod postgres {
            $(#[test]
            #[ignore = "end to end: run `cargo xtask test`"]
            fn $story() -> anyhow::Result<()> {
                super::$story(&atiende_tests::Place::postgres())
            })+
        }
    };
}
