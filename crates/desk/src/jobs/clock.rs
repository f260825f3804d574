//! Time passing over cases: the grace of a solved one ends (R14), a follow-up with a provider falls due (R13).

use atiende_procedure::{Actor, Case, Command, Status};
use atiende_store::{StoreError, cases};

use super::command_id;
use crate::{Desk, DeskError, Viewer};

/// Cases looked at in one go.
const MOST: u32 = 50;

/// Moves every case whose time has come, and answers how many moved.
///
/// # Errors
/// When the memory does not answer.
pub async fn pass_time(desk: &Desk) -> Result<usize, StoreError> {
    let mut moved = 0;
    loop {
        match pass_time_over_some(desk).await? {
            0 => return Ok(moved),
            some => moved += some,
        }
    }
}

/// Moves some of the cases whose time has come; none when there are none, or others were faster with all of them.
pub(super) async fn pass_time_over_some(desk: &Desk) -> Result<usize, StoreError> {
    let now = desk.ambience().now();
    let due = desk.db().read(move |r| cases::to_wake(r, now, MOST)).await?;
    let mut moved = 0;
    for id in due {
        if let Some(case) = desk.db().read(move |r| cases::load(r, id)).await? {
            moved += usize::from(wake(desk, case).await?);
        }
    }
    Ok(moved)
}

/// Makes the move of the clock; false when somebody was faster.
async fn wake(desk: &Desk, case: Case) -> Result<bool, StoreError> {
    let (job, command) = match case.status {
        Status::Solved { .. } => ("close", Command::CloseByClock),
        _ => ("remind", Command::RemindFollowUp),
    };
    let id = command_id(job, case.id.0, case.version);
    match desk.execute(Viewer::new(Actor::Clock), id, case.number.clone(), None, command).await {
        Ok(_) => Ok(true),
        Err(DeskError::Store(error)) => Err(error),
        Err(refusal) => {
            tracing::debug!(case = %case.number, %refusal, "the clock came late");
            Ok(false)
        }
    }
}
