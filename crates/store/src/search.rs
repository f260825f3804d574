//! The index of words: one row for each event and audience, so that nobody finds by words that he may not read.
//!
//! A row's words hold marks besides those that people wrote: whose case it is and who else may see it. A question
//! asks for them too, so a hit is always one that the asker may have. Marks begin with `_`, which no word does.

use atiende_procedure::permission::Scope;
use atiende_procedure::{Audience, Case, CaseId, PersonId, Recorded};

use crate::dialect::{Dialect, postgres, sqlite};
use crate::error::Result;
use crate::link::{Reader, Writer};
use crate::query::Query;
use crate::texts::Texts;
use crate::words::words_of;

/// A search looks at no more than its newest hits.
pub(crate) const MOST_HITS: usize = 1000;

/// A question has no more words than this; what follows adds nothing.
const MOST_WORDS: usize = 16;

const SECURITY: &str = "_s";
/// On words that requesters do not read.
const NOT_FOR_REQUESTERS: &str = "_i";

/// Bits of a row's id below the case's: the event's sequence and the audience.
pub(crate) const EVENT_BITS: u32 = 18;
const AUDIENCE_BITS: u32 = 2;

/// The words that a row must have, and those that it must not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) all: Vec<String>,
    pub(crate) none: Vec<&'static str>,
}

/// The questions that together find everything with these words in a scope; none when there are no words.
fn questions(r: &mut Reader<'_>, words: &str, scope: &Scope) -> Result<Vec<Question>> {
    let mut words = words_of(words);
    words.truncate(MOST_WORDS);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let question = |marks: &[&str], none: &[&'static str]| Question {
        all: words.iter().cloned().chain(marks.iter().map(ToString::to_string)).collect(),
        none: none.to_vec(),
    };
    let mut questions = Vec::new();
    if scope.desk {
        questions.push(question(&[], &[SECURITY]));
    }
    if scope.security {
        questions.push(question(&[SECURITY], &[]));
    }
    if let Some(person) = scope.person {
        let (asked, watches) = (format!("_r{person}"), format!("_w{person}"));
        if !scope.desk {
            questions.push(question(&[&asked], &[NOT_FOR_REQUESTERS]));
            questions.push(question(&[&watches], &[NOT_FOR_REQUESTERS, SECURITY]));
        } else if !scope.security && has_secret_cases(r, person)? {
            questions.push(question(&[&asked, SECURITY], &[NOT_FOR_REQUESTERS]));
        }
    }
    for contract in scope.contracts.iter().filter(|_| !scope.desk) {
        questions.push(question(&[&format!("_c{contract}")], &[SECURITY]));
    }
    Ok(questions)
}

/// Almost nobody of the desk has asked for a security case himself, and a question about them costs as much as any.
fn has_secret_cases(r: &mut Reader<'_>, person: PersonId) -> Result<bool> {
    let query = Query::new("SELECT id FROM cases WHERE requester = ")
        .bind(person)
        .push(" AND security = ")
        .bind(true);
    Ok(r.row::<CaseId>(&query.push(" LIMIT 1"))?.is_some())
}

/// The part of a statement that finds a question's newest hits, as a column `hit`.
pub(crate) fn hits(
    query: Query,
    dialect: Dialect,
    question: &Question,
    before: Option<CaseId>,
    most: usize,
) -> Query {
    let (mut query, column) = match dialect {
        Dialect::Sqlite => (query.push(sqlite::HITS).bind(sqlite::matching(question)), sqlite::HIT),
        Dialect::Postgres => {
            let text = postgres::matching(question);
            (query.push(postgres::HITS).bind(text).push(postgres::HITS_END), postgres::HIT)
        }
    };
    if let Some(case) = before {
        query = query.push(&format!(" AND {column} < ")).bind(row_id(case, 0, Audience::Requester));
    }
    query.push(&format!(" ORDER BY {column} DESC LIMIT ")).bind(most as i64)
}

/// The cases of a search, newest first.
pub(crate) struct Found {
    pub(crate) cases: Vec<CaseId>,
    /// Whether there are older hits than those looked at.
    pub(crate) cut: bool,
}

