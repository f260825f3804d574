//! Cases told in a line: `lun 09:10 assign, 09:30 assess, 10:00 wait`. Each move is a word, by whoever usually makes it.

use atiende_procedure::calendar::{CalendarForm, ExceptionForm, WorkingCalendar};
use atiende_procedure::office::{Change, Office, OfficeRecorded, administer};
use atiende_procedure::*;
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;

use crate::office::*;
use crate::story::*;
use crate::words::{Named, length};

/// The week in which most is told: from Monday 23 November 2026.
pub(crate) const NAMED: Named = Named { first: date(2026, 11, 23) };

pub(crate) fn bogota() -> TimeZone {
    TimeZone::get("America/Bogota").expect("a zone")
}

pub(crate) fn at(written: &str) -> Timestamp {
    NAMED.instant(written, &bogota())
}

pub(crate) fn say_at(at: Timestamp) -> String {
    NAMED.say(at, &bogota())
}

/// Sixto changes the office.
pub(crate) fn with(mut office: Office, change: &Change) -> Office {
    let now = Circumstances { actor: SIXTO, now: monday(), office: &office.clone(), other: None };
    let decided =
        administer(&office, change, &now).unwrap_or_else(|refusal| panic!("{change:?}: {refusal:?}"));
    for event in decided.events {
        let sequence = office.version + 1;
        let acted = decided.acted;
        office.apply(
            &OfficeRecorded { sequence, at: monday(), acted, command: CommandId([9; 16]), event },
            None,
        );
    }
    office
}

/// Rita's request of Monday at nine, then these moves: `lun 09:30 assign`.
pub(crate) fn tell(office: Office, moves: &[&str]) -> Story {
    let mut story = Story::begins_in(office, RITA, &request(RITA)).expect("Rita may ask for herself");
    moves.iter().for_each(|told| move_on(&mut story, told));
    story
}

/// The same in one line, a move after the other. A move without a day is of the day of the one before it; the first may
/// say how the request was: `vie 16:00 asks service RED`.
pub(crate) fn tell_line(office: Office, line: &str) -> Story {
    let mut moves = line.split(',').map(str::trim).filter(|told| !told.is_empty()).peekable();
    let mut day = "lun".to_owned();
    let first = moves.next_if(|told| told.contains(" asks")).map_or_else(
        || (monday(), request(RITA)),
        |told| {
            let (when, how) = told.split_once(" asks").expect("asks");
            day = when.split(' ').next().expect("a day").to_owned();
            (at(when), asked(&office, how))
        },
    );
    let mut story = Story::begins_at(office, first.0, RITA, &first.1)
        .unwrap_or_else(|refusal| panic!("{line}: {refusal:?}"));
    for told in moves {
        let has_day = !told.split(' ').next().is_some_and(|word| word.contains(':'));
        let told = if has_day { told.to_owned() } else { format!("{day} {told}") };
        day = told.split(' ').next().expect("a day").to_owned();
        move_on(&mut story, &told);
    }
    story
}

/// Rita's request: `service RED kind advice harm high high site NORTE department TI`.
fn asked(office: &Office, how: &str) -> Registration {
    let mut asked = request(RITA);
    let mut words = how.split_whitespace();
    while let Some(what) = words.next() {
        let mut word = || words.next().expect("a word more");
        match what {
            "service" => asked.service = office.service_by_code(word()).map(|it| it.id),
            "kind" => asked.kind = Some(word().parse().expect("a kind")),
            "harm" => {
                asked.impact = Some(word().parse().expect("an impact"));
                asked.urgency = Some(word().parse().expect("an urgency"));
            }
            "site" => asked.details.site = office.site_by_code(word()).map(|it| it.id),
            "department" => asked.details.department = office.department_by_code(word()).map(|it| it.id),
            other => panic!("no such part of a request: {other}"),
        }
    }
    asked
}

/// One move, `lun 09:30 assign beto`.
fn move_on(story: &mut Story, told: &str) {
    let words: Vec<&str> = told.split_whitespace().collect();
    let [day, clock, what, rest @ ..] = &words[..] else { panic!("a day, an hour and a move: {told}") };
    story.at(&at(&format!("{day} {clock}")).to_string());
    let word = rest.first().copied().unwrap_or_default();
    if changes_office(story, what, rest) {
        return;
    }
    let (who, command) = match *what {
        "assign" | "assign_group" | "take" | "second" | "third" => placing(story, what, word),
        "provider" | "says" | "reports" | "unsolved" | "back" | "follow_up" => provided(story, what, word),
        "priority" | "kind" | "service" | "site" | "department" => classified(story, what, word),
        "merge" | "duplicate" => joined(story, what),
        _ => moved(story, what),
    };
    story.when(who, command).came().unwrap_or_else(|refusal| panic!("{told}: {refusal:?}"));
}

/// Whoever has it, or Ana.
fn agent(story: &Story) -> Actor {
    story.case.status.agent().map_or(ANA, Actor::Person)
}

fn called(name: &str) -> (Actor, SupportLevel) {
    match name {
        "" | "ana" => (ANA, SupportLevel::First),
        "aldo" => (ALDO, SupportLevel::First),
        "beto" => (BETO, SupportLevel::Second),
        "celia" => (CELIA, SupportLevel::Third),
        other => panic!("no such agent: {other}"),
    }
}

