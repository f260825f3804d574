//! What holds for the clocks of every case that could be told: any moves at any times, with time doing its part.

use atiende_procedure::office::{Agreement, AgreementHours, Change, Office};
use atiende_procedure::sla::{
    Clock, ClockName, ClockState, Hours, Step, Stillness, Targets, Warning, clocks, next_due, steps_of_time,
    wakes_at,
};
use atiende_procedure::*;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::moves::with;
use crate::office::*;
use crate::story::*;

/// An office that promises by priority, with contracts that promise too.
fn promising(hours: AgreementHours, pauses: &[Stillness], quiet: bool) -> Office {
    let targets = |factor: u32| Targets {
        assignment: Some(20 * factor),
        first_answer: Some(45 * factor),
        solution: Some(240 * factor),
    };
    let agreement = Agreement {
        id: AgreementId(0),
        version: 0,
        name: "General".into(),
        services: Default::default(),
        kinds: Default::default(),
        departments: Default::default(),
        sites: Default::default(),
        targets: Priority::ALL.iter().zip([8, 4, 2, 1]).map(|(it, factor)| (*it, targets(factor))).collect(),
        hours,
        pauses: [(ClockName::Solution, pauses.iter().copied().collect())].into(),
        warnings: Warning::usual(),
        starts: date(2026, 1, 1),
        ends: None,
        active: true,
    };
    let mut office = with(office(), &Change::SetAgreement(Box::new(agreement)));
    for id in [C_009, C_014] {
        let mut contract = (*office.contracts[&id]).clone();
        (contract.response, contract.solution) = (Some(60), Some(8 * 60));
        contract.hours = (id == C_014).then_some(Hours::Always);
        office = with(office, &Change::SetContract(Box::new(contract)));
    }
    let mut settings = (*office.settings).clone();
    settings.quiet_hours = quiet;
    with(office, &Change::SetSettings(Box::new(settings)))
}

/// A move that somebody may make, by a number; often one that cannot be made now.
fn any_move(story: &Story, chosen: u8) -> (Actor, Command) {
    let agent = story.case.status.agent().map_or(BETO, Actor::Person);
    let provider = story.case.providers.last().map_or(C_009, |turn| turn.contract);
    let harm = |impact, urgency| {
        (DORA, Command::Classify { kind: None, service: None, impact: Some(impact), urgency: Some(urgency) })
    };
    match chosen % 32 {
        0 | 1 => (DORA, assign_to(SupportLevel::Second, BETO)),
        2 => (DORA, assign(SupportLevel::Second)),
        3 => (BETO, Command::Take),
        4..=7 => (agent, assess()),
        8 => (agent, say(Audience::Requester)),
        9 => (RITA, say(Audience::Requester)),
        10 => (agent, wait(WaitingFor::Requester)),
        11 => (agent, wait(WaitingFor::Visit)),
        12 => (agent, wait(WaitingFor::Parts)),
        13 | 14 => (agent, Command::Resume),
        15 => (agent, to_provider(C_009)),
        16 => (agent, to_provider(C_014)),
        17 => (Actor::Provider(C_009), say(Audience::Provider)),
        18 => (Actor::Provider(provider), report(true)),
        19 => (Actor::Provider(provider), report(false)),
        20 => (agent, take_back()),
        21 | 22 => (agent, solve()),
        23 | 24 => (RITA, reopen()),
        25 => harm(Impact::High, Urgency::High),
        26 => harm(Impact::Low, Urgency::Medium),
        27 => (DORA, refer()),
        28 | 29 => (OSCAR, send_back()),
        30 => (SAUL, follow_up()),
        _ if story.events.len() > 20 => (DORA, cancel()),
        _ => (OSCAR, say(Audience::Requester)),
    }
}

/// Time does what is due by now. Each of its steps can be done, and once they are it has nothing more to do.
fn time_passes(story: &mut Story) {
    for _ in 0..40 {
        let due = steps_of_time(&story.case, &story.office).into_iter().min_by_key(|(at, _)| *at);
        let Some((_, step)) = due.filter(|(at, _)| *at <= story.now) else { return };
        let command = match step {
            Step::Close => Command::CloseByClock,
            Step::Remind => Command::RemindFollowUp,
            Step::Warn { .. } => Command::Warn,
        };
        let told = story.told().to_owned();
        let came = story.when(Actor::Clock, command).came();
        assert!(came.is_ok(), "time cannot do what is due: {came:?}\n{told}");
    }
    panic!("time never comes to an end\n{}", story.told());
}

