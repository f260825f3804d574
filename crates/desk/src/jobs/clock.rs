//! Time passing over cases: the grace of a solved one ends (R14), a follow-up with a provider falls due (R13), promises
//! are about to be broken (R3).

use atiende_procedure::sla::{Step, steps_of_time};
use atiende_procedure::{Actor, Case, Command};
use atiende_store::{StoreError, cases, outcomes};

use super::command_id;
use crate::{Desk, DeskError, Viewer};

/// Cases looked at in one go, and those whose clocks are read anew in one transaction.
const MOST: u32 = 50;
const RETIMED: u32 = 500;

/// What the log says when all are done; the benchmark waits for it.
const RETIMED_ALL: &str = "the clocks of open cases were read anew";
/// Cases of an older program whose ended clocks are counted in one transaction.
const COUNTED: u32 = 200;

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

/// Reads the clocks of open cases anew after the office's calendars changed, and answers how many; in pieces, so that
/// people wait for nobody.
///
/// # Errors
/// When the memory does not answer.
pub async fn retime(desk: &Desk) -> Result<usize, StoreError> {
    let mut done = 0;
    loop {
        let reading = desk.clone();
        let old = desk.db().read(move |r| {
            let office = reading.office_in(r)?;
            cases::must_be_retimed(r, &office)
        });
        if !old.await? {
            if done > 0 {
                tracing::info!(cases = done, "{RETIMED_ALL}");
            }
            return Ok(done);
        }
        let writing = desk.clone();
        done += desk
            .db()
            .change(move |w| {
                let office = writing.newest(w)?;
                cases::retime_some(w, &office, RETIMED)
            })
            .await?;
    }
}

/// Counts the ended clocks of cases that an older program moved, and answers how many cases they were: one piece, after
/// which time is looked at.
///
/// # Errors
/// When the memory does not answer.
pub(super) async fn count_some(desk: &Desk) -> Result<usize, StoreError> {
    if !desk.db().read(outcomes::must_be_counted).await? {
        return Ok(0);
    }
    let writing = desk.clone();
    let piece = desk.db().change(move |w| {
        let office = writing.newest(w)?;
        outcomes::count_some(w, &office, COUNTED)
    });
    piece.await
}

/// Counts them all.
///
/// # Errors
/// When the memory does not answer.
pub async fn count(desk: &Desk) -> Result<usize, StoreError> {
    let mut done = 0;
    loop {
        match count_some(desk).await? {
            0 => return Ok(done),
            some => done += some,
        }
    }
}

/// Makes the move of the clock; false when somebody was faster.
async fn wake(desk: &Desk, case: Case) -> Result<bool, StoreError> {
    let steps = steps_of_time(&case, &desk.office());
    let Some((_, step)) = steps.into_iter().min_by_key(|(at, _)| *at) else { return Ok(false) };
    let (job, command) = match step {
        Step::Close => ("close", Command::CloseByClock),
        Step::Remind => ("remind", Command::RemindFollowUp),
        Step::Warn { .. } => ("warn", Command::Warn),
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
