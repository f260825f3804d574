//! Each minute, every event's hash goes into one log, so that a whole case cannot go missing unseen.

use atiende_store::{StoreError, jobs, seal};
use jiff::SignedDuration;

use crate::Desk;

/// How often, whatever the number of nodes.
const EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Seals what has happened since the last time, when it is this node's turn. Answers how many events that were.
///
/// # Errors
/// When the memory does not answer.
pub async fn seal(desk: &Desk) -> Result<u64, StoreError> {
    let now = desk.ambience().now();
    match desk.db().change(move |w| jobs::turn(w, "seal", now, EVERY)).await? {
        true => seal_now(desk).await,
        false => Ok(0),
    }
}

/// Seals what has happened since the last time, whoever's turn it is: before a node stops, so that nothing that it did
/// waits unsealed.
///
/// # Errors
/// When the memory does not answer, or another node sealed at the same moment.
pub async fn seal_now(desk: &Desk) -> Result<u64, StoreError> {
    let now = desk.ambience().now();
    let mut sealed = 0;
    loop {
        match desk.db().change(move |w| seal::seal(w, now)).await? {
            0 => return Ok(sealed),
            some => sealed += some,
        }
    }
}
