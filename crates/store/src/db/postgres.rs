//! PostgreSQL: a crew of threads, each with its connection. Every write is a transaction of its own, tried again after
//! a deadlock and on another host after a failover.
//!
//! A `postgres::Client` must not be dropped on an async thread, so it never leaves its own.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::crew::{self, Queue};
use super::job::{Ran, Read, Write};
use super::tls::Connector;
use crate::dialect::postgres::CHANNEL;
use crate::error::{Result, StoreError};
use crate::link::{Failure, Link, Session};

const CONNECTIONS: i64 = 10;
/// Tries of one job, with a pause that doubles from `FIRST_PAUSE`: six seconds in all, a failover's time.
const TRIES: u32 = 8;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// At most this often are other nodes woken: NOTIFY takes a lock that all commits share.
const NOTIFY_PAUSE: Duration = Duration::from_millis(20);

enum Job {
    Read(Box<dyn Read>),
    Write(Box<dyn Write>),
}

pub(super) struct Postgres {
    jobs: Arc<Queue<Job>>,
    /// Dropped with the last `Db`: the threads that wake and are woken end by it.
    _alive: watch::Sender<()>,
}

impl Postgres {
    pub(super) fn open(url: &str, news: Arc<watch::Sender<u64>>) -> Result<Postgres> {
        let connector = Connector::of(url)?;
        // One connection now, so that a wrong URL is said at once; the others when there is work.
        let mut first = Some(connector.connect()?);
        let jobs = Queue::new();
        let (notify, to_notify) = std::sync::mpsc::sync_channel(1);
        for n in 0..CONNECTIONS {
            let seat = Seat {
                connector: connector.clone(),
                slot: n,
                session: first.take().map(|client| Session::new(client, n)),
                news: news.clone(),
                notify: notify.clone(),
            };
            let jobs: Arc<Queue<Job>> = jobs.clone();
            crew::start(&format!("postgres-{n}"), move || seat.work(&jobs))?;
        }
        let alive = watch::Sender::new(());
        let (ears, quit) = (connector.clone(), alive.subscribe());
        crew::start("postgres-notify", move || notify_others(&connector, &to_notify))?;
        crew::start("postgres-listen", move || listen(&ears, &news, &quit))?;
        Ok(Postgres { jobs, _alive: alive })
    }

    pub(super) fn read(&self, job: Box<dyn Read>) {
        self.jobs.push(Job::Read(job));
    }

    pub(super) fn write(&self, job: Box<dyn Write>) {
        self.jobs.push(Job::Write(job));
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.jobs.close();
    }
}

/// One thread's place: its connection, while it has one.
struct Seat {
    connector: Connector,
    slot: i64,
    session: Option<Session>,
    news: Arc<watch::Sender<u64>>,
    notify: std::sync::mpsc::SyncSender<()>,
}

/// What one try came to.
enum Tried {
    Answered,
    /// Worth another try.
    Again(StoreError),
    /// Not worth another try, or not safe.
    Failed(StoreError),
}

impl Seat {
    fn work(mut self, jobs: &Queue<Job>) {
        while let Some(job) = jobs.take_one() {
            match job {
                Job::Read(mut job) => match self.try_often(|seat| seat.read(&mut *job)) {
                    Ok(()) => job.answer(),
                    Err(error) => job.fail(error),
                },
                Job::Write(mut job) => {
                    let mut in_doubt = false;
                    match self.try_often(|seat| seat.write(&mut *job, &mut in_doubt)) {
                        Ok(()) => job.answer(),
                        Err(error) => job.fail(error),
                    }
                }
            }
        }
    }

    fn try_often(&mut self, mut work: impl FnMut(&mut Seat) -> Tried) -> Result<()> {
        let mut pause = FIRST_PAUSE;
        let mut tries = 1;
        loop {
            match work(self) {
                Tried::Answered => return Ok(()),
                Tried::Failed(error) => return Err(error),
                Tried::Again(error) if tries >= TRIES => return Err(error),
                Tried::Again(error) => tracing::warn!(%error, tries, "trying a transaction again"),
            }
            std::thread::sleep(pause);
            pause *= 2;
            tries += 1;
        }
    }

    fn session(&mut self) -> Result<&mut Session> {
        if self.session.is_none() {
            self.session = Some(Session::new(self.connector.connect()?, self.slot));
        }
        self.session.as_mut().ok_or_else(|| StoreError::Unreachable("no connection".to_owned()))
    }

