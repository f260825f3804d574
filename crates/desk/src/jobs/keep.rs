//! Keeping the house: what has expired is forgotten.

use atiende_store::{StoreError, invitations, jobs, presence, sessions};
use jiff::SignedDuration;

use crate::Desk;

/// How often, whatever the number of nodes.
const EVERY: SignedDuration = SignedDuration::from_mins(5);

/// Forgets sessions and invitations that have expired, when it is this node's turn.
///
/// # Errors
/// When the memory does not answer.
pub async fn forget(desk: &Desk) -> Result<(), StoreError> {
    let now = desk.ambience().now();
    desk.db()
        .change(move |w| {
            if jobs::turn(w, "forget", now, EVERY)? {
                sessions::expire(w, now)?;
                invitations::expire(w, now)?;
                presence::forget(w, now - EVERY)?;
            }
            Ok(())
        })
        .await
}
