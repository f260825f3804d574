//! Days and hours as people say them, in the office's time zone: «martes 17 de noviembre, 8:12 a. m.».
//!
//! What belongs together is joined by no-break spaces: an hour and its half of the day, a day and its month.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::Language;

/// Says instants to somebody: in his language, here, as of now.
#[derive(Debug, Clone)]
pub struct Spoken {
    language: Language,
    zone: TimeZone,
    now: DateTime,
}

const MONTHS: [[&str; 12]; 2] = [
    [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
];

const DAYS: [[&str; 7]; 2] = [
    ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
];

const SHORT_MONTHS: [[&str; 12]; 2] = [
    ["ene.", "feb.", "mar.", "abr.", "may.", "jun.", "jul.", "ago.", "sept.", "oct.", "nov.", "dic."],
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
];

const SHORT_DAYS: [[&str; 7]; 2] = [
    ["lun.", "mar.", "mié.", "jue.", "vie.", "sáb.", "dom."],
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
];

impl Spoken {
    /// Says instants in a language, in a zone, as of an instant: the year is said when it is another.
    pub fn new(language: Language, zone: &TimeZone, now: Timestamp) -> Spoken {
        Spoken { language, zone: zone.clone(), now: zone.to_datetime(now) }
    }

    /// The hour: *8:12 a. m.*, *12:00 m.* for noon.
    pub fn hour(&self, at: Timestamp) -> String {
        self.hour_of(self.zone.to_datetime(at).time())
    }

    /// The day in full: *martes 17 de noviembre*.
    pub fn day(&self, at: Timestamp) -> String {
        self.day_of(self.zone.to_datetime(at).date())
    }

    /// Day and hour in full: *martes 17 de noviembre, 8:12 a. m.*
    pub fn in_full(&self, at: Timestamp) -> String {
        format!("{}, {}", self.day(at), self.hour(at))
    }

    /// A day of the calendar, with its year: *31 de diciembre de 2026*.
    pub fn date(&self, date: Date) -> String {
        let (_, month) = self.names(date, &DAYS, &MONTHS);
        let (day, year) = (date.day(), date.year());
        match self.language {
            Language::Es => format!("{day}\u{a0}de\u{a0}{month} de {year}"),
            Language::En => format!("{month}\u{a0}{day}, {year}"),
        }
    }

    /// The month of a day: *noviembre de 2026*.
    pub fn month(&self, date: Date) -> String {
        let (_, month) = self.names(date, &DAYS, &MONTHS);
        match self.language {
            Language::Es => format!("{month} de {}", date.year()),
            Language::En => format!("{month} {}", date.year()),
        }
    }

    /// The day of now.
    pub fn today(&self) -> Date {
        self.now.date()
    }

    /// Parts of a thousand, as parts of a hundred: *91,8 %*, *100 %*.
    pub fn percent(&self, per_mille: u64) -> String {
        let (whole, tenth) = (per_mille / 10, per_mille % 10);
        match (self.language, tenth) {
            (Language::Es, 0) => format!("{whole}\u{a0}%"),
            (Language::Es, tenth) => format!("{whole},{tenth}\u{a0}%"),
            (Language::En, 0) => format!("{whole}%"),
            (Language::En, tenth) => format!("{whole}.{tenth}%"),
        }
    }

    /// The month's name: *diciembre*.
    pub fn month_name(&self, date: Date) -> &'static str {
        self.names(date, &DAYS, &MONTHS).1
    }

    /// The weekday's name: *martes*.
    pub fn weekday(&self, date: Date) -> &'static str {
        self.names(date, &DAYS, &MONTHS).0
    }

    /// The day in little room: *mar. 17 nov.*, *hoy*, *ayer*, *mañana*.
    pub fn short_day(&self, at: Timestamp) -> String {
        let date = self.zone.to_datetime(at).date();
        self.near(date).map_or_else(|| self.short_day_of(date), str::to_owned)
    }

    /// Day and hour in little room: *hoy, 8:12 a. m.*
    pub fn moment(&self, at: Timestamp) -> String {
        format!("{}, {}", self.short_day(at), self.hour(at))
    }

    /// In the least room, for lists: today's hour, the day of any other: *8:12 a. m.*, *ayer*, *mar. 17 nov.*
    pub fn brief(&self, at: Timestamp) -> String {
        match self.zone.to_datetime(at).date() == self.now.date() {
            true => self.hour(at),
            false => self.short_day(at),
        }
    }

    /// Whether it is the day of now.
    pub fn is_today(&self, at: Timestamp) -> bool {
        self.zone.to_datetime(at).date() == self.now.date()
    }

    /// A length of time: *3 h 05 min*, *48 min*, *40 s*, *26 h*; hours are not made into days, for a working day has fewer.
    pub fn length(&self, time: SignedDuration) -> String {
        let (hours, minutes) = (time.as_mins() / 60, time.as_mins() % 60);
        match (hours, minutes) {
            (0, 0) => format!("{}\u{a0}s", time.as_secs()),
            (0, minutes) => format!("{minutes}\u{a0}min"),
            (hours, 0) | (hours @ 10.., _) => format!("{hours}\u{a0}h"),
            (hours, minutes) => format!("{hours}\u{a0}h {minutes:02}\u{a0}min"),
        }
    }

    /// The names of the days of a week in little room, Monday first: *lun.*, *mar.*
    pub fn weekdays(&self) -> [&'static str; 7] {
        SHORT_DAYS[self.language as usize]
    }

    /// The day in full, of a date: *martes 17 de noviembre*.
    pub fn day_of_date(&self, date: Date) -> String {
        self.day_of(date)
    }

    /// How long ago an instant was, on the clock on the wall, in the least room: *25 min*, *3 h*, *5 d*.
    pub fn ago(&self, at: Timestamp) -> String {
        let now = self.zone.to_timestamp(self.now).unwrap_or(at);
        match now.duration_since(at).as_mins() {
            minutes @ ..60 => format!("{}\u{a0}min", minutes.max(0)),
            minutes @ 60..2880 => format!("{}\u{a0}h", minutes / 60),
            minutes => format!("{}\u{a0}d", minutes / 1440),
        }
    }

    /// How far an instant is in the least room: *en 40 min*, *hace 3 h*, *hoy, 4:15 p. m.*, *mañana*, *vie. 20 nov.*
    pub fn distance(&self, at: Timestamp) -> String {
        let now = self.zone.to_timestamp(self.now).unwrap_or(at);
        let minutes = at.duration_since(now).as_mins();
        let length = match minutes.abs() {
            0 => return (if self.language == Language::Es { "ahora" } else { "now" }).to_owned(),
            minutes @ 1..60 => format!("{minutes}\u{a0}min"),
            minutes @ 60..360 if minutes % 60 < 10 => format!("{}\u{a0}h", minutes / 60),
            minutes @ 60..360 => format!("{}\u{a0}h {}\u{a0}min", minutes / 60, minutes % 60 / 10 * 10),
            _ if self.is_today(at) => return self.moment(at),
            _ => return self.short_day(at),
        };
        match (self.language, minutes > 0) {
            (Language::Es, true) => format!("en {length}"),
            (Language::Es, false) => format!("hace {length}"),
            (Language::En, true) => format!("in {length}"),
            (Language::En, false) => format!("{length} ago"),
        }
    }

    fn near(&self, date: Date) -> Option<&'static str> {
        let words = match self.language {
            Language::Es => ["ayer", "hoy", "mañana"],
            Language::En => ["yesterday", "today", "tomorrow"],
        };
        let today = self.now.date();
        let days = [today.yesterday().ok(), Some(today), today.tomorrow().ok()];
        days.iter().position(|day| *day == Some(date)).map(|place| words[place])
    }

    fn hour_of(&self, time: Time) -> String {
        let (hour, minute) = (time.hour(), time.minute());
        let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
        let half = match (self.language, hour) {
            (Language::Es, 12) if minute == 0 => "m.",
            (Language::Es, 0..12) => "a.\u{a0}m.",
            (Language::Es, _) => "p.\u{a0}m.",
            (Language::En, 0..12) => "a.m.",
            (Language::En, _) => "p.m.",
        };
        format!("{twelve}:{minute:02}\u{a0}{half}")
    }

    fn day_of(&self, date: Date) -> String {
        let (weekday, month) = self.names(date, &DAYS, &MONTHS);
        let day = date.day();
        match (self.language, date.year() == self.now.year()) {
            (Language::Es, true) => format!("{weekday} {day}\u{a0}de\u{a0}{month}"),
            (Language::Es, false) => format!("{weekday} {day}\u{a0}de\u{a0}{month} de {}", date.year()),
            (Language::En, true) => format!("{weekday}, {month}\u{a0}{day}"),
            (Language::En, false) => format!("{weekday}, {month}\u{a0}{day}, {}", date.year()),
        }
    }

    fn short_day_of(&self, date: Date) -> String {
        let (weekday, month) = self.names(date, &SHORT_DAYS, &SHORT_MONTHS);
        let day = date.day();
        match (self.language, date.year() == self.now.year()) {
            (Language::Es, true) => format!("{weekday} {day}\u{a0}{month}"),
            (Language::Es, false) => format!("{day}\u{a0}{month} {}", date.year()),
            (Language::En, true) => format!("{weekday} {month}\u{a0}{day}"),
            (Language::En, false) => format!("{month}\u{a0}{day}, {}", date.year()),
        }
    }

    fn names(
        &self,
        date: Date,
        days: &[[&'static str; 7]; 2],
        months: &[[&'static str; 12]; 2],
    ) -> (&'static str, &'static str) {
        let place = |weekday: Weekday| usize::from(weekday.to_monday_zero_offset().unsigned_abs());
        let month = usize::from(date.month().unsigned_abs()) - 1;
        (days[self.language as usize][place(date.weekday())], months[self.language as usize][month])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(language: Language, at: &str, how: impl Fn(&Spoken, Timestamp) -> String) -> String {
        let zone = TimeZone::get("America/Bogota").expect("a zone");
        let now = "2026-11-18T15:00:00Z".parse().expect("an instant");
        let at = at.parse().expect("an instant");
        how(&Spoken::new(language, &zone, now), at).replace('\u{a0}', " ")
    }

    #[test]
    fn instants_as_the_office_says_them() {
        let es = |at| said(Language::Es, at, Spoken::in_full);
        assert_eq!(es("2026-11-17T13:12:00Z"), "martes 17 de noviembre, 8:12 a. m.");
        assert_eq!(es("2026-11-17T17:00:00Z"), "martes 17 de noviembre, 12:00 m.");
        assert_eq!(es("2026-11-17T17:01:00Z"), "martes 17 de noviembre, 12:01 p. m.");
        assert_eq!(es("2026-11-17T05:00:00Z"), "martes 17 de noviembre, 12:00 a. m.");
        assert_eq!(es("2027-01-02T04:59:00Z"), "viernes 1 de enero de 2027, 11:59 p. m.");
        let en = |at| said(Language::En, at, Spoken::in_full);
        assert_eq!(en("2026-11-17T13:12:00Z"), "Tuesday, November 17, 8:12 a.m.");
        assert_eq!(en("2027-01-02T04:59:00Z"), "Friday, January 1, 2027, 11:59 p.m.");
    }

    #[test]
    fn days_of_the_calendar_have_their_year() {
        let day = jiff::civil::date(2026, 12, 31);
        assert_eq!(
            said(Language::Es, "2026-11-18T13:12:00Z", |it, _| it.date(day)),
            "31 de diciembre de 2026"
        );
        assert_eq!(said(Language::En, "2026-11-18T13:12:00Z", |it, _| it.date(day)), "December 31, 2026");
    }

    #[test]
    fn what_is_near_in_time_is_told_by_its_distance() {
        let es = |at| said(Language::Es, at, Spoken::distance);
        assert_eq!(es("2026-11-18T15:00:20Z"), "ahora");
        assert_eq!(es("2026-11-18T15:40:00Z"), "en 40 min");
        assert_eq!(es("2026-11-18T18:05:00Z"), "en 3 h");
        assert_eq!(es("2026-11-18T16:47:00Z"), "en 1 h 40 min");
        assert_eq!(es("2026-11-18T13:00:00Z"), "hace 2 h");
        assert_eq!(es("2026-11-18T22:00:00Z"), "hoy, 5:00 p. m.");
        assert_eq!(es("2026-11-19T14:00:00Z"), "mañana");
        assert_eq!(es("2026-11-10T14:00:00Z"), "mar. 10 nov.");
        assert_eq!(said(Language::En, "2026-11-18T14:20:00Z", Spoken::distance), "40 min ago");
    }

    #[test]
    fn lengths_of_time_say_what_matters_of_them() {
        let es = |secs| {
            let time = SignedDuration::from_secs(secs);
            said(Language::Es, "2026-11-18T15:00:00Z", |it, _| it.length(time))
        };
        assert_eq!([es(40), es(60), es(48 * 60 + 59)], ["40 s", "1 min", "48 min"]);
        assert_eq!([es(3600), es(3 * 3600 + 300), es(26 * 3600 + 1800)], ["1 h", "3 h 05 min", "26 h"]);
        let ago = |at| said(Language::Es, at, Spoken::ago);
        assert_eq!(ago("2026-11-18T14:35:00Z"), "25 min");
        assert_eq!(ago("2026-11-17T14:00:00Z"), "25 h");
        assert_eq!(ago("2026-11-13T14:00:00Z"), "5 d");
    }

    #[test]
    fn little_room_has_words_for_what_is_near() {
        let es = |at| said(Language::Es, at, Spoken::moment);
        assert_eq!(es("2026-11-18T13:12:00Z"), "hoy, 8:12 a. m.");
        assert_eq!(es("2026-11-18T04:00:00Z"), "ayer, 11:00 p. m.");
        assert_eq!(es("2026-11-19T14:00:00Z"), "mañana, 9:00 a. m.");
        assert_eq!(es("2026-11-10T14:00:00Z"), "mar. 10 nov., 9:00 a. m.");
        assert_eq!(es("2025-11-10T14:00:00Z"), "10 nov. 2025, 9:00 a. m.");
        let brief = |at| said(Language::Es, at, Spoken::brief);
        assert_eq!(brief("2026-11-18T13:12:00Z"), "8:12 a. m.");
        assert_eq!(brief("2026-11-18T04:00:00Z"), "ayer");
        assert_eq!(brief("2026-11-10T14:00:00Z"), "mar. 10 nov.");
        assert_eq!(said(Language::En, "2026-11-10T14:00:00Z", Spoken::short_day), "Tue Nov 10");
    }
}
