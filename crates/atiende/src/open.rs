//! Opens a desk on its data.

use std::sync::Arc;

use anyhow::{Context, bail};
use atiende_desk::{Ambience, Desk, Opening, Viewer};
use atiende_procedure::Actor;
use atiende_store::{Blobs, Db, Location};

use crate::config::Config;

/// The time of day and the chance of the machine: the only place where the program takes them.
pub(crate) fn ambience() -> Ambience {
    let ambience = Ambience::new(Arc::new(jiff::Timestamp::now), Arc::new(unguessable));
    #[cfg(debug_assertions)]
    if std::env::var_os("ATIENDE_SIMULATED_CLOCK").is_some() {
        return ambience.movable();
    }
    ambience
}

/// Fills bytes from the system's generator.
pub(crate) fn unguessable(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the system's random generator answers");
}

/// A salt for somebody's words.
pub(crate) fn salt() -> [u8; 16] {
    let mut salt = [0; 16];
    unguessable(&mut salt);
    salt
}

/// Opens the database, making or bringing up its schema, and the desk on it.
///
/// # Errors
/// When the data cannot be reached.
pub(crate) async fn desk(config: &Config) -> anyhow::Result<Desk> {
    desk_in(config, ambience()).await
}

/// The same, with a time of day of its own.
///
/// # Errors
/// When the data cannot be reached.
pub(crate) async fn desk_in(config: &Config, ambience: Ambience) -> anyhow::Result<Desk> {
    let db = Db::open(&config.location).await.context("the database cannot be opened")?;
    let blobs = Blobs::open(&config.data).context("the folder of files cannot be opened")?;
    let (public_url, senders) = (config.public_url.clone(), config.dns.senders());
    let opening = Opening { db, blobs, ambience, public_url, senders };
    Desk::open(opening).await.context("the desk cannot be opened")
}

/// Opens the desk for a command that makes no sense without data: a mistyped folder is no new desk.
///
/// # Errors
/// When there is no data, or it cannot be reached.
pub(crate) async fn existing(config: &Config) -> anyhow::Result<Desk> {
    there_is_data(config)?;
    desk(config).await
}

/// Asks for data to begin with.
///
/// # Errors
/// When the folder holds no database.
pub(crate) fn there_is_data(config: &Config) -> anyhow::Result<()> {
    match &config.location {
        Location::Folder(folder) if !config.location.holds_data() => {
            bail!("there is no data in {}", folder.display())
        }
        _ => Ok(()),
    }
}

/// Whoever stands at the machine.
pub(crate) fn operator() -> Viewer {
    Viewer::new(Actor::Operator)
}
