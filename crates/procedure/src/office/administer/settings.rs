//! What the office settles about how it works, within reason.

use super::checks::{bad, check_email, line};
use super::promise::check_holidays;
use crate::office::{Office, OfficeEvent, Settings};
use crate::{Problem, Refusal};

/// The longest waiting time that may be proposed, in working minutes: a year of 24-hour days.
const LONGEST_WAIT: u32 = 365 * 24 * 60;

pub(super) fn set_settings(office: &Office, settings: &Settings) -> Result<OfficeEvent, Refusal> {
    let prefix = &settings.prefix;
    let letters = prefix.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if !(1..=12).contains(&prefix.len()) || !letters {
        return Err(bad("prefix", Problem::Malformed));
    }
    check_lengths(settings)?;
    if !settings.mail_address.is_empty() {
        check_email("mail_address", &settings.mail_address)?;
    }
    for (field, words) in [
        ("agency", &settings.agency),
        ("unit", &settings.unit),
        ("phone", &settings.phone),
        ("counter", &settings.counter),
    ] {
        line(field, words)?;
    }
    if !settings.domains.iter().all(|domain| is_domain(domain)) {
        return Err(bad("domains", Problem::Malformed));
    }
    check_head(office, settings)?;
    check_holidays(&settings.calendar)?;
    Ok(OfficeEvent::SettingsSet { settings: Box::new(settings.clone()) })
}

fn check_lengths(settings: &Settings) -> Result<(), Refusal> {
    let times = settings.waiting_times;
    for (field, fits) in [
        ("grace_days", settings.grace_days <= 60),
        ("follow_up_days", (1..=60).contains(&settings.follow_up_days)),
        ("rating_days", (1..=3_650).contains(&settings.rating_days)),
        (
            "waiting_times",
            [times.low, times.medium, times.high, times.escalated].iter().all(|time| *time <= LONGEST_WAIT),
        ),
    ] {
        if !fits {
            return Err(bad(field, Problem::OutOfRange));
        }
    }
    Ok(())
}

/// What stands behind the `@` of an address.
fn is_domain(domain: &str) -> bool {
    let letters = |c: char| c.is_alphanumeric() || c == '-';
    domain.len() <= 253
        && domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty() && label.chars().all(letters))
}

/// Whoever heads the office is told of broken promises, so he must be somebody who reads them. One who was named stays
/// when he leaves, until another is named.
fn check_head(office: &Office, settings: &Settings) -> Result<(), Refusal> {
    let Some(head) = settings.head.filter(|_| settings.head != office.settings.head) else { return Ok(()) };
    match office.people.get(&head) {
        None => Err(bad("head", Problem::Unknown)),
        Some(person) if !person.active => Err(bad("head", Problem::Inactive)),
        Some(_) => Ok(()),
    }
}
