//! Plain threads that take work from one queue, each with a connection of its own.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::{Result, StoreError};

/// Work that waits. Closing it lets the threads finish what is in it and end.
pub(super) struct Queue<J> {
    waiting: Mutex<Waiting<J>>,
    arrived: Condvar,
}

struct Waiting<J> {
    jobs: VecDeque<J>,
    closed: bool,
}

impl<J: Send + 'static> Queue<J> {
    pub(super) fn new() -> Arc<Queue<J>> {
        Arc::new(Queue {
            waiting: Mutex::new(Waiting { jobs: VecDeque::new(), closed: false }),
            arrived: Condvar::new(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Waiting<J>> {
        // Nothing panics while it holds the lock, and the queue is whole at every moment.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, job: J) {
        self.lock().jobs.push_back(job);
        self.arrived.notify_one();
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_all();
    }

    /// Waits for work and takes up to `most` of it; nothing once the queue is closed and empty.
    pub(super) fn take(&self, most: usize) -> Vec<J> {
        let mut waiting = self.lock();
        while waiting.jobs.is_empty() && !waiting.closed {
            waiting = self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        let count = waiting.jobs.len().min(most);
        waiting.jobs.drain(..count).collect()
    }

    pub(super) fn take_one(&self) -> Option<J> {
        self.take(1).pop()
    }
}

/// Starts a thread that owns its connection for its whole life.
pub(super) fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map(drop)
        .map_err(|e| StoreError::Unreachable(format!("no thread: {e}")))
}
