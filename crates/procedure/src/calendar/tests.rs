use super::*;
use proptest::prelude::*;

mod laws;

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

/// A calendar of one time zone, with the same hours on every day of the week and no holidays.
fn daily(zone: &str, hours: &str) -> WorkingCalendar {
    let day = || vec![hours.to_owned()];
    let form = CalendarForm {
        time_zone: zone.into(),
        monday: day(),
        tuesday: day(),
        wednesday: day(),
        thursday: day(),
        friday: day(),
        saturday: day(),
        sunday: day(),
        holidays: HolidayLaw::None,
        ..WorkingCalendar::default().into()
    };
    WorkingCalendar::try_from(form).expect("a calendar")
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

#[test]
fn a_moved_clock_shortens_or_lengthens_the_day_it_falls_into() {
    let new_york = daily("America/New_York", "00:00-24:00");
    let march = new_york.between(instant("2026-03-08T00:00:00-05:00"), instant("2026-03-09T00:00:00-04:00"));
    assert_eq!(march, SignedDuration::from_hours(23));
    let november =
        new_york.between(instant("2026-11-01T00:00:00-04:00"), instant("2026-11-02T00:00:00-05:00"));
    assert_eq!(november, SignedDuration::from_hours(25));
    let year = new_york.between(instant("2026-01-01T00:00:00-05:00"), instant("2027-01-01T00:00:00-05:00"));
    assert_eq!(year, SignedDuration::from_hours(365 * 24));
}

#[test]
fn hours_that_the_clock_skips_last_no_time() {
    let day = |hours| {
        let calendar = daily("America/New_York", hours);
        calendar.between(instant("2026-03-08T00:00:00-05:00"), instant("2026-03-09T00:00:00-04:00"))
    };
    assert_eq!(day("02:00-03:00"), SignedDuration::ZERO);
    assert_eq!(day("02:15-02:45"), SignedDuration::ZERO);
    assert_eq!(day("01:30-02:30"), SignedDuration::from_mins(30));
    assert_eq!(day("02:30-03:30"), SignedDuration::from_mins(30));
}

#[test]
fn a_day_that_a_country_skipped_has_no_work() {
    let apia = daily("Pacific/Apia", "08:00-16:00");
    let over = apia.between(instant("2011-12-29T08:00:00-10:00"), instant("2011-12-31T16:00:00+14:00"));
    assert_eq!(over, SignedDuration::from_hours(16), "the 29th and the 31st; there was no 30th");
    let over = apia.between(instant("2011-12-01T00:00:00-10:00"), instant("2012-02-01T00:00:00+14:00"));
    assert_eq!(over, SignedDuration::from_hours((30 + 31) * 8), "however far away the ends are");
}

#[test]
fn a_span_to_midnight_goes_on_into_the_next_day() {
    let night = daily("America/Bogota", "00:00-24:00");
    let due = night.after_working_minutes(instant("2026-11-23T23:30:00-05:00"), 60);
    assert_eq!(due, instant("2026-11-24T00:30:00-05:00"));
    let evening = daily("America/Bogota", "18:00-24:00");
    let due = evening.after_working_minutes(instant("2026-11-23T23:30:00-05:00"), 60);
    assert_eq!(due, instant("2026-11-24T18:30:00-05:00"));
}

#[test]
fn sums_are_exact_to_the_microsecond() {
    let calendar = WorkingCalendar::default();
    let start = instant("2026-11-23T11:59:59.999999-05:00");
    let due = calendar.after_working_time(start, SignedDuration::from_micros(3));
    assert_eq!(due, instant("2026-11-23T13:00:00.000002-05:00"));
    assert_eq!(calendar.between(start, due), SignedDuration::from_micros(3));
    assert_eq!(calendar.between(due, start), SignedDuration::ZERO);
}

#[test]
fn no_time_is_the_next_moment_of_work() {
    let calendar = WorkingCalendar::default();
    assert_eq!(calendar.after_working_minutes(at("lun 10:00"), 0), at("lun 10:00"));
    assert_eq!(calendar.after_working_minutes(at("lun 12:30"), 0), at("lun 13:00"));
    assert_eq!(calendar.after_working_minutes(at("vie 17:00"), 0), at("lun 08:00"), "work has ended");
    assert_eq!(calendar.after_working_minutes(at("sáb 10:00"), 0), at("lun 08:00"));
}

#[test]
fn what_never_falls_due_ends_all_the_same() {
    let calendar = WorkingCalendar::default();
    assert_eq!(calendar.after_working_time(at("lun 08:00"), SignedDuration::MAX), Timestamp::MAX);
    assert_eq!(calendar.after_working_days(at("lun 08:00"), u32::MAX), Timestamp::MAX);
    assert_eq!(calendar.after_working_minutes(Timestamp::MAX, 1), Timestamp::MAX);
    assert_eq!(calendar.between(Timestamp::MAX, Timestamp::MAX), SignedDuration::ZERO);
}

#[test]
fn settings_are_written_and_read_in_json_and_toml() {
    let mut form = CalendarForm::from(WorkingCalendar::default());
    form.local_holidays = vec![HolidayRule {
        name: "Día de la agencia".into(),
        falls: crate::holiday::Falls::Fixed { month: 10, day: 1 },
        from: Some(2020),
        until: None,
    }];
    form.exceptions = vec![ExceptionForm {
        date: "2026-12-24".parse().expect("a date"),
        name: "Media jornada".into(),
        hours: vec!["08:00-12:00".into()],
    }];
    let calendar = WorkingCalendar::try_from(form).expect("a calendar");
    let json = serde_json::to_string(&calendar).expect("JSON");
    assert_eq!(serde_json::from_str::<WorkingCalendar>(&json).expect("readable"), calendar);
    let toml = toml::to_string(&calendar).expect("TOML");
    assert_eq!(toml::from_str::<WorkingCalendar>(&toml).expect("readable"), calendar);
    assert_eq!(calendar.holidays(2026)[&"2026-10-01".parse().expect("a date")], "Día de la agencia");
    let unknown = json.replace("America/Bogota", "America/Macondo");
    let error = serde_json::from_str::<WorkingCalendar>(&unknown).expect_err("no such zone");
    assert!(error.to_string().contains("unknown time zone"), "{error}");
}
