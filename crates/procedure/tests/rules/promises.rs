//! Promises and their clocks, row by row (R3, R11 to R13): an office, the moves of a case, and what its clocks then say.
//!
//! ```text
//! office
//! agreement General; all 1h 2h 16h
//!
//! lun 09:10 assign, 09:30 assess, 10:00 wait
//!   mar 10:00 solution = paused for requester 1h, no due
//! ```

use atiende_procedure::calendar::WorkingCalendar;
use atiende_procedure::office::{Agreement, AgreementHours, Change, Department, NamedCalendar, Office, Site};
use atiende_procedure::sla::{
    ClockName, Hours, Targets, Warning, clocks, due_warnings, next_due, provider_due, wakes_at,
};
use atiende_procedure::*;
use jiff::Timestamp;
use jiff::civil::date;

use crate::calendars::calendar;
use crate::moves::*;
use crate::office::office;
use crate::story::Story;
use crate::words::{length, lines, say_length};

type Parts<'a> = Vec<(&'a str, &'a str)>;

/// `General; all 1h 2h 16h; hours always`: its name, then what it says.
fn parts(line: &str) -> (&str, Parts<'_>) {
    let (name, rest) = line.split_once(';').unwrap_or((line, ""));
    let parts = rest.split(';').map(str::trim).filter(|part| !part.is_empty());
    (name.trim(), parts.map(|part| part.split_once(' ').unwrap_or((part, ""))).collect())
}

fn minutes(word: &str) -> Option<u32> {
    (word != "-").then(|| u32::try_from(length(word).as_mins()).expect("few"))
}

fn targets(said: &str) -> Targets {
    let [assignment, first_answer, solution] = said.split_whitespace().collect::<Vec<_>>()[..] else {
        panic!("three times: {said}")
    };
    Targets {
        assignment: minutes(assignment),
        first_answer: minutes(first_answer),
        solution: minutes(solution),
    }
}

fn agreement(line: &str, office: &Office) -> Agreement {
    let (name, parts) = parts(line);
    let known = office.agreement_by_name(name).map(|it| (**it).clone());
    let mut it = known.unwrap_or_else(|| Agreement {
        id: AgreementId(0),
        version: 0,
        name: name.to_owned(),
        services: Default::default(),
        kinds: Default::default(),
        departments: Default::default(),
        sites: Default::default(),
        targets: Default::default(),
        hours: AgreementHours::Site,
        pauses: Default::default(),
        warnings: Vec::new(),
        starts: date(2026, 1, 1),
        ends: None,
        active: true,
    });
    for (key, said) in parts {
        let mut words = said.split_whitespace();
        let calendar = |name: &str| office.calendar_by_name(name).expect("a calendar").id;
        match key {
            "all" => {
                it.targets = Priority::ALL.iter().map(|priority| (*priority, targets(said))).collect();
            }
            "hours" if said == "always" => it.hours = AgreementHours::Always,
            "hours" => it.hours = AgreementHours::Calendar(calendar(said)),
            "services" => {
                it.services = words.filter_map(|code| Some(office.service_by_code(code)?.id)).collect();
            }
            "kinds" => it.kinds = words.map(|word| word.parse().expect("a kind")).collect(),
            "departments" => {
                it.departments = words.filter_map(|code| Some(office.department_by_code(code)?.id)).collect();
            }
            "sites" => it.sites = words.filter_map(|code| Some(office.site_by_code(code)?.id)).collect(),
            "pauses" => {
                let clock = words.next().expect("a clock").parse().expect("a clock");
                let why = words.map(|word| word.parse().expect("a reason")).collect();
                it.pauses.insert(clock, why);
            }
            "warn" => {
                let words: Vec<&str> = words.collect();
                let one = |pair: &[&str]| Warning {
                    percent: pair[0].parse().expect("a percentage"),
                    to: pair[1].parse().expect("whose attention"),
                };
                it.warnings = words.chunks(2).map(one).collect();
            }
            "from" => it.starts = NAMED.date(said),
            "until" => it.ends = Some(NAMED.date(said)),
            "retired" => it.active = false,
            priority => {
                it.targets.insert(priority.parse().expect("a priority"), targets(said));
            }
        }
    }
    it
}

