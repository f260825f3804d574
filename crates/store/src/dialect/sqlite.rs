//! SQLite's own words.

use crate::error::{Result, StoreError};
use crate::link::Writer;
use crate::query::Query;
use crate::search::Question;

/// How the index of words is asked: the columns and tables, then the condition on its first value.
pub(crate) const HITS: &str = "SELECT rowid AS hit FROM search WHERE search MATCH ";
pub(crate) const HIT: &str = "rowid";

/// The next case id and number. There is one writer, so the largest id is certain.
pub(crate) fn next_number(w: &mut Writer<'_>, year: i16) -> Result<(i64, i64)> {
    let sequence: Option<i64> = w.row(
        &Query::new(
            "INSERT INTO numbers (year, last) VALUES ($1, 1)
             ON CONFLICT (year) DO UPDATE SET last = last + 1 RETURNING last",
        )
        .with(i64::from(year)),
    )?;
    let id: Option<i64> = w.row(&Query::new("SELECT coalesce(max(id), 0) + 1 FROM cases"))?;
    id.zip(sequence).ok_or_else(|| StoreError::damaged("no next number"))
}

/// The question as FTS5 reads it. Every word is quoted, and none holds a quote.
pub(crate) fn matching(question: &Question) -> String {
    let all: Vec<String> = question.all.iter().map(|word| format!("\"{word}\"")).collect();
    let mut text = format!("({})", all.join(" AND "));
    for word in &question.none {
        text.push_str(&format!(" NOT \"{word}\""));
    }
    text
}

/// Adds rows of words to the index.
pub(crate) fn index(w: &mut Writer<'_>, rows: Vec<(i64, Vec<String>)>) -> Result<()> {
    for (id, words) in rows {
        w.execute(
            &Query::new("INSERT INTO search (rowid, words) VALUES ($1, $2)").with(id).with(words.join(" ")),
        )?;
    }
    Ok(())
}

/// Takes a row of words out of the index, if it is there.
pub(crate) fn unindex(w: &mut Writer<'_>, id: i64) -> Result<()> {
    w.execute(&Query::new("DELETE FROM search WHERE rowid = $1").with(id))?;
    Ok(())
}
