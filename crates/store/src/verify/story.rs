//! One case: its row, state, participants, words and files against the replay of its events.

use std::collections::BTreeSet;

use atiende_procedure::{AttachmentRef, Case, Event, Recorded, TextRef};

use crate::case_row::{self, Stored};
use crate::cases::{contracts_of, from_state};
use crate::value::Value;

use super::known::Known;
use super::outcomes;
use super::streams::Stream;

/// Notes in the stream all that is wrong with the case.
pub(super) fn check(row: &Stored, known: &Known, stream: &mut Stream) {
    let Some(story) = read(stream) else { return };
    let Some(case) = replay(&story) else {
        return stream.wrong.push("its first event is no registration".to_owned());
    };
    words(stream, &story, &case, row);
    files(stream, &story);
    if row.head != stream.head {
        stream.wrong.push("its last event is not the one that its row knows".to_owned());
    }
    if from_state(&row.state).ok().as_ref() != Some(&case) {
        stream.wrong.push("its stored state is not the sum of its events".to_owned());
    }
    if case.id.0 != row.id {
        stream.wrong.push("its events are another case's".to_owned());
    }
    let values = case_row::values(&case, &known.office);
    // Told by calendars that hold no longer, which is being set right.
    let old = row.columns.last() != values.last().map(|it| it.clone().plain()).as_ref();
    let told = if old { case_row::COLUMNS.len() - case_row::TIMED } else { case_row::COLUMNS.len() };
    for ((column, stored), value) in case_row::COLUMNS.iter().zip(&row.columns).zip(values).take(told) {
        if *stored != value.plain() {
            stream.wrong.push(format!("its column {column} is not what its events say"));
        }
    }
    let changed = Value::from(case.changed_at).plain();
    let listed = |value: Value| (value.plain(), changed.clone());
    if !stream.watchers.iter().cloned().eq(case.watchers.iter().map(|person| listed((*person).into()))) {
        stream.wrong.push("its watchers are not those of its events".to_owned());
    }
    if !stream.contracts.iter().cloned().eq(contracts_of(&case).into_iter().map(|id| listed(id.into()))) {
        stream.wrong.push("its contracts are not those of its events".to_owned());
    }
    outcomes::check(&case, row.counted, known, stream);
}

/// Its events; nothing when they cannot be replayed, which is then said.
fn read(stream: &mut Stream) -> Option<Vec<Recorded>> {
    if stream.events.is_empty() {
        stream.wrong.push("its events are missing".to_owned());
        return None;
    }
    let mut story = Vec::new();
    for (n, body) in stream.events.iter().enumerate() {
        match Recorded::from_bytes(body) {
            Ok(recorded) => story.push(recorded),
            // An empty body stands for an event that is missing, which was said already.
            Err(_) if body.is_empty() => return None,
            Err(error) => {
                stream.wrong.push(format!("event {} cannot be read: {error}", n + 1));
                return None;
            }
        }
    }
    Some(story)
}

fn replay(story: &[Recorded]) -> Option<Case> {
    let (first, later) = story.split_first()?;
    let mut case = Case::found(first)?;
    later.iter().for_each(|recorded| case.apply(recorded));
    Some(case)
}

fn words(stream: &mut Stream, story: &[Recorded], case: &Case, row: &Stored) {
    let mut held: BTreeSet<TextRef> = BTreeSet::new();
    for recorded in story {
        for (text, _) in recorded.event.texts() {
            if held.insert(text) {
                stream.needs(text, recorded.sequence);
            }
        }
    }
    if stream.texts.keys().any(|text| !held.contains(text)) {
        stream.wrong.push("there is a text that no event brought".to_owned());
    }
    if stream.texts.get(&case.subject).cloned().flatten() != row.subject {
        stream.wrong.push("the subject in lists is not the one that was written".to_owned());
    }
}

fn files(stream: &mut Stream, story: &[Recorded]) {
    let mut files = BTreeSet::new();
    for recorded in story {
        let brought: &[AttachmentRef] = match &recorded.event {
            Event::Registered(registered) => &registered.attachments,
            Event::Said { attachments, .. } => attachments,
            _ => &[],
        };
        files.extend(brought.iter().map(|file| (recorded.sequence, file.blob)));
    }
    if !stream.attachments.iter().copied().eq(files.iter().copied()) {
        stream.wrong.push("its files are not those of its events".to_owned());
    }
    stream.attachments = files.into_iter().collect();
}
