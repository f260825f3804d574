//! SQLite: one thread that writes, several that read.
//!
//! The writer takes what is queued, runs it in one transaction and commits it together: waiting for the disk once serves
//! all of them. Nobody is answered before the commit that holds his work.

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
         PRAGMA temp_store = MEMORY;
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

/// Whether one command among others can be undone by itself. Savepoints take a quarter of the writer's time, and almost
/// no command fails after it has written; those that do are run again with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WayBack {
    None,
    Savepoints,
}

/// What became of commands that share a transaction.
enum Shared {
    Committed,
    /// One of them wrote and then failed, and there was no way back for it alone.
    Spoiled,
}

/// What of a transaction is to be kept.
enum Kept {
    All { news: bool },
    Nothing,
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
            let done = match self.together(&mut jobs, WayBack::None) {
                Ok(Shared::Spoiled) => self.together(&mut jobs, WayBack::Savepoints),
                done => done,
            };
            match done {
                Ok(Shared::Committed) => jobs.into_iter().for_each(Write::answer),
                // Each would only wait as long again for the other program.
                Err(StoreError::Busy) => jobs.into_iter().for_each(|job| job.fail(StoreError::Busy)),
                Ok(Shared::Spoiled) | Err(_) => jobs.into_iter().for_each(|job| self.alone(job)),
            }
        }
    }

    /// Runs all of them in one transaction. When that fails or is spoiled, nothing of it was kept.
    fn together(&self, jobs: &mut [Box<dyn Write>], way_back: WayBack) -> Result<Shared> {
        let mut spoiled = false;
        self.transaction(|| {
            let mut news = false;
            for job in jobs {
                let before = self.connection.total_changes();
                if way_back == WayBack::Savepoints {
                    execute(&self.connection, "SAVEPOINT command")?;
                }
                match (job.run(Link::Sqlite(&self.connection)), way_back) {
                    (Ran::Keep { news: more }, _) => news |= more,
                    (Ran::Discard | Ran::Before, WayBack::Savepoints) => {
                        execute(&self.connection, "ROLLBACK TO command")?;
                        job.recall(Link::Sqlite(&self.connection))?;
                    }
                    (Ran::Discard | Ran::Before, WayBack::None) => {
                        if self.connection.total_changes() != before {
                            spoiled = true;
                            return Ok(Kept::Nothing);
                        }
                        job.recall(Link::Sqlite(&self.connection))?;
                    }
                }
                if self.connection.is_autocommit() {
                    return Err(StoreError::Full("everything was rolled back".to_owned()));
                }
                if way_back == WayBack::Savepoints {
                    execute(&self.connection, "RELEASE command")?;
                }
            }
            Ok(Kept::All { news })
        })?;
        Ok(if spoiled { Shared::Spoiled } else { Shared::Committed })
    }

    fn alone(&self, mut job: Box<dyn Write>) {
        let done = self.transaction(|| match job.run(Link::Sqlite(&self.connection)) {
            Ran::Keep { news } => Ok(Kept::All { news }),
            Ran::Discard | Ran::Before => {
                roll_back(&self.connection);
                execute(&self.connection, "BEGIN IMMEDIATE")?;
                job.recall(Link::Sqlite(&self.connection))?;
                Ok(Kept::Nothing)
            }
        });
        match done {
            Ok(()) => job.answer(),
            Err(error) => job.fail(error),
        }
    }

    fn transaction(&self, work: impl FnOnce() -> Result<Kept>) -> Result<()> {
        let done = execute(&self.connection, "BEGIN IMMEDIATE").and_then(|()| work()).and_then(|kept| {
            match kept {
                Kept::All { .. } => execute(&self.connection, "COMMIT")?,
                Kept::Nothing => roll_back(&self.connection),
            }
            Ok(kept)
        });
        match done {
            Ok(Kept::All { news: true }) => {
                self.news.send_modify(|count| *count += 1);
                Ok(())
            }
            Ok(_) => Ok(()),
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
