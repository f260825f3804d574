//! What holds for every story that could be told: nothing that the table forbids happens, whoever asks for whatever.

use atiende_procedure::office::Change;
use atiende_procedure::permission::{audiences, permitted};
use atiende_procedure::*;
use proptest::prelude::*;

use crate::office::*;
use crate::story::*;
use crate::table::{Row, allowing, capacity, may_see, rows};
use StatusName::{Cancelled, Closed, Referred, Solved};

/// Chance, from one number.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % sides as u64).expect("fewer than sides")
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())]
    }
}

fn everybody() -> Vec<Actor> {
    let people = (1..=PEOPLE + 1).map(|number| Actor::Person(PersonId(number)));
    people.chain(CONTRACTS.map(Actor::Provider)).chain([Actor::Clock]).collect()
}

/// A command for a move whose content is right, so that only the case and the asker can stand against it.
fn good(action: Action, story: &Story, actor: Actor) -> Option<Command> {
    let case = &story.case;
    let level = case.status.level().unwrap_or(SupportLevel::First);
    Some(match action {
        Action::Classify => Command::Classify {
            kind: None,
            service: None,
            impact: Some(if case.impact == Impact::High { Impact::Low } else { Impact::High }),
            urgency: None,
        },
        Action::Complete => {
            let place = Some(text(&format!("Puesto {}", case.version)));
            Command::Complete { details: DetailsGiven { place, ..DetailsGiven::default() } }
        }
        Action::Assign if case.status.agent().is_some() => assign(level),
        Action::Assign => {
            let agents = story.office.people.values().filter(|person| person.is(Role::Agent));
            let mut at_level = agents
                .filter(|person| person.groups.iter().any(|group| story.office.groups[group].level == level));
            assign_to(level, Actor::Person(at_level.next()?.id))
        }
        Action::Take => Command::Take,
        Action::Assess => assess(),
        Action::MessageRequester => say(Audience::Requester),
        Action::MessageInternal => say(Audience::Internal),
        Action::MessageProvider => say(Audience::Provider),
        Action::Watch => match actor.person() {
            Some(person) if case.watchers.contains(&person) => Command::RemoveWatcher { person },
            _ if case.watchers.contains(&id(NADIA)) => Command::RemoveWatcher { person: id(NADIA) },
            _ => Command::AddWatcher { person: id(NADIA) },
        },
        Action::Wait => wait(WaitingFor::Requester),
        Action::Resume => Command::Resume,
        Action::EscalateToLevel => to_level(level.next()?),
        Action::EscalateToProvider => to_provider(C_009),
        Action::FollowUp => follow_up(),
        Action::ReportFromProvider => report(true),
        Action::TakeBack => take_back(),
        Action::Solve => solve(),
        Action::Confirm => Command::Confirm,
        Action::Reopen => reopen(),
        Action::Close => close(),
        Action::Rate => rate(4),
        Action::Refer => refer(),
        Action::Acknowledge => Command::Acknowledge,
        Action::SendBack => send_back(),
        Action::Conclude => conclude(),
        Action::Cancel => cancel(),
        Action::Merge => Command::Merge { into: CaseId(2) },
        Action::CloseByClock => Command::CloseByClock,
        Action::Warn => Command::Warn,
        Action::RemindFollowUp => Command::RemindFollowUp,
        Action::RecordDelivery => {
            let event = case.providers.iter().rev().find(|turn| turn.told_at.is_none())?.event;
            Command::RecordDelivery { notice: EvidentialNotice::ProviderRequest, event }
        }
        Action::RecordBounce => {
            let event = case.providers.iter().rev().find(|turn| turn.told_at.is_some())?.event;
            Command::RecordBounce { notice: EvidentialNotice::ProviderRequest, event }
        }
        Action::Register | Action::Administer => return None,
    })
}

/// A command with content of any kind, often wrong.
fn any_command(dice: &mut Dice, story: &Story, actor: Actor) -> Command {
    let level = dice.pick(SupportLevel::ALL);
    let agent = dice.pick(&[None, Some(ANA), Some(ALDO), Some(BETO), Some(CELIA), Some(DORA), Some(EX)]);
    let agent = agent.and_then(Actor::person);
    let contract = dice.pick(&CONTRACTS);
    let words = text(dice.pick(&["Porque sí", "Porque no", ""]));
    let past = dice.pick(&[None, Some(monday())]);
    match dice.roll(9) {
        0 => Command::Assign {
            level,
            group: dice.pick(&[None, Some(FIRST), Some(SECOND), Some(GroupId(9))]),
            agent,
            reason: Some(words),
        },
        1 => Command::EscalateToLevel { level, agent, reason: words },
        2 => to_provider(contract),
        3 => Command::Solve { activities: words, performed_by: dice.pick(Performer::ALL) },
        4 => Command::Classify {
            kind: dice.pick(&[None, Some(Kind::Advice), Some(Kind::SecurityIncident)]),
            service: dice.pick(&[None, Some(COMPUTER), Some(SYSTEM), Some(BREACH), Some(ServiceId(9))]),
            impact: None,
            urgency: Some(dice.pick(Urgency::ALL)),
        },
        5 => report(dice.roll(2) == 0),
        6 => Command::Wait { waiting_for: dice.pick(WaitingFor::ALL), until: past, reason: words },
        7 => rate(u8::try_from(dice.roll(8)).expect("small")),
        _ => good(dice.pick(Action::ALL), story, actor).unwrap_or(Command::Resume),
    }
}

