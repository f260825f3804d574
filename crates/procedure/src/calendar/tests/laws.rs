//! What holds for every calendar: sums equal a walk over minutes, split, and are each other's inverse.

use super::*;

/// A calendar's form told again, without the calendar's own reading: whether a minute is worked.
struct Walker {
    zone: TimeZone,
    /// Monday first, in minutes after midnight.
    week: Vec<Vec<(i32, i32)>>,
    exceptions: BTreeMap<Date, Vec<(i32, i32)>>,
    holidays: BTreeMap<Date, String>,
}

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

impl Walker {
    fn of(form: &CalendarForm) -> Walker {
        let minutes = |clock: &str| {
            let (hour, minute) = clock.split_once(':').expect("hh:mm");
            hour.parse::<i32>().expect("hours") * 60 + minute.parse::<i32>().expect("minutes")
        };
        let spans = |written: &Vec<String>| -> Vec<(i32, i32)> {
            let parts = written.iter().map(|span| span.split_once('-').expect("a span"));
            parts.map(|(from, to)| (minutes(from), minutes(to))).collect()
        };
        let week = [
            &form.monday,
            &form.tuesday,
            &form.wednesday,
            &form.thursday,
            &form.friday,
            &form.saturday,
            &form.sunday,
        ];
        Walker {
            zone: TimeZone::get(&form.time_zone).expect("a zone"),
            week: week.into_iter().map(spans).collect(),
            exceptions: form.exceptions.iter().map(|day| (day.date, spans(&day.hours))).collect(),
            holidays: (2025..2030).flat_map(|year| holidays(&form.holidays.rules(), year)).collect(),
        }
    }

    fn works(&self, at: Timestamp) -> bool {
        let wall = self.zone.to_datetime(at);
        let (day, minute) = (wall.date(), i32::from(wall.hour()) * 60 + i32::from(wall.minute()));
        let spans = match self.exceptions.get(&day) {
            Some(spans) => spans,
            None if self.holidays.contains_key(&day) => return false,
            None => &self.week[usize::try_from(day.weekday().to_monday_zero_offset()).expect("0 to 6")],
        };
        spans.iter().any(|(from, to)| (*from..*to).contains(&minute))
    }

    fn worked(&self, start: Timestamp, minutes: i64) -> i64 {
        let minute = |minute| start + SignedDuration::from_mins(minute);
        i64::try_from((0..minutes).filter(|at| self.works(minute(*at))).count()).expect("few")
    }

    /// When so many minutes have been worked; nothing when that is further than it walks.
    fn due(&self, start: Timestamp, minutes: i64) -> Option<Timestamp> {
        let (mut at, mut left) = (start, minutes);
        for _ in 0..80_000 {
            left -= i64::from(self.works(at));
            at += MINUTE;
            if left == 0 {
                return Some(at);
            }
        }
        None
    }
}

/// Spans of a day: whole hours at any time, when clocks may be moved, and half hours from five in the morning to ten at
/// night.
fn any_day() -> impl Strategy<Value = Vec<String>> {
    let half_hours: Vec<u16> = (0..=48).filter(|half| half % 2 == 0 || (10..=44).contains(half)).collect();
    prop::sample::subsequence(half_hours, 0..=6).prop_map(|halves| {
        let clocks: Vec<String> =
            halves.iter().map(|half| format!("{:02}:{:02}", half / 2, half % 2 * 30)).collect();
        clocks.chunks_exact(2).map(|pair| pair.join("-")).collect()
    })
}

/// A week of any shape, in zones of all kinds, with holidays or without, and some days unlike the others.
fn any_calendar() -> impl Strategy<Value = CalendarForm> {
    let zones = prop::sample::select(vec![
        "America/Bogota",
        "America/New_York",
        "America/Santiago",
        "Europe/Madrid",
        "Africa/Cairo",
        "Africa/Casablanca",
        "Asia/Beirut",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
    ]);
    let exceptions = prop::collection::btree_map(0i64..900, any_day(), 0..6);
    let law = prop::sample::select(vec![HolidayLaw::None, HolidayLaw::Colombia]);
    (prop::array::uniform7(any_day()), zones, exceptions, law).prop_map(
        |(week, zone, exceptions, holidays)| {
            let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = week;
            let first: Date = "2026-01-01".parse().expect("a date");
            let exception = |(after, hours): (i64, Vec<String>)| ExceptionForm {
                date: first.checked_add(jiff::Span::new().days(after)).expect("in range"),
                name: "Otra jornada".into(),
                hours,
            };
            CalendarForm {
                time_zone: zone.into(),
                monday,
                tuesday,
                wednesday,
                thursday,
                friday,
                saturday,
                sunday,
                holidays,
                local_holidays: Vec::new(),
                exceptions: exceptions.into_iter().map(exception).collect(),
            }
        },
    )
}

/// An instant of 2026 or 2027, on the minute.
fn any_minute() -> impl Strategy<Value = Timestamp> {
    let first = instant("2026-01-01T05:00:00Z").as_second();
    (0i64..2 * 365 * 24 * 60)
        .prop_map(move |minute| Timestamp::from_second(first + minute * 60).expect("in range"))
}

