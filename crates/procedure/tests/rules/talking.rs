//! Messages, watchers, cancelling and merging: what is said, to whom, and cases that go on inside another.

use atiende_procedure::*;

use crate::office::*;
use crate::story::*;
use StatusName::{Cancelled, InProgress, Solved, WithProvider};
use SupportLevel::First;

/// Another open case, of Nadia, beside the one that is told.
fn beside(story: &mut Story) -> Case {
    let mut other = Story::begins(NADIA, &request(NADIA)).expect("she may").case;
    other.id = CaseId(2);
    other.number = CaseNumber::new("MS", 2026, 2);
    story.other = Some(other.clone());
    other
}

#[test]
fn something_is_said_or_shown() {
    let mut story = registered();
    let missing = Refusal::BadField { field: "body", problem: Problem::Missing };
    let empty =
        Command::Say { audience: Audience::Requester, body: Some(text(" ")), attachments: Vec::new() };
    story.when(RITA, empty).refuses(missing);
    let file = Attachment {
        blob: BlobHash([1; 32]),
        name: text("foto.png"),
        media_type: "image/png".into(),
        size: 3,
    };
    let shown = Command::Say { audience: Audience::Requester, body: None, attachments: vec![file] };
    story.when(RITA, shown).gives("said");
    let long = Command::Say {
        audience: Audience::Requester,
        body: Some(text(&"a".repeat(50_001))),
        attachments: Vec::new(),
    };
    story.when(RITA, long).refuses(Refusal::BadField { field: "body", problem: Problem::TooLong });
}

#[test]
fn who_takes_part_speaks_to_his_own_audiences() {
    let mut story = with_provider(C_009);
    story.when(RITA, Command::AddWatcher { person: id(WALTER) }).gives("watcher_added");
    let provider = Actor::Provider(C_009);
    for (audience, may) in [
        (Audience::Requester, vec![RITA, WALTER, ANA, ALDO, BETO, CELIA, DORA, SAUL, DELIA]),
        (Audience::Internal, vec![ANA, ALDO, BETO, CELIA, DORA, SAUL, DELIA]),
        (Audience::Provider, vec![ANA, ALDO, BETO, CELIA, DORA, SAUL, DELIA, provider]),
    ] {
        let all = (1..=PEOPLE).map(|number| Actor::Person(PersonId(number))).chain([provider, Actor::Clock]);
        for actor in all {
            let came = story.when(actor, say(audience)).came();
            assert_eq!(came.is_ok(), may.contains(&actor), "{actor:?} to {audience}: {came:?}");
        }
    }
}

#[test]
fn a_watcher_sees_what_the_requester_sees_and_leaves_by_himself() {
    let mut story = registered();
    assert!(!story.seen_by(WALTER));
    story.when(RITA, Command::AddWatcher { person: id(WALTER) }).gives("watcher_added");
    assert!(story.seen_by(WALTER));
    story.when(RITA, Command::AddWatcher { person: id(WALTER) }).refuses(Refusal::AlreadyThere);
    story.when(RITA, Command::AddWatcher { person: id(RITA) }).refuses(Refusal::AlreadyThere);
    let left = Refusal::PersonNotActive { person: id(EX) };
    story.when(RITA, Command::AddWatcher { person: id(EX) }).refuses(left);
    story.when(ANA, Command::AddWatcher { person: id(NADIA) }).gives("watcher_added");
    let not_his = Refusal::NotYourRole { action: Action::Watch };
    story.when(WALTER, Command::RemoveWatcher { person: id(NADIA) }).refuses(not_his.clone());
    story.when(WALTER, Command::AddWatcher { person: id(SAUL) }).refuses(not_his);
    story.when(WALTER, Command::RemoveWatcher { person: id(WALTER) }).gives("watcher_removed");
    assert!(!story.seen_by(WALTER));
    let unknown = Refusal::BadField { field: "person", problem: Problem::Unknown };
    story.when(RITA, Command::RemoveWatcher { person: id(WALTER) }).refuses(unknown);
}

