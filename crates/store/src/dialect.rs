//! The few places where the two engines need other words.

pub(crate) mod postgres;
pub(crate) mod sqlite;

/// The engine that holds the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// Ends the part of a statement that claims work: who finds it claimed takes the next.
pub(crate) fn skip_locked(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "",
        Dialect::Postgres => " FOR UPDATE SKIP LOCKED",
    }
}
