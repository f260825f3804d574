//! Letters that a mail server handed over: from the folder where they were laid into the memory.

use std::collections::BTreeSet;
use std::time::Duration;

use atiende_store::StoreError;
use tokio::sync::watch;

use super::goes_on;
use crate::Desk;
use crate::spool::Spool;

/// How often the folder is looked at, and how long after it could not be.
const LOOK: Duration = Duration::from_millis(100);
const AFTER_TROUBLE: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("the folder of letters: {0}")]
    Disk(#[from] std::io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes them as they come. What is taken away from the folder is kept before; killed in between, the same letters are
/// taken again and recognised.
pub(super) async fn handed_over(desk: Desk, spool: Spool, mut stopped: watch::Receiver<bool>) {
    let mut prepared = None;
    loop {
        let pause = match take(&desk, &spool, &mut prepared).await {
            Ok(0) => LOOK,
            Ok(_) => Duration::ZERO,
            Err(error) => {
                tracing::warn!(%error, "letters that were handed over could not be taken in");
                prepared = None;
                AFTER_TROUBLE
            }
        };
        if !goes_on(&mut stopped, tokio::time::sleep(pause)).await {
            return;
        }
    }
}

/// Takes some of each mailbox, and answers how many.
async fn take(desk: &Desk, spool: &Spool, prepared: &mut Option<BTreeSet<String>>) -> Result<usize, Trouble> {
    let wanted: BTreeSet<String> = desk.office().mailboxes.values().map(|it| it.name.clone()).collect();
    if prepared.as_ref() != Some(&wanted) {
        spool.prepare(&wanted)?;
        *prepared = Some(wanted);
    }
    let mut count = 0;
    for mailbox in spool.mailboxes()? {
        let (folder, name) = (spool.clone(), mailbox.clone());
        let laid = apart(move || folder.laid(&name)).await?;
        if laid.is_empty() {
            continue;
        }
        count += laid.len();
        desk.receive(&mailbox, laid.iter().map(|it| it.letter.clone()).collect()).await?;
        let folder = spool.clone();
        apart(move || folder.taken(&laid)).await?;
    }
    Ok(count)
}

/// Asks the disk on a thread where nobody waits for an answer.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|stopped| Err(std::io::Error::other(stopped)))
}
