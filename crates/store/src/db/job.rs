//! A closure on its way to a connection, and its answer on the way back.

use std::panic::{AssertUnwindSafe, catch_unwind};

use atiende_procedure::CommandId;
use tokio::sync::oneshot;

use crate::commands::{self, Receipt};
use crate::error::{Result, StoreError};
use crate::link::{Link, Reader, Writer};

/// How a command's answer is kept and recalled.
pub(super) struct Remember<T> {
    pub(super) command: CommandId,
    pub(super) receipt: fn(&T) -> Receipt,
    pub(super) recall: fn(&mut Reader<'_>, Receipt) -> Result<T>,
}

/// What became of one run of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ran {
    /// To be committed.
    Keep { news: bool },
    /// To be rolled back: it was refused, failed, or panicked.
    Discard,
    /// To be rolled back: the command was done before.
    Before,
}

/// A write of any type.
pub(super) trait Write: Send {
    /// Runs the closure inside a transaction and notes the command beside it.
    fn run(&mut self, link: Link<'_>) -> Ran;
    /// Finds the answer of a command that was done before; to be called when a run was not kept. Says whether it did.
    fn recall(&mut self, link: Link<'_>) -> Result<bool>;
    /// Whether the command can be recognised, and so be tried again when nobody knows what became of its commit.
    fn is_remembered(&self) -> bool;
    /// Sends what the last run brought.
    fn answer(self: Box<Self>);
    /// Sends a failure instead.
    fn fail(self: Box<Self>, error: StoreError);
}

pub(super) struct WriteJob<T, E, F> {
    f: F,
    remember: Option<Remember<T>>,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> WriteJob<T, E, F> {
    pub(super) fn new(f: F, remember: Option<Remember<T>>, reply: oneshot::Sender<Result<T, E>>) -> Self {
        WriteJob { f, remember, outcome: None, reply }
    }
}

impl<T, E, F> Write for WriteJob<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: Fn(&mut Writer<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, link: Link<'_>) -> Ran {
        let mut writer = Writer::new(link);
        let done = catch_unwind(AssertUnwindSafe(|| (self.f)(&mut writer)));
        let outcome = done.unwrap_or_else(|_| Err(StoreError::Panicked.into()));
        let noted = match (&outcome, &self.remember) {
            (Ok(value), Some(remember)) => {
                commands::note(&mut writer, remember.command, (remember.receipt)(value))
            }
            _ => Ok(()),
        };
        let news = writer.has_news();
        match noted {
            Ok(()) => {
                let ran = if outcome.is_ok() { Ran::Keep { news } } else { Ran::Discard };
                self.outcome = Some(outcome);
                ran
            }
            Err(StoreError::Duplicate(_)) => Ran::Before,
            Err(error) => {
                self.outcome = Some(Err(error.into()));
                Ran::Discard
            }
        }
    }

    fn recall(&mut self, link: Link<'_>) -> Result<bool> {
        let Some(remember) = &self.remember else { return Ok(false) };
        let mut reader = Reader::new(link);
        let Some(receipt) = commands::receipt(&mut reader, remember.command)? else { return Ok(false) };
        let recalled = catch_unwind(AssertUnwindSafe(|| (remember.recall)(&mut reader, receipt)));
        self.outcome = Some(Ok(recalled.map_err(|_| StoreError::Panicked)??));
        Ok(true)
    }

    fn is_remembered(&self) -> bool {
        self.remember.is_some()
    }

    fn answer(self: Box<Self>) {
        let outcome = self.outcome.unwrap_or_else(|| Err(StoreError::Panicked.into()));
        // Whoever asked may have gone away meanwhile; what was done stays done.
        let _ = self.reply.send(outcome);
    }

    fn fail(self: Box<Self>, error: StoreError) {
        // As above.
        let _ = self.reply.send(Err(error.into()));
    }
}

/// A read of any type.
pub(super) trait Read: Send {
    /// Runs the closure on one picture of the database.
    fn run(&mut self, link: Link<'_>);
    /// Sends what the last run brought.
    fn answer(self: Box<Self>);
    /// Sends a failure instead.
    fn fail(self: Box<Self>, error: StoreError);
}

pub(super) struct ReadJob<T, E, F> {
    f: F,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> ReadJob<T, E, F> {
    pub(super) fn new(f: F, reply: oneshot::Sender<Result<T, E>>) -> Self {
        ReadJob { f, outcome: None, reply }
    }
}

impl<T, E, F> Read for ReadJob<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: Fn(&mut Reader<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, link: Link<'_>) {
        let mut reader = Reader::new(link);
        let done = catch_unwind(AssertUnwindSafe(|| (self.f)(&mut reader)));
        self.outcome = Some(done.unwrap_or_else(|_| Err(StoreError::Panicked.into())));
    }

    fn answer(self: Box<Self>) {
        let outcome = self.outcome.unwrap_or_else(|| Err(StoreError::Panicked.into()));
        // Whoever asked may have gone away meanwhile.
        let _ = self.reply.send(outcome);
    }

    fn fail(self: Box<Self>, error: StoreError) {
        // As above.
        let _ = self.reply.send(Err(error.into()));
    }
}
