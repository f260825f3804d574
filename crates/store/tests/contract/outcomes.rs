//! Promises that came to an end: counted by the commit that ends them, and counted once whatever happens.

use atiende_procedure::calendar::{CalendarForm, WorkingCalendar};
use atiende_procedure::office::{Office, OfficeEvent, OfficeRecorded, Settings};
use atiende_procedure::permission::Scope;
use atiende_procedure::sla::{ClockName, Hours, ProviderPromise};
use atiende_procedure::*;
use atiende_store::outcomes::{self, Asked, Behind, By, Sum};
use atiende_store::{StoreError, office};
use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::support::*;

/// Monday 2 March 2026 at eight in Bogotá, and so many minutes later.
fn minute(minutes: i64) -> Timestamp {
    "2026-03-02T13:00:00Z".parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_mins(minutes)
}

fn days(from: Date, to: Date) -> Asked {
    Asked {
        from,
        to,
        clock: None,
        kind: None,
        priority: None,
        level: None,
        service: None,
        department: None,
        site: None,
        agreement: None,
        contracts: None,
    }
}

fn of_2026() -> Asked {
    days(date(2026, 1, 1), date(2026, 12, 31))
}

fn told(sums: &[Sum]) -> Vec<String> {
    sums.iter().map(|it| format!("{} {}+{} {}s", it.key, it.met, it.breached, it.used)).collect()
}

const FIRST: SupportLevel = SupportLevel::First;

impl World {
    async fn sums(&self, asked: &Asked, by: By) -> Vec<Sum> {
        let asked = asked.clone();
        self.db.read(move |r| outcomes::sums(r, &asked, by)).await.unwrap()
    }

    async fn told(&self, by: By) -> Vec<String> {
        told(&self.sums(&of_2026(), by).await)
    }

    async fn later(&self, id: CaseId, minutes: i64, events: Vec<(Event, Vec<Text>)>) -> Case {
        self.db.write(command(), move |w| advance(w, id, &events, minute(minutes))).await.unwrap()
    }

    /// A case of eight on that Monday, promised to be assigned in an hour and solved in three.
    async fn promising(&self, asked: Request) -> CaseId {
        let case = self.case(Request { at: minute(0), ..asked }).await;
        self.later(case.id, 0, vec![promised(60, 180)]).await;
        case.id
    }

    /// Every case behind a number, a few at a time.
    async fn behind(&self, scope: &Scope, asked: &Asked, met: Option<bool>) -> Vec<Behind> {
        let (mut rows, mut after) = (Vec::new(), None::<String>);
        loop {
            let (scope, asked, cursor) = (scope.clone(), asked.clone(), after.clone());
            let page =
                self.db.read(move |r| outcomes::page(r, &scope, &asked, met, cursor.as_deref(), 3)).await;
            let page = page.unwrap();
            rows.extend(page.rows);
            after = page.next;
            if after.is_none() {
                return rows;
            }
        }
    }

    async fn well(&self) {
        assert_eq!(self.look().await.1, [""; 0]);
    }

    /// Cases over some months: of three services, one in two in time, one in seven security's, some with a provider.
    async fn months(&self) {
        for n in 0..60_i64 {
            let began = minute(n * 60 * 31);
            let asked = Request { at: began, ..request(1 + n % 3) };
            let case = self.case(if n % 7 == 6 { asked.security() } else { asked }).await;
            if n % 7 == 6 {
                continue;
            }
            let service = (n % 4 != 3).then_some(ServiceId(1 + n % 4));
            let reason = text("Hay que cambiar una pieza");
            let to_provider = Event::EscalatedToProvider {
                contract: ContractId(1 + n % 2),
                reason: reason.reference(),
                follow_up_due: began,
                promise: Some(ProviderPromise {
                    response: Some(30),
                    solution: Some(60),
                    hours: Hours::Always,
                }),
            };
            let report = text("Quedó listo");
            let reported = Event::ProviderReported {
                contract: ContractId(1 + n % 2),
                report: report.reference(),
                solved: true,
                mode: AttentionMode::OnSite,
            };
            let level = SupportLevel::ALL[n as usize % 3];
            let mut steps = vec![
                (1, vec![(classified(service), Vec::new()), promised(60, 180)]),
                (30 + n * 3, vec![assigned(level, 1, Some(9)), assessed(level)]),
            ];
            if n % 5 == 0 {
                steps.push((260, vec![(to_provider, vec![reason])]));
                steps.push((280 + n, vec![(reported, vec![report])]));
            }
            steps.push((400 + n * 7, vec![solved()]));
            for (minutes, events) in steps {
                let at = began + jiff::SignedDuration::from_mins(minutes);
                let id = case.id;
                self.db.write(command(), move |w| advance(w, id, &events, at)).await.unwrap();
            }
        }
    }
}