fn placing(story: &Story, what: &str, name: &str) -> (Actor, Command) {
    let (who, level) = called(name);
    let up = |level| Command::EscalateToLevel {
        level,
        agent: Some(who).filter(|_| !name.is_empty()).and_then(Actor::person),
        reason: text("Es de otro nivel"),
    };
    match what {
        "assign" => (DORA, assign_to(level, who)),
        "assign_group" => (DORA, assign(level)),
        "take" => (who, Command::Take),
        "second" => (agent(story), up(SupportLevel::Second)),
        _ => (agent(story), up(SupportLevel::Third)),
    }
}

fn contract(name: &str) -> ContractId {
    match name {
        "" | "C-009" => C_009,
        "C-014" => C_014,
        other => panic!("no such contract: {other}"),
    }
}

fn provided(story: &Story, what: &str, name: &str) -> (Actor, Command) {
    let last = story.case.providers.last().map_or(C_009, |turn| turn.contract);
    let provider = Actor::Provider(if name.is_empty() { last } else { contract(name) });
    match what {
        "provider" => (agent(story), to_provider(contract(name))),
        "says" => (provider, say(Audience::Provider)),
        "reports" => (provider, report(true)),
        "unsolved" => (provider, report(false)),
        "back" => (agent(story), take_back()),
        _ => (SAUL, follow_up()),
    }
}

fn classified(story: &Story, what: &str, word: &str) -> (Actor, Command) {
    let classify =
        |kind, service, impact, urgency| (DORA, Command::Classify { kind, service, impact, urgency });
    let office = &story.office;
    match what {
        "priority" => {
            use {Impact as I, Urgency as U};
            let (impact, urgency) = match word {
                "low" => (I::Low, U::Low),
                "medium" => (I::Low, U::Medium),
                "high" => (I::High, U::Medium),
                "critical" => (I::High, U::High),
                other => panic!("no such priority: {other}"),
            };
            classify(None, None, Some(impact), Some(urgency))
        }
        "kind" => classify(Some(word.parse().expect("a kind")), None, None, None),
        "service" => classify(None, office.service_by_code(word).map(|it| it.id), None, None),
        _ => {
            let mut details = DetailsGiven::default();
            match what {
                "site" => details.site = office.site_by_code(word).map(|it| it.id),
                _ => details.department = office.department_by_code(word).map(|it| it.id),
            }
            (ANA, Command::Complete { details })
        }
    }
}

/// Into another case of Rita's, or as a duplicate of it.
fn joined(story: &mut Story, what: &str) -> (Actor, Command) {
    let mut other = Story::begins_in(story.office.clone(), RITA, &request(RITA)).expect("Rita may ask").case;
    other.id = CaseId(2);
    story.other = Some(other);
    let command = match what {
        "merge" => Command::Merge { into: CaseId(2) },
        _ => Command::Cancel { reason: text("Ya lo pidió"), duplicate_of: Some(CaseId(2)) },
    };
    (DORA, command)
}

fn moved(story: &Story, what: &str) -> (Actor, Command) {
    match what {
        "assess" => (agent(story), assess()),
        "answer" => (agent(story), say(Audience::Requester)),
        "note" => (agent(story), say(Audience::Internal)),
        "ask" => (RITA, say(Audience::Requester)),
        "wait" => (agent(story), wait(WaitingFor::Requester)),
        "visit" => (agent(story), wait(WaitingFor::Visit)),
        "parts" => (agent(story), wait(WaitingFor::Parts)),
        "resume" => (agent(story), Command::Resume),
        "solve" => (agent(story), solve()),
        "reopen" => (RITA, reopen()),
        "confirm" => (RITA, Command::Confirm),
        "close" => (ANA, close()),
        "expire" => (Actor::Clock, Command::CloseByClock),
        "cancel" => (DORA, cancel()),
        "withdraw" => (RITA, cancel()),
        "refer" => (DORA, refer()),
        "acknowledge" => (OSCAR, Command::Acknowledge),
        "officer_answer" => (OSCAR, say(Audience::Requester)),
        "send_back" => (OSCAR, send_back()),
        "conclude" => (OSCAR, conclude()),
        "remind" => (Actor::Clock, Command::RemindFollowUp),
        "warn" => (Actor::Clock, Command::Warn),
        other => panic!("no such move: {other}"),
    }
}

/// What happens to the office while the case goes on: `revise 4h` makes the first agreement's solution so long for every
/// priority, `retire` ends it, `close 24/11` closes the office for a day, `renegotiate 4h` changes C-009's solution.
fn changes_office(story: &mut Story, what: &str, rest: &[&str]) -> bool {
    let office = story.office.clone();
    let word = rest.first().copied().unwrap_or_default();
    let minutes = || u32::try_from(length(word).as_mins()).expect("few");
    let change = match what {
        "revise" | "retire" => {
            let mut agreement = (**office.agreements.values().next().expect("one")).clone();
            agreement.active = what == "revise";
            let solution = (what == "revise").then(minutes);
            if solution.is_some() {
                agreement.targets.values_mut().for_each(|targets| targets.solution = solution);
            }
            Change::SetAgreement(Box::new(agreement))
        }
        "closes" => {
            let mut settings = (*office.settings).clone();
            let mut form = CalendarForm::from(settings.calendar);
            let (date, name) = (NAMED.date(word), "Cierre".to_owned());
            form.exceptions.push(ExceptionForm { date, name, hours: Vec::new() });
            settings.calendar = WorkingCalendar::try_from(form).expect("a calendar");
            Change::SetSettings(Box::new(settings))
        }
        "renegotiate" => {
            let mut contract = (*office.contracts[&C_009]).clone();
            contract.solution = Some(minutes());
            Change::SetContract(Box::new(contract))
        }
        _ => return false,
    };
    story.office = with(office, &change);
    true
}
