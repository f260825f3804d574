//! `atiende load`: makes the office what a file says, all of it or nothing.

mod form;
mod plan;
mod refused;

use std::ops::Range;

use anyhow::{Context, bail};
use atiende_procedure::office::{Change, Office};
use jiff::Timestamp;

use form::OfficeForm;

/// What a file asks of the office.
pub(crate) struct Asked {
    pub(crate) changes: Vec<Change>,
    /// One line each, for people.
    pub(crate) summaries: Vec<String>,
    /// The office as it would then be.
    pub(crate) office: Office,
}

/// Reads a file's text and says which changes it asks of the office; none when the office already is so.
///
/// # Errors
/// A message with the file's name and the line of the first mistake.
pub(crate) fn ask(
    name: &str,
    text: &str,
    office: &Office,
    now: Timestamp,
    salt: &mut dyn FnMut() -> [u8; 16],
) -> anyhow::Result<Asked> {
    let form: OfficeForm = toml::from_str(text).map_err(|wrong| {
        let at = wrong.span().unwrap_or_default();
        anyhow::anyhow!("{}: {}", place(name, text, &at), wrong.message())
    })?;
    match plan::plan(&form, office, now, salt) {
        Ok((planned, office)) => {
            let (changes, summaries) = planned.into_iter().map(|it| (it.change, it.summary)).unzip();
            Ok(Asked { changes, summaries, office })
        }
        Err(mistake) => bail!("{}: {}", place(name, text, &mistake.at), mistake.message),
    }
}

/// The text of a file to load.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn read(path: &std::path::Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn place(name: &str, text: &str, at: &Range<usize>) -> String {
    let line = text.get(..at.start).map_or(1, |before| before.matches('\n').count() + 1);
    format!("{name}:{line}")
}

#[cfg(test)]
mod tests;