on_both! {
    async fn a_commit_that_ends_a_clock_counts_it_and_reopening_takes_it_back(world: World) {
        let id = world.promising(request(1)).await;
        assert_eq!(world.told(By::Clock).await, [""; 0]);
        world.later(id, 20, vec![assigned(FIRST, 1, Some(9)), assessed(FIRST)]).await;
        let assigned_in_time = "assignment 1+0 1200s";
        assert_eq!(world.told(By::Clock).await, [assigned_in_time]);
        world.later(id, 200, vec![solved()]).await;
        assert_eq!(world.told(By::Clock).await, [assigned_in_time, "solution 0+1 12000s"]);
        assert_eq!(world.told(By::Level).await, ["first 1+1 13200s"]);
        assert_eq!(world.told(By::Month).await, ["202603 1+1 13200s"]);
        world.later(id, 220, vec![reopened(FIRST, 9)]).await;
        assert_eq!(world.told(By::Clock).await, [assigned_in_time]);
        world.later(id, 230, vec![assessed(FIRST), solved()]).await;
        assert_eq!(world.told(By::Clock).await, [assigned_in_time, "solution 0+1 12600s"]);
        world.later(id, 400, vec![(Event::Closed { how: Closing::GraceEnded }, Vec::new())]).await;
        assert_eq!(world.told(By::Clock).await, [assigned_in_time, "solution 0+1 12600s"]);
        world.well().await;
    }

    async fn a_case_takes_its_numbers_along_when_it_is_about_something_else(world: World) {
        let id = world.promising(request(1)).await;
        world.later(id, 20, vec![assigned(FIRST, 1, Some(9)), assessed(FIRST)]).await;
        assert_eq!(world.told(By::Service).await, ["0 1+0 1200s"]);
        world.later(id, 30, vec![(classified(Some(ServiceId(4))), Vec::new())]).await;
        assert_eq!(world.told(By::Service).await, ["4 1+0 1200s"]);
        world.later(id, 40, vec![assigned(SupportLevel::Third, 3, Some(7))]).await;
        assert_eq!(world.told(By::Level).await, ["third 1+0 1200s"]);
        // A promise of ten minutes was broken when it was assigned.
        world.later(id, 50, vec![promised(10, 180)]).await;
        assert_eq!(world.told(By::Level).await, ["third 0+1 1200s"]);
        world.well().await;
    }

    async fn security_cases_are_in_no_number_and_no_list(world: World) {
        let id = world.promising(request(1)).await;
        world.later(id, 20, vec![assigned(FIRST, 1, Some(9))]).await;
        let everything = Scope { desk: true, security: true, ..Scope::default() };
        assert_eq!(world.behind(&everything, &of_2026(), None).await.len(), 1);
        world.later(id, 30, vec![referred()]).await;
        assert_eq!(world.told(By::Clock).await, [""; 0]);
        assert_eq!(world.behind(&everything, &of_2026(), None).await, []);
        assert_eq!((world.count("outcomes").await, world.look().await.1), (0, Vec::new()));
        world.later(id, 40, vec![sent_back()]).await;
        assert_eq!(world.told(By::Clock).await, ["assignment 1+0 1200s"]);
        let secret = world.promising(request(2).security()).await;
        world.later(secret, 50, vec![assigned(FIRST, 1, Some(9))]).await;
        assert_eq!(world.told(By::Clock).await, ["assignment 1+0 1200s"]);
        world.well().await;
    }

    async fn what_was_reported_stays_when_calendars_change(world: World) {
        let id = world.promising(request(1)).await;
        world.later(id, 20, vec![assigned(FIRST, 1, Some(9)), assessed(FIRST)]).await;
        world.later(id, 200, vec![solved()]).await;
        let before = world.told(By::Clock).await;
        assert_eq!(before, ["assignment 1+0 1200s", "solution 0+1 12000s"]);
        // From now on the office opens at ten.
        let late: Vec<String> = vec!["10:00-12:00".into(), "13:00-17:00".into()];
        let form = CalendarForm { monday: late, ..WorkingCalendar::default().into() };
        let calendar = WorkingCalendar::try_from(form).unwrap();
        let settings = Box::new(Settings { calendar, ..Settings::default() });
        let acted = Acted { by: Actor::Operator, capacity: Capacity::Operator };
        let event = OfficeEvent::SettingsSet { settings };
        let changed = OfficeRecorded { sequence: 1, at: clock(), acted, command: command(), event };
        world.db.write(command(), move |w| {
            let held = office::hold(w)?;
            office::advance(w, &held, std::slice::from_ref(&changed), &[])
        }).await.unwrap();
        let office: Office = world.db.read(office::load).await.unwrap();
        let move_on = |minutes, events: Vec<(Event, Vec<Text>)>| {
            let office = office.clone();
            world.db.write(command(), move |w| advance_in(w, &office, id, &events, minute(minutes)))
        };
        move_on(300, vec![said(Audience::Internal, "ojo")]).await.unwrap();
        move_on(310, vec![(classified(Some(ServiceId(4))), Vec::new())]).await.unwrap();
        assert_eq!(world.told(By::Clock).await, before);
        world.well().await;
        // What ends from now on is read by the new hours.
        move_on(320, vec![reopened(FIRST, 9)]).await.unwrap();
        move_on(330, vec![assessed(FIRST), solved()]).await.unwrap();
        assert_eq!(world.told(By::Clock).await, ["assignment 1+0 1200s", "solution 1+0 5400s"]);
        world.well().await;
    }

    async fn cases_of_an_older_program_are_counted_beside_the_work(world: World) {
        world.months().await;
        let (before, whole) = (world.told(By::Clock).await, world.told(By::Month).await);
        assert!(before.len() == 4 && whole.len() > 1, "{before:?} {whole:?}");
        world.tamper("UPDATE cases SET counted = 0; DELETE FROM outcomes; DELETE FROM outcome_sums").await;
        assert!(world.db.read(outcomes::must_be_counted).await.unwrap());
        assert_eq!(world.told(By::Clock).await, [""; 0]);
        world.well().await;
        // One is moved before it is counted.
        world.happen(CaseId(1), vec![said(Audience::Internal, "ojo")]).await;
        loop {
            let office = Office::default();
            let done = world.db.change(move |w| outcomes::count_some(w, &office, 7)).await.unwrap();
            if done == 0 {
                break;
            }
        }
        assert!(!world.db.read(outcomes::must_be_counted).await.unwrap());
        assert_eq!((world.told(By::Clock).await, world.told(By::Month).await), (before, whole));
        world.well().await;
    }

    async fn any_days_add_up_to_the_cases_behind_them(world: World) {
        world.months().await;
        let desk = Scope { desk: true, ..Scope::default() };
        let all = world.behind(&desk, &of_2026(), None).await;
        let sorted = all.is_sorted_by_key(|it| std::cmp::Reverse((it.ended_at, it.case.id, it.clock)));
        assert!(sorted && all.len() > 100, "{}", all.len());
        assert!(all.iter().any(|it| !it.met) && all.iter().any(|it| it.met));
        let zone = jiff::tz::TimeZone::get("America/Bogota").unwrap();
        let spans = [(1, 31), (2, 2), (2, 40), (15, 45), (20, 80), (1, 90), (61, 61), (32, 200)];
        for (first, last) in spans {
            let day = |n: i64| date(2026, 2, 28).checked_add(jiff::Span::new().days(n)).unwrap();
            let asked = days(day(first), day(last));
            let inside = |it: &&Behind| {
                let day = zone.to_datetime(it.ended_at).date();
                asked.from <= day && day <= asked.to
            };
            let inside: Vec<&Behind> = all.iter().filter(inside).collect();
            let sums = world.sums(&asked, By::Month).await;
            let met = inside.iter().filter(|it| it.met).count() as u64;
            let used: i64 = inside.iter().map(|it| it.used.as_secs()).sum();
            assert_eq!(sums.iter().map(|it| it.met).sum::<u64>(), met, "{asked:?}");
            assert_eq!(sums.iter().map(|it| it.breached).sum::<u64>(), inside.len() as u64 - met, "{asked:?}");
            assert_eq!(sums.iter().map(|it| it.used).sum::<u64>(), used as u64, "{asked:?}");
            assert_eq!(world.behind(&desk, &asked, None).await.len(), inside.len(), "{asked:?}");
        }
    }

    async fn a_number_and_its_list_are_narrowed_alike(world: World) {
        world.months().await;
        let desk = Scope { desk: true, ..Scope::default() };
        let all = world.behind(&desk, &of_2026(), None).await;
        let contracts = |ids: &[i64]| Some(ids.iter().map(|id| ContractId(*id)).collect::<Vec<_>>());
        let asked = of_2026();
        type Holds = fn(&Behind) -> bool;
        let table: [(Asked, Holds); 8] = [
            (Asked { clock: Some(ClockName::Solution), ..asked.clone() }, |it| it.clock == ClockName::Solution),
            (Asked { service: Some(Some(ServiceId(2))), ..asked.clone() }, |it| it.case.service == Some(ServiceId(2))),
            (Asked { service: Some(None), ..asked.clone() }, |it| it.case.service.is_none()),
            (Asked { level: Some(Some(SupportLevel::Second)), ..asked.clone() }, |it| it.case.level == Some(SupportLevel::Second)),
            (Asked { contracts: contracts(&[2]), ..asked.clone() }, |it| it.contract == Some(ContractId(2))),
            (Asked { contracts: contracts(&[1, 2]), ..asked.clone() }, |it| it.contract.is_some()),
            (Asked { contracts: contracts(&[]), ..asked.clone() }, |_| false),
            (Asked { agreement: Some(Some(AgreementId(1))), ..asked.clone() }, |it| it.contract.is_none()),
        ];
        for (asked, holds) in table {
            for met in [true, false] {
                let expected: Vec<&Behind> = all.iter().filter(|it| it.met == met && holds(it)).collect();
                let listed = world.behind(&desk, &asked, Some(met)).await;
                assert!(listed.iter().eq(expected.iter().copied()), "{met} {asked:?}");
                let sums = world.sums(&asked, By::Kind).await;
                let number = sums.iter().map(|it| if met { it.met } else { it.breached }).sum::<u64>();
                assert_eq!(number, listed.len() as u64, "{met} {asked:?}");
            }
        }
        // Who supervises a contract finds its cases, and no others.
        let supervisor = Scope { contracts: vec![ContractId(2)], ..Scope::default() };
        let own = Asked { contracts: contracts(&[2]), ..of_2026() };
        assert!(!world.behind(&supervisor, &own, None).await.is_empty());
        assert_eq!(world.behind(&supervisor, &Asked { contracts: contracts(&[1]), ..of_2026() }, None).await, []);
        let wrong = world.db.read(move |r| outcomes::page(r, &desk, &asked, None, Some("00"), 3)).await;
        assert_eq!(wrong, Err(StoreError::BadCursor));
    }

    async fn open_cases_that_are_late_are_told_apart(world: World) {
        let late = world.promising(request(1)).await;
        world.later(late, 10, vec![(classified(Some(ServiceId(4))), Vec::new())]).await;
        let done = world.promising(request(2)).await;
        world.later(done, 20, vec![assigned(FIRST, 1, Some(9)), assessed(FIRST), solved()]).await;
        world.promising(request(3).security()).await;
        let count = |minutes, asked: Asked, by| {
            world.db.read(move |r| outcomes::late(r, minute(minutes), &asked, by))
        };
        assert_eq!(count(30, of_2026(), By::Service).await.unwrap(), Some(Vec::new()));
        assert_eq!(count(70, of_2026(), By::Service).await.unwrap(), Some(vec![("4".to_owned(), 1)]));
        assert_eq!(count(70, of_2026(), By::Month).await.unwrap(), Some(vec![(String::new(), 1)]));
        let narrowed = Asked { service: Some(None), ..of_2026() };
        assert_eq!(count(70, narrowed, By::Level).await.unwrap(), Some(Vec::new()));
        assert_eq!(count(70, of_2026(), By::Agreement).await.unwrap(), None);
    }

    async fn a_changed_end_and_a_changed_sum_are_found(world: World) {
        let case = world.promising(request(1)).await;
        world.later(case, 20, vec![assigned(FIRST, 1, Some(9)), assessed(FIRST)]).await;
        world.later(case, 200, vec![solved()]).await;
        world.well().await;
        let otherwise = "MS-2026-1: the end of its clock solution is counted otherwise than it was";
        let sums = "counts: the kept sums of promises are not those of the clocks that ended";
        let tries: [(&str, &str, &[&str]); 5] = [
            (
                "UPDATE outcomes SET state = 'met' WHERE clock = 'solution'",
                "UPDATE outcomes SET state = 'breached' WHERE clock = 'solution'",
                &[otherwise, sums],
            ),
            (
                "UPDATE outcomes SET used = used - 60 WHERE clock = 'solution'",
                "UPDATE outcomes SET used = used + 60 WHERE clock = 'solution'",
                &[otherwise, sums],
            ),
            // One who knows both tables is found out by the events.
            (
                "UPDATE outcomes SET service = 7 WHERE clock = 'solution'; UPDATE outcome_sums SET service = 7 WHERE clock = 'solution'",
                "UPDATE outcomes SET service = 0; UPDATE outcome_sums SET service = 0",
                &[otherwise],
            ),
            (
                "UPDATE outcome_sums SET met = met + 1 WHERE clock = 'assignment' AND whole",
                "UPDATE outcome_sums SET met = met - 1 WHERE clock = 'assignment' AND whole",
                &[sums],
            ),
            (
                "DELETE FROM outcomes WHERE clock = 'solution'",
                "",
                &["MS-2026-1: the end of its clock solution is not counted", sums],
            ),
        ];
        for (tampering, undone, findings) in tries {
            world.tamper(tampering).await;
            assert_eq!(world.look().await.1, findings, "{tampering}");
            world.tamper(undone).await;
        }
    }
}