/// Which clock a clock is, whatever it reads.
fn which(clock: &Clock) -> (ClockName, Option<ContractId>, Timestamp) {
    (clock.name, clock.contract, clock.began)
}

/// What a reading of any clock says of itself.
fn check_reading(clock: &Clock, office: &Office, now: Timestamp) {
    let reading = clock.read(office, now);
    assert_eq!(reading.used + reading.left, clock.target, "{clock:?}");
    assert!(reading.used <= now.duration_since(clock.began), "{clock:?}");
    let late = reading.due.is_some_and(|due| due < reading.ended.unwrap_or(now));
    assert_eq!(reading.state == ClockState::Breached, late, "{reading:?} of {clock:?}");
    assert!(late || reading.left >= SignedDuration::ZERO, "{reading:?} of {clock:?}");
    assert_eq!(clock.is_open(), reading.ended.is_none());
    assert!(reading.paused_by.is_none() || clock.is_open());
    assert!(reading.state != ClockState::Running || reading.due.is_some(), "what runs is due: {clock:?}");
    if let Some(due) = reading.due {
        assert_eq!(clock.used(office, due), clock.target, "at its due instant it is used up: {clock:?}");
    }
    let later = clock.used(office, now + SignedDuration::from_hours(30));
    assert!(later >= reading.used, "{clock:?}");
    assert!(clock.runs.iter().all(|run| run.to.is_none_or(|to| run.from < to)), "{clock:?}");
    assert!(clock.runs.windows(2).all(|pair| pair[0].to.is_some_and(|to| to <= pair[1].from)), "{clock:?}");
}

/// A move at an instant changes nothing of what was used by then, and never brings a due date nearer, unless another
/// promise is given.
fn check_move(before: &Case, after: &Case, office: &Office, now: Timestamp) {
    if before.promise != after.promise {
        return;
    }
    for old in clocks(before) {
        let Some(new) = clocks(after).into_iter().find(|new| which(new) == which(&old)) else {
            panic!("a clock is gone: {old:?}")
        };
        assert_eq!(new.used(office, now), old.used(office, now), "{old:?}\nbecame {new:?}");
        let (was, is) = (old.read(office, now), new.read(office, now));
        assert!(is.due.is_none() || is.due >= was.due, "{was:?}\nbecame {is:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn of_any_case_at_any_time(
        always in any::<bool>(),
        quiet in any::<bool>(),
        pauses in prop::sample::subsequence(Stillness::AGREED.to_vec(), 0..=4),
        moves in prop::collection::vec((any::<u8>(), 0i64..30_000), 5..40),
    ) {
        let hours = if always { AgreementHours::Always } else { AgreementHours::Site };
        let mut story = Story::begins_in(promising(hours, &pauses, quiet), RITA, &request(RITA)).expect("she may");
        for (chosen, seconds) in moves {
            // Some come at the very same instant, some after a night.
            let seconds = if seconds % 5 == 0 { 0 } else { seconds };
            story.now += SignedDuration::from_secs(seconds);
            time_passes(&mut story);
            let before = story.case.clone();
            let (who, command) = any_move(&story, chosen);
            let _ = story.when(who, command).came();
            check_move(&before, &story.case, &story.office, story.now);
            time_passes(&mut story);
            for clock in clocks(&story.case) {
                check_reading(&clock, &story.office, story.now);
            }
            let wakes = wakes_at(&story.case, &story.office);
            prop_assert!(wakes.is_none_or(|at| at > story.now), "{wakes:?}\n{}", story.told());
            let next = next_due(&story.case, &story.office);
            let open = clocks(&story.case).into_iter().filter(|it| it.is_open() && it.contract.is_none());
            let sooner = open.filter_map(|it| it.read(&story.office, story.now).due).min();
            prop_assert_eq!(next.map(|(at, _)| at), sooner);
        }
    }
}
