//! Addresses, identifiers and dates of a head, read with patience.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use super::{text, words};
use crate::Mailbox;

/// Mailboxes of one head that are read.
pub(super) const MOST: usize = 1_000;

/// Characters of a name to show.
const LONGEST_NAME: usize = 200;

/// The letter's own claim, in any of the forms that RFC 5322 §3.3 and §4.3 know.
pub(super) fn date(said: &str) -> Option<Timestamp> {
    let said = text::first(said, 200);
    let parser = DateTimeParser::new().relaxed_weekday(true);
    let read = parser.parse_timestamp(said);
    // Some programs leave the zone out.
    read.or_else(|_| parser.parse_timestamp(format!("{said} +0000"))).ok()
}

/// Identifiers: what stands in brackets, or else each word with an `@`.
pub(super) fn ids(header: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    let mut rest = header;
    while let Some(open) = rest.find('<') {
        let inner = &rest[open + 1..];
        let Some(close) = inner.find(['>', '<']) else { break };
        ids.extend(id(&inner[..close]));
        rest = &inner[close..];
    }
    if ids.is_empty() {
        ids.extend(header.split_whitespace().filter(|word| word.contains('@')).filter_map(id));
    }
    ids
}

fn id(word: &str) -> Option<String> {
    let id: String =
        word.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !"<>".contains(*c)).collect();
    (!id.is_empty() && id.len() <= 998).then_some(id)
}

/// The address of a path such as `<a@b>`; empty when it is the empty one.
pub(super) fn bare_address(path: &str) -> String {
    let inner = path.find('<').map_or(path, |open| path[open + 1..].split('>').next().unwrap_or_default());
    text::one_line(inner, 320)
}

/// One mailbox as it is being read.
#[derive(Default)]
struct Draft {
    /// Words outside brackets and comments.
    words: String,
    comment: String,
    angle: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Words,
    Quotes,
    Comment(usize),
    Angle,
}

/// The mailboxes of a header, in any form that a program or a person gave them: names with commas and without quotes,
/// brackets that are not closed, semicolons between, comments as names, groups.
pub(super) fn mailboxes(header: &str) -> Vec<Mailbox> {
    let mut found = Vec::new();
    // A name that was cut at its comma: it belongs to what follows.
    let mut before = String::new();
    for draft in drafts(header).into_iter().take(MOST) {
        match draft.mailbox(&before) {
            Some(mailbox) => {
                found.push(mailbox);
                before.clear();
            }
            None if draft.angle.is_empty() => {
                before.push_str(draft.words.trim());
                before.push_str(", ");
            }
            None => before.clear(),
        }
    }
    found
}

fn drafts(header: &str) -> Vec<Draft> {
    let mut all = Vec::new();
    let mut draft = Draft::default();
    let mut place = Place::Words;
    let mut rest = header;
    while let Some(c) = rest.chars().next() {
        if c == '='
            && place != Place::Angle
            && let Some(length) = words::length_at(rest)
        {
            draft.target(place).push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        if c == '\\' && matches!(place, Place::Quotes | Place::Comment(_)) {
            if let Some(next) = rest.chars().next() {
                draft.target(place).push(next);
                rest = &rest[next.len_utf8()..];
            }
            continue;
        }
        place = match (place, c) {
            (Place::Words, '"') => Place::Quotes,
            (Place::Quotes, '"') => Place::Words,
            (Place::Words, '(') => Place::Comment(1),
            (Place::Comment(depth), '(') => Place::Comment(depth + 1),
            (Place::Comment(1), ')') => Place::Words,
            (Place::Comment(depth), ')') => Place::Comment(depth - 1),
            (Place::Words, '<') => {
                draft.angle.clear();
                Place::Angle
            }
            (Place::Angle, '>') => Place::Words,
            (Place::Words | Place::Angle, ',' | ';') => {
                all.push(std::mem::take(&mut draft));
                Place::Words
            }
            // The name of a group: its members follow.
            (Place::Words, ':') if !draft.words.trim().eq_ignore_ascii_case("mailto") => {
                draft = Draft::default();
                Place::Words
            }
            (Place::Words, ':') => {
                draft.words.clear();
                Place::Words
            }
            (place, c) => {
                draft.target(place).push(c);
                place
            }
        };
    }
    all.push(draft);
    all
}

impl Draft {
    fn target(&mut self, place: Place) -> &mut String {
        match place {
            Place::Words | Place::Quotes => &mut self.words,
            Place::Comment(_) => &mut self.comment,
            Place::Angle => &mut self.angle,
        }
    }

    fn mailbox(&self, before: &str) -> Option<Mailbox> {
        let decoded = words::decode(&self.words);
        let angle = self.angle.trim();
        let angle = angle.strip_prefix("mailto:").unwrap_or(angle);
        let (address, name) = match angle.contains('@') {
            true => (angle.to_owned(), format!("{before}{decoded}")),
            false => {
                let bare = |word: &str| word.trim_matches(['<', '>', '\'', '[', ']']).to_owned();
                let at = decoded.split_whitespace().map(bare).find(|word| word.contains('@'))?;
                let others = decoded.split_whitespace().filter(|word| bare(word) != at).collect::<Vec<_>>();
                (at, others.join(" "))
            }
        };
        let address: String = address.chars().filter(|c| !c.is_whitespace()).collect();
        let name = text::one_line(&name, LONGEST_NAME);
        let name = match name.trim_matches(['\'', '"', ' ']) {
            "" => text::one_line(&words::decode(&self.comment), LONGEST_NAME),
            name => name.to_owned(),
        };
        // Many programs repeat the address as the name.
        let name = if name.eq_ignore_ascii_case(&address) { "" } else { &name };
        Mailbox::new(name, &address).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_programs_write_them() {
        let at_three = Some("2026-11-03T15:02:00Z".parse().unwrap());
        for said in [
            "Tue, 3 Nov 2026 10:02:00 -0500",
            "Mon, 3 Nov 2026 10:02:00 -0500",
            "3 Nov 2026 10:02 EST",
            "Tue, 03 Nov 2026 15:02:00 GMT",
            "Tue, 3 Nov 2026 10:02:00 -0500 (hora de Colombia)",
            "Tue, 3 Nov 2026 15:02:00",
        ] {
            assert_eq!(date(said), at_three, "{said}");
        }
        for said in ["", "ayer", "99 Nov 2026 10:00:00 -0500", "Tue, 3 Nov 2026 25:61:00 -0500", "3 Nov"] {
            assert_eq!(date(said), None, "{said}");
        }
    }
}
