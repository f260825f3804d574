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

/// The hours of a form's day, told again without the calendar's own reading.
fn is_work(form: &CalendarForm, holidays: &BTreeMap<Date, String>, at: Timestamp) -> bool {
    let wall = TimeZone::get(&form.time_zone).expect("a zone").to_datetime(at);
    let (day, minute) = (wall.date(), i32::from(wall.hour()) * 60 + i32::from(wall.minute()));
    let week = [
        &form.monday,
        &form.tuesday,
        &form.wednesday,
        &form.thursday,
        &form.friday,
        &form.saturday,
        &form.sunday,
    ];
    let exception = form.exceptions.iter().find(|exception| exception.date == day);
    let hours = match exception {
        Some(exception) => &exception.hours,
        None if holidays.contains_key(&day) => return false,
        None => week[usize::try_from(day.weekday().to_monday_zero_offset()).expect("0 to 6")],
    };
    let minutes = |clock: &str| {
        let (hour, minute) = clock.split_once(':').expect("hh:mm");
        hour.parse::<i32>().expect("hours") * 60 + minute.parse::<i32>().expect("minutes")
    };
    hours.iter().any(|span| {
        let (from, to) = span.split_once('-').expect("a span");
        (minutes(from)..minutes(to)).contains(&minute)
    })
}

/// Minute by minute, as slowly and surely as can be.
fn walked(form: &CalendarForm, start: Timestamp, minutes: i64) -> i64 {
    let holidays: BTreeMap<Date, String> =
        (2025..2029).flat_map(|year| holidays(&form.holidays.rules(), year)).collect();
    let minute = |minute| start.checked_add(SignedDuration::from_mins(minute)).expect("in range");
    let worked = (0..minutes).filter(|at| is_work(form, &holidays, minute(*at))).count();
    i64::try_from(worked).expect("few")
}

/// A week of any shape, between five in the morning, when no clock is moved, and midnight.
fn any_calendar() -> impl Strategy<Value = CalendarForm> {
    let day = prop::collection::btree_set(10u16..=48, 0..=3).prop_map(|halves| {
        let clocks: Vec<String> =
            halves.iter().map(|half| format!("{:02}:{:02}", half / 2, half % 2 * 30)).collect();
        clocks.chunks_exact(2).map(|pair| pair.join("-")).collect::<Vec<_>>()
    });
    let zones =
        prop::sample::select(vec!["America/Bogota", "America/New_York", "Europe/Madrid", "Asia/Kathmandu"]);
    let exceptions = prop::collection::btree_map(0i64..900, day.clone(), 0..6);
    let law = prop::sample::select(vec![HolidayLaw::None, HolidayLaw::Colombia]);
    (prop::array::uniform7(day), zones, exceptions, law).prop_map(|(week, zone, exceptions, holidays)| {
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
    })
}

/// An instant of 2026 or 2027, on the minute.
fn any_minute() -> impl Strategy<Value = Timestamp> {
    let first = instant("2026-01-01T05:00:00Z").as_second();
    (0i64..2 * 365 * 24 * 60)
        .prop_map(move |minute| Timestamp::from_second(first + minute * 60).expect("in range"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn between_equals_a_walk(form in any_calendar(), start in any_minute(), minutes in 0i64..40_000) {
        let Ok(calendar) = WorkingCalendar::try_from(form.clone()) else {
            prop_assert!(form.monday.is_empty());
            return Ok(());
        };
        let end = start.checked_add(SignedDuration::from_mins(minutes)).expect("in range");
        prop_assert_eq!(calendar.between(start, end), SignedDuration::from_mins(walked(&form, start, minutes)));
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
        let just_before = due.checked_sub(SignedDuration::from_micros(1)).expect("in range");
        prop_assert!(calendar.between(start, just_before) < time, "no earlier instant will do");
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
        let after = start.checked_add(SignedDuration::from_secs(later)).expect("in range");
        prop_assert!(due(start, seconds) <= due(after, seconds));
        let whole = calendar.between(start, due(after, seconds));
        prop_assert_eq!(whole, calendar.between(start, after) + calendar.between(after, due(after, seconds)));
    }

    #[test]
    fn working_days_end_with_their_work(form in any_calendar(), start in any_minute(), days in 0u32..40) {
        let Ok(calendar) = WorkingCalendar::try_from(form) else { return Ok(()) };
        let end = calendar.after_working_days(start, days);
        prop_assert!(end > start);
        let next = calendar.after_working_days(start, days + 1);
        prop_assert!(end < next || days == 0 && end == next, "after work the day that begins is the next one");
        let moment = SignedDuration::from_secs(1);
        let before = end.checked_sub(moment).expect("in range");
        prop_assert_eq!(calendar.between(before, end), moment, "work ends there");
    }
}
