//! Cases: found by their first event, moved by later ones, loaded whole.
//!
//! What is stored of a case is always the sum of its events: they are appended, applied, and the row follows, all in
//! the command's own transaction.

use std::collections::BTreeSet;

use atiende_procedure::office::Office;
use atiende_procedure::{Case, CaseId, CaseNumber, ContractId, Event, PersonId, Recorded, Text, TextRef};

use crate::commands::{Answer, Receipt};
use crate::dialect::Dialect;
use crate::error::{Result, StoreError};
use crate::events::{self, Hash};
use crate::link::{Reader, Writer};
use crate::query::Query;
use crate::texts::{self, Texts};
use crate::value::Value;
use crate::{backlog, case_row, outcomes, search};

/// A case inside the transaction that is about to move it; on PostgreSQL nobody else moves it meanwhile.
#[derive(Debug, Clone)]
pub struct Held {
    case: Case,
    head: Hash,
    subject: Option<String>,
    counted: u64,
}

impl Held {
    /// The case as it stands.
    pub fn case(&self) -> &Case {
        &self.case
    }
}

/// The case of this id.
pub fn load(r: &mut Reader<'_>, id: CaseId) -> Result<Option<Case>> {
    let state = r.row(&Query::new("SELECT state FROM cases WHERE id = $1").with(id))?;
    state.map(|state: String| from_state(&state)).transpose()
}

/// The case of this number.
pub fn by_number(r: &mut Reader<'_>, number: &CaseNumber) -> Result<Option<Case>> {
    let state = r.row(
        &Query::new("SELECT state FROM cases WHERE year = $1 AND sequence = $2 AND prefix = $3")
            .with(i64::from(number.year()))
            .with(number.sequence())
            .with(number.prefix()),
    )?;
    state.map(|state: String| from_state(&state)).transpose()
}

/// The id of the case of this number.
pub fn id_of(r: &mut Reader<'_>, number: &CaseNumber) -> Result<Option<CaseId>> {
    r.row(
        &Query::new("SELECT id FROM cases WHERE year = $1 AND sequence = $2 AND prefix = $3")
            .with(i64::from(number.year()))
            .with(number.sequence())
            .with(number.prefix()),
    )
}

/// The cases that were opened as the continuation of this one, oldest first.
pub fn following(r: &mut Reader<'_>, id: CaseId) -> Result<Vec<CaseId>> {
    r.rows(&Query::new("SELECT id FROM cases WHERE follows = $1 ORDER BY id").with(id))
}

/// The cases at which the clock must look by now, longest overdue first.
pub fn to_wake(r: &mut Reader<'_>, now: jiff::Timestamp, most: u32) -> Result<Vec<CaseId>> {
    r.rows(
        &Query::new(
            "SELECT id FROM cases WHERE wake_at IS NOT NULL AND wake_at <= $1 ORDER BY wake_at LIMIT $2",
        )
        .with(now)
        .with(i64::from(most)),
    )
}

/// When the clock must look at a case next, if at any.
pub fn next_wake(r: &mut Reader<'_>) -> Result<Option<jiff::Timestamp>> {
    r.row(&Query::new("SELECT wake_at FROM cases WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 1"))
}

/// Loads a case to move it. Of two that hold several cases, each must hold the smaller id first.
pub fn hold(w: &mut Writer<'_>, id: CaseId) -> Result<Option<Held>> {
    let lock = match w.dialect() {
        Dialect::Sqlite => "",
        Dialect::Postgres => " FOR UPDATE",
    };
    let query =
        Query::new("SELECT state, head, subject, counted FROM cases WHERE id = $1").push(lock).with(id);
    let found: Option<(String, Hash, Option<String>, u64)> = w.row(&query)?;
    let held = |(state, head, subject, counted): (String, _, _, _)| {
        Ok(Held { case: from_state(&state)?, head, subject, counted })
    };
    found.map(held).transpose()
}

