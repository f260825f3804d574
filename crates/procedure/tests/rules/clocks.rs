//! Promises and their clocks, told in words (R3, R11, R12): moves with their times, and how the clocks then read.

use std::collections::{BTreeMap, BTreeSet};

use atiende_procedure::calendar::{CalendarForm, WorkingCalendar};
use atiende_procedure::office::{Agreement, AgreementHours, Change, NamedCalendar, Office};
use atiende_procedure::sla::{
    Attendant, ClockName, Reading, Stillness, Targets, Warning, clocks, next_due, wakes_at,
};
use atiende_procedure::*;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::moves::*;
use crate::office::*;
use crate::story::*;

fn agreement(name: &str) -> Agreement {
    let targets = Targets { assignment: Some(60), first_answer: Some(120), solution: Some(16 * 60) };
    Agreement {
        id: AgreementId(0),
        version: 0,
        name: name.into(),
        services: BTreeSet::new(),
        kinds: BTreeSet::new(),
        departments: BTreeSet::new(),
        sites: BTreeSet::new(),
        targets: Priority::ALL.iter().map(|priority| (*priority, targets)).collect(),
        hours: AgreementHours::Site,
        pauses: BTreeMap::new(),
        warnings: Warning::usual(),
        starts: date(2026, 1, 1),
        ends: None,
        active: true,
    }
}

pub(crate) fn promising(edit: impl FnOnce(&mut Agreement)) -> Office {
    let mut promised = agreement("General");
    edit(&mut promised);
    with(office(), &Change::SetAgreement(Box::new(promised)))
}

pub(crate) fn long(time: SignedDuration) -> String {
    let minutes = time.as_mins();
    format!("{}h{:02}", minutes / 60, minutes % 60)
}

/// `running 2h30, due mié 10:00`.
fn told(reading: &Reading) -> String {
    let due = reading.due.map_or("no due".to_owned(), |due| format!("due {}", say_at(due)));
    let why = reading.paused_by.map_or(String::new(), |why| format!(" for {why}"));
    format!("{}{why} {}, {due}", reading.state, long(reading.used))
}

fn read(story: &Story, name: ClockName, now: &str) -> String {
    let clocks = clocks(&story.case);
    let clock = clocks.iter().rfind(|clock| clock.name == name);
    clock.map_or("none".to_owned(), |clock| told(&clock.read(&story.office, at(now))))
}

fn harm(impact: Impact, urgency: Urgency) -> Command {
    Command::Classify { kind: None, service: None, impact: Some(impact), urgency: Some(urgency) }
}

#[track_caller]
fn check(moves: &[&str], clock: ClockName, now: &str, expected: &str) {
    let story = tell(promising(|_| {}), moves);
    assert_eq!(read(&story, clock, now), expected, "{moves:?} at {now}");
}

use ClockName::{Assignment, FirstAnswer, ProviderResponse, ProviderSolution, Solution};

#[test]
fn a_clock_runs_in_working_hours_until_what_it_measures_is_done() {
    let check_all = |moves: &[&str], table: &[(ClockName, &str, &str)]| {
        table.iter().for_each(|(clock, now, expected)| check(moves, *clock, now, expected));
    };
    check_all(
        &[],
        &[
            (Assignment, "lun 09:30", "running 0h30, due lun 10:00"),
            (Assignment, "lun 10:00", "running 1h00, due lun 10:00"),
            (Assignment, "lun 10:01", "breached 1h01, due lun 10:00"),
            (FirstAnswer, "lun 10:00", "running 1h00, due lun 11:00"),
            (Solution, "lun 12:30", "running 3h00, due mié 09:00"),
            (Solution, "lun 20:00", "running 7h00, due mié 09:00"),
            (Solution, "mié 09:00", "running 16h00, due mié 09:00"),
            (Solution, "jue 09:00", "breached 24h00, due mié 09:00"),
            (Solution, "dom 09:00", "breached 39h00, due mié 09:00"),
        ],
    );
    check_all(&["lun 09:45 assign"], &[(Assignment, "vie 09:00", "met 0h45, no due")]);
    check_all(&["lun 13:30 assign"], &[(Assignment, "vie 09:00", "breached 3h30, due lun 10:00")]);
    check_all(&["lun 09:20 assign_group"], &[(Assignment, "lun 09:40", "running 0h40, due lun 10:00")]);
    check_all(
        &["lun 09:20 assign_group", "lun 09:50 take"],
        &[(Assignment, "mar 09:00", "met 0h50, no due")],
    );
}

