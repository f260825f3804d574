//! What a case can prove: its eight activities, control points, what is missing, deviations (R13, R15, R16).

use atiende_procedure::office::Change;
use atiende_procedure::*;

use crate::office::*;
use crate::story::*;
use SupportLevel::{First, Second, Third};

/// The eight states, abbreviated.
fn progress(story: &Story) -> String {
    let letter = |status| match status {
        ActivityStatus::Done => 'D',
        ActivityStatus::Current => 'C',
        ActivityStatus::Missing => 'M',
        ActivityStatus::NotNeeded => '-',
    };
    story.evidence().items.iter().map(|item| letter(item.status)).collect()
}

fn delivered(story: &mut Story, notice: EvidentialNotice) {
    let event = story.last().sequence;
    story.when(Actor::Clock, Command::RecordDelivery { notice, event }).gives("delivered");
}

#[test]
fn a_notice_that_came_back_is_no_evidence() {
    let mut story = registered();
    story.when(DORA, assign_to(First, ANA)).gives("assigned");
    story.when(ANA, assess()).gives("assessed expected_by");
    story.when(ANA, solve()).gives("solved");
    let event = story.last().sequence;
    let notice = EvidentialNotice::Solved;
    let lacks = |story: &Story| story.evidence().items[7].lacks == Some(Lack::RequesterTold);
    assert!(lacks(&story));
    story.when(Actor::Clock, Command::RecordDelivery { notice, event }).gives("delivered");
    assert!(!lacks(&story));
    story.when(Actor::Clock, Command::RecordBounce { notice, event }).gives("bounced");
    assert!(lacks(&story));
    story.when(Actor::Clock, Command::RecordDelivery { notice, event }).gives("delivered");
    assert!(!lacks(&story), "it was sent again, and arrived");
}

#[test]
fn progress_follows_the_case() {
    let mut story = registered();
    assert_eq!(progress(&story), "DC------");
    story.when(DORA, assign_to(First, ANA)).gives("assigned");
    assert_eq!(progress(&story), "DDC-----");
    story.when(ANA, assess()).gives("assessed expected_by");
    assert_eq!(progress(&story), "DDC-----");
    story.when(ANA, to_level(Second)).gives("escalated_to_level");
    assert_eq!(progress(&story), "DDDC----");
    story.when(BETO, Command::Take).gives("taken");
    story.when(BETO, assess()).gives("assessed expected_by");
    story.when(BETO, to_provider(C_009)).gives("escalated_to_provider");
    assert_eq!(progress(&story), "DDDD-CC-");
    delivered(&mut story, EvidentialNotice::ProviderRequest);
    story.when(SAUL, follow_up()).gives("followed_up");
    story.when(BETO, report(true)).gives("provider_reported");
    assert_eq!(progress(&story), "DDDC-DC-", "the agent checks, and the supervisor still follows");
    story.when(BETO, solve()).gives("solved");
    assert_eq!(progress(&story), "DDDD-DDC");
    delivered(&mut story, EvidentialNotice::Solved);
    story.when(RITA, Command::Confirm).gives("confirmed closed");
    assert_eq!(progress(&story), "DDDD-DDD");
    assert_eq!(story.evidence().deviations, []);
}

#[test]
fn an_activity_says_who_when_and_by_what_record() {
    let mut story = in_progress(ANA, First);
    story.after_hours(1).when(ANA, solve()).gives("solved");
    let items = story.evidence().items;
    let record =
        |number: usize| items[number - 1].record.map(|event| name(&story.events[event as usize - 1].event));
    assert_eq!(record(1).as_deref(), Some("registered"));
    assert_eq!(record(2).as_deref(), Some("assigned"));
    assert_eq!(record(3).as_deref(), Some("assessed"));
    assert_eq!(record(8).as_deref(), Some("solved"));
    let responsible: Vec<_> = items.iter().map(|item| item.responsible).collect();
    assert_eq!(responsible[..3], [Some(RITA), Some(DORA), Some(ANA)]);
    assert_eq!((items[2].began_at, items[2].ended_at), (Some(monday()), Some(story.now)));
    assert!(
        items.iter().all(|item| item
            .evidence
            .iter()
            .chain(&item.record)
            .all(|event| *event <= story.case.version))
    );
}

#[test]
fn control_points_are_data_of_the_version() {
    let points = |story: &Story| -> Vec<u8> {
        story.evidence().items.iter().filter(|item| item.control_point).map(|item| item.number).collect()
    };
    let mut story = registered();
    assert_eq!(points(&story), [3, 4, 5, 7]);
    let mut version = (*story.office.versions[&story.case.procedure]).clone();
    version.activities[0].control_point = Some("La solicitud está completa".into());
    set(&mut story.office, &Change::SetVersion(Box::new(version)));
    assert_eq!(points(&story), [1, 3, 4, 5, 7]);
}

