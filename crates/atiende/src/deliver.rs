//! `atiende deliver`: a mail server's pipe, and a way to hand a letter over once more.

use std::io::Read;
use std::process::ExitCode;

use anyhow::{Context, bail};
use atiende_desk::intake::{Arriving, keep};
use atiende_store::{Blobs, Db, office};

use crate::cli;
use crate::config::Config;
use crate::open::there_is_data;

/// What mail servers understand (sysexits.h): asked wrongly, and try again later.
const USAGE: u8 = 64;
const TRY_AGAIN: u8 = 75;

/// The largest letter that is kept whole, in bytes: 50 MB; of a larger one its beginning.
const LARGEST: u64 = 50 * 1024 * 1024;

/// Keeps the letter of the standard input.
pub(crate) async fn deliver(asked: &cli::Deliver) -> ExitCode {
    match kept(asked).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed::Usage(error)) => {
            eprintln!("atiende: {error:#}");
            ExitCode::from(USAGE)
        }
        Err(Failed::Now(error)) => {
            eprintln!("atiende: {error:#}");
            ExitCode::from(TRY_AGAIN)
        }
    }
}

enum Failed {
    /// It will fail again as it is.
    Usage(anyhow::Error),
    Now(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Failed {
    fn from(error: E) -> Self {
        Failed::Now(error.into())
    }
}

async fn kept(asked: &cli::Deliver) -> Result<(), Failed> {
    let config =
        Config::of(&asked.place, &cli::Listening::default(), "atiende-data").map_err(Failed::Usage)?;
    there_is_data(&config).map_err(Failed::Usage)?;
    let mut bytes = Vec::new();
    std::io::stdin().take(LARGEST + 1).read_to_end(&mut bytes).context("the letter cannot be read")?;
    let cut = bytes.len() as u64 > LARGEST;
    // The server brings the schema up; until then the letter is handed over again.
    let db = Db::connect(&config.location).await.context("the database cannot be opened")?;
    let mailbox = match &asked.mailbox {
        Some(name) => named(&db, name).await?,
        None => String::new(),
    };
    let blobs = Blobs::open(&config.data).context("the folder of files cannot be opened")?;
    let letters = vec![Arriving { bytes: bytes.into(), cut }];
    keep(&db, &blobs, &mailbox, letters, jiff::Timestamp::now())
        .await
        .context("the letter cannot be kept")?;
    Ok(())
}

/// The name, when the office has such a mailbox.
async fn named(db: &Db, name: &str) -> Result<String, Failed> {
    let office = db.read(office::load).await?;
    let known = || -> anyhow::Result<String> {
        if office.mailbox_by_name(name).is_none() {
            let names: Vec<&str> = office.mailboxes.values().map(|mailbox| mailbox.name.as_str()).collect();
            bail!("there is no mailbox {name:?}; there are: {}", names.join(", "));
        }
        Ok(name.to_owned())
    };
    known().map_err(Failed::Usage)
}