/// An instant of the years around, to the microsecond.
fn any_instant() -> impl Strategy<Value = Timestamp> {
    let first = instant("2025-01-01T05:00:00Z").as_microsecond();
    (0i64..4 * 365 * 86_400 * 1_000_000)
        .prop_map(move |micros| Timestamp::from_microsecond(first + micros).expect("in range"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn between_equals_a_walk(form in any_calendar(), start in any_minute(), minutes in 0i64..40_000) {
        let Ok(calendar) = WorkingCalendar::try_from(form.clone()) else {
            prop_assert!(form.monday.is_empty());
            return Ok(());
        };
        let end = start + SignedDuration::from_mins(minutes);
        let walked = Walker::of(&form).worked(start, minutes);
        prop_assert_eq!(calendar.between(start, end), SignedDuration::from_mins(walked));
    }

    #[test]
    fn due_equals_a_walk(form in any_calendar(), start in any_minute(), minutes in 1i64..12_000) {
        let Ok(calendar) = WorkingCalendar::try_from(form.clone()) else { return Ok(()) };
        let due = calendar.after_working_time(start, SignedDuration::from_mins(minutes));
        match Walker::of(&form).due(start, minutes) {
            Some(walked) => prop_assert_eq!(due, walked),
            None => prop_assert!(due > start + SignedDuration::from_mins(80_000)),
        }
    }

    #[test]
    fn due_and_between_are_each_others_inverse(
        form in any_calendar(),
        start in any_minute(),
        micros in 1i64..20_000_000_000_000,
    ) {
        let Ok(calendar) = WorkingCalendar::try_from(form) else { return Ok(()) };
        let time = SignedDuration::from_micros(micros);
        let due = calendar.after_working_time(start, time);
        if due == Timestamp::MAX {
            let century = calendar.instant(years_ahead(calendar.day_of(start)).at(0, 0, 0, 0));
            prop_assert!(calendar.between(start, century) <= time, "never is more than a century");
            return Ok(());
        }
        prop_assert_eq!(calendar.between(start, due), time);
        let just_before = due - SignedDuration::from_micros(1);
        prop_assert!(calendar.between(start, just_before) < time, "no earlier instant will do");
    }

    #[test]
    fn time_due_in_two_parts_is_due_as_one(
        form in any_calendar(),
        start in any_instant(),
        first in 1i64..2_000_000,
        second in 1i64..2_000_000,
    ) {
        let Ok(calendar) = WorkingCalendar::try_from(form) else { return Ok(()) };
        let due = |start, seconds| calendar.after_working_time(start, SignedDuration::from_secs(seconds));
        prop_assert_eq!(due(due(start, first), second), due(start, first + second));
        let (one, next) = (due(start, 0), due(start, 1));
        prop_assert!(one >= start && one < next, "with none, work goes on there");
        prop_assert_eq!(calendar.between(start, one), SignedDuration::ZERO);
    }

    #[test]
    fn more_time_is_never_due_earlier(
        form in any_calendar(),
        start in any_minute(),
        later in 0i64..5_000_000,
        seconds in 0i64..5_000_000,
        more in 0i64..5_000_000,
    ) {
        let Ok(calendar) = WorkingCalendar::try_from(form) else { return Ok(()) };
        let due = |start, seconds| calendar.after_working_time(start, SignedDuration::from_secs(seconds));
        prop_assert!(due(start, seconds) <= due(start, seconds + more));
        prop_assert!(due(start, seconds) <= due(start + SignedDuration::from_secs(later), seconds));
    }

    #[test]
    fn a_span_split_in_two_adds_up_and_a_wider_one_holds_more(
        form in any_calendar(),
        mut at in prop::array::uniform4(any_instant()),
    ) {
        let Ok(calendar) = WorkingCalendar::try_from(form) else { return Ok(()) };
        at.sort_unstable();
        let [start, one, other, end] = at;
        let between = |start, end| calendar.between(start, end);
        prop_assert_eq!(between(start, end), between(start, one) + between(one, end));
        prop_assert_eq!(between(start, end), between(start, other) + between(other, end));
        prop_assert!(between(one, other) <= between(start, other), "the start is earlier");
        prop_assert!(between(one, other) <= between(one, end), "the end is later");
        prop_assert!(between(start, end) <= end.duration_since(start), "nobody works longer than time passes");
        prop_assert_eq!(between(end, start), SignedDuration::ZERO);
    }

    #[test]
    fn a_day_that_closes_takes_only_its_own_work(form in any_calendar(), start in any_instant(), day in 0i64..900) {
        let Ok(calendar) = WorkingCalendar::try_from(form.clone()) else { return Ok(()) };
        let first: Date = "2026-01-01".parse().expect("a date");
        let date = first.checked_add(jiff::Span::new().days(day)).expect("in range");
        let mut closed = form;
        closed.exceptions.retain(|exception| exception.date != date);
        closed.exceptions.push(ExceptionForm { date, name: "Cierre".into(), hours: Vec::new() });
        let closed = WorkingCalendar::try_from(closed).expect("as good as before");
        let [dawn, night] = [date, tomorrow(date)].map(|day| calendar.at(day, 0));
        prop_assert_eq!(closed.between(dawn, night), SignedDuration::ZERO);
        for (from, to) in [(start, dawn), (night, start)] {
            prop_assert_eq!(closed.between(from, to), calendar.between(from, to));
        }
        let week = SignedDuration::from_hours(7 * 24);
        let lost = calendar.between(dawn - week, night + week) - closed.between(dawn - week, night + week);
        prop_assert_eq!(lost, calendar.between(dawn, night));
    }

    #[test]
    fn working_days_end_with_their_work(form in any_calendar(), start in any_minute(), days in 0u32..40) {
        let Ok(calendar) = WorkingCalendar::try_from(form) else { return Ok(()) };
        let end = calendar.after_working_days(start, days);
        prop_assert!(end > start);
        let next = calendar.after_working_days(start, days + 1);
        prop_assert!(end < next || days == 0 && end == next, "after work the day that begins is the next one");
        let moment = SignedDuration::from_secs(1);
        prop_assert_eq!(calendar.between(end - moment, end), moment, "work ends there");
    }
}