#[test]
fn the_first_answer_is_a_persons_to_the_requester() {
    check(&["lun 09:10 assign", "lun 09:30 note"], FirstAnswer, "lun 10:00", "running 1h00, due lun 11:00");
    check(&["lun 09:10 ask"], FirstAnswer, "lun 10:00", "running 1h00, due lun 11:00");
    check(&["lun 09:10 assign", "lun 09:30 answer"], FirstAnswer, "mar 10:00", "met 0h30, no due");
    check(&["lun 09:10 assign", "lun 09:40 assess"], FirstAnswer, "mar 10:00", "met 0h40, no due");
    check(
        &["lun 09:10 assign", "lun 11:30 answer"],
        FirstAnswer,
        "mar 10:00",
        "breached 2h30, due lun 11:00",
    );
}

#[test]
fn what_the_requester_has_in_his_hands_pauses_and_the_desks_own_affairs_do_not() {
    let worked = ["lun 09:10 assign", "lun 09:30 assess"];
    let then = |more: &[&'static str]| [&worked[..], more].concat();
    check(&then(&["lun 10:00 wait"]), Solution, "mar 10:00", "paused for requester 1h00, no due");
    check(
        &then(&["lun 10:00 wait", "mar 10:00 resume"]),
        Solution,
        "mar 11:00",
        "running 2h00, due jue 09:00",
    );
    check(&then(&["lun 10:00 wait", "mar 10:00 ask"]), Solution, "mar 11:00", "running 2h00, due jue 09:00");
    check(&then(&["lun 10:00 visit"]), Solution, "mié 10:00", "paused for visit 1h00, no due");
    check(&then(&["lun 10:00 parts"]), Solution, "lun 11:00", "running 2h00, due mié 09:00");
    check(&then(&["lun 10:00 provider"]), Solution, "lun 11:00", "running 2h00, due mié 09:00");
    check(&then(&["lun 10:00 wait"]), Assignment, "mar 10:00", "met 0h10, no due");
    let late = then(&["mié 10:00 wait"]);
    check(&late, Solution, "jue 10:00", "breached for requester 17h00, due mié 09:00");
}

#[test]
fn an_agreement_says_what_pauses_each_clock() {
    let office = promising(|it| {
        it.pauses = BTreeMap::from([(Solution, BTreeSet::from([Stillness::Provider, Stillness::Parts]))]);
    });
    let story = tell(office.clone(), &["lun 09:10 assign", "lun 09:30 assess", "lun 10:00 provider"]);
    assert_eq!(read(&story, Solution, "mar 10:00"), "paused for provider 1h00, no due");
    let story = tell(office, &["lun 09:10 assign", "lun 09:30 assess", "lun 10:00 wait"]);
    assert_eq!(read(&story, Solution, "lun 11:00"), "running 2h00, due mié 09:00");
}

#[test]
fn solving_stops_it_and_reopening_goes_on() {
    let solved = ["lun 09:10 assign", "lun 09:30 assess", "lun 11:00 solve"];
    check(&solved, Solution, "vie 10:00", "met 2h00, no due");
    let reopened = [&solved[..], &["mar 09:00 reopen"]].concat();
    check(&reopened, Solution, "mar 10:00", "running 3h00, due mié 16:00");
    let again = [&reopened[..], &["mar 10:30 assess", "mar 11:00 solve"]].concat();
    check(&again, Solution, "vie 10:00", "met 4h00, no due");
    check(&["lun 09:20 cancel"], Solution, "vie 10:00", "void 0h20, no due");
    check(&["jue 09:20 cancel"], Solution, "vie 10:00", "breached 24h20, due mié 09:00");
}

#[test]
fn a_change_of_priority_counts_from_the_start_with_what_was_used() {
    let office = promising(|it| {
        let quick = Targets { solution: Some(4 * 60), ..it.targets[&Priority::Low] };
        it.targets.insert(Priority::Critical, quick);
        it.targets.remove(&Priority::Low);
    });
    let moves = ["lun 09:10 assign", "lun 09:30 assess", "lun 10:00 wait", "lun 11:00 resume"];
    let story = tell(office.clone(), &[&moves[..], &["lun 11:30 priority critical"]].concat());
    assert_eq!(read(&story, Solution, "lun 12:00"), "running 2h00, due lun 15:00");
    let story = tell(
        office.clone(),
        &[&moves[..], &["lun 11:30 priority critical", "lun 11:40 priority low"]].concat(),
    );
    assert_eq!(read(&story, Solution, "lun 12:00"), "none", "nothing is promised for that");
    let promised = story.events.iter().filter(|it| matches!(it.event, Event::Promised { .. })).count();
    assert_eq!(promised, 3, "each is kept");
}

#[test]
fn an_old_case_keeps_the_promise_it_was_given() {
    let before = promising(|_| {});
    let mut story = tell(before.clone(), &["lun 09:10 assign"]);
    let known = before.agreement_by_name("General").expect("it is there").clone();
    let mut stricter = (*known).clone();
    stricter.targets.values_mut().for_each(|targets| targets.solution = Some(60));
    story.office = with(before, &Change::SetAgreement(Box::new(stricter)));
    assert_eq!(story.office.agreements.values().next().map(|it| it.version), Some(2));
    story.at("2026-11-23T14:30:00Z").when(DORA, harm(Impact::Low, Urgency::Medium)).gives("classified");
    assert_eq!(read(&story, Solution, "lun 10:00"), "running 1h00, due mié 09:00");
    story.when(DORA, harm(Impact::High, Urgency::High)).gives("classified promised");
    assert_eq!(read(&story, Solution, "lun 09:40"), "running 0h40, due lun 10:00");
}

#[test]
fn the_agreement_that_says_more_holds() {
    let general = promising(|_| {});
    let named = |name: &str, edit: fn(&mut Agreement)| {
        let mut one = agreement(name);
        edit(&mut one);
        Change::SetAgreement(Box::new(one))
    };
    let by_kind = with(
        general.clone(),
        &named("Incidentes", |it| {
            it.kinds.insert(Kind::Incident);
            it.targets.values_mut().for_each(|targets| targets.solution = Some(120));
        }),
    );
    let story = tell(by_kind.clone(), &[]);
    assert_eq!(read(&story, Solution, "lun 09:30"), "running 0h30, due lun 11:00");
    let ended = with(
        by_kind,
        &named("Antes", |it| {
            it.kinds.insert(Kind::Incident);
            it.ends = Some(date(2026, 11, 22));
            it.targets.values_mut().for_each(|targets| targets.solution = Some(1));
        }),
    );
    let story = tell(ended, &[]);
    assert_eq!(
        read(&story, Solution, "lun 09:30"),
        "running 0h30, due lun 11:00",
        "what ended holds no more"
    );
    let other = with(
        general,
        &named("Otro servicio", |it| {
            it.services.insert(NETWORK);
        }),
    );
    assert_eq!(read(&tell(other, &[]), Solution, "lun 09:30"), "running 0h30, due mié 09:00");
}

#[test]
fn day_and_night_and_the_hours_of_a_site() {
    let office = promising(|it| it.hours = AgreementHours::Always);
    assert_eq!(read(&tell(office, &[]), Solution, "lun 20:00"), "running 11h00, due mar 01:00");
    let mornings: Vec<String> = vec!["08:00-12:00".into()];
    let form = CalendarForm {
        monday: mornings.clone(),
        tuesday: mornings.clone(),
        wednesday: mornings.clone(),
        thursday: mornings.clone(),
        friday: mornings,
        ..WorkingCalendar::default().into()
    };
    let calendar = WorkingCalendar::try_from(form).expect("a calendar");
    let named = NamedCalendar { id: CalendarId(0), name: "Sedes".into(), calendar };
    let office = with(promising(|_| {}), &Change::SetCalendar(Box::new(named)));
    let mut site = office.sites.values().next().expect("a site").clone();
    site.calendar = office.calendar_by_name("Sedes").map(|it| it.id);
    let (id, office) = (site.id, with(office, &Change::SetSite(site)));
    let mut asked = request(RITA);
    asked.details.site = Some(id);
    let story = Story::begins_in(office, RITA, &asked).expect("Rita may ask");
    assert_eq!(read(&story, Solution, "mar 09:00"), "running 4h00, due vie 09:00");
}

#[test]
fn the_provider_has_a_clock_of_its_own() {
    let mut office = promising(|_| {});
    let mut contract = (*office.contracts[&C_009]).clone();
    (contract.response, contract.solution) = (Some(60), Some(8 * 60));
    office = with(office, &Change::SetContract(Box::new(contract)));
    let there = ["lun 09:10 assign", "lun 09:30 assess", "lun 10:00 provider"];
    let then = |more: &[&'static str]| tell(office.clone(), &[&there[..], more].concat());
    let story = then(&[]);
    assert_eq!(read(&story, ProviderResponse, "lun 10:30"), "running 0h30, due lun 11:00");
    assert_eq!(read(&story, ProviderSolution, "lun 11:00"), "running 1h00, due mar 10:00");
    let story = then(&["lun 10:40 says"]);
    assert_eq!(read(&story, ProviderResponse, "mar 10:00"), "met 0h40, no due");
    let story = then(&["lun 11:00 reports"]);
    assert_eq!(read(&story, ProviderSolution, "vie 10:00"), "met 1h00, no due", "the report stops it");
    let story = then(&["lun 11:00 reports", "lun 15:00 provider"]);
    assert_eq!(
        read(&story, ProviderSolution, "lun 16:00"),
        "running 2h00, due mar 14:00",
        "not accepted: it goes on"
    );
    let story = then(&["lun 11:00 back"]);
    assert_eq!(read(&story, ProviderSolution, "vie 10:00"), "void 1h00, no due");
    let story = then(&["lun 11:00 back", "lun 15:00 provider"]);
    assert_eq!(
        read(&story, ProviderSolution, "lun 16:00"),
        "running 1h00, due mar 15:00",
        "a new turn, a new clock"
    );
}

#[test]
fn warnings_come_once_each_to_whom_the_agreement_names() {
    let mut story = tell(promising(|_| {}), &[]);
    assert_eq!(wakes_at(&story.case, &story.office).map(say_at).as_deref(), Some("lun 09:45"));
    assert_eq!(
        next_due(&story.case, &story.office).map(|(due, clock)| (say_at(due), clock)),
        Some(("lun 10:00".into(), Assignment))
    );
    story.at("2026-11-23T14:40:00Z").when(Actor::Clock, Command::Warn).refuses(Refusal::NothingDue);
    story.at("2026-11-23T14:45:00Z").when(Actor::Clock, Command::Warn).gives("warned");
    let Event::Warned { clock, percent, to, due, .. } = &story.last().event else { panic!("a warning") };
    assert_eq!((*clock, *percent, *to), (Assignment, 75, Attendant::Agent));
    assert_eq!(due.map(say_at).as_deref(), Some("lun 10:00"));
    story.when(Actor::Clock, Command::Warn).refuses(Refusal::NothingDue);
    assert_eq!(wakes_at(&story.case, &story.office).map(say_at).as_deref(), Some("lun 09:54"));
    story.at("2026-11-23T15:30:00Z").when(Actor::Clock, Command::Warn).gives("warned warned warned");
    story.when(DORA, assign_to(SupportLevel::First, ANA)).gives("assigned");
    assert_eq!(
        wakes_at(&story.case, &story.office).map(say_at).as_deref(),
        Some("lun 10:48"),
        "of the answer"
    );
}

#[test]
fn a_providers_breach_makes_a_follow_up_due() {
    let mut office = promising(|it| it.warnings.clear());
    let mut contract = (*office.contracts[&C_009]).clone();
    contract.solution = Some(60);
    office = with(office, &Change::SetContract(Box::new(contract)));
    let mut story = tell(office, &["lun 09:10 assign", "lun 09:30 assess", "lun 10:00 provider"]);
    assert_eq!(wakes_at(&story.case, &story.office).map(say_at).as_deref(), Some("lun 10:45"));
    story.at("2026-11-23T15:45:00Z").when(Actor::Clock, Command::Warn).gives("warned");
    let turn = story.case.followed_turn().expect("it is followed");
    assert_eq!(turn.follow_up_due.map(say_at).as_deref(), Some("lun 10:45"));
    story.when(SAUL, follow_up()).gives("followed_up");
    story.at("2026-11-23T16:00:00Z").when(Actor::Clock, Command::Warn).gives("warned");
}

#[test]
fn in_quiet_hours_warnings_wait_for_the_morning() {
    let office = promising(|it| it.hours = AgreementHours::Always);
    let mut settings = (*office.settings).clone();
    settings.quiet_hours = true;
    let office = with(office, &Change::SetSettings(Box::new(settings)));
    let story = tell(office, &["lun 09:10 assign", "lun 09:30 assess"]);
    // Three quarters of sixteen hours end at nine in the evening.
    assert_eq!(wakes_at(&story.case, &story.office).map(say_at).as_deref(), Some("mar 08:00"));
}

/// Minute by minute: what a clock of a simple life has used, told without the rules' own sums.
fn walked(
    calendar: &WorkingCalendar,
    from: Timestamp,
    to: Timestamp,
    still: &[(Timestamp, Timestamp)],
) -> i64 {
    let minute = SignedDuration::from_mins(1);
    let (mut now, mut used) = (from, 0);
    while now < to {
        let works = calendar.between(now, now + minute) == minute;
        let runs = !still.iter().any(|(start, end)| (*start..*end).contains(&now));
        used += i64::from(works && runs);
        now += minute;
    }
    used
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A case that waits and resumes at any times reads as a walk over its minutes says; and standing still never brings
    /// its end nearer.
    #[test]
    fn a_clock_equals_a_walk(steps in prop::collection::vec(1i64..600, 2..9), now in 1i64..600) {
        let office = promising(|_| {});
        let mut story = tell(office, &["lun 09:00 assign", "lun 09:00 assess"]);
        let (mut at, mut still, mut waiting) = (story.now, Vec::new(), None);
        let mut due = next_due(&story.case, &story.office).map(|(due, _)| due);
        for step in steps {
            at += SignedDuration::from_mins(step);
            story.at(&at.to_string());
            match waiting.take() {
                None => {
                    story.when(ANA, wait(WaitingFor::Requester)).gives("waited");
                    waiting = Some(at);
                }
                Some(since) => {
                    story.when(ANA, Command::Resume).gives("resumed");
                    still.push((since, at));
                    let later = next_due(&story.case, &story.office).map(|(due, _)| due);
                    prop_assert!(later >= due, "{later:?} before {due:?}");
                    due = later;
                }
            }
        }
        let now = at + SignedDuration::from_mins(now);
        still.extend(waiting.map(|since| (since, now)));
        let clock = clocks(&story.case).into_iter().find(|clock| clock.name == Solution).expect("promised");
        let reading = clock.read(&story.office, now);
        let used = walked(&story.office.settings.calendar, story.case.opened_at, now, &still);
        prop_assert_eq!(reading.used, SignedDuration::from_mins(used));
        prop_assert_eq!(reading.left, SignedDuration::from_mins(16 * 60 - used));
    }
}
