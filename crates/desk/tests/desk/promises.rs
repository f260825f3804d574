//! What the desk promised, as time passes over it.

use atiende_desk::Post;
use atiende_desk::jobs::{deliver, pass_time, retime};
use atiende_desk::view::QueueRequest;
use atiende_mail::{Folder, Transport};
use atiende_procedure::calendar::{CalendarForm, ExceptionForm};
use atiende_procedure::office::{Agreement, AgreementHours, Change};
use atiende_procedure::sla::{ClockName, Hours, Stillness, Targets, Warning};
use atiende_procedure::*;
use jiff::{SignedDuration, Timestamp};

use crate::world::*;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Eight working hours to solve anything, one to answer.
fn agreement() -> Agreement {
    let targets = Targets { first_answer: Some(60), solution: Some(480), ..Targets::default() };
    Agreement {
        id: AgreementId(0),
        version: 0,
        name: "ANS general".to_owned(),
        services: Default::default(),
        kinds: Default::default(),
        departments: Default::default(),
        sites: Default::default(),
        targets: Priority::ALL.iter().map(|priority| (*priority, targets)).collect(),
        hours: AgreementHours::Site,
        pauses: Default::default(),
        warnings: Warning::usual(),
        starts: jiff::civil::date(2026, 1, 1),
        ends: None,
        active: true,
    }
}

async fn promises(world: &World) {
    world.administer(vec![Change::SetAgreement(Box::new(agreement()))]).await;
}

async fn warnings(world: &World, case: &CaseNumber) -> Vec<(ClockName, u16)> {
    let seen = world.sees(NATALY, case).await.unwrap();
    seen.case.warned.iter().map(|warned| (warned.clock, warned.percent)).collect()
}

/// When its next clock runs out, as lists say.
async fn due(world: &World, case: &CaseNumber) -> Option<Timestamp> {
    let page = world.desk.queue_seen_by(viewer(NATALY), QueueRequest::default()).await.unwrap();
    page.rows.iter().find(|row| row.number == *case).unwrap().next_due.map(|(due, _)| due)
}

on_both! {
    async fn a_promise_is_kept_with_the_case_and_reads_the_same_when_the_agreement_changes(world: World) {
        promises(&world).await;
        let case = world.registers(MARTA, Kind::Incident).await;
        let office = world.desk.office();
        let mut shorter = (*office.agreements[&AgreementId(1)]).clone();
        shorter.targets.values_mut().for_each(|targets| targets.solution = Some(60));
        world.administer(vec![Change::SetAgreement(Box::new(shorter))]).await;
        let seen = world.sees(NATALY, &case).await.unwrap();
        let promise = seen.case.promise.as_ref().unwrap();
        assert_eq!((promise.version, promise.targets.solution), (1, Some(480)));
        assert_eq!(promise.hours, Hours::Calendar(CalendarId::MAIN));
        let next = world.registers(MARTA, Kind::Incident).await;
        let promise = world.sees(NATALY, &next).await.unwrap().case.promise.clone().unwrap();
        assert_eq!((promise.version, promise.targets.solution), (2, Some(60)));
    }

    async fn attention_is_drawn_once_however_many_nodes_run(world: World) {
        promises(&world).await;
        let other = world.another_node().await;
        let case = world.registers(MARTA, Kind::Incident).await;
        world.does(person(ADMIN), &case, assign(SupportLevel::First, Some(NATALY))).await;
        assert_eq!(pass_time(&world.desk).await.unwrap(), 0);
        world.pass(SignedDuration::from_mins(46));
        let (one, two) = tokio::join!(pass_time(&world.desk), pass_time(&other));
        assert!(one.unwrap() + two.unwrap() > 0);
        assert_eq!(warnings(&world, &case).await, [(ClockName::FirstAnswer, 75)]);
        assert_eq!(pass_time(&other).await.unwrap(), 0);
        let folder = Folder::open(world.folder.join("mail")).unwrap();
        deliver(&world.desk, &Post::new(Some(Transport::Folder(folder.clone())))).await.unwrap();
        let letters = folder.newest(100).unwrap();
        let warned: Vec<_> =
            letters.iter().filter(|(_, letter)| letter.subject.contains("Por vencer")).collect();
        assert_eq!(warned.len(), 1, "{letters:?}");
        assert!(warned[0].1.to[0].contains("Nataly"));
    }

    async fn whoever_solves_in_time_hears_nothing_more(world: World) {
        promises(&world).await;
        let case = world.registers(MARTA, Kind::Incident).await;
        world.solved(&case).await;
        world.pass(HOUR * 24);
        pass_time(&world.desk).await.unwrap();
        assert_eq!(warnings(&world, &case).await, []);
    }

    async fn a_case_that_waits_for_its_requester_is_due_later_and_warns_of_nothing_meanwhile(world: World) {
        promises(&world).await;
        let case = world.registers(MARTA, Kind::Incident).await;
        world.in_progress(&case).await;
        world.does(person(NATALY), &case, world.say(Audience::Requester, "Ya voy para allá.")).await;
        assert_eq!(due(&world, &case).await, Some(instant("2026-11-17T22:00:00Z")));
        let wait = Command::Wait {
            waiting_for: WaitingFor::Requester,
            until: None,
            reason: world.text("¿Qué luces tiene prendidas?"),
        };
        world.does(person(NATALY), &case, wait).await;
        assert_eq!(due(&world, &case).await, None);
        world.pass(HOUR * 24);
        assert_eq!(pass_time(&world.desk).await.unwrap(), 0);
        world.does(person(NATALY), &case, Command::Resume).await;
        let later = instant("2026-11-19T13:01:00Z");
        assert_eq!(due(&world, &case).await, Some(later), "later by as long as it waited: a day and a minute");
        let seen = world.sees(NATALY, &case).await.unwrap();
        assert_eq!(seen.case.standstills[0].why, Stillness::Requester);
    }

    async fn a_changed_calendar_moves_what_is_due(world: World) {
        promises(&world).await;
        let mut numbers = Vec::new();
        for _ in 0..3 {
            numbers.push(world.registers(MARTA, Kind::Incident).await);
        }
        assert_eq!(retime(&world.desk).await.unwrap(), 0, "nothing changed");
        let mut settings = (*world.desk.office().settings).clone();
        let mut form = CalendarForm::from(settings.calendar);
        for date in [jiff::civil::date(2026, 11, 17), jiff::civil::date(2026, 11, 18)] {
            form.exceptions.push(ExceptionForm { date, name: "Cierre".to_owned(), hours: Vec::new() });
        }
        settings.calendar = form.try_into().unwrap();
        world.administer(vec![Change::SetSettings(Box::new(settings))]).await;
        assert_eq!(due(&world, &numbers[0]).await, Some(instant("2026-11-17T14:00:00Z")));
        assert_eq!(retime(&world.desk).await.unwrap(), 3);
        for number in &numbers {
            assert_eq!(due(&world, number).await, Some(instant("2026-11-19T14:00:00Z")), "after two closed days");
        }
        assert_eq!(retime(&world.desk).await.unwrap(), 0);
    }
}
