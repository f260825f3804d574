//! What a closure gets to work with: a connection inside a transaction, of either engine.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};

use postgres::fallible_iterator::FallibleIterator;
use postgres::types::ToSql;

use crate::dialect::Dialect;
use crate::error::{Result, StoreError, is_loss};
use crate::query::Query;
use crate::row::{Record, Row};

/// Statements that a PostgreSQL connection keeps prepared before it starts anew.
const STATEMENTS_KEPT: usize = 400;

pub(crate) enum Link<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c mut Session),
}

/// Reads from one consistent picture of the database.
pub struct Reader<'c> {
    link: Link<'c>,
}

/// Reads and writes inside one transaction. It can be run again from its beginning, so what it does must lie in the
/// database alone.
pub struct Writer<'c> {
    reader: Reader<'c>,
    news: bool,
}

impl<'c> Reader<'c> {
    pub(crate) fn new(link: Link<'c>) -> Reader<'c> {
        Reader { link }
    }

    /// Which engine this is.
    pub fn dialect(&self) -> Dialect {
        match self.link {
            Link::Sqlite(_) => Dialect::Sqlite,
            Link::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Calls `take` with each row as it comes.
    pub fn each<T: Record>(&mut self, query: &Query, mut take: impl FnMut(T) -> Result<()>) -> Result<()> {
        match &mut self.link {
            Link::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(&query.sql)?;
                let mut rows = statement.query(rusqlite::params_from_iter(&query.values))?;
                while let Some(row) = rows.next()? {
                    take(T::from_row(&Row::Sqlite(row))?)?;
                }
                Ok(())
            }
            Link::Postgres(session) => session.each(query, |row| take(T::from_row(&Row::Postgres(row))?)),
        }
    }

    /// Every row.
    pub fn rows<T: Record>(&mut self, query: &Query) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        self.each(query, |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The first row, if there is one.
    pub fn row<T: Record>(&mut self, query: &Query) -> Result<Option<T>> {
        let mut first = None;
        self.each(query, |row| {
            first.get_or_insert(row);
            Ok(())
        })?;
        Ok(first)
    }
}

impl<'c> Writer<'c> {
    pub(crate) fn new(link: Link<'c>) -> Writer<'c> {
        Writer { reader: Reader::new(link), news: false }
    }

    /// Runs a statement and answers how many rows it touched.
    pub fn execute(&mut self, query: &Query) -> Result<u64> {
        match &mut self.reader.link {
            Link::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(&query.sql)?;
                Ok(statement.execute(rusqlite::params_from_iter(&query.values))? as u64)
            }
            Link::Postgres(session) => session.execute(query),
        }
    }

    /// Runs several statements without values, as migrations do.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        match &mut self.reader.link {
            Link::Sqlite(connection) => Ok(connection.execute_batch(sql)?),
            Link::Postgres(session) => session.batch(sql),
        }
    }

    /// Says that whoever waits for events or letters should look once this is committed.
    pub(crate) fn announce(&mut self) {
        self.news = true;
    }

    pub(crate) fn has_news(&self) -> bool {
        self.news
    }

    /// Whether the series of this year's numbers is known to be there.
    pub(crate) fn knows_series(&self, year: i16) -> bool {
        match &self.reader.link {
            Link::Sqlite(_) => true,
            Link::Postgres(session) => session.series.contains(&year),
        }
    }

    pub(crate) fn learn_series(&mut self, year: i16) {
        if let Link::Postgres(session) = &mut self.reader.link {
            session.series.push(year);
        }
    }

    /// Spreads hot rows over the connections that write them: two transactions seldom wait for each other.
    pub(crate) fn slot(&self) -> i64 {
        match &self.reader.link {
            Link::Sqlite(_) => 0,
            Link::Postgres(session) => session.slot,
        }
    }
}

impl<'c> Deref for Writer<'c> {
    type Target = Reader<'c>;
    fn deref(&self) -> &Reader<'c> {
        &self.reader
    }
}

impl DerefMut for Writer<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.reader
    }
}

/// Why a PostgreSQL transaction is worth another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Deadlock, serialization failure, outdated plan: the same connection will do.
    Again,
    /// The connection or its server is gone, or became a standby.
    Lost,
}

/// One PostgreSQL connection with its prepared statements.
pub(crate) struct Session {
    client: postgres::Client,
    statements: HashMap<String, postgres::Statement>,
    slot: i64,
    /// The years whose series of numbers is known to be there.
    series: Vec<i16>,
    /// Set by the first failure worth another try, since a closure's own error hides it.
    failure: Option<Failure>,
    /// Set by any failure: PostgreSQL then keeps nothing of the transaction, and says nothing when it is committed.
    broken: bool,
}

impl Session {
    pub(crate) fn new(client: postgres::Client, slot: i64) -> Session {
        Session { client, statements: HashMap::new(), slot, series: Vec::new(), failure: None, broken: false }
    }

    pub(crate) fn take_failure(&mut self) -> Option<Failure> {
        if self.client.is_closed() {
            return Some(Failure::Lost);
        }
        self.failure.take()
    }

    pub(crate) fn begin(&mut self) -> Result<()> {
        self.broken = false;
        self.batch("BEGIN")
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.broken
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).map_err(|e| self.noted(e))
    }

    fn noted(&mut self, error: postgres::Error) -> StoreError {
        use postgres::error::SqlState;
        self.broken = true;
        self.failure = match error.code() {
            None => Some(Failure::Lost),
            Some(code) if is_loss(code) || *code == SqlState::READ_ONLY_SQL_TRANSACTION => {
                Some(Failure::Lost)
            }
            Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED) => {
                Some(Failure::Again)
            }
            // A series of numbers that was made in a transaction which came to nothing.
            Some(&SqlState::UNDEFINED_TABLE) if !self.series.is_empty() => {
                self.series.clear();
                Some(Failure::Again)
            }
            // A migration by another program outdated a prepared plan.
            Some(&SqlState::FEATURE_NOT_SUPPORTED) if error.to_string().contains("cached plan") => {
                self.statements.clear();
                Some(Failure::Again)
            }
            Some(_) => self.failure,
        };
        error.into()
    }

    fn prepared(&mut self, sql: &str) -> Result<postgres::Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        if self.statements.len() >= STATEMENTS_KEPT {
            self.statements.clear();
        }
        let statement = self.client.prepare(sql).map_err(|e| self.noted(e))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn execute(&mut self, query: &Query) -> Result<u64> {
        let statement = self.prepared(&query.sql)?;
        let values: Vec<&(dyn ToSql + Sync)> = query.values.iter().map(|v| v as _).collect();
        self.client.execute(&statement, &values).map_err(|e| self.noted(e))
    }

    fn each(&mut self, query: &Query, take: impl FnMut(&postgres::Row) -> Result<()>) -> Result<()> {
        let statement = match query.planned_anew {
            true => self.client.prepare(&query.sql).map_err(|e| self.noted(e))?,
            false => self.prepared(&query.sql)?,
        };
        walk(&mut self.client, &statement, query, take).map_err(|e| self.noted(e))?
    }
}

/// The outer result is the database's, the inner one that of `take`.
fn walk(
    client: &mut postgres::Client,
    statement: &postgres::Statement,
    query: &Query,
    mut take: impl FnMut(&postgres::Row) -> Result<()>,
) -> Result<Result<()>, postgres::Error> {
    let mut rows = client.query_raw(statement, &query.values)?;
    while let Some(row) = rows.next()? {
        if let Err(error) = take(&row) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}
