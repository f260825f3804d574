//! A year of the sample office against an oracle: every clock of every case, read before and after each of its moves and at
//! the end, equals what a plain walk over its events and over a table of seconds says. The oracle knows the events and the office's
//! data; of the rules' own reckoning it uses nothing.

mod life;
mod seconds;
mod unruly;
mod world;

use std::collections::BTreeMap;
use std::convert::Infallible;

use atiende_procedure::office::Office;
use atiende_procedure::sla::clocks;
use atiende_procedure::{Case, CaseId, Recorded};
use jiff::{SignedDuration, Timestamp};

use super::chronicle::{Chronicle, Shelf, Written};
use super::story::Stories;
use life::{Life, Read, second};
use world::World;

/// When the year ends.
const NOW: &str = "2026-11-23T20:00:00Z";

/// Watches what is told, and compares.
struct Watch<'a> {
    world: &'a World,
    lives: BTreeMap<CaseId, (Life, Case)>,
    cases: i64,
    /// How many clocks were read, and how many of them stood how.
    read: usize,
    by_state: BTreeMap<&'static str, usize>,
}

impl Watch<'_> {
    fn new(world: &World) -> Watch<'_> {
        Watch { world, lives: BTreeMap::new(), cases: 0, read: 0, by_state: BTreeMap::new() }
    }

    fn sees(&mut self, after: &Case, events: &[Recorded]) {
        let now = after.changed_at;
        let world = self.world;
        if self.lives.get(&after.id).is_some_and(|(_, case)| case.changed_at < now) {
            self.compare(after.id, now - SignedDuration::from_secs(1));
        }
        match self.lives.get_mut(&after.id) {
            Some((life, case)) => {
                life.goes_on(events, world);
                *case = after.clone();
            }
            None => {
                self.lives.insert(after.id, (Life::begins(events, world), after.clone()));
            }
        }
        let (life, case) = &self.lives[&after.id];
        let promised = case.promise.as_ref().map(|it| (it.agreement, it.version, it.hours));
        let given = life.given.as_ref().map(|it| (it.agreement, it.version, it.hours));
        assert_eq!(promised, given, "the promise of {} after {:?}", case.number, events);
        self.compare(after.id, now);
    }

    fn compare(&mut self, id: CaseId, now: Timestamp) {
        let (life, case) = &self.lives[&id];
        let told = life.read(second(now), self.world);
        let read = readings(case, &self.world.office, now);
        assert_eq!(read, told, "{} at {now}, {:?}", case.number, case.status);
        self.read += read.len();
        for clock in read {
            *self.by_state.entry(clock.state.as_str()).or_default() += 1;
        }
    }

    /// When the year is over, and as it will be some weeks later.
    fn compare_all(&mut self) {
        let now: Timestamp = NOW.parse().expect("an instant");
        let all: Vec<CaseId> = self.lives.keys().copied().collect();
        for id in all {
            self.compare(id, now);
            self.compare(id, now + SignedDuration::from_hours(25 * 24 + 7));
        }
    }
}

/// What the rules read.
fn readings(case: &Case, office: &Office, now: Timestamp) -> Vec<Read> {
    let read = |clock: atiende_procedure::sla::Clock| {
        let reading = clock.read(office, now);
        assert_eq!(reading.left, clock.target - reading.used);
        Read {
            name: clock.name,
            contract: clock.contract,
            began: second(clock.began),
            target: clock.target.as_secs(),
            state: reading.state,
            used: reading.used.as_secs(),
            due: reading.due.map(second),
            ended: reading.ended.map(second),
            paused_by: reading.paused_by,
        }
    };
    clocks(case).into_iter().map(read).collect()
}

impl Shelf for Watch<'_> {
    type Error = Infallible;

    fn number(&mut self, _year: i16) -> Result<(CaseId, i64), Infallible> {
        self.cases += 1;
        Ok((CaseId(self.cases), self.cases))
    }

    fn keep(&mut self, written: Written) -> Result<(), Infallible> {
        self.sees(&written.after, &written.events);
        Ok(())
    }
}

#[test]
fn a_year_of_the_sample_office_reads_as_the_oracle_says() {
    let world = World::new();
    let stories = Stories::read().expect("the stories are well written");
    let mut watch = Watch::new(&world);
    let now: Timestamp = NOW.parse().expect("an instant");
    let chronicle = Chronicle { cases: 20_000, now, seed: 11, open_per_mille: 120 };
    let Ok(told) = chronicle.tell(&world.office, &stories, &mut watch);
    watch.compare_all();
    assert!(told >= 20_000, "{told} cases");
    assert!(watch.by_state.values().all(|count| *count > 1_000), "{:?} of {}", watch.by_state, watch.read);
}

#[test]
fn cases_to_which_anything_happens_read_as_the_oracle_says() {
    let world = World::new();
    let mut watch = Watch::new(&world);
    unruly::tell(2_000, &world.office, &mut |after, events| watch.sees(after, events));
    watch.compare_all();
    assert!(watch.by_state.values().all(|count| *count > 1_000), "{:?} of {}", watch.by_state, watch.read);
}
