//! `atiende load`: makes the office what a file says, all of it or nothing.

mod form;
mod plan;
mod promises;
mod refused;

use std::ops::Range;

use anyhow::{Context, bail};
use atiende_desk::Desk;
use atiende_procedure::office::{Change, Office};
use jiff::Timestamp;

use crate::cli;
use crate::config::Config;
use crate::open::{self, operator};

use form::OfficeForm;
pub(crate) use refused::sentence;

/// What a file asks of the office.
pub(crate) struct Asked {
    pub(crate) changes: Vec<Change>,
    /// One line each, for people.
    pub(crate) summaries: Vec<String>,
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
        Ok((planned, _)) => {
            let (changes, summaries) = planned.into_iter().map(|it| (it.change, it.summary)).unzip();
            Ok(Asked { changes, summaries })
        }
        Err(mistake) => bail!("{}: {}", place(name, text, &mistake.at), mistake.message),
    }
}

/// Loads a file's text into a desk, and answers what it changed, one line each.
///
/// # Errors
/// As [`ask`]; or when the memory does not answer.
pub(crate) async fn apply(desk: &Desk, name: &str, text: &str) -> anyhow::Result<Vec<String>> {
    desk.refresh_office().await?;
    let asked = ask(name, text, &desk.office(), desk.ambience().now(), &mut open::salt)?;
    if !asked.changes.is_empty() {
        desk.administer(operator(), desk.ambience().command_id(), asked.changes).await?;
    }
    Ok(asked.summaries)
}

/// `atiende load`.
pub(crate) async fn load(asked: &cli::Load) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(&asked.file)
        .with_context(|| format!("cannot read {}", asked.file.display()))?;
    let config = Config::of(&asked.place, &cli::Listening::default(), "atiende-data")?;
    let desk = open::desk(&config).await?;
    let name = asked.file.display().to_string();
    let summaries = match asked.dry_run {
        true => ask(&name, &text, &desk.office(), desk.ambience().now(), &mut open::salt)?.summaries,
        false => apply(&desk, &name, &text).await?,
    };
    summaries.iter().for_each(|line| println!("{line}"));
    match (summaries.len(), asked.dry_run) {
        (0, _) => println!("Nothing to change: the office already is what {name} says."),
        (count, false) => println!("{count} changes made."),
        (count, true) => println!("{count} changes would be made."),
    }
    Ok(())
}

fn place(name: &str, text: &str, at: &Range<usize>) -> String {
    let line = text.get(..at.start).map_or(1, |before| before.matches('\n').count() + 1);
    format!("{name}:{line}")
}

#[cfg(test)]
pub(crate) mod tests;
