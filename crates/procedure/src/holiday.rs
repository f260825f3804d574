//! Public holidays by law, as data with the years for which each law holds. Pure arithmetic over dates.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// When a holiday falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "falls", rename_all = "snake_case")]
pub enum Falls {
    /// On its day.
    Fixed { month: i8, day: i8 },
    /// On the Monday on or after its day.
    Monday { month: i8, day: i8 },
    /// So many days after Easter Sunday; negative is before.
    Easter { days: i32 },
}

/// A holiday and the years for which it is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolidayRule {
    pub name: String,
    #[serde(flatten)]
    pub falls: Falls,
    /// The first year; absent for always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<i16>,
    /// The last year; absent for still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i16>,
}

crate::vocabulary::vocabulary! {
    /// The body of law that says which days are holidays.
    HolidayLaw {
        /// No holidays but the office's own.
        None = "none",
        /// Colombia: Ley 51 de 1983 and Ley 2578 de 2026.
        Colombia = "colombia",
    }
}

/// Has every day that a month can have.
const LEAP_YEAR: i16 = 2024;
/// In days: farther away a feast would fall in another year.
const FARTHEST_FROM_EASTER: i32 = 250;
/// The year from which Ley 51 de 1983 moves holidays to Monday.
const LEY_51: i16 = 1984;
/// The first year of 9 July by Ley 2578 de 2026.
const LEY_2578: i16 = 2026;

/// Name, month and day of the holidays that stay on their day.
const STAY: [(&str, i8, i8); 6] = [
    ("Año Nuevo", 1, 1),
    ("Día del Trabajo", 5, 1),
    ("Día de la Independencia", 7, 20),
    ("Batalla de Boyacá", 8, 7),
    ("Inmaculada Concepción", 12, 8),
    ("Navidad", 12, 25),
];

/// Name, month, day and first year of the holidays that the law moves to Monday.
const MOVE: [(&str, i8, i8, i16); 8] = [
    ("Día de los Reyes Magos", 1, 6, LEY_51),
    ("Día de San José", 3, 19, LEY_51),
    ("San Pedro y San Pablo", 6, 29, LEY_51),
    ("Nuestra Señora de Chiquinquirá", 7, 9, LEY_2578),
    ("Asunción de la Virgen", 8, 15, LEY_51),
    ("Día de la Diversidad Étnica y Cultural", 10, 12, LEY_51),
    ("Todos los Santos", 11, 1, LEY_51),
    ("Independencia de Cartagena", 11, 11, LEY_51),
];

/// Name, days after Easter, and the same before Ley 51 where it differs.
const EASTER: [(&str, i32, i32); 5] = [
    ("Jueves Santo", -3, -3),
    ("Viernes Santo", -2, -2),
    ("Ascensión del Señor", 43, 39),
    ("Corpus Christi", 64, 60),
    ("Sagrado Corazón de Jesús", 71, 68),
];

impl HolidayRule {
    /// Whether it has a name and a day in some year.
    pub fn can_fall(&self) -> bool {
        let years = self.from.zip(self.until).is_none_or(|(from, until)| from <= until);
        let day = match self.falls {
            Falls::Fixed { month, day } | Falls::Monday { month, day } => {
                Date::new(LEAP_YEAR, month, day).is_ok()
            }
            Falls::Easter { days } => (-FARTHEST_FROM_EASTER..=FARTHEST_FROM_EASTER).contains(&days),
        };
        !self.name.trim().is_empty() && years && day
    }

    fn day(&self, year: i16) -> Option<Date> {
        if self.from.is_some_and(|from| year < from) || self.until.is_some_and(|until| year > until) {
            return None;
        }
        match self.falls {
            Falls::Fixed { month, day } => Date::new(year, month, day).ok(),
            Falls::Monday { month, day } => Date::new(year, month, day).ok().map(on_or_after_monday),
            Falls::Easter { days } => easter(year)?.checked_add(jiff::Span::new().days(days)).ok(),
        }
    }
}

impl HolidayLaw {
    /// The rules of this law.
    pub fn rules(self) -> Vec<HolidayRule> {
        let HolidayLaw::Colombia = self else { return Vec::new() };
        let rule = |name: &str, falls, from, until| HolidayRule { name: name.to_owned(), falls, from, until };
        let mut rules = Vec::new();
        for (name, month, day) in STAY {
            rules.push(rule(name, Falls::Fixed { month, day }, None, None));
        }
        for (name, month, day, since) in MOVE {
            rules.push(rule(name, Falls::Monday { month, day }, Some(since), None));
            if since == LEY_51 {
                rules.push(rule(name, Falls::Fixed { month, day }, None, Some(LEY_51 - 1)));
            }
        }
        for (name, days, before) in EASTER {
            if days == before {
                rules.push(rule(name, Falls::Easter { days }, None, None));
            } else {
                rules.push(rule(name, Falls::Easter { days }, Some(LEY_51), None));
                rules.push(rule(name, Falls::Easter { days: before }, None, Some(LEY_51 - 1)));
            }
        }
        rules
    }
}

