//! The words of the tables: `lun 09:30`, `16/11 08:00`, `2026-03-08 01:30 -05:00`, `1h30m`.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Monday first.
pub(crate) const WEEK: [&str; 7] = ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"];

/// Some days in a row that have names.
#[derive(Clone, Copy)]
pub(crate) struct Named {
    /// The day of the first.
    pub(crate) first: Date,
}

impl Named {
    fn day(self, name: &str) -> Option<Date> {
        let mut days = (0..7).map(|after| self.first + jiff::Span::new().days(after));
        days.find(|day| WEEK[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())] == name)
    }

    /// A named day, a day of 2026 as `16/11`, or a date.
    pub(crate) fn date(self, written: &str) -> Date {
        if let Some(day) = self.day(written) {
            return day;
        }
        match written.split_once('/') {
            Some((day, month)) => {
                date(2026, month.parse().expect("a month"), day.parse().expect("a day of it"))
            }
            None => written.parse().unwrap_or_else(|_| panic!("no day: {written}")),
        }
    }

    /// What the clock shows on a day; a time that comes twice is the first, unless its offset is written.
    pub(crate) fn instant(self, written: &str, zone: &TimeZone) -> Timestamp {
        let mut words = written.split_whitespace();
        let day = self.date(words.next().expect("a day"));
        let clock = words.next().unwrap_or_else(|| panic!("no hour: {written}"));
        match words.next() {
            Some(offset) => format!("{day}T{clock}{offset}").parse().expect("an instant"),
            None => {
                let wall = format!("{day}T{clock}").parse().unwrap_or_else(|_| panic!("no hour: {written}"));
                zone.to_ambiguous_timestamp(wall).compatible().expect("in range")
            }
        }
    }

    /// As it is written, on a zone's clock.
    pub(crate) fn say(self, at: Timestamp, zone: &TimeZone) -> String {
        let wall = zone.to_datetime(at);
        let day = WEEK.iter().find(|name| self.day(name) == Some(wall.date()));
        let day = day.map_or_else(|| wall.date().to_string(), |name| (*name).to_owned());
        let seconds = if wall.second() > 0 { format!(":{:02}", wall.second()) } else { String::new() };
        format!("{day} {:02}:{:02}{seconds}", wall.hour(), wall.minute())
    }
}

/// `1h30m`, `45s`.
pub(crate) fn length(written: &str) -> SignedDuration {
    let mut seconds = 0;
    let mut digits = String::new();
    for letter in written.chars() {
        let unit = match letter {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            digit => {
                digits.push(digit);
                continue;
            }
        };
        seconds += unit * digits.parse::<i64>().unwrap_or_else(|_| panic!("no length: {written}"));
        digits.clear();
    }
    assert!(digits.is_empty(), "a length without its unit: {written}");
    SignedDuration::from_secs(seconds)
}

/// The lines of a table that say something, with their numbers.
pub(crate) fn lines(table: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = (1..).zip(table.lines().map(str::trim_end));
    numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// As it is written.
pub(crate) fn say_length(time: SignedDuration) -> String {
    let seconds = time.as_secs();
    let parts = [(seconds / 3600, 'h'), (seconds / 60 % 60, 'm'), (seconds % 60, 's')];
    let said: String =
        parts.iter().filter(|(count, _)| *count != 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    if said.is_empty() { "0m".to_owned() } else { said }
}
