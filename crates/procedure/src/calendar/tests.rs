use super::*;
use proptest::prelude::*;

/// 2026-11-16 is a holiday (Independencia de Cartagena), so the week used here begins on Monday the 23rd.
fn at(words: &str) -> Timestamp {
    let (day, clock) = words.split_once(' ').expect("a day and an hour");
    let day = match day {
        "vie" => "2026-11-20",
        "sáb" => "2026-11-21",
        "lun" => "2026-11-23",
        "mar" => "2026-11-24",
        "mié" => "2026-11-25",
        "jue" => "2026-11-26",
        date => date,
    };
    format!("{day}T{clock}:00-05:00").parse().expect("an instant")
}

#[track_caller]
fn check(sum: &str, expected: &str) {
    let (start, minutes) = sum.split_once(" + ").expect("start + time");
    let minutes = match minutes.strip_suffix('m') {
        Some(minutes) => minutes.parse::<u32>().expect("minutes"),
        None => minutes.strip_suffix('h').expect("hours").parse::<u32>().expect("hours") * 60,
    };
    let calendar = WorkingCalendar::default();
    let due = calendar.after_working_minutes(at(start), minutes);
    assert_eq!(due, at(expected), "{sum} gave {due}");
    assert_eq!(calendar.between(at(start), due), SignedDuration::from_mins(i64::from(minutes)), "and back");
}

#[test]
fn working_time_stops_at_night_at_lunch_and_at_the_weekend() {
    check("vie 16:50 + 30m", "lun 08:20");
    check("lun 11:50 + 20m", "lun 13:10");
    check("sáb 10:00 + 60m", "lun 09:00");
    check("lun 06:00 + 8h", "lun 17:00");
    check("lun 08:00 + 16h", "mar 17:00");
}

#[test]
fn a_holiday_is_skipped() {
    check("2026-11-13 16:00 + 2h", "2026-11-17 09:00");
    check("2026-12-24 16:00 + 2h", "2026-12-28 09:00");
}

#[test]
fn a_year_of_work_is_one_sum() {
    let calendar = WorkingCalendar::default();
    let start = at("2026-01-01 00:00");
    let end = at("2027-01-01 00:00");
    let working_days = 365 - 104 - calendar.holidays(2026).keys().filter(|day| !weekend(**day)).count();
    assert_eq!(calendar.between(start, end), SignedDuration::from_hours(8 * working_days as i64));
}

fn weekend(day: Date) -> bool {
    day.weekday().to_monday_zero_offset() > 4
}

#[test]
fn the_grace_ends_with_the_work_of_its_last_day() {
    let calendar = WorkingCalendar::default();
    assert_eq!(calendar.after_working_days(at("mar 10:00"), 2), at("jue 17:00"));
    assert_eq!(calendar.after_working_days(at("vie 18:00"), 1), at("lun 17:00"));
    assert_eq!(calendar.after_working_days(at("mar 18:00"), 0), at("mié 17:00"));
}

#[test]
fn a_calendar_without_working_time_is_refused() {
    let mut form = CalendarForm::from(WorkingCalendar::default());
    for day in
        [&mut form.monday, &mut form.tuesday, &mut form.wednesday, &mut form.thursday, &mut form.friday]
    {
        day.clear();
    }
    assert_eq!(WorkingCalendar::try_from(form), Err(BadCalendar::NoWorkingTime));
}

#[test]
fn hours_are_checked_as_they_are_read() {
    let with = |monday: &[&str]| {
        let monday = monday.iter().map(ToString::to_string).collect();
        WorkingCalendar::try_from(CalendarForm { monday, ..WorkingCalendar::default().into() })
    };
    assert!(matches!(with(&["8-12"]), Err(BadCalendar::BadHours(_))));
    assert!(matches!(with(&["12:00-08:00"]), Err(BadCalendar::BadHours(_))));
    assert!(matches!(with(&["08:00-12:00", "11:00-13:00"]), Err(BadCalendar::Overlap(_))));
    assert!(with(&["00:00-24:00"]).is_ok());
}

#[test]
fn a_half_day_and_a_closure_are_exceptions() {
    let mut form = CalendarForm::from(WorkingCalendar::default());
    let date = |text: &str| text.parse::<Date>().expect("a date");
    form.exceptions = vec![
        ExceptionForm {
            date: date("2026-11-23"),
            name: "Media jornada".into(),
            hours: vec!["08:00-12:00".into()],
        },
        ExceptionForm { date: date("2026-11-24"), name: "Jornada pedagógica".into(), hours: vec![] },
    ];
    let calendar = WorkingCalendar::try_from(form).expect("a calendar");
    assert_eq!(calendar.after_working_minutes(at("lun 11:00"), 120), at("mié 09:00"));
}

#[test]
fn a_moved_clock_shortens_the_night_it_falls_into() {
    let form = CalendarForm {
        time_zone: "America/New_York".into(),
        sunday: vec!["00:00-24:00".into()],
        monday: vec![],
        tuesday: vec![],
        wednesday: vec![],
        thursday: vec![],
        friday: vec![],
        holidays: HolidayLaw::None,
        ..WorkingCalendar::default().into()
    };
    let calendar = WorkingCalendar::try_from(form).expect("a calendar");
    let day = |text: &str| text.parse::<Timestamp>().expect("an instant");
    let march = calendar.between(day("2026-03-08T00:00:00-05:00"), day("2026-03-09T00:00:00-04:00"));
    assert_eq!(march, SignedDuration::from_hours(23));
}

/// Minute by minute, as slowly and surely as can be.
fn walked(calendar: &WorkingCalendar, start: Timestamp, end: Timestamp) -> i64 {
    let mut years = Years::new(calendar);
    let mut minutes = 0;
    let mut at = start;
    while at < end {
        let spans = calendar.spans(calendar.day_of(at), &mut years);
        if spans.iter().any(|(from, to)| *from <= at && at < *to) {
            minutes += 1;
        }
        at = at.checked_add(SignedDuration::from_mins(1)).expect("in range");
    }
    minutes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn between_equals_a_walk(start in 0i64..500_000, length in 0i64..60_000) {
        let calendar = WorkingCalendar::default();
        let start = Timestamp::from_second(1_760_000_040 / 60 * 60 + start * 60).expect("in range");
        let end = start.checked_add(SignedDuration::from_mins(length)).expect("in range");
        prop_assert_eq!(calendar.between(start, end), SignedDuration::from_mins(walked(&calendar, start, end)));
    }

    #[test]
    fn due_and_between_are_each_others_inverse(start in 0i64..50_000_000, seconds in 1i64..20_000_000) {
        let calendar = WorkingCalendar::default();
        let start = Timestamp::from_second(1_750_000_000 + start).expect("in range");
        let due = calendar.after_working_time(start, SignedDuration::from_secs(seconds));
        prop_assert_eq!(calendar.between(start, due), SignedDuration::from_secs(seconds));
    }
}
