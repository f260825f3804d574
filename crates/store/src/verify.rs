//! Whether everything is still as it was written: each chain, text, file and row, and that nothing is missing.
//!
//! Reads the whole memory once, some cases at a time, beside whoever works; it changes nothing and mends nothing.

mod known;
mod log;
mod outcomes;
mod story;
mod streams;

use std::fmt;
use std::sync::Arc;

use atiende_procedure::BlobHash;

use crate::backlog;
use crate::blobs::{Blobs, Harm};
use crate::db::Db;
use crate::error::{Result, StoreError};
use crate::query::Query;

use known::Known;

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The case's number, or what else it is about.
    pub about: String,
    /// What is wrong, in words.
    pub what: String,
}

impl Finding {
    fn new(about: impl Into<String>, what: impl Into<String>) -> Finding {
        Finding { about: about.into(), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.about, self.what)
    }
}

/// What was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Looked {
    pub cases: u64,
    pub events: u64,
    pub texts: u64,
    pub files: u64,
    /// Events under the newest head of the Merkle log.
    pub sealed: u64,
}

/// Cases that one read looks at.
const CASES_AT_ONCE: u32 = 100;

/// Looks at everything and tells each finding as it is made.
///
/// # Errors
/// When it cannot look: the database or the folder of files cannot be read.
pub async fn verify(db: &Db, blobs: &Blobs, mut found: impl FnMut(Finding)) -> Result<Looked> {
    let mut looked = Looked { sealed: log::walk(db, &mut found).await?, ..Looked::default() };

    let office = db.read(streams::office).await?;
    looked.events += office.events;
    looked.texts += office.texts;
    office.findings.into_iter().for_each(&mut found);
    for (about, blob) in office.files {
        looked.files += 1;
        if let Some(finding) = file(blobs, &about, blob).await? {
            found(finding);
        }
    }

    let mut known = Arc::new(db.read(Known::load).await?);
    let mut after = 0;
    loop {
        let before = known.clone();
        let (now, some) = db
            .read(move |r| {
                let known = before.clone().newest(r)?;
                let some = streams::cases(r, &known, after, CASES_AT_ONCE)?;
                Ok::<_, StoreError>((known, some))
            })
            .await?;
        known = now;
        looked.cases += some.cases;
        looked.events += some.events;
        looked.texts += some.texts;
        some.findings.into_iter().for_each(&mut found);
        for (about, blob) in some.files {
            looked.files += 1;
            if let Some(finding) = file(blobs, &about, blob).await? {
                found(finding);
            }
        }
        match some.last {
            Some(last) => after = last,
            None => break,
        }
    }
    db.read(commands).await?.into_iter().for_each(&mut found);
    db.read(counts).await?.into_iter().for_each(&mut found);
    if db.read(crate::outcomes::disagree).await? {
        found(Finding::new("counts", "the kept sums of promises are not those of the clocks that ended"));
    }
    Ok(looked)
}

async fn file(blobs: &Blobs, about: &str, blob: BlobHash) -> Result<Option<Finding>> {
    Ok(match blobs.check(blob).await? {
        None => None,
        Some(Harm::Missing) => Some(Finding::new(about, format!("the file {blob} is missing"))),
        Some(Harm::Changed) => Some(Finding::new(about, format!("the file {blob} was changed"))),
    })
}

/// Commands that were done to streams which no longer have what they did.
fn commands(r: &mut crate::Reader<'_>) -> Result<Vec<Finding>> {
    let query = Query::new(
        "SELECT DISTINCT c.stream FROM commands c WHERE c.sequence > 0 AND NOT EXISTS
             (SELECT 1 FROM events e WHERE e.stream = c.stream AND e.sequence = c.sequence)
         ORDER BY c.stream LIMIT 100",
    );
    let streams: Vec<i64> = r.rows(&query)?;
    let missing = "events that a command brought are missing";
    Ok(streams.into_iter().map(|stream| Finding::new(streams::name(stream), missing)).collect())
}

fn counts(r: &mut crate::Reader<'_>) -> Result<Vec<Finding>> {
    let everything =
        atiende_procedure::permission::Scope { desk: true, security: true, ..Default::default() };
    let wrong = || vec![Finding::new("counts", "the kept counts of cases are not those of the cases")];
    match backlog::counts(r, &everything) {
        Ok(mut kept) => {
            let mut counted = backlog::recounted(r)?;
            kept.sort_by_key(|count| format!("{count:?}"));
            counted.sort_by_key(|count| format!("{count:?}"));
            Ok(if kept == counted { Vec::new() } else { wrong() })
        }
        Err(StoreError::Damaged(_)) => Ok(wrong()),
        Err(error) => Err(error),
    }
}