/// Tells time anew for some of the open cases whose clocks were read by calendars that hold no longer, and answers how
/// many they were.
pub fn retime_some(w: &mut Writer<'_>, office: &Office, most: u32) -> Result<usize> {
    let lock = crate::dialect::skip_locked(w.dialect());
    let query = Query::new("SELECT state FROM cases WHERE open AND timed < ").bind(office.timed);
    let query = query.push(" ORDER BY timed, id LIMIT ").bind(i64::from(most)).push(lock);
    let states: Vec<String> = w.rows(&query)?;
    for state in &states {
        w.execute(&case_row::retime(&from_state(state)?, office))?;
    }
    Ok(states.len())
}

/// Whether the clocks of some open case were read by calendars that hold no longer.
pub fn must_be_retimed(r: &mut Reader<'_>, office: &Office) -> Result<bool> {
    let query = Query::new("SELECT id FROM cases WHERE open AND timed < ").bind(office.timed);
    let found: Option<CaseId> = r.row(&query.push(" ORDER BY timed, id LIMIT 1"))?;
    Ok(found.is_some())
}

/// Stores a new case, given its first events and the words that came along, and answers it. Words that no event holds
/// are left out.
///
/// # Errors
/// [`StoreError::Damaged`] when its first event is no registration.
pub fn found(w: &mut Writer<'_>, office: &Office, events: &[Recorded], words: &[&Text]) -> Result<Case> {
    let (first, later) = events.split_first().ok_or_else(|| StoreError::damaged("a case without events"))?;
    let mut case = Case::found(first).ok_or_else(|| StoreError::damaged("not a registration"))?;
    later.iter().for_each(|recorded| case.apply(recorded));
    let head = append(w, &case, (0, events::BEGINNING), events, words)?;
    let texts = given(words);
    w.execute(&case_row::insert(&case, office, &head, texts.get(&case.subject).cloned())?)?;
    belong(w, None, &case)?;
    settle(w, None, &case, events, &texts)?;
    outcomes::found(w, office, &case)?;
    Ok(case)
}

/// Stores what happened to a case and the words that came along, and answers the case as it then is. Words that no
/// event holds are left out.
///
/// # Errors
/// [`StoreError::Stale`] when it has moved meanwhile.
pub fn advance(
    w: &mut Writer<'_>,
    office: &Office,
    held: &Held,
    events: &[Recorded],
    words: &[&Text],
) -> Result<Case> {
    let before = &held.case;
    let mut case = before.clone();
    events.iter().for_each(|recorded| case.apply(recorded));
    let head = append(w, &case, (before.version, held.head), events, words)?;
    if w.execute(&case_row::update(&case, office, &head, held.subject.clone(), before.version)?)? != 1 {
        return Err(StoreError::Stale { version: before.version });
    }
    belong(w, Some(before), &case)?;
    settle(w, Some(before), &case, events, &given(words))?;
    outcomes::follow(w, office, (before, held.counted), &case)?;
    Ok(case)
}

fn append(
    w: &mut Writer<'_>,
    case: &Case,
    last: (u64, Hash),
    events: &[Recorded],
    words: &[&Text],
) -> Result<Hash> {
    let held: BTreeSet<TextRef> =
        events.iter().flat_map(|recorded| recorded.event.texts()).map(|(text, _)| text).collect();
    let words: Vec<&Text> = words.iter().copied().filter(|text| held.contains(&text.reference())).collect();
    texts::add(w, case.id.0, &words)?;
    let bodies = events.iter().map(|recorded| (recorded.sequence, recorded.to_bytes()));
    let head = events::append(w, case.id.0, last, bodies)?;
    attach(w, case, events)?;
    Ok(head)
}

/// What follows from the case's move: counts and the index of words.
fn settle(
    w: &mut Writer<'_>,
    before: Option<&Case>,
    case: &Case,
    events: &[Recorded],
    texts: &Texts,
) -> Result<()> {
    backlog::follow(w, before, case)?;
    search::follow(w, before, case, events, texts, |w| {
        Ok((events::of_case(w, case.id)?, texts::of_case(w, case.id)?))
    })
}

