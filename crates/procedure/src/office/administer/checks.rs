//! What is asked of every name, code, address and id.

use std::collections::BTreeMap;

use crate::decide::LONGEST_LINE;
use crate::{Problem, Refusal};

pub(super) fn check_email(field: &'static str, email: &str) -> Result<(), Refusal> {
    let well_formed = email
        .split_once('@')
        .is_some_and(|(user, domain)| !user.is_empty() && domain.contains('.') && email.len() <= 254);
    // What would end the address in a letter's head, or begin another.
    let odd = |c: char| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"".contains(c);
    let well_formed = well_formed && !email.contains(odd);
    if well_formed { Ok(()) } else { Err(bad(field, Problem::Malformed)) }
}

pub(super) fn named(name: &str) -> Result<(), Refusal> {
    if name.trim().is_empty() {
        return Err(bad("name", Problem::Missing));
    }
    line("name", name)
}

/// Something on one line that may be absent.
pub(super) fn line(field: &'static str, line: &str) -> Result<(), Refusal> {
    if line.contains(char::is_control) {
        return Err(bad(field, Problem::Malformed));
    }
    if line.chars().count() > LONGEST_LINE { Err(bad(field, Problem::TooLong)) } else { Ok(()) }
}

pub(super) fn unique<'a>(
    field: &'static str,
    code: &str,
    others: impl Iterator<Item = &'a String>,
) -> Result<(), Refusal> {
    if code.trim().is_empty() {
        return Err(bad(field, Problem::Missing));
    }
    line(field, code)?;
    let mut others = others;
    if others.any(|other| other == code) { Err(bad(field, Problem::Taken)) } else { Ok(()) }
}

/// The id of something that is set: the next one for something new, its own for what is known.
pub(super) fn given<K: Ord + Copy, V>(
    id: i64,
    known: &BTreeMap<K, V>,
    number: impl Fn(&K) -> i64,
) -> Result<i64, Refusal> {
    if id == 0 {
        Ok(next(known, number))
    } else if known.keys().any(|key| number(key) == id) {
        Ok(id)
    } else {
        Err(unknown("id"))
    }
}

pub(super) fn next<K: Ord, V>(known: &BTreeMap<K, V>, number: impl Fn(&K) -> i64) -> i64 {
    known.last_key_value().map_or(1, |(key, _)| number(key) + 1)
}

pub(super) fn bad(field: &'static str, problem: Problem) -> Refusal {
    Refusal::BadField { field, problem }
}

pub(super) fn unknown(field: &'static str) -> Refusal {
    bad(field, Problem::Unknown)
}
