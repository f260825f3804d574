//! The database of either engine, and the only two ways into it: `read` and `write`.

mod crew;
mod job;
mod postgres;
mod sqlite;
mod tls;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use atiende_procedure::CommandId;
use tokio::sync::{oneshot, watch};

use crate::commands::Answer;
use crate::dialect::Dialect;
use crate::error::{Result, StoreError};
use crate::link::{Reader, Writer};
use crate::migrate;

use job::{ReadJob, Remember, WriteJob};

/// Where the data lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file inside this folder.
    Folder(PathBuf),
    /// `postgres://user:password@host,host/name?sslmode=…`
    Postgres(String),
}

impl Location {
    /// Whether there is a database to open; of a server that is not known before it is asked.
    pub fn holds_data(&self) -> bool {
        match self {
            Location::Folder(folder) => folder.join(sqlite::FILE).exists(),
            Location::Postgres(_) => true,
        }
    }

    /// The database that `--database URL` names, or the SQLite file of `--data DIR`.
    pub fn of(data: &Path, database: Option<&str>) -> Location {
        match database {
            Some(url) if !url.is_empty() => Location::Postgres(url.to_owned()),
            _ => Location::Folder(data.to_owned()),
        }
    }
}

/// An open database. Cloning it is cheap; its threads end with the last clone.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
    news: Arc<watch::Sender<u64>>,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Db({:?})", self.dialect())
    }
}

#[derive(Clone)]
enum Engine {
    Sqlite(Arc<sqlite::Sqlite>),
    Postgres(Arc<postgres::Postgres>),
}

impl Db {
    /// Opens the database and brings its schema up to this program's.
    pub async fn open(location: &Location) -> Result<Db> {
        let db = Db::connect(location).await?;
        db.change(migrate::run).await?;
        Ok(db)
    }

    /// Opens the database as it is.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] when it cannot be opened, with the reason.
    pub async fn connect(location: &Location) -> Result<Db> {
        let news = Arc::new(watch::Sender::new(0));
        let (location, sender) = (location.clone(), news.clone());
        // Opening touches the disk and the network.
        let engine = tokio::task::spawn_blocking(move || match &location {
            Location::Folder(folder) => {
                sqlite::Sqlite::open(folder, sender).map(Arc::new).map(Engine::Sqlite)
            }
            Location::Postgres(url) => {
                postgres::Postgres::open(url, sender).map(Arc::new).map(Engine::Postgres)
            }
        })
        .await
        .map_err(|_| StoreError::Panicked)??;
        Ok(Db { engine, news })
    }

    /// Which engine this is.
    pub fn dialect(&self) -> Dialect {
        match self.engine {
            Engine::Sqlite(_) => Dialect::Sqlite,
            Engine::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs `f` on one consistent picture of the database. It runs again when the connection was lost.
    pub async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: Fn(&mut Reader<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(ReadJob::new(f, reply));
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(job),
            Engine::Postgres(postgres) => postgres.read(job),
        }
        answer.await.unwrap_or(Err(StoreError::Panicked.into()))
    }

    /// Runs `f` in a transaction and answers once it is durable. A command that was done already, by an earlier try
    /// whose answer was lost or by another node, is not done again: its [`Answer`] is recalled.
    ///
    /// `f` can run several times, and only its last run counts.
    pub async fn write<T, E, F>(&self, command: CommandId, f: F) -> Result<T, E>
    where
        T: Answer + Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: Fn(&mut Writer<'_>) -> Result<T, E> + Send + 'static,
    {
        self.submit(Some(Remember { command, receipt: T::receipt, recall: T::recall }), f).await
    }

    /// Like [`Db::write`], for what may be done twice without harm: sessions, leases, deliveries.
    pub async fn change<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: Fn(&mut Writer<'_>) -> Result<T, E> + Send + 'static,
    {
        self.submit(None, f).await
    }

    async fn submit<T, E, F>(&self, remember: Option<Remember<T>>, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: Fn(&mut Writer<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(WriteJob::new(f, remember, reply));
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.write(job),
            Engine::Postgres(postgres) => postgres.write(job),
        }
        answer.await.unwrap_or(Err(StoreError::Panicked.into()))
    }

    /// Tells of new events and letters: [`News::arrived`] returns when there may be some.
    pub fn news(&self) -> News {
        News { seen: self.news.subscribe() }
    }
}

/// Wakes whoever follows the events or the outbox.
pub struct News {
    seen: watch::Receiver<u64>,
}

/// Other programs on the same SQLite file cannot wake us, and a NOTIFY can be lost with its connection.
const LOOK_ANYWAY: Duration = Duration::from_secs(1);

impl News {
    /// Returns when something may have been added, after a second at the latest.
    pub async fn arrived(&mut self) {
        match tokio::time::timeout(LOOK_ANYWAY, self.seen.changed()).await {
            Ok(Ok(())) | Err(_) => {}
            Ok(Err(_)) => tokio::time::sleep(LOOK_ANYWAY).await,
        }
    }
}
