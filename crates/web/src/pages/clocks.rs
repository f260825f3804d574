//! The clocks of a case as the desk reads them: what was promised, how it stands, and for what it stood still (R3).

use atiende_desk::SeenCase;
use atiende_procedure::sla::{Clock, ClockName, ClockState, Hours, Reading, Standstill};
use atiende_procedure::{CalendarId, ContractId};
use jiff::SignedDuration;

use crate::frame::{Frame, Markup};

/// A clock of a case.
#[derive(Debug)]
pub(crate) struct ClockShown {
    pub(crate) label: String,
    pub(crate) left: Markup,
    /// What was promised, and by which hours.
    pub(crate) promised: String,
    /// Of what was promised, the part used; 100 when all of it is.
    pub(crate) used: i64,
    pub(crate) class: &'static str,
    /// Whether its end still matters.
    pub(crate) open: bool,
    pub(crate) pauses: Vec<String>,
}

/// What is left of a promise is near its end: less than a quarter.
const NEAR: i64 = 4;

/// The clocks that this viewer may read, the desk's first.
pub(crate) fn shown(frame: &Frame, seen: &SeenCase) -> Vec<ClockShown> {
    let clocks = seen.clocks().into_iter();
    clocks.map(|(clock, reading)| one(frame, seen, &clock, &reading)).collect()
}

/// The clock that ends first of those that run, or ran out; else the one that stands still.
pub(crate) fn nearest(frame: &Frame, clocks: &[(Clock, Reading)]) -> Option<Markup> {
    let open = || clocks.iter().filter(|(clock, _)| clock.is_open());
    let running = open().filter_map(|it| Some((it.1.due?, it))).min_by_key(|(due, _)| *due);
    let (clock, reading) = running.map(|(_, it)| it).or_else(|| open().next_back())?;
    Some(left(frame, clock, reading))
}

/// How the provider keeps what its contract promises for a case: the clock that runs, else the last that ended.
pub(crate) fn of_contract(frame: &Frame, clocks: &[(Clock, Reading)], of: ContractId) -> Option<Markup> {
    let own: Vec<_> = clocks.iter().filter(|(clock, _)| clock.contract == Some(of)).cloned().collect();
    nearest(frame, &own).or_else(|| own.last().map(|(clock, reading)| left(frame, clock, reading)))
}

fn one(frame: &Frame, seen: &SeenCase, clock: &Clock, reading: &Reading) -> ClockShown {
    let t = frame.t;
    let contract = clock.contract.and_then(|id| seen.office.contracts.get(&id));
    let label = match contract {
        Some(contract) => t.with(of_contract_named(clock.name), &[("name", &contract.number)]),
        None => frame.word("clock", clock.name),
    };
    let (class, _) = look(clock, reading);
    let target = clock.target.as_secs().max(1);
    ClockShown {
        label,
        left: left(frame, clock, reading),
        promised: t.with(
            "clock-promised",
            &[("time", &frame.spoken.length(clock.target)), ("hours", &hours(frame, seen, clock.hours))],
        ),
        used: (reading.used.as_secs().saturating_mul(100) / target).clamp(0, 100),
        class: if clock.contract.is_some() && class.is_empty() { "prov" } else { class },
        open: clock.is_open(),
        pauses: clock.pauses.iter().map(|pause| paused(frame, seen, clock, pause)).collect(),
    }
}

fn of_contract_named(clock: ClockName) -> &'static str {
    if clock == ClockName::ProviderResponse { "clock-response-of" } else { "clock-solution-of" }
}

fn hours(frame: &Frame, seen: &SeenCase, hours: Hours) -> String {
    match hours {
        Hours::Always => frame.t.get("promised-always").to_owned(),
        Hours::Calendar(CalendarId::MAIN) => frame.t.get("hours-main").to_owned(),
        Hours::Calendar(id) => match seen.office.calendars.get(&id) {
            Some(calendar) => frame.t.name("hours-of", &calendar.name),
            None => frame.t.get("hours-main").to_owned(),
        },
    }
}

/// `en espera de quien lo pidió: de hoy, 9:10 a. m. a hoy, 11:00 a. m. (1 h 50 min)`.
fn paused(frame: &Frame, seen: &SeenCase, clock: &Clock, pause: &Standstill) -> String {
    let why = frame.word("stillness", pause.why);
    let from = frame.when(&pause.from);
    match pause.to {
        Some(to) => {
            let length = frame.spoken.length(clock.hours.between(&seen.office, pause.from, to));
            let to = frame.when(&to);
            frame.t.with("clock-pause", &[("why", &why), ("from", &from), ("to", &to), ("time", &length)])
        }
        None => frame.t.with("clock-pause-still", &[("why", &why), ("from", &from)]),
    }
}

/// Its colour and its icon; the words say the same.
fn look(clock: &Clock, reading: &Reading) -> (&'static str, &'static str) {
    let near = reading.left.as_secs().saturating_mul(NEAR) < clock.target.as_secs();
    match reading.state {
        ClockState::Breached => ("late", "clock-exclamation"),
        ClockState::Met => ("ok", "circle-check"),
        ClockState::Void => ("calm", "minus"),
        ClockState::Paused => ("held", "clock-pause"),
        ClockState::Running if near => ("soon", "hourglass-high"),
        ClockState::Running => ("", "clock"),
    }
}

/// How it stands, in words: `quedan 3 h 05 min`, `mañana, 9:00 a. m.`, `vencido hace 1 h 10 min`, `cumplida en 22 min`.
pub(crate) fn left(frame: &Frame, clock: &Clock, reading: &Reading) -> Markup {
    let (class, icon) = look(clock, reading);
    let t = frame.t;
    let length = |time: SignedDuration| frame.spoken.length(time.abs());
    // What is done after hours is late without any working time having passed.
    let late = match (reading.left.is_zero(), reading.due) {
        (true, Some(due)) => reading.ended.unwrap_or(frame.now).duration_since(due),
        _ => reading.left,
    };
    let words = match (reading.state, reading.due) {
        (ClockState::Breached, _) if clock.is_open() => t.name("clock-late", &length(late)),
        (ClockState::Breached, _) => t.name("clock-missed", &length(late)),
        (ClockState::Met, _) => t.name("clock-met", &length(reading.used)),
        (ClockState::Void, _) => t.get("clock-void").to_owned(),
        (ClockState::Paused, _) => t.get("clock-held").to_owned(),
        (ClockState::Running, Some(due)) if !frame.spoken.is_today(due) => frame.when(&due),
        (ClockState::Running, _) => remains(frame, reading.left),
    };
    let due = reading.due.map(|due| frame.in_full(&due)).unwrap_or_default();
    let title = match due.is_empty() {
        true => frame.word("clock", clock.name),
        false => format!("{}: {due}", frame.word("clock", clock.name)),
    };
    frame.left(class, icon, &title, &words)
}

/// One hour *queda*, and so does one minute; anything else *quedan*.
fn remains(frame: &Frame, left: SignedDuration) -> String {
    let one = matches!(left.as_mins(), 1 | 60);
    frame.t.name(if one { "clock-remains-one" } else { "clock-remains" }, &frame.spoken.length(left))
}