/// The office changes while cases are open.
fn office_changes(dice: &mut Dice, story: &mut Story) {
    let mut settings = (*story.office.settings).clone();
    settings.grace_days = dice.pick(&[0, 2, 2, 2]);
    set(&mut story.office, &Change::SetSettings(Box::new(settings)));
    let active = dice.roll(3) > 0;
    set(&mut story.office, &person(ANA.person(), "ana", &[Role::Agent], &[FIRST], active));
    let roles: &[Role] =
        dice.pick(&[&[Role::DeskAdministrator][..], &[Role::DeskAdministrator, Role::Agent]]);
    let groups: &[GroupId] = if roles.len() > 1 { &[SECOND] } else { &[] };
    set(&mut story.office, &person(DORA.person(), "dora", roles, groups, true));
}

/// One of the moves offered: rarely one that ends the case, seldom one in which people only talk.
fn likely(dice: &mut Dice, offered: &[(Action, Actor)], status: StatusName) -> (Actor, Action) {
    let weight = |action| match action {
        Action::Cancel | Action::Merge | Action::Refer | Action::Conclude => 1,
        Action::Close | Action::CloseByClock | Action::Confirm => 6,
        Action::Assign if status == StatusName::Registered => 40,
        Action::Assign | Action::Classify | Action::Complete | Action::Watch => 6,
        Action::MessageRequester | Action::MessageInternal | Action::MessageProvider => 4,
        _ => 24,
    };
    let mut actions: Vec<Action> = offered.iter().map(|(action, _)| *action).collect();
    actions.sort_unstable();
    actions.dedup();
    let weighted: Vec<Action> = actions.into_iter().flat_map(|action| vec![action; weight(action)]).collect();
    let action = dice.pick(&weighted);
    let by: Vec<Actor> = offered.iter().filter(|(of, _)| *of == action).map(|(_, actor)| *actor).collect();
    (dice.pick(&by), action)
}

/// One move, mostly one that is offered to somebody, sometimes anything by anybody.
fn step(dice: &mut Dice, story: &mut Story, rows: &[Row]) {
    story.after_hours(dice.pick(&[0, 0, 1, 5, 30, 70]));
    if dice.roll(12) == 0 {
        office_changes(dice, story);
    }
    let everybody = everybody();
    let offered: Vec<(Action, Actor)> = everybody
        .iter()
        .flat_map(|actor| story.offered(*actor).into_iter().map(|action| (action, *actor)))
        .collect();
    let (actor, action) = likely(dice, &offered, story.case.status.name());
    let command = match dice.roll(6) {
        0 => any_command(dice, story, actor),
        _ => good(action, story, actor).unwrap_or(Command::Resume),
    };
    let actor = if dice.roll(8) == 0 { dice.pick(&everybody) } else { actor };
    let before = story.clone();
    let action = command.action();
    if let Ok(decision) = story.when(actor, command).came() {
        let (row, by) = allowing(rows, &before.case, &before.office, actor, action)
            .unwrap_or_else(|| panic!("the table forbids {action} by {actor:?}\n{}", story.told()));
        let (was, is) = (before.case.status.name(), story.case.status.name());
        assert!(row.leads(was, is), "{action} leads from {was} to {is}\n{}", story.told());
        assert!(decision.events.iter().all(|event| row.brings(&name(event))), "{action}\n{}", story.told());
        let recorded = decision.acted.capacity.as_str();
        assert!(by.iter().any(|word| capacity(word) == recorded), "as {recorded}\n{}", story.told());
    } else {
        assert_eq!(story.case, before.case, "a refusal changes nothing");
    }
}

/// For everybody and every move: what is offered is in the table and is accepted, what is refused is refused for a
/// reason that holds; and who may move a case may see it.
fn offers_hold(story: &Story, rows: &[Row]) {
    let case = &story.case;
    for actor in everybody() {
        let sees = may_see(case, &story.office, actor);
        if actor != Actor::Clock {
            assert_eq!(story.seen_by(actor), sees, "{actor:?} sees\n{}", story.told());
        }
        if actor != Actor::Clock && !story.offered(actor).is_empty() {
            assert!(sees, "{actor:?} may move what he may not see\n{}", story.told());
        }
        for action in Action::ALL.iter().copied() {
            let circumstances = story.circumstances(actor);
            let row = allowing(rows, case, &story.office, actor, action);
            let asked = permitted(case, action, &circumstances);
            match &asked {
                Ok(_) => assert!(row.is_some(), "{action} offered to {actor:?}\n{}", story.told()),
                Err(refusal) if says_role(refusal) => {
                    assert!(row.is_none(), "{action} by {actor:?}: {refusal:?}\n{}", story.told());
                }
                Err(_) => {}
            }
            let Some(command) = good(action, story, actor) else { continue };
            let came = decide(case, &command, &circumstances).map(|decision| decision.acted.capacity);
            assert_eq!(came, asked, "{action} by {actor:?}\n{}", story.told());
        }
    }
}