/// What a line of a table says about its office.
fn furnished(office: Office, what: &str, line: &str) -> Office {
    let change = match what {
        "agreement" => Change::SetAgreement(Box::new(agreement(line, &office))),
        "contract" => {
            let (number, parts) = parts(line);
            let mut contract = (**office.contract_by_number(number).expect("a contract")).clone();
            for (key, said) in parts {
                match (key, said.split_once(' ')) {
                    ("promise", Some((response, solution))) => {
                        (contract.response, contract.solution) = (minutes(response), minutes(solution));
                    }
                    ("hours", None) if said == "always" => contract.hours = Some(Hours::Always),
                    ("hours", None) => {
                        let named = office.calendar_by_name(said).expect("a calendar");
                        contract.hours = Some(Hours::Calendar(named.id));
                    }
                    _ => panic!("no such part of a contract: {key} {said}"),
                }
            }
            Change::SetContract(Box::new(contract))
        }
        "calendar" => {
            let (name, written) = line.split_once(';').expect("a name and a calendar");
            let calendar: WorkingCalendar = calendar(written.trim(), NAMED);
            let name = name.to_owned();
            Change::SetCalendar(Box::new(NamedCalendar { id: CalendarId(0), name, calendar }))
        }
        "site" => {
            let (code, name) = line.split_once(' ').expect("a code and a calendar");
            let calendar = office.calendar_by_name(name).map(|it| it.id);
            let (municipality, region) = Default::default();
            let (id, code, name) = (SiteId(0), code.to_owned(), code.to_owned());
            Change::SetSite(Site { id, code, name, municipality, region, calendar, active: true })
        }
        "department" => {
            let (id, code, name) = (DepartmentId(0), line.to_owned(), line.to_owned());
            Change::SetDepartment(Department { id, code, name, active: true })
        }
        "quiet" => {
            let mut settings = (*office.settings).clone();
            settings.quiet_hours = true;
            Change::SetSettings(Box::new(settings))
        }
        other => panic!("no such thing of an office: {other}"),
    };
    with(office, &change)
}

/// `running 2h30m, due mié 10:00` of the last clock of a name.
fn read(story: &Story, name: ClockName, now: Timestamp) -> String {
    let clocks = clocks(&story.case);
    let Some(clock) = clocks.iter().rfind(|clock| clock.name == name) else { return "none".to_owned() };
    let reading = clock.read(&story.office, now);
    let due = reading.due.map_or("no due".to_owned(), |due| format!("due {}", say_at(due)));
    let why = reading.paused_by.map_or(String::new(), |why| format!(" for {why}"));
    format!("{}{why} {}, {due}", reading.state, say_length(reading.used))
}

/// What the warnings are that fall due by then, as `solution 75 agent`.
fn warnings(story: &Story, now: Timestamp) -> String {
    let said = due_warnings(&story.case, &story.office, now).into_iter().map(|step| match step {
        sla::Step::Warn { warned, to, .. } => format!("{} {} {to}", warned.clock, warned.percent),
        other => panic!("no warning: {other:?}"),
    });
    let said: Vec<String> = said.collect();
    if said.is_empty() { "nothing".to_owned() } else { said.join(", ") }
}

/// What the left side of a row asks of a story.
fn answer(story: &Story, asked: &str) -> String {
    let never = |at: Option<Timestamp>| at.map_or("never".to_owned(), say_at);
    match asked.rsplit_once(' ') {
        None if asked == "wakes" => never(wakes_at(&story.case, &story.office)),
        None if asked == "provider_next" => never(provider_due(&story.case, &story.office)),
        None if asked == "next" => next_due(&story.case, &story.office)
            .map_or("never".to_owned(), |(due, clock)| format!("{} {clock}", say_at(due))),
        None if asked == "promise" => story.case.promise.as_ref().map_or("none".to_owned(), |promise| {
            format!("{} {}", story.office.agreements[&promise.agreement].name, promise.version)
        }),
        Some((now, "warns")) => warnings(story, at(now)),
        Some((now, clock)) => read(story, clock.parse().expect("a clock"), at(now)),
        None => panic!("no such question: {asked}"),
    }
}

/// Checks every row of a table, and answers how many there are.
fn check_all(name: &str, table: &str) -> usize {
    let mut now = office();
    let (mut story, mut told, mut rows) = (None, "", 0);
    let mut wrong = Vec::new();
    for (number, line) in lines(table) {
        let (what, rest) = line.split_once(' ').unwrap_or((line, ""));
        match what {
            "==" => {}
            "office" => now = office(),
            "" => {
                let (asked, expected) = rest.split_once(" = ").expect("a row");
                let found = answer(story.as_ref().expect("moves come before rows"), asked.trim());
                rows += 1;
                if found != expected {
                    wrong.push(format!(
                        "{name}:{number}: {told}\n  {} = {expected}, not {found}",
                        asked.trim()
                    ));
                }
            }
            "agreement" | "contract" | "calendar" | "site" | "department" | "quiet" => {
                now = furnished(now, what, rest);
            }
            _ => {
                told = line;
                story = Some(tell_line(now.clone(), line));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {rows} rows:\n{}", wrong.len(), wrong.join("\n"));
    rows
}

macro_rules! tables {
    ($($test:ident: $file:literal;)+) => {$(
        #[test]
        fn $test() {
            let table = include_str!(concat!("tables/", $file));
            assert!(check_all($file, table) > 10, "rows of {}", $file);
        }
    )+};
}

tables! {
    clocks_run_pause_and_end: "clocks-desk.txt";
    what_decides_a_promise_and_changes_it: "clocks-promise.txt";
    providers_have_clocks_of_their_own: "clocks-provider.txt";
    attention_is_drawn_in_time: "clocks-warnings.txt";
}
