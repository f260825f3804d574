//! What people wrote, beside the events that brought it.

use std::collections::HashMap;

use atiende_procedure::{CaseId, Text, TextRef};

use crate::error::Result;
use crate::link::{Reader, Writer};
use crate::query::Query;
use crate::value::Value;

/// The words of one stream, by what events hold of them.
pub type Texts = HashMap<TextRef, String>;

/// Every text of a case. One destroyed by order of the law is not among them.
pub fn of_case(r: &mut Reader<'_>, case: CaseId) -> Result<Texts> {
    of_stream(r, case.0)
}

pub(crate) fn of_stream(r: &mut Reader<'_>, stream: i64) -> Result<Texts> {
    let mut texts = Texts::new();
    let query = Query::new("SELECT commitment, body FROM texts WHERE stream = $1").with(stream);
    r.each(&query, |(reference, body): (TextRef, Option<String>)| {
        if let Some(body) = body {
            texts.insert(reference, body);
        }
        Ok(())
    })?;
    Ok(texts)
}

/// Stores texts beside the events of a stream. The same words under the same salt are stored once.
pub(crate) fn add(w: &mut Writer<'_>, stream: i64, texts: &[&Text]) -> Result<()> {
    if texts.is_empty() {
        return Ok(());
    }
    let mut insert = Query::new("INSERT INTO texts (stream, commitment, salt, body) VALUES ");
    for (n, text) in texts.iter().enumerate() {
        insert = insert.push(if n == 0 { "" } else { ", " }).bind_row([
            Value::Int(stream),
            text.reference().into(),
            text.salt().into(),
            text.body().into(),
        ]);
    }
    w.execute(&insert.push(" ON CONFLICT DO NOTHING"))?;
    Ok(())
}