    fn read(&mut self, job: &mut dyn Read) -> Tried {
        let session = match self.session() {
            Ok(session) => session,
            Err(error) => return Tried::Again(error),
        };
        let done = session.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").map(|()| {
            job.run(Link::Postgres(session));
        });
        // What the closure answers stands, unless the connection was lost under it; nothing is to be kept anyway.
        let ended = session.batch("ROLLBACK");
        match (session.take_failure(), done.and(ended)) {
            (Some(failure), ended) => self.again(failure, ended),
            (None, Ok(())) => Tried::Answered,
            (None, Err(error)) => Tried::Failed(error),
        }
    }

    fn again(&mut self, failure: Failure, error: Result<()>) -> Tried {
        if failure == Failure::Lost {
            self.session = None;
        }
        Tried::Again(
            error.err().unwrap_or_else(|| StoreError::Unreachable("the transaction was lost".to_owned())),
        )
    }

    /// `in_doubt` says that an earlier try was sent to be committed and never answered.
    fn write(&mut self, job: &mut dyn Write, in_doubt: &mut bool) -> Tried {
        let session = match self.session() {
            Ok(session) => session,
            Err(error) => return Tried::Again(error),
        };
        if let Err(error) = session.begin() {
            return self.after(error);
        }
        if *in_doubt {
            match job.recall(Link::Postgres(session)) {
                Ok(false) => *in_doubt = false,
                Ok(true) => return self.end("ROLLBACK"),
                Err(error) => return self.after(error),
            }
        }
        let Some(session) = &mut self.session else {
            return Tried::Again(StoreError::Unreachable("no connection".to_owned()));
        };
        match job.run(Link::Postgres(session)) {
            Ran::Keep { .. } if session.is_broken() => self.after(StoreError::Statement(
                "a statement failed and its failure was passed over".to_owned(),
            )),
            Ran::Keep { news } => {
                if let Err(error) = session.batch("COMMIT") {
                    return self.doubtful(job, error, in_doubt);
                }
                if news {
                    self.news.send_modify(|count| *count += 1);
                    // A full channel means that the others are about to be woken anyway.
                    let _ = self.notify.try_send(());
                }
                Tried::Answered
            }
            Ran::Discard | Ran::Before => self.discarded(job),
        }
    }

    fn discarded(&mut self, job: &mut dyn Write) -> Tried {
        let Some(session) = &mut self.session else {
            return Tried::Again(StoreError::Unreachable("no connection".to_owned()));
        };
        let failure = session.take_failure();
        if failure != Some(Failure::Lost)
            && let Err(error) = session.batch("ROLLBACK")
        {
            return self.after(error);
        }
        if let Some(failure) = failure {
            return self.again(failure, Ok(()));
        }
        if !job.is_remembered() {
            return Tried::Answered;
        }
        match session.begin().and_then(|()| job.recall(Link::Postgres(session))) {
            Ok(_) => self.end("ROLLBACK"),
            Err(error) => self.after(error),
        }
    }

    fn end(&mut self, sql: &str) -> Tried {
        match self.session.as_mut().map_or(Ok(()), |session| session.batch(sql)) {
            Ok(()) => Tried::Answered,
            Err(error) => self.after(error),
        }
    }

    fn after(&mut self, error: StoreError) -> Tried {
        match self.session.as_mut().and_then(Session::take_failure) {
            Some(failure) => self.again(failure, Err(error)),
            None => {
                // Whatever state the transaction is in ends with its connection.
                self.session = None;
                Tried::Failed(error)
            }
        }
    }

    /// A commit that failed: refused, or sent and not answered.
    fn doubtful(&mut self, job: &mut dyn Write, error: StoreError, in_doubt: &mut bool) -> Tried {
        let failure = self.session.as_mut().and_then(Session::take_failure);
        if failure == Some(Failure::Lost) && !job.is_remembered() {
            self.session = None;
            return Tried::Failed(error);
        }
        *in_doubt = failure == Some(Failure::Lost);
        match failure {
            Some(failure) => self.again(failure, Err(error)),
            None => {
                self.session = None;
                Tried::Failed(error)
            }
        }
    }
}

/// Wakes other nodes, seldom enough that nobody's commit waits for it.
fn notify_others(connector: &Connector, wanted: &std::sync::mpsc::Receiver<()>) {
    let mut session = None;
    while wanted.recv().is_ok() {
        let told = match &mut session {
            Some(session) => Ok(session),
            none => connector.connect().map(|client| none.insert(client)),
        }
        .and_then(|client| Ok(client.batch_execute(&format!("NOTIFY {CHANNEL}"))?));
        if let Err(error) = told {
            tracing::debug!(%error, "other nodes were not woken; they look each second anyway");
            session = None;
        }
        std::thread::sleep(NOTIFY_PAUSE);
    }
}

/// Hears what other nodes wrote.
fn listen(connector: &Connector, news: &watch::Sender<u64>, alive: &watch::Receiver<()>) {
    use postgres::fallible_iterator::FallibleIterator;
    while alive.has_changed().is_ok() {
        let heard = connector.connect().and_then(|mut client| {
            client.batch_execute(&format!("LISTEN {CHANNEL}"))?;
            while alive.has_changed().is_ok() {
                let heard = client.notifications().timeout_iter(Duration::from_millis(500)).next()?;
                if heard.is_some() {
                    news.send_modify(|count| *count += 1);
                }
                if client.is_closed() {
                    break;
                }
            }
            Ok(())
        });
        if let Err(error) = heard {
            tracing::debug!(%error, "not listening; looking each second meanwhile");
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}
