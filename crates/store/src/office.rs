//! The office: its chain of events, replayed into memory and kept up.

use std::collections::BTreeMap;

use atiende_procedure::office::{Office, OfficeEvent, OfficeRecorded, Profile};
use atiende_procedure::{Text, TextRef};

use crate::dialect::{Dialect, postgres};
use crate::error::{Result, StoreError};
use crate::events::{self, Hash, OFFICE};
use crate::link::{Reader, Writer};
use crate::query::Query;
use crate::texts;

/// What the office's lock is called on PostgreSQL, beside the years of the numbers.
const LOCK: i64 = 0;

/// The office inside the transaction that is about to change it.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    version: u64,
    head: Hash,
}

/// The whole office, from its first event.
pub fn load(r: &mut Reader<'_>) -> Result<Office> {
    let mut office = Office::default();
    let mut profiles = texts::of_stream(r, OFFICE)?;
    for recorded in events::of_office(r, 0)? {
        let profile = profile_of(&recorded).and_then(|reference| profiles.remove(&reference));
        office.apply(&recorded, profile.map(|body| parse(&body)).transpose()?);
    }
    Ok(office)
}

/// The calendars of each time, by the event of the office after which clocks read so ([`Office::timed`]); nothing else of
/// the office is in them.
pub(crate) fn calendars(r: &mut Reader<'_>) -> Result<BTreeMap<u64, Office>> {
    let mut office = Office::default();
    let mut times = BTreeMap::from([(0, Office::default())]);
    for recorded in events::of_office(r, 0)? {
        office.apply(&recorded, None);
        times.entry(office.timed).or_insert_with(|| office.calendars_alone());
    }
    Ok(times)
}

/// Takes in what has happened since, and says whether there was anything.
pub fn catch_up(r: &mut Reader<'_>, office: &mut Office) -> Result<bool> {
    let news = events::of_office(r, office.version)?;
    for recorded in &news {
        let profile = match profile_of(recorded) {
            Some(reference) => profile(r, reference)?,
            None => None,
        };
        office.apply(recorded, profile);
    }
    Ok(!news.is_empty())
}

/// The number of the office's last event: one look at an index.
pub fn version(r: &mut Reader<'_>) -> Result<u64> {
    Ok(events::head(r, OFFICE)?.0)
}

/// Takes the office to change it; [`catch_up`] must come after this, so that nothing comes between.
pub fn hold(w: &mut Writer<'_>) -> Result<Held> {
    if w.dialect() == Dialect::Postgres {
        postgres::lock(w, LOCK)?;
    }
    let (version, head) = events::head(w, OFFICE)?;
    Ok(Held { version, head })
}

/// Stores what changed and the words that came along.
///
/// # Errors
/// [`StoreError::Stale`] when the events do not follow the office's last one.
pub fn advance(w: &mut Writer<'_>, held: &Held, events: &[OfficeRecorded], words: &[Text]) -> Result<()> {
    texts::add(w, OFFICE, &words.iter().collect::<Vec<_>>())?;
    let bodies = events.iter().map(|recorded| (recorded.sequence, recorded.to_bytes()));
    events::append(w, OFFICE, (held.version, held.head), bodies)?;
    Ok(())
}

/// The office's events, oldest first, for its history.
pub fn history(r: &mut Reader<'_>, after: u64) -> Result<Vec<OfficeRecorded>> {
    events::of_office(r, after)
}

fn profile_of(recorded: &OfficeRecorded) -> Option<TextRef> {
    match &recorded.event {
        OfficeEvent::PersonSet { profile, .. } => Some(*profile),
        _ => None,
    }
}

fn profile(r: &mut Reader<'_>, reference: TextRef) -> Result<Option<Profile>> {
    let query = Query::new("SELECT body FROM texts WHERE stream = $1 AND commitment = $2");
    let body: Option<Option<String>> = r.row(&query.with(OFFICE).with(reference))?;
    body.flatten().map(|body| parse(&body)).transpose()
}

fn parse(profile: &str) -> Result<Profile> {
    serde_json::from_str(profile).map_err(StoreError::damaged)
}
