//! SQLite: one thread that writes, several that read.
//!
//! The writer takes what is queued, runs each closure in a savepoint, and commits them together: waiting for the disk
//! once serves all of them. Nobody is answered before the commit that holds his work.

use std::path::Path;
use std::sync::Arc;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::watch;

use super::crew::{self, Queue};
use super::job::{Ran, Read, Write};
use crate::error::{Result, StoreError};
use crate::link::Link;

/// The database's file inside the data folder.
pub(crate) const FILE: &str = "atiende.db";
/// Most commands that share a commit: more would make the first of them wait.
const SHARED_COMMIT: usize = 256;
/// How long another program may hold the database before a write is given up.
const BUSY_MILLIS: u32 = 10_000;
const STATEMENTS_KEPT: usize = 400;

pub(super) struct Sqlite {
    reads: Arc<Queue<Box<dyn Read>>>,
    writes: Arc<Queue<Box<dyn Write>>>,
}

impl Sqlite {
    pub(super) fn open(folder: &Path, news: Arc<watch::Sender<u64>>) -> Result<Sqlite> {
        std::fs::create_dir_all(folder)
            .map_err(|e| StoreError::Unreachable(format!("{}: {e}", folder.display())))?;
        let file = folder.join(FILE);
        let sqlite = Sqlite { reads: Queue::new(), writes: Queue::new() };

        let connection = writing(&file)?;
        let writes = sqlite.writes.clone();
        crew::start("sqlite-writer", move || Scribe { connection, news }.work(&writes))?;

        let readers = std::thread::available_parallelism().map_or(2, |n| n.get().clamp(2, 8));
        for n in 0..readers {
            let connection = reading(&file)?;
            let reads = sqlite.reads.clone();
            crew::start(&format!("sqlite-reader-{n}"), move || read_all(&connection, &reads))?;
        }
        Ok(sqlite)
    }

    pub(super) fn read(&self, job: Box<dyn Read>) {
        self.reads.push(job);
    }

    pub(super) fn write(&self, job: Box<dyn Write>) {
        self.writes.push(job);
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.reads.close();
        self.writes.close();
    }
}

fn writing(file: &Path) -> Result<Connection> {
    let connection = Connection::open(file)?;
    connection.execute_batch(&format!(
        "PRAGMA busy_timeout = {BUSY_MILLIS};
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA wal_autocheckpoint = 4000;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA cache_size = -48000;
         PRAGMA foreign_keys = ON"
    ))?;
    kept(connection)
}

fn reading(file: &Path) -> Result<Connection> {
    // Read-write all the same: only so can a reader repair the WAL's index when it is the first to come.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.execute_batch(&format!(
        "PRAGMA busy_timeout = {BUSY_MILLIS};
         PRAGMA query_only = ON;
         PRAGMA cache_size = -12000"
    ))?;
    kept(connection)
}

/// Keeps statements with their plans. Without the guarantee, SQLite looks at what is bound when it plans, and so plans
/// each of them anew at every use.
fn kept(connection: Connection) -> Result<Connection> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

fn read_all(connection: &Connection, jobs: &Queue<Box<dyn Read>>) {
    while let Some(mut job) = jobs.take_one() {
        match execute(connection, "BEGIN") {
            Ok(()) => {
                job.run(Link::Sqlite(connection));
                roll_back(connection);
                job.answer();
            }
            Err(error) => job.fail(error),
        }
    }
}

/// The thread that writes.
struct Scribe {
    connection: Connection,
    news: Arc<watch::Sender<u64>>,
}

impl Scribe {
    fn work(self, queue: &Queue<Box<dyn Write>>) {
        loop {
            let mut jobs = queue.take(SHARED_COMMIT);
            if jobs.is_empty() {
                return;
            }
            if jobs.len() == 1 {
                jobs.into_iter().for_each(|job| self.alone(job));
                continue;
            }
            match self.together(&mut jobs) {
                Ok(()) => jobs.into_iter().for_each(Write::answer),
                // Each would only wait as long again for the other program.
                Err(StoreError::Busy) => jobs.into_iter().for_each(|job| job.fail(StoreError::Busy)),
                Err(_) => jobs.into_iter().for_each(|job| self.alone(job)),
            }
        }
    }

    /// Runs all of them in one transaction. When that fails, nothing of it was kept.
    fn together(&self, jobs: &mut [Box<dyn Write>]) -> Result<()> {
        self.transaction(|| {
            let mut news = false;
            for job in jobs {
                execute(&self.connection, "SAVEPOINT command")?;
                match job.run(Link::Sqlite(&self.connection)) {
                    Ran::Keep { news: more } => news |= more,
                    Ran::Discard | Ran::Before => {
                        execute(&self.connection, "ROLLBACK TO command")?;
                        job.recall(Link::Sqlite(&self.connection))?;
                    }
                }
                // Fails when SQLite rolled everything back by itself (full disk): then all are run alone.
                execute(&self.connection, "RELEASE command")?;
            }
            Ok(news)
        })
    }

    fn alone(&self, mut job: Box<dyn Write>) {
        let done = self.transaction(|| match job.run(Link::Sqlite(&self.connection)) {
            Ran::Keep { news } => Ok(news),
            Ran::Discard | Ran::Before => {
                roll_back(&self.connection);
                execute(&self.connection, "BEGIN IMMEDIATE")?;
                job.recall(Link::Sqlite(&self.connection))?;
                Ok(false)
            }
        });
        match done {
            Ok(()) => job.answer(),
            Err(error) => job.fail(error),
        }
    }

    fn transaction(&self, work: impl FnOnce() -> Result<bool>) -> Result<()> {
        let done = execute(&self.connection, "BEGIN IMMEDIATE").and_then(|()| work()).and_then(|news| {
            execute(&self.connection, "COMMIT")?;
            Ok(news)
        });
        match done {
            Ok(true) => {
                self.news.send_modify(|count| *count += 1);
                Ok(())
            }
            Ok(false) => Ok(()),
            Err(error) => {
                roll_back(&self.connection);
                Err(error)
            }
        }
    }
}

fn execute(connection: &Connection, sql: &str) -> Result<()> {
    connection.prepare_cached(sql)?.raw_execute()?;
    Ok(())
}

fn roll_back(connection: &Connection) {
    if connection.is_autocommit() {
        return;
    }
    if let Err(error) = execute(connection, "ROLLBACK") {
        tracing::error!(%error, "a transaction could not be rolled back");
    }
}

#[cfg(test)]
mod tests;
