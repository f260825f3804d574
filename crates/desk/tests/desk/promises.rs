//! What the desk promised, as time passes over it.

use atiende_desk::DeskError;
use atiende_desk::Post;
use atiende_desk::jobs::{deliver, pass_time, retime};
use atiende_desk::view::QueueRequest;
use atiende_desk::view::reports::{BehindRequest, GroupBy, ReportFilter};
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

    async fn a_report_is_for_who_may_read_of_it_and_says_what_the_case_says(world: World) {
        promises(&world).await;
        let mut contract = (*world.desk.office().contracts[&CONTRACT]).clone();
        (contract.response, contract.solution) = (Some(30), Some(60));
        world.administer(vec![Change::SetContract(Box::new(contract))]).await;
        let case = world.registers(MARTA, Kind::Incident).await;
        world.with_provider(&case).await;
        world.pass(HOUR * 2);
        let report = Command::ReportFromProvider {
            report: world.text("Se cambió el fusor."),
            solved: true,
            mode: AttentionMode::OnSite,
        };
        world.does(person(NATALY), &case, report).await;
        world.does(person(NATALY), &case, world.solve(Performer::Provider)).await;
        world.registers(MARTA, Kind::Incident).await;
        world.pass(HOUR * 24);

        let month = ReportFilter::of(jiff::civil::date(2026, 11, 1), jiff::civil::date(2026, 11, 30));
        let told = async |who, by| match world.desk.sla_report(viewer(who), month.clone(), by).await {
            Ok(report) => report.rows.iter().map(line).collect::<Vec<_>>(),
            Err(DeskError::NoSuchCase) => vec!["nothing".to_owned()],
            Err(error) => panic!("{error}"),
        };
        let of_provider = ["provider_response 0+1", "provider_solution 0+1"];
        let of_desk = ["first_answer 1+0", "solution 1+0"];
        for who in [ADMIN, NATALY, AUDITOR] {
            assert_eq!(told(who, GroupBy::Clock).await, [&of_desk[..], &of_provider].concat());
        }
        assert_eq!(told(HERNAN, GroupBy::Clock).await, of_provider, "of his contract");
        assert_eq!(told(ADMIN, GroupBy::Provider).await, ["1 0+2", "none 2+0"]);
        assert_eq!(told(ADMIN, GroupBy::Service).await, ["impresora 2+2 and 1 late"]);
        for who in [MARTA, ROSALBA, CLARA] {
            assert_eq!(told(who, GroupBy::Clock).await, ["nothing"]);
        }
        // Once it is of the security procedure, nobody learns of it from a number, nor from the list behind one.
        let reopened = Command::Reopen { reason: world.text("Sigue igual.") };
        world.does(person(MARTA), &case, reopened).await;
        world.does(person(ADMIN), &case, Command::Refer { reason: world.text("Parece suplantación.") }).await;
        assert_eq!(told(ADMIN, GroupBy::Clock).await, [""; 0]);
        let behind = BehindRequest { filter: month.clone(), met: None, cursor: None, limit: 50 };
        assert_eq!(world.desk.sla_cases(viewer(ADMIN), behind).await.unwrap().rows, []);
    }

    async fn a_report_is_told_beside_as_many_days_or_months_before(world: World) {
        promises(&world).await;
        let case = world.registers(MARTA, Kind::Incident).await;
        world.solved(&case).await;
        world.pass(HOUR * 24 * 30);
        let date = jiff::civil::date;
        let before = async |from, to| {
            let filter = ReportFilter::of(from, to);
            let report = world.desk.sla_report(viewer(ADMIN), filter, GroupBy::Month).await.unwrap();
            (report.total.ended(), report.before.ended())
        };
        assert_eq!(before(date(2026, 11, 17), date(2026, 11, 17)).await, (2, 0));
        assert_eq!(before(date(2026, 11, 18), date(2026, 11, 18)).await, (0, 2));
        assert_eq!(before(date(2026, 11, 20), date(2026, 11, 22)).await, (0, 2));
        assert_eq!(before(date(2026, 11, 21), date(2026, 11, 23)).await, (0, 0));
        assert_eq!(before(date(2026, 12, 1), date(2026, 12, 31)).await, (0, 2), "the whole month before");
        assert_eq!(before(date(2027, 1, 1), date(2027, 2, 28)).await, (0, 2), "the two months before");
        assert_eq!(before(date(2027, 1, 1), date(2027, 1, 31)).await, (0, 0));
    }
}

/// `service 2+1 and 3 late`.
fn line(row: &atiende_desk::view::reports::ReportRow) -> String {
    let late = row.tally.open_late.filter(|count| *count > 0);
    let late = late.map_or(String::new(), |count| format!(" and {count} late"));
    format!("{} {}+{}{late}", row.group.key(), row.tally.met, row.tally.breached)
}