#[test]
fn a_requester_withdraws_until_somebody_works_on_it() {
    let mut story = registered();
    story.when(RITA, cancel()).gives_as(Capacity::Requester, "cancelled").is(Cancelled);
    let mut story = in_progress(ANA, First);
    let status = InProgress;
    story.when(RITA, cancel()).refuses(Refusal::WrongState { action: Action::Cancel, status });
    story.when(ANA, cancel()).refuses(Refusal::NotYourRole { action: Action::Cancel });
    story.when(DORA, cancel()).gives("cancelled").is(Cancelled);
}

#[test]
fn an_administrator_cancels_his_own_request_as_administrator_when_he_must() {
    let mut story = Story::begins(DORA, &request(DORA)).expect("she may");
    story.when(DORA, assign_to(First, ANA)).gives("assigned");
    story.when(ANA, assess()).gives("assessed expected_by");
    story.when(DORA, cancel()).gives_as(Capacity::DeskAdministrator, "cancelled");
}

#[test]
fn cancelled_from_a_provider_nobody_follows_it_any_more() {
    let mut story = with_provider(C_009);
    story.is(WithProvider).when(DORA, cancel()).gives("cancelled");
    assert!(story.case.followed_turn().is_none() && sla::wakes_at(&story.case, &story.office).is_none());
    for audience in [Audience::Requester, Audience::Internal, Audience::Provider] {
        let came = story.when(DORA, say(audience)).came();
        assert!(
            matches!(came, Err(Refusal::WrongState { .. })),
            "nothing is said in a cancelled case: {came:?}"
        );
    }
}

#[test]
fn a_merged_case_goes_on_inside_the_other() {
    let mut story = in_progress(ANA, First);
    let other = beside(&mut story);
    story
        .when(RITA, Command::Merge { into: other.id })
        .refuses(Refusal::NotYourRole { action: Action::Merge });
    let came = story.when(ALDO, Command::Merge { into: other.id }).came().expect("both are his to see");
    assert_eq!((names(&came.events), names(&came.other)), ("cancelled".to_owned(), "absorbed".to_owned()));
    let why = Cancellation::MergedInto { number: other.number };
    assert!(matches!(&story.case.status, Status::Cancelled { why: merged, .. } if *merged == why));
}

#[test]
fn a_duplicate_points_at_the_other_even_when_that_is_solved() {
    let mut story = registered();
    let number = CaseNumber::new("MS", 2026, 7);
    story.other = Some(Case { id: CaseId(7), number: number.clone(), ..solved().case });
    let duplicate = Command::Cancel { reason: text("Ya la pidió"), duplicate_of: Some(CaseId(7)) };
    story.when(RITA, duplicate.clone()).refuses(Refusal::NotYourRole { action: Action::Merge });
    story.when(ANA, Command::Merge { into: CaseId(7) }).refuses(Refusal::OtherCaseNotOpen);
    story.when(ANA, duplicate).gives("cancelled");
    let why = Cancellation::DuplicateOf { number };
    assert!(matches!(&story.case.status, Status::Cancelled { why: of, .. } if *of == why));
}

#[test]
fn a_case_is_not_merged_into_itself_nor_into_what_he_may_not_see_or_is_gone() {
    let mut story = registered();
    let other = beside(&mut story);
    story.when(ANA, Command::Merge { into: story_id() }).refuses(Refusal::SameCase);
    story.when(ANA, Command::Merge { into: CaseId(9) }).refuses(Refusal::OtherCaseNotOpen);
    story.other = Some(Case { security: true, ..other.clone() });
    story.when(ANA, Command::Merge { into: other.id }).refuses(Refusal::OtherCaseNotOpen);
    let why = Cancellation::Withdrawn;
    story.other = Some(Case { status: Status::Cancelled { at: story.now, why }, ..other.clone() });
    story.when(ANA, Command::Merge { into: other.id }).refuses(Refusal::OtherCaseNotOpen);
    let mut solved = solved();
    solved.other = Some(other.clone());
    let refusal = Refusal::WrongState { action: Action::Merge, status: Solved };
    solved.when(ANA, Command::Merge { into: other.id }).refuses(refusal);
}

fn story_id() -> CaseId {
    CaseId(1)
}
