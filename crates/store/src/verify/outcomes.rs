//! The clocks of a case that ended, against what its events say: which ended, what they measured, and how each read by the
//! calendars of the time at which it was read.

use std::collections::BTreeMap;

use atiende_procedure::Case;

use crate::outcomes::{OutcomeRow, Place, ended};

use super::known::Known;
use super::streams::Stream;

/// Notes what is wrong. A case that an older program moved is still to be counted, which is being set right.
pub(super) fn check(case: &Case, counted: u64, known: &Known, stream: &mut Stream) {
    if counted < case.version {
        return;
    }
    let mut rows: BTreeMap<Place, OutcomeRow> =
        std::mem::take(&mut stream.outcomes).into_iter().map(|row| ((row.clock, row.turn), row)).collect();
    for (place, clock) in ended(case) {
        let Some(row) = rows.remove(&place) else {
            stream.wrong.push(format!("the end of its clock {} is not counted", place.0));
            continue;
        };
        let office = known.times.get(&row.timed);
        let read = office.and_then(|office| OutcomeRow::read(case, place, &clock, office));
        if read.as_ref() != Some(&row) {
            stream.wrong.push(format!("the end of its clock {} is counted otherwise than it was", place.0));
        }
    }
    for (clock, _) in rows.into_keys() {
        stream.wrong.push(format!("an end of its clock {clock} is counted that never was"));
    }
}