/// The cases in which these words are found, from the newest `most` hits of each question of the scope. When that is
/// not all, those older than what every question was asked for are left out: the next round brings them.
pub(crate) fn cases(
    r: &mut Reader<'_>,
    words: &str,
    scope: &Scope,
    before: Option<CaseId>,
    most: usize,
) -> Result<Found> {
    let (mut cases, mut looked_down_to) = (Vec::new(), None);
    for question in questions(r, words, scope)? {
        let query = hits(Query::default(), r.dialect(), &question, before, most).planned_anew();
        let found: Vec<i64> = r.rows(&query)?;
        let found = found.into_iter().map(|hit| CaseId(hit >> EVENT_BITS));
        let began = cases.len();
        cases.extend(found);
        if cases.len() - began == most {
            looked_down_to = looked_down_to.max(cases.last().copied());
        }
    }
    if let Some(oldest) = looked_down_to {
        cases.retain(|case| *case >= oldest);
    }
    cases.sort_unstable_by(|a, b| b.cmp(a));
    cases.dedup();
    Ok(Found { cases, cut: looked_down_to.is_some() })
}

fn row_id(case: CaseId, sequence: u64, audience: Audience) -> i64 {
    // An event so late that it has no place of its own shares the last one's, and is then not indexed.
    let sequence = sequence.min((1 << (EVENT_BITS - AUDIENCE_BITS)) - 1) as i64;
    (case.0 << EVENT_BITS) | (sequence << AUDIENCE_BITS) | audience as i64
}

/// Who may see the case, as marks.
fn marks(case: &Case) -> Vec<String> {
    let mut marks = vec![format!("_r{}", case.requester)];
    if case.security {
        marks.push(SECURITY.to_owned());
    }
    marks.extend(case.watchers.iter().map(|person| format!("_w{person}")));
    for turn in &case.providers {
        let mark = format!("_c{}", turn.contract);
        if !marks.contains(&mark) {
            marks.push(mark);
        }
    }
    marks
}

/// Keeps the index in step with what just happened to a case. When others may see it than before, all its rows are
/// made anew; `story` then gives its whole history with its words.
pub(crate) fn follow(
    w: &mut Writer<'_>,
    before: Option<&Case>,
    case: &Case,
    events: &[Recorded],
    texts: &Texts,
    story: impl FnOnce(&mut Writer<'_>) -> Result<(Vec<Recorded>, Texts)>,
) -> Result<()> {
    let marks = marks(case);
    if before.is_none_or(|before| self::marks(before) == marks) {
        return add(w, rows(case, events, texts, &marks));
    }
    let (events, texts) = story(w)?;
    for recorded in &events {
        for audience in Audience::ALL {
            remove(w, row_id(case.id, recorded.sequence, *audience))?;
        }
    }
    add(w, rows(case, &events, &texts, &marks))
}

fn rows(case: &Case, events: &[Recorded], texts: &Texts, marks: &[String]) -> Vec<(i64, Vec<String>)> {
    let mut rows = Vec::new();
    for recorded in events.iter().filter(|recorded| recorded.sequence < 1 << (EVENT_BITS - AUDIENCE_BITS)) {
        let parts = recorded.event.texts();
        for audience in Audience::ALL {
            let bodies =
                parts.iter().filter(|(_, of)| of == audience).filter_map(|(text, _)| texts.get(text));
            let mut text = bodies.map(String::as_str).collect::<Vec<_>>().join("\n");
            if recorded.sequence == 1 && *audience == Audience::Requester {
                text = format!("{}\n{text}", case.number);
            }
            let mut words = words_of(&text);
            if words.is_empty() {
                continue;
            }
            words.extend(marks.iter().cloned());
            if *audience != Audience::Requester {
                words.push(NOT_FOR_REQUESTERS.to_owned());
            }
            rows.push((row_id(case.id, recorded.sequence, *audience), words));
        }
    }
    rows
}

fn add(w: &mut Writer<'_>, rows: Vec<(i64, Vec<String>)>) -> Result<()> {
    match w.dialect() {
        Dialect::Sqlite => sqlite::index(w, rows),
        Dialect::Postgres => postgres::index(w, rows),
    }
}

fn remove(w: &mut Writer<'_>, id: i64) -> Result<()> {
    match w.dialect() {
        Dialect::Sqlite => sqlite::unindex(w, id),
        Dialect::Postgres => postgres::unindex(w, id),
    }
}
