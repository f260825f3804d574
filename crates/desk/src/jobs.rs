//! What happens without anybody asking: letters leave, time passes over cases, sessions end, the log of hashes is
//! sealed. Any number of nodes run these at once: a letter is leased to one of them, and whatever else two of them do
//! at the same time is done once, because it goes through the door under an id that both would give it.

mod addresses;
mod clock;
mod deliver;
mod fetch;
mod handed;
mod keep;
mod seal;

pub use clock::{count, pass_time, retime};
pub use deliver::deliver;
pub use keep::forget;
pub use seal::{seal, seal_now};

pub(crate) use addresses::Heard;

use clock::{count_some, pass_time_over_some};
use deliver::deliver_some;

use std::time::Duration;

use atiende_procedure::CommandId;
use atiende_store::StoreError;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Desk;
use crate::intake::take_in_some;
use crate::live::watch_feed;
use crate::mailing::Post;
use crate::spool::Spool;

/// How often time is looked at.
const TICK: Duration = Duration::from_secs(1);

/// How often the house is kept.
const MINUTE: Duration = Duration::from_secs(60);

/// Commits come in bursts; one look serves a burst.
pub(crate) const BURST: Duration = Duration::from_millis(50);

/// The jobs of a running desk.
#[derive(Debug)]
pub struct Jobs {
    desk: Desk,
    stop: watch::Sender<bool>,
    running: JoinSet<()>,
}

impl Jobs {
    /// Starts them on the current tokio runtime. `node` names this node among those of the desk, the same after a restart:
    /// it takes up at once what it had in hand. Letters are handed over in `spool`.
    pub fn start(desk: &Desk, post: Post, spool: Spool, node: &str) -> Jobs {
        let (stop, stopped) = watch::channel(false);
        let mut running = JoinSet::new();
        running.spawn(follow(desk.clone(), stopped.clone()));
        running.spawn(watch_feed(desk.clone(), stopped.clone()));
        running.spawn(fetch::fetch(desk.clone(), node.to_owned(), stopped.clone()));
        running.spawn(handed::handed_over(desk.clone(), spool, stopped.clone()));
        running.spawn(letters_in(desk.clone(), stopped.clone()));
        running.spawn(letters_out(desk.clone(), post, stopped.clone()));
        running.spawn(time(desk.clone(), stopped.clone()));
        running.spawn(house(desk.clone(), stopped));
        Jobs { desk: desk.clone(), stop, running }
    }

    /// Asks them to stop, waits until what each has in hand is done, and seals what was done last.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.running.join_next().await.is_some() {}
        if let Err(error) = seal_now(&self.desk).await {
            tracing::warn!(%error, "the log could not be sealed; the next start does it");
        }
    }
}

/// Keeps the office that pages see up to date with what other nodes changed.
async fn follow(desk: Desk, mut stopped: watch::Receiver<bool>) {
    let mut news = desk.db().news();
    while goes_on(&mut stopped, news.arrived()).await {
        if let Err(error) = desk.refresh_office().await {
            tracing::warn!(%error, "the office could not be brought up to date");
        }
        tokio::time::sleep(BURST).await;
    }
}

async fn letters_out(desk: Desk, post: Post, stopped: watch::Receiver<bool>) {
    as_they_come(&desk, stopped, "letters could not be delivered", || deliver_some(&desk, &post)).await;
}

async fn letters_in(desk: Desk, stopped: watch::Receiver<bool>) {
    as_they_come(&desk, stopped, "letters could not be taken in", || take_in_some(&desk)).await;
}

/// Does some work again and again while there is any, and after each piece of news.
async fn as_they_come<W: Future<Output = Result<usize, StoreError>>>(
    desk: &Desk,
    mut stopped: watch::Receiver<bool>,
    trouble: &'static str,
    work: impl Fn() -> W,
) {
    let mut news = desk.db().news();
    loop {
        let more = match work().await {
            Ok(count) => count > 0,
            Err(error) => {
                tracing::warn!(%error, "{trouble}");
                false
            }
        };
        let goes_on = match more {
            true => !*stopped.borrow(),
            false => {
                tokio::time::sleep(BURST).await;
                goes_on(&mut stopped, news.arrived()).await
            }
        };
        if !goes_on {
            return;
        }
    }
}

async fn time(desk: Desk, mut stopped: watch::Receiver<bool>) {
    loop {
        if let Err(error) = retime(&desk).await {
            tracing::warn!(%error, "clocks could not be read anew");
        }
        let moved = match pass_time_over_some(&desk).await {
            Ok(count) => count > 0,
            Err(error) => {
                tracing::warn!(%error, "time could not be looked at");
                false
            }
        };
        let counted = match count_some(&desk).await {
            Ok(count) => count > 0,
            Err(error) => {
                tracing::warn!(%error, "promises could not be counted");
                false
            }
        };
        let more = moved || counted;
        let pause = if more { BURST } else { TICK };
        if !goes_on(&mut stopped, tokio::time::sleep(pause)).await {
            return;
        }
    }
}

async fn house(desk: Desk, mut stopped: watch::Receiver<bool>) {
    loop {
        if let Err(error) = seal(&desk).await {
            tracing::warn!(%error, "the log could not be sealed");
        }
        if let Err(error) = forget(&desk).await {
            tracing::warn!(%error, "what expired could not be forgotten");
        }
        if !goes_on(&mut stopped, tokio::time::sleep(MINUTE)).await {
            return;
        }
    }
}

/// Waits for something, unless it is time to stop.
pub(crate) async fn goes_on(stopped: &mut watch::Receiver<bool>, until: impl Future<Output = ()>) -> bool {
    tokio::select! {
        biased;
        _ = stopped.wait_for(|stop| *stop) => false,
        () = until => true,
    }
}

/// The id of a command that any node would give under the same circumstances.
pub(crate) fn command_id(job: &str, of: i64, at: u64) -> CommandId {
    let mut hasher = blake3::Hasher::new_derive_key("Atiende 2026-11 commands of jobs");
    hasher.update(job.as_bytes()).update(&of.to_be_bytes()).update(&at.to_be_bytes());
    let mut id = [0; 16];
    id.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    CommandId(id)
}
