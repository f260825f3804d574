//! What time itself does to a case: it closes what was solved, reminds of follow-ups, and draws attention to promises
//! before they are broken (R3, R13, R14).

use jiff::Timestamp;

use super::{Attendant, Clock, ClockName, Warned, Warning, clocks};
use crate::office::Office;
use crate::{Case, Status};

/// Something that time brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The grace ends (R14).
    Close,
    /// A follow-up falls due (R13).
    Remind,
    /// Somebody's attention is drawn to a clock.
    Warn { warned: Warned, to: Attendant, due: Option<Timestamp> },
}

/// A provider's clock draws the supervisor's attention: a follow-up is then due (R13).
const OF_PROVIDERS: [Warning; 2] =
    [Warning { percent: 75, to: Attendant::Supervisor }, Warning { percent: 100, to: Attendant::Supervisor }];

/// What time will bring, and when; in no order.
pub fn steps_of_time(case: &Case, office: &Office) -> Vec<(Timestamp, Step)> {
    if let Status::Solved { grace_ends, .. } = &case.status {
        return vec![(*grace_ends, Step::Close)];
    }
    let remind = case.followed_turn().filter(|turn| !turn.reminded).and_then(|turn| turn.follow_up_due);
    let mut steps: Vec<(Timestamp, Step)> = remind.into_iter().map(|due| (due, Step::Remind)).collect();
    // Nobody of the desk is told of a case in the security procedure, and its clocks stand still (R10).
    if case.status.name().is_open() && !case.security {
        let clocks = clocks(case);
        let open = clocks.iter().filter(|clock| clock.is_open());
        steps.extend(open.flat_map(|clock| warnings(case, clock, office)));
    }
    steps
}

/// The warnings that are due by now, the oldest first.
pub fn due_warnings(case: &Case, office: &Office, now: Timestamp) -> Vec<Step> {
    let mut due = steps_of_time(case, office);
    due.retain(|(at, step)| *at <= now && matches!(step, Step::Warn { .. }));
    due.sort_by_key(|(at, _)| *at);
    due.into_iter().map(|(_, step)| step).collect()
}

/// When the clock must look at a case next, if at all.
pub fn wakes_at(case: &Case, office: &Office) -> Option<Timestamp> {
    steps_of_time(case, office).into_iter().map(|(at, _)| at).min()
}

/// Which of the desk's clocks runs out first, and when: of those that run, and those that ran out already.
pub fn next_due(case: &Case, office: &Office) -> Option<(Timestamp, ClockName)> {
    due(case, office, |clock| clock.contract.is_none())
}

/// Which of the desk's clocks stands still, when none of them runs or ran out; the longest promise first.
pub fn held(case: &Case, office: &Office) -> Option<ClockName> {
    if next_due(case, office).is_some() {
        return None;
    }
    let clocks = clocks(case);
    let mut open = clocks.iter().filter(|clock| clock.is_open() && clock.contract.is_none());
    open.next_back().map(|clock| clock.name)
}

/// When the first of the providers' clocks runs out, of those that run, and those that ran out already.
pub fn provider_due(case: &Case, office: &Office) -> Option<Timestamp> {
    due(case, office, |clock| clock.contract.is_some()).map(|(at, _)| at)
}

fn due(case: &Case, office: &Office, of: impl Fn(&Clock) -> bool) -> Option<(Timestamp, ClockName)> {
    let clocks = clocks(case);
    let open = clocks.iter().filter(|clock| clock.is_open() && of(clock));
    open.filter_map(|clock| Some((clock.reaches(office, clock.target)?, clock.name))).min()
}

fn warnings(case: &Case, clock: &Clock, office: &Office) -> Vec<(Timestamp, Step)> {
    let of_desk = case.promise.as_ref().map_or(&[][..], |promise| &promise.warnings);
    let set = match clock.name {
        ClockName::ProviderResponse | ClockName::ProviderSolution => &OF_PROVIDERS,
        _ => of_desk,
    };
    let due = clock.reaches(office, clock.target);
    let given = |warned: &Warned| case.warned.contains(warned);
    let one = |warning: &Warning| {
        let warned = Warned { clock: clock.name, contract: clock.contract, percent: warning.percent };
        let at = clock.reaches_percent(office, warning.percent).filter(|_| !given(&warned))?;
        Some((awake(at, office), Step::Warn { warned, to: warning.to, due }))
    };
    set.iter().filter_map(one).collect()
}

/// Warnings wait for the morning where the office wants to be left in peace.
fn awake(at: Timestamp, office: &Office) -> Timestamp {
    match office.settings.quiet_hours {
        true => office.settings.calendar.after_working_minutes(at, 0),
        false => at,
    }
}
