use std::collections::BTreeMap;
use std::convert::Infallible;

use atiende_procedure::office::Office;
use atiende_procedure::{CaseId, Channel, Kind, StatusName};

use super::{Chronicle, Shelf, Written};
use crate::load::tests::made;
use crate::sample::{OFFICE, OFFICE_NAME, Stories};

#[derive(Default)]
struct Memory {
    cases: i64,
    written: Vec<Written>,
}

impl Shelf for Memory {
    type Error = Infallible;
    fn number(&mut self, _year: i16) -> Result<(CaseId, i64), Infallible> {
        self.cases += 1;
        Ok((CaseId(self.cases), self.cases))
    }
    fn keep(&mut self, written: Written) -> Result<(), Infallible> {
        self.written.push(written);
        Ok(())
    }
}

fn told(cases: usize) -> Memory {
    told_at(cases, "2026-11-23T20:00:00Z")
}

fn told_at(cases: usize, now: &str) -> Memory {
    let now = now.parse().expect("an instant");
    let office = made(OFFICE_NAME, OFFICE, &Office::default()).expect("the sample office loads").into();
    let stories = Stories::read().expect("the stories are well written");
    let mut memory = Memory::default();
    let chronicle = Chronicle { cases, now, seed: 7, open_per_mille: 200 };
    let Ok(told) = chronicle.tell(&office, &stories, &mut memory);
    assert!(told >= cases, "{told} of {cases} told");
    memory
}

fn last_of_each(memory: &Memory) -> BTreeMap<CaseId, &atiende_procedure::Case> {
    memory.written.iter().map(|written| (written.after.id, &written.after)).collect()
}

#[test]
fn every_state_kind_and_channel_occurs() {
    let memory = told(320);
    let cases = last_of_each(&memory);
    for status in StatusName::ALL {
        let found = cases.values().filter(|case| case.status.name() == *status).count();
        assert!(found >= 2, "{found} cases are {status}");
    }
    for kind in Kind::ALL {
        assert!(cases.values().any(|case| case.kind == *kind), "no case is a {kind}");
    }
    for channel in [Channel::Portal, Channel::Mail, Channel::Phone, Channel::InPerson, Channel::Planned] {
        assert!(cases.values().any(|case| case.channel == channel), "no case came by {channel}");
    }
}

#[test]
fn time_runs_forward_and_stays_in_the_past() {
    let memory = told(120);
    let times: Vec<_> = memory.written.iter().map(|written| written.after.changed_at).collect();
    assert!(times.is_sorted());
    assert!(times.last().is_some_and(|last| last.to_string().as_str() < "2026-11-23T20:00:01Z"));
}

#[test]
fn words_are_filled_in() {
    let memory = told(200);
    let bodies = memory.written.iter().flat_map(|written| &written.texts);
    for body in bodies {
        assert!(!body.body().contains(['{', '}', '|']), "{}", body.body());
    }
}

#[test]
fn the_rules_refuse_next_to_nothing_of_the_stories() {
    let memory = told(600);
    let closed = last_of_each(&memory);
    let over = |name: StatusName| matches!(name, StatusName::Closed | StatusName::Cancelled);
    let ended = closed.values().filter(|case| over(case.status.name())).count();
    assert!(ended > 400, "only {ended} of 600 came to an end");
}

#[test]
fn whenever_it_is_told_there_is_something_of_each_state() {
    let sunday_night = "2026-11-22T08:00:00Z";
    let monday_before_work = "2026-11-23T11:00:00Z";
    let new_year = "2027-01-01T15:00:00Z";
    let easter_monday = "2028-04-17T19:00:00Z";
    for now in [sunday_night, monday_before_work, new_year, easter_monday] {
        let memory = told_at(320, now);
        let cases = last_of_each(&memory);
        for status in StatusName::ALL {
            assert!(cases.values().any(|case| case.status.name() == *status), "no case is {status} at {now}");
        }
    }
}