/// The holidays of a year by these rules, each date once even when two meet on it.
pub fn holidays<'a>(rules: impl IntoIterator<Item = &'a HolidayRule>, year: i16) -> BTreeMap<Date, String> {
    let mut days: BTreeMap<Date, String> = BTreeMap::new();
    for rule in rules {
        let Some(day) = rule.day(year) else { continue };
        days.entry(day)
            .and_modify(|name| {
                name.push_str(" · ");
                name.push_str(&rule.name);
            })
            .or_insert_with(|| rule.name.clone());
    }
    days
}

fn on_or_after_monday(day: Date) -> Date {
    let ahead = (7 - day.weekday().to_monday_zero_offset()) % 7;
    day.checked_add(jiff::Span::new().days(i32::from(ahead))).unwrap_or(day)
}

/// Easter Sunday of the Gregorian calendar (the "anonymous" computus published in Nature, 1876).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    let (month, day) = (i8::try_from(n / 31).unwrap_or(4), i8::try_from(n % 31 + 1).unwrap_or(1));
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{Weekday, date};

    fn colombian(year: i16) -> Vec<String> {
        holidays(&HolidayLaw::Colombia.rules(), year).keys().map(ToString::to_string).collect()
    }

    /// The lists that the calendars of those years print, by day and month.
    #[test]
    fn the_holidays_of_known_years() {
        for (year, days) in [
            (2019, "1/1 7/1 25/3 18/4 19/4 1/5 3/6 24/6 1/7 20/7 7/8 19/8 14/10 4/11 11/11 8/12 25/12"),
            (
                2022,
                "1/1 10/1 21/3 14/4 15/4 1/5 30/5 20/6 27/6 4/7 20/7 7/8 15/8 17/10 7/11 14/11 8/12 25/12",
            ),
            (2023, "1/1 9/1 20/3 6/4 7/4 1/5 22/5 12/6 19/6 3/7 20/7 7/8 21/8 16/10 6/11 13/11 8/12 25/12"),
            (2024, "1/1 8/1 25/3 28/3 29/3 1/5 13/5 3/6 10/6 1/7 20/7 7/8 19/8 14/10 4/11 11/11 8/12 25/12"),
            (2025, "1/1 6/1 24/3 17/4 18/4 1/5 2/6 23/6 30/6 20/7 7/8 18/8 13/10 3/11 17/11 8/12 25/12"),
            (
                2026,
                "1/1 12/1 23/3 2/4 3/4 1/5 18/5 8/6 15/6 29/6 13/7 20/7 7/8 17/8 12/10 2/11 16/11 8/12 25/12",
            ),
            (
                2027,
                "1/1 11/1 22/3 25/3 26/3 1/5 10/5 31/5 7/6 5/7 12/7 20/7 7/8 16/8 18/10 1/11 15/11 8/12 25/12",
            ),
        ] {
            let found: Vec<String> = holidays(&HolidayLaw::Colombia.rules(), year)
                .keys()
                .map(|day| format!("{}/{}", day.day(), day.month()))
                .collect();
            assert_eq!(found.join(" "), days, "{year}");
        }
    }

    #[test]
    fn moved_holidays_are_mondays_in_every_year_of_the_law() {
        let rules = HolidayLaw::Colombia.rules();
        let stay = ["Jueves Santo", "Viernes Santo"].into_iter().chain(STAY.map(|(name, ..)| name));
        let stay: Vec<&str> = stay.collect();
        for year in 1984..2100 {
            for (day, names) in holidays(&rules, year) {
                let moved = names.split(" · ").any(|name| !stay.contains(&name));
                assert!(!moved || day.weekday() == Weekday::Monday, "{day} {names}");
            }
        }
    }

    #[test]
    fn years_without_an_easter_have_no_holidays_of_it() {
        assert_eq!(holidays(&HolidayLaw::Colombia.rules(), 10_000), BTreeMap::new());
    }

    #[test]
    fn two_on_one_monday_are_one_day_off() {
        let days = holidays(&HolidayLaw::Colombia.rules(), 2025);
        assert_eq!(days[&date(2025, 6, 30)], "San Pedro y San Pablo · Sagrado Corazón de Jesús");
    }

    #[test]
    fn the_ninth_of_july_is_a_holiday_from_2026_moved_to_monday() {
        assert!(!colombian(2025).contains(&"2025-07-14".to_owned()));
        assert!(colombian(2026).contains(&"2026-07-13".to_owned()));
        assert!(colombian(2029).contains(&"2029-07-09".to_owned()));
    }

    #[test]
    fn before_the_law_of_1983_feasts_stayed_on_their_day() {
        assert!(colombian(1983).contains(&"1983-01-06".to_owned()));
        assert!(colombian(1984).contains(&"1984-01-09".to_owned()));
    }

    #[test]
    fn easter_is_where_the_almanacs_have_it() {
        for (year, month, day) in [(1961, 4, 2), (2000, 4, 23), (2024, 3, 31), (2026, 4, 5), (2038, 4, 25)] {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
    }
}
