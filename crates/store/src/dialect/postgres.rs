//! PostgreSQL's own words.

use crate::error::{Result, StoreError};
use crate::link::Writer;
use crate::query::Query;
use crate::search::Question;
use crate::value::Value;

/// On what nodes tell each other of new events.
pub(crate) const CHANNEL: &str = "atiende";

/// How the index of words is asked: the columns and tables, then the condition on its first value.
pub(crate) const HITS: &str = "SELECT id AS hit FROM search WHERE words @@ CAST(CAST(";
pub(crate) const HITS_END: &str = " AS TEXT) AS tsquery)";
pub(crate) const HIT: &str = "id";

/// Serialises what must not happen twice at once: making a year's series, changing the office.
pub(crate) fn lock(w: &mut Writer<'_>, what: i64) -> Result<()> {
    w.row::<String>(
        &Query::new("SELECT CAST(pg_advisory_xact_lock(4021999, CAST($1 AS INTEGER)) AS TEXT)").with(what),
    )
    .map(drop)
}

/// The next case id and number, from sequences: nobody waits for another's commit.
pub(crate) fn next_number(w: &mut Writer<'_>, year: i16) -> Result<(i64, i64)> {
    let series = format!("case_numbers_{year}");
    if !w.knows_series(year) {
        let there: Option<bool> =
            w.row(&Query::new("SELECT to_regclass($1) IS NOT NULL").with(series.as_str()))?;
        if there == Some(true) {
            w.learn_series(year);
        } else {
            lock(w, i64::from(year))?;
            w.batch(&format!(
                "SET LOCAL client_min_messages = warning; CREATE SEQUENCE IF NOT EXISTS {series}"
            ))?;
        }
    }
    let next: Option<(i64, i64)> =
        w.row(&Query::new(format!("SELECT nextval('case_ids'), nextval('{series}')")))?;
    next.ok_or_else(|| StoreError::damaged("no next number"))
}

/// The question as a tsquery. Every word is quoted, and none holds a quote.
pub(crate) fn matching(question: &Question) -> String {
    let all = question.all.iter().map(|word| format!("'{word}'"));
    let none = question.none.iter().map(|word| format!("!'{word}'"));
    all.chain(none).collect::<Vec<_>>().join(" & ")
}

/// Adds rows of words to the index.
pub(crate) fn index(w: &mut Writer<'_>, rows: Vec<(i64, Vec<String>)>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut insert = Query::new("INSERT INTO search (id, words) VALUES ");
    for (n, (id, words)) in rows.into_iter().enumerate() {
        insert = insert.push(if n == 0 { "(" } else { ", (" }).bind(id).push(", array_to_tsvector(");
        insert = insert.bind(Value::Words(words)).push("))");
    }
    w.execute(&insert)?;
    Ok(())
}

/// Takes a row of words out of the index, if it is there.
pub(crate) fn unindex(w: &mut Writer<'_>, id: i64) -> Result<()> {
    w.execute(&Query::new("DELETE FROM search WHERE id = $1").with(id))?;
    Ok(())
}