#[test]
fn a_follow_up_that_was_due_and_not_made_is_missing() {
    let mut story = with_provider(C_009);
    let seventh = |story: &Story| {
        let item = story.evidence().items[6].clone();
        (item.status, item.lacks, item.responsible)
    };
    assert_eq!(seventh(&story), (ActivityStatus::Current, None, Some(SAUL)));
    story.after_hours(24 * 3);
    assert_eq!(seventh(&story), (ActivityStatus::Missing, Some(Lack::DueFollowUp), Some(SAUL)));
    story.when(Actor::Clock, Command::RemindFollowUp).gives("follow_up_fell_due");
    let late = story.last().sequence;
    story.when(DELIA, follow_up()).gives("followed_up");
    assert_eq!(seventh(&story), (ActivityStatus::Current, None, Some(DELIA)));
    assert_eq!(story.evidence().deviations, [Deviation::FollowUpLate { event: late }]);
}

#[test]
fn solved_without_one_follow_up_shows() {
    let mut story = with_provider(C_009);
    story.when(BETO, report(true)).gives("provider_reported");
    story.when(BETO, solve()).gives("solved");
    let evidence = story.evidence();
    assert_eq!(
        (evidence.items[6].status, evidence.items[6].lacks),
        (ActivityStatus::Missing, Some(Lack::FollowUp))
    );
    assert_eq!(evidence.deviations, [Deviation::NotFollowedUp]);
}

#[test]
fn closed_with_nobody_told_shows() {
    let mut story = solved();
    assert_eq!(story.evidence().items[7].lacks, Some(Lack::RequesterTold));
    story.when(ANA, close()).gives("closed");
    assert_eq!(progress(&story), "DDD----M");
    assert_eq!(story.evidence().deviations, [Deviation::RequesterNotTold]);
}

#[test]
fn whoever_confirms_has_been_told() {
    let mut story = solved();
    story.when(RITA, reopen()).gives("reopened");
    story.when(ANA, assess()).gives("assessed");
    story.when(ANA, solve()).gives("solved");
    story.when(RITA, Command::Confirm).gives("confirmed closed");
    let closing = &story.evidence().items[7];
    assert_eq!((closing.status, closing.lacks), (ActivityStatus::Done, None));
    let confirmed = story.last().sequence - 1;
    assert_eq!(closing.evidence, [confirmed]);
}

#[test]
fn skips_and_returns_are_deviations_and_escalating_is_not() {
    let mut story = registered();
    story.when(DORA, assign(First)).gives("assigned");
    story.when(DORA, assign(Third)).gives("assigned");
    let skipped = story.last().sequence;
    story.when(DORA, assign(Second)).gives("assigned");
    let returned = story.last().sequence;
    story.when(DORA, assign(Third)).gives("assigned");
    let expected = [
        Deviation::LevelSkipped { from: First, to: Third, event: skipped },
        Deviation::LevelReturned { from: Third, to: Second, event: returned },
    ];
    assert_eq!(story.evidence().deviations, expected);
    assert_eq!(progress(&story), "DD--C---", "levels that only held it did not attend");
}

#[test]
fn assigned_anew_after_security_sent_it_back_deviates_from_nothing() {
    let mut story = in_progress(ANA, First);
    story.when(ANA, refer()).gives("referred");
    assert_eq!(progress(&story), "DDD-----");
    story.when(OSCAR, send_back()).gives("sent_back");
    assert_eq!(progress(&story), "DCD-----", "it waits to be assigned again");
    story.when(DORA, assign(Third)).gives("assigned");
    assert_eq!(story.evidence().deviations, []);
    assert_eq!(progress(&story), "DDD-C---");
}

#[test]
fn a_level_that_assesses_and_reopens_keeps_every_assessment() {
    let mut story = solved();
    story.when(RITA, reopen()).gives("reopened");
    assert_eq!(progress(&story), "DDC-----");
    story.after_hours(1).when(ANA, assess()).gives("assessed expected_by");
    assert_eq!(story.evidence().items[2].evidence.len(), 2);
}

#[test]
fn a_concluded_security_case_needed_no_desk() {
    let asked = Registration { kind: Some(Kind::SecurityIncident), ..request(RITA) };
    let mut story = Story::begins(RITA, &asked).expect("anybody");
    assert_eq!(progress(&story), "DD------");
    story.when(OSCAR, conclude()).gives("concluded");
    assert_eq!(progress(&story), "D------D");
}
