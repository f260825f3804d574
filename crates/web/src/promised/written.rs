//! Hours, lengths and dates as people type them.

use jiff::civil::Date;

/// Working time as it is typed: `4 h`, `30 min`, `1 h 30`, `1:30`, `2,5 h`. In minutes.
pub(crate) fn length(typed: &str) -> Option<u32> {
    let typed = typed.trim().to_lowercase().replace(',', ".");
    if let Some((hours, minutes)) = typed.split_once(':') {
        return sum(number(hours)?, number(minutes).filter(|minutes| *minutes < 60.0)?);
    }
    let (hours, rest) = match typed.find('h') {
        Some(at) => (number(&typed[..at])?, after_the_word(&typed[at..])),
        None => (0.0, typed.as_str()),
    };
    let rest = rest.trim();
    match rest.find('m') {
        Some(at) if ["m", "min", "min.", "mins", "minuto", "minutos"].contains(&&rest[at..]) => {
            sum(hours, number(&rest[..at])?)
        }
        None if rest.is_empty() && typed.contains('h') => sum(hours, 0.0),
        None if typed.contains('h') => sum(hours, number(rest)?),
        _ => None,
    }
}

/// What follows `h`, `hora`, `horas` and an `y` between hours and minutes.
fn after_the_word(rest: &str) -> &str {
    let rest = ["horas", "hours", "hora", "hour", "h."]
        .iter()
        .find_map(|word| rest.strip_prefix(word))
        .unwrap_or(rest.strip_prefix('h').unwrap_or(rest));
    let rest = rest.trim_start();
    rest.strip_prefix("y ").or_else(|| rest.strip_prefix("and ")).unwrap_or(rest)
}

fn number(typed: &str) -> Option<f64> {
    let typed = typed.trim();
    let digits = typed.starts_with(|c: char| c.is_ascii_digit()) && typed.len() <= 9;
    typed.parse().ok().filter(|number: &f64| digits && number.is_finite())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is within bounds")]
fn sum(hours: f64, minutes: f64) -> Option<u32> {
    let sum = (hours * 60.0 + minutes).round();
    (0.0..1e9).contains(&sum).then_some(sum as u32)
}

/// Working time as it is typed back: `4 h`, `30 min`, `1 h 30 min`.
pub(crate) fn as_length(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// The same, to be read: no line breaks inside it.
pub(crate) fn amount(minutes: u32) -> String {
    as_length(minutes).replace(' ', "\u{a0}")
}

/// The spans of a day as they are typed: `7:00 – 12:00, 13 a 17`. Each as the procedure writes it, if it is one at all.
pub(crate) fn spans(typed: &str) -> Vec<String> {
    let typed = typed.replace(['–', '—'], "-").replace(" a ", "-").replace(" to ", "-").replace(" y ", ",");
    let typed = typed.replace(" and ", ",");
    let spans = typed.split([',', ';', '\n']).map(str::trim).filter(|span| !span.is_empty());
    spans.map(|span| span.split('-').map(clock).collect::<Vec<_>>().join("-")).collect()
}

fn clock(typed: &str) -> String {
    let typed = typed.trim();
    let whole = (1..=2).contains(&typed.len()) && typed.bytes().all(|byte| byte.is_ascii_digit());
    if whole { format!("{typed}:00") } else { typed.replace('.', ":") }
}

/// A date as browsers send it, or as it is typed where they have no field for it: `2026-12-24`, `24/12/2026`.
pub(crate) fn date(typed: &str) -> Option<Date> {
    let typed = typed.trim();
    typed.parse().ok().or_else(|| {
        let mut parts = typed.split(['/', '-', '.']);
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        let year = year.parse().ok().filter(|year| *year >= 1_000)?;
        Date::new(year, month.parse().ok()?, day.parse().ok()?).ok().filter(|_| parts.next().is_none())
    })
}

/// Several things in one field, one a line or with commas between.
pub(crate) fn several(typed: &str) -> Vec<String> {
    typed.split([',', ';', '\n']).map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_type_them() {
        for (typed, minutes) in [
            ("4 h", 240),
            ("4h", 240),
            ("30 min", 30),
            ("90m", 90),
            ("1 h 30", 90),
            ("1 h 30 min", 90),
            ("1 hora y 15 minutos", 75),
            ("2,5 h", 150),
            ("1:30", 90),
            (" 40 horas ", 2_400),
        ] {
            assert_eq!(length(typed), Some(minutes), "{typed}");
        }
        for typed in
            ["", "4", "pronto", "h", "4 d", "-4 h", "1:75", "1 h x", "4 hm", "1e9 h", "99999999999 h"]
        {
            assert_eq!(length(typed), None, "{typed}");
        }
    }

    #[test]
    fn lengths_are_read_back_as_they_are_written() {
        for minutes in [1, 30, 59, 60, 61, 240, 2_400, 527_040] {
            assert_eq!(length(&as_length(minutes)), Some(minutes));
        }
    }

    #[test]
    fn spans_are_read_as_people_type_them() {
        assert_eq!(spans("07:00-12:00, 13:00-17:00"), ["07:00-12:00", "13:00-17:00"]);
        assert_eq!(spans("7 – 12 y 13:00 a 17.30"), ["7:00-12:00", "13:00-17:30"]);
        assert_eq!(spans(" \n"), Vec::<String>::new());
        assert_eq!(spans("todo el día"), ["todo el día"], "which the calendar refuses with these words");
    }

    #[test]
    fn dates_are_read_as_browsers_send_them_and_as_people_type_them() {
        let eve = Some(jiff::civil::date(2026, 12, 24));
        assert_eq!([date("2026-12-24"), date("24/12/2026"), date(" 24-12-2026")], [eve; 3]);
        for typed in ["", "24/12", "24/12/26", "31/02/2026", "1/2/2026/3", "mañana"] {
            assert_eq!(date(typed), None, "{typed}");
        }
    }
}
