//! Invitations (RFC 5545): the first event, in words.

use super::Invitation;
use super::text::{first_bytes, one_line};

/// Bytes of a calendar that are read.
const LONGEST: usize = 512 * 1024;

/// Characters of a value.
const LONGEST_VALUE: usize = 500;

/// The first event of a calendar; `None` when it has none.
pub(super) fn read(text: &str) -> Option<Invitation> {
    let mut method = String::new();
    let mut event: Option<Invitation> = None;
    let mut inside = false;
    for line in unfolded(first_bytes(text, LONGEST)) {
        let Some(Property { name, parameters, value }) = property(&line) else { continue };
        match (name.as_str(), value.to_ascii_uppercase().as_str()) {
            ("METHOD", method_said) => method = one_line(method_said, 20),
            ("BEGIN", "VEVENT") if event.is_none() => {
                inside = true;
                event = Some(Invitation {
                    method: String::new(),
                    summary: String::new(),
                    start: None,
                    end: None,
                    place: None,
                    organizer: None,
                });
            }
            ("END", "VEVENT") => inside = false,
            _ => {}
        }
        if let Some(event) = event.as_mut().filter(|_| inside) {
            take(event, &name, &parameters, &value);
        }
    }
    event.map(|event| Invitation { method, ..event })
}

fn take(event: &mut Invitation, name: &str, parameters: &[(String, String)], value: &str) {
    let said =
        |value: &str| Some(one_line(&unescaped(value), LONGEST_VALUE)).filter(|value| !value.is_empty());
    let parameter =
        |name: &str| parameters.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
    match name {
        "SUMMARY" => event.summary = said(value).unwrap_or_default(),
        "LOCATION" => event.place = said(value),
        "DTSTART" => event.start = instant(value, parameter("TZID")),
        "DTEND" => event.end = instant(value, parameter("TZID")),
        "ORGANIZER" => {
            let address = value.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
            let address = address.map_or(value, |_| &value[7..]);
            event.organizer = match parameter("CN") {
                Some(name) if !name.is_empty() => said(&format!("{name} <{address}>")),
                _ => said(address),
            };
        }
        _ => {}
    }
}

/// `20261103T100000` and its zone as people write them; whatever it is when it is not that.
fn instant(value: &str, zone: Option<&str>) -> Option<String> {
    let value = value.trim();
    let digits = value.get(..8).filter(|date| date.bytes().all(|byte| byte.is_ascii_digit()));
    let Some(date) = digits else { return Some(one_line(value, 40)).filter(|value| !value.is_empty()) };
    let date = format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]);
    let time = value
        .get(8..13)
        .filter(|time| time.starts_with('T') && time[1..].bytes().all(|b| b.is_ascii_digit()));
    let Some(time) = time else { return Some(date) };
    let zone = match (value.ends_with('Z'), zone) {
        (true, _) => " (UTC)".to_owned(),
        (false, Some(zone)) => format!(" ({})", one_line(zone, 60)),
        (false, None) => String::new(),
    };
    Some(format!("{date} {}:{}{zone}", &time[1..3], &time[3..]))
}

fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some(last)) => last.push_str(more),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

struct Property {
    /// In large letters, as those of the parameters.
    name: String,
    parameters: Vec<(String, String)>,
    value: String,
}

/// Name, parameters and value of a line; a colon in quotes separates nothing.
fn property(line: &str) -> Option<Property> {
    let mut quoted = false;
    let colon = line.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == ':' && !quoted
    });
    let (head, value) = line.split_at(colon?.0);
    let mut pieces = head.split(';');
    let name = pieces.next()?.trim().to_ascii_uppercase();
    let parameters = pieces
        .filter_map(|piece| piece.split_once('='))
        .map(|(name, value)| (name.to_ascii_uppercase(), value.trim_matches('"').to_owned()))
        .collect();
    Some(Property { name, parameters, value: value[1..].to_owned() })
}

fn unescaped(value: &str) -> String {
    let mut out = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push(' '),
                Some(other) => out.push(other),
                None => {}
            },
            _ => out.push(c),
        }
    }
    out
}
