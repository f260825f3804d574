//! The numbers of new cases: unique and ascending within their year, gaps allowed (R4).

use atiende_procedure::CaseId;

use crate::dialect::{Dialect, postgres, sqlite};
use crate::error::Result;
use crate::link::Writer;

/// A new case's id and its place in the year's series. Two that ask at once do not wait for each other on PostgreSQL;
/// one that then comes to nothing leaves a gap.
pub fn next(w: &mut Writer<'_>, year: i16) -> Result<(CaseId, i64)> {
    let (id, sequence) = match w.dialect() {
        Dialect::Sqlite => sqlite::next_number(w, year)?,
        Dialect::Postgres => postgres::next_number(w, year)?,
    };
    Ok((CaseId(id), sequence))
}