fn given(words: &[&Text]) -> Texts {
    words.iter().map(|text| (text.reference(), text.body().to_owned())).collect()
}

pub(crate) fn from_state(state: &str) -> Result<Case> {
    serde_json::from_str(state).map_err(StoreError::damaged)
}

/// The contracts with which a case ever was.
pub(crate) fn contracts_of(case: &Case) -> BTreeSet<ContractId> {
    case.providers.iter().map(|turn| turn.contract).collect()
}

/// Keeps the rows by which watchers and supervisors list the case. Most cases have none.
fn belong(w: &mut Writer<'_>, before: Option<&Case>, case: &Case) -> Result<()> {
    let none = BTreeSet::new();
    let watched = before.map_or(&none, |before| &before.watchers);
    if !(watched.is_empty() && case.watchers.is_empty()) {
        let people = case.watchers.iter().copied().map(PersonId::into);
        relist(w, "watchers", "person", before.is_some(), case, people.collect())?;
    }
    let contracts = contracts_of(case);
    if !contracts.is_empty() {
        let contracts = contracts.into_iter().map(ContractId::into);
        relist(w, "case_contracts", "contract", before.is_some(), case, contracts.collect())?;
    }
    Ok(())
}

fn relist(
    w: &mut Writer<'_>,
    table: &str,
    column: &str,
    was_listed: bool,
    case: &Case,
    whose: Vec<Value>,
) -> Result<()> {
    if was_listed {
        w.execute(&Query::new(format!("DELETE FROM {table} WHERE case_id = $1")).with(case.id))?;
    }
    if whose.is_empty() {
        return Ok(());
    }
    let mut insert = Query::new(format!("INSERT INTO {table} ({column}, changed_at, case_id) VALUES "));
    for (n, who) in whose.into_iter().enumerate() {
        insert = insert.push(if n == 0 { "" } else { ", " });
        insert = insert.bind_row([who, case.changed_at.into(), case.id.into()]);
    }
    w.execute(&insert)?;
    Ok(())
}

/// The files that events brought.
fn attach(w: &mut Writer<'_>, case: &Case, events: &[Recorded]) -> Result<()> {
    let mut insert =
        Query::new("INSERT INTO attachments (stream, sequence, blob, name, media_type, size) VALUES ");
    let mut count = 0;
    for recorded in events {
        let files = match &recorded.event {
            Event::Registered(registered) => &registered.attachments,
            Event::Said { attachments, .. } => attachments,
            _ => continue,
        };
        for file in files {
            insert = insert.push(if count == 0 { "" } else { ", " }).bind_row([
                case.id.into(),
                recorded.sequence.into(),
                file.blob.into(),
                Value::from(file.name),
                file.media_type.as_str().into(),
                file.size.into(),
            ]);
            count += 1;
        }
    }
    if count > 0 {
        w.execute(&insert.push(" ON CONFLICT DO NOTHING"))?;
    }
    Ok(())
}

/// A case is recalled as it stands now.
impl Answer for Case {
    fn receipt(&self) -> Receipt {
        Receipt { stream: self.id.0, sequence: self.version }
    }
    fn recall(r: &mut Reader<'_>, receipt: Receipt) -> Result<Self> {
        let missing = || StoreError::damaged("a command's case is missing");
        let mut history = crate::events::of_case(r, CaseId(receipt.stream))?;
        history.retain(|recorded| recorded.sequence <= receipt.sequence);
        let (first, later) = history.split_first().ok_or_else(missing)?;
        let mut case = Case::found(first).ok_or_else(missing)?;
        later.iter().for_each(|recorded| case.apply(recorded));
        Ok(case)
    }
}

/// The words of one text of a case, for who needs no other.
pub fn text(r: &mut Reader<'_>, case: CaseId, reference: TextRef) -> Result<Option<String>> {
    let query = Query::new("SELECT body FROM texts WHERE stream = $1 AND commitment = $2");
    let body: Option<Option<String>> = r.row(&query.with(case).with(reference))?;
    Ok(body.flatten())
}
