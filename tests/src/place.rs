//! Where a server's data is: a folder of its own, with SQLite in it or a PostgreSQL database beside it; and ways to
//! tamper with both, as somebody would who has the database's password.

use std::path::Path;

use anyhow::{Context, Result};
use tempfile::TempDir;

/// Data of its own, gone when it is dropped.
#[derive(Debug)]
pub struct Place {
    folder: TempDir,
    database: Option<String>,
}

/// A change made by hand.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    pub sqlite: &'a str,
    pub postgres: &'a str,
}

impl<'a> Change<'a> {
    /// In words that both databases understand.
    pub fn same(sql: &'a str) -> Change<'a> {
        Change { sqlite: sql, postgres: sql }
    }
}

impl Place {
    /// SQLite in a folder.
    ///
    /// # Panics
    /// When no folder can be made.
    pub fn sqlite() -> Place {
        Place { folder: tempfile::tempdir().expect("a folder can be made"), database: None }
    }

    /// PostgreSQL, and a folder for files.
    ///
    /// # Panics
    /// When there is no PostgreSQL.
    pub fn postgres() -> Place {
        let database = atiende_testkit::postgres::database().expect("PostgreSQL is there");
        Place { database: Some(database), ..Place::sqlite() }
    }

    /// Whether several nodes can share its database.
    pub fn has_nodes(&self) -> bool {
        self.database.is_some()
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn arguments(&self) -> Vec<&str> {
        let mut arguments =
            vec!["--data", self.folder.path().to_str().expect("a temporary folder has a plain name")];
        arguments.extend(self.database.iter().flat_map(|url| ["--database", url.as_str()]));
        arguments
    }

    /// A copy of everything, to tamper with. No server may be running on it.
    ///
    /// # Errors
    /// When it cannot be copied.
    pub fn copy(&self) -> Result<Place> {
        let copy = Place::sqlite();
        copy_folder(self.folder(), copy.folder())?;
        let Some((server, name)) = self.names() else { return Ok(copy) };
        let twin = format!("{name}_copy_{}", copies());
        let mut client = postgres::Client::connect(&server, postgres::NoTls)?;
        client.batch_execute(&format!("CREATE DATABASE {twin} TEMPLATE {name}"))?;
        Ok(Place { database: Some(server.replace("/postgres?", &format!("/{twin}?"))), ..copy })
    }

    /// Changes what is stored, by hand, once nothing refuses it.
    ///
    /// # Errors
    /// When the database refuses it or it changes nothing.
    pub fn tamper(&self, changes: &[Change]) -> Result<()> {
        match &self.database {
            None => {
                let db = rusqlite::Connection::open(self.sqlite_file()?)?;
                let triggers: Vec<String> = db
                    .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")?
                    .query_map([], |row| row.get(0))?
                    .collect::<std::result::Result<_, _>>()?;
                for trigger in triggers {
                    db.execute_batch(&format!("DROP TRIGGER {trigger}"))?;
                }
                for change in changes {
                    anyhow::ensure!(db.execute(change.sqlite, [])? > 0, "changed nothing: {}", change.sqlite);
                }
            }
            Some(url) => {
                let mut db = postgres::Client::connect(url, postgres::NoTls)?;
                db.batch_execute("SET session_replication_role = replica")?;
                for change in changes {
                    let changed = db.execute(change.postgres, &[])?;
                    anyhow::ensure!(changed > 0, "changed nothing: {}", change.postgres);
                }
            }
        }
        Ok(())
    }

    fn sqlite_file(&self) -> Result<std::path::PathBuf> {
        let files = std::fs::read_dir(self.folder())?.flatten().map(|entry| entry.path());
        let found = files
            .into_iter()
            .find(|path| std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3\0")));
        found.context("there is no SQLite database in the folder")
    }
}

/// While it lives, nobody writes into the database.
pub struct Block {
    /// A transaction that holds SQLite's one right to write.
    _writer: Option<rusqlite::Connection>,
    /// Where to let people in again, and into which database.
    postgres: Option<(String, String)>,
}

impl Drop for Block {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.postgres {
            let again = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true");
            let client = postgres::Client::connect(server, postgres::NoTls);
            client.and_then(|mut client| client.batch_execute(&again)).expect("the server is still there");
        }
    }
}

impl Place {
    /// Keeps everybody from writing: SQLite's file is locked, PostgreSQL is gone.
    ///
    /// # Errors
    /// When it cannot be done.
    pub fn block(&self) -> Result<Block> {
        let Some((server, name)) = self.names() else {
            let writer = rusqlite::Connection::open(self.sqlite_file()?)?;
            writer.busy_timeout(std::time::Duration::from_secs(10))?;
            writer.execute_batch("BEGIN IMMEDIATE")?;
            return Ok(Block { _writer: Some(writer), postgres: None });
        };
        let mut client = postgres::Client::connect(&server, postgres::NoTls)?;
        client.batch_execute(&format!(
            "ALTER DATABASE {name} ALLOW_CONNECTIONS false;
             SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        ))?;
        Ok(Block { _writer: None, postgres: Some((server, name)) })
    }

    /// The address of PostgreSQL's own database, and the name of ours.
    fn names(&self) -> Option<(String, String)> {
        let (server, name) = self.database.as_ref()?.rsplit_once('/')?;
        Some((format!("{server}/postgres?sslmode=disable"), name.split('?').next()?.to_owned()))
    }
}

fn copies() -> u32 {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            std::fs::create_dir_all(&place)?;
            copy_folder(&entry.path(), &place)?;
        } else {
            std::fs::copy(entry.path(), place)?;
        }
    }
    Ok(())
}