/// Refusals for who he is, which the table alone explains.
fn says_role(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::NotYourRole { .. }
            | Refusal::NotTheRequester
            | Refusal::NotYourCase { .. }
            | Refusal::NotYourContract { .. }
    )
}

/// What is true of every case, whatever happened to it.
fn sound(story: &Story) {
    let Case { status, providers, solution, assessment, security, .. } = &story.case;
    let state = status.name();
    let open_turns = providers.iter().filter(|turn| turn.ended.is_none()).count();
    assert_eq!(open_turns, usize::from(status.contract().is_some()), "turns\n{}", story.told());
    if let Some(contract) = status.contract() {
        assert_eq!(providers.last().map(|turn| turn.contract), Some(contract), "{}", story.told());
    }
    let followed = providers.iter().filter(|turn| turn.follow_up_due.is_some()).count();
    assert!(followed <= 1, "one provider is followed at a time\n{}", story.told());
    if matches!(state, Solved | Closed | Cancelled | Referred) {
        assert_eq!(followed, 0, "nothing is followed in {state}\n{}", story.told());
    }
    if let Status::Solved { work, .. } = status {
        assert!(solution.as_ref().is_some_and(|it| it.work == *work), "{}", story.told());
        assert_eq!(assessment.as_ref().map(|it| it.level), Some(work.level), "{}", story.told());
    }
    if let (Some(level), Some(group)) = (status.level(), status.group()) {
        assert_eq!(story.office.groups[&group].level, level, "{}", story.told());
    }
    assert!(state != Referred || *security, "{}", story.told());
    assert!(!*security || matches!(state, Referred | Closed), "{}", story.told());
    for actor in [RITA, WALTER, NADIA, SIXTO, Actor::Provider(C_009)] {
        let reads = audiences(actor, &story.case, &story.office);
        assert!(!reads.contains(&Audience::Internal), "{actor:?}\n{}", story.told());
    }
}

/// The case is the sum of its stored events, and its own stored form is it.
fn replays(story: &Story) {
    let mut replayed: Option<Case> = None;
    for recorded in &story.events {
        let read = Recorded::from_bytes(&recorded.to_bytes()).expect("readable");
        assert_eq!(read, *recorded);
        match &mut replayed {
            Some(case) => case.apply(&read),
            None => replayed = Case::found(&read),
        }
    }
    assert_eq!(replayed.as_ref(), Some(&story.case), "{}", story.told());
    let stored = serde_json::to_string(&story.case).expect("JSON");
    assert_eq!(serde_json::from_str::<Case>(&stored).expect("readable"), story.case);
}

fn begun(dice: &mut Dice) -> Story {
    let mut asked = request(RITA);
    asked.service = dice.pick(&[None, Some(COMPUTER), Some(SYSTEM)]);
    asked.kind = (dice.roll(8) == 0).then_some(Kind::SecurityIncident);
    let mut story = Story::begins(RITA, &asked).expect("Rita may ask");
    let other = Story::begins(NADIA, &request(NADIA)).expect("Nadia may ask").case;
    story.other = Some(Case { id: CaseId(2), number: CaseNumber::new("MS", 2026, 2), ..other });
    story
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_story_reaches_what_the_table_forbids(seed: u64, length in 1usize..60) {
        let (mut dice, rows) = (Dice(seed), rows());
        let mut story = begun(&mut dice);
        for _ in 0..length {
            step(&mut dice, &mut story, &rows);
            sound(&story);
            if story.case.status.name() == Cancelled {
                break;
            }
        }
        offers_hold(&story, &rows);
        replays(&story);
        let evidence = story.evidence();
        prop_assert!(evidence.items.iter().enumerate().all(|(at, item)| usize::from(item.number) == at + 1));
    }
}

#[test]
fn stories_reach_every_state_and_every_move() {
    let rows = rows();
    let (mut states, mut moves) = (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
    for seed in 0..150 {
        let mut dice = Dice(seed);
        let mut story = begun(&mut dice);
        for _ in 0..50 {
            step(&mut dice, &mut story, &rows);
            sound(&story);
            states.insert(story.case.status.name());
            moves.insert(name(&story.last().event));
            moves.extend(story.events.iter().rev().nth(1).map(|recorded| name(&recorded.event)));
            if story.case.status.name() == Cancelled {
                story = begun(&mut dice);
            }
        }
    }
    assert_eq!(states.len(), StatusName::ALL.len(), "{states:?}");
    assert_eq!(moves.len(), 30, "all events but Absorbed, which happens to the other case: {moves:?}");
}
