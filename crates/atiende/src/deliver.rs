//! `atiende deliver`: a mail server's pipe, and a way to hand a letter over once more.

use std::io::Read;
use std::process::ExitCode;

use anyhow::Context;
use atiende_desk::intake::Arriving;
use atiende_desk::{Spool, SpoolError};

use crate::cli;
use crate::config::Config;
use crate::open::unguessable;

/// What mail servers understand (sysexits.h): asked wrongly, and try again later.
const USAGE: u8 = 64;
const TRY_AGAIN: u8 = 75;

/// The largest letter that is kept whole, in bytes: 50 MB; of a larger one its beginning.
const LARGEST: u64 = 50 * 1024 * 1024;

/// Lays the letter of the standard input down for the server.
pub(crate) fn deliver(asked: &cli::Deliver) -> ExitCode {
    let (error, code) = match laid(asked) {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failed::Usage(error)) => (error, USAGE),
        Err(Failed::Now(error)) => (error, TRY_AGAIN),
    };
    eprintln!("atiende: {error:#}");
    ExitCode::from(code)
}

enum Failed {
    /// It will fail again as it is.
    Usage(anyhow::Error),
    Now(anyhow::Error),
}

fn laid(asked: &cli::Deliver) -> Result<(), Failed> {
    let config =
        Config::of(&asked.place, &cli::Listening::default(), "atiende-data").map_err(Failed::Usage)?;
    let mut bytes = Vec::new();
    let read = std::io::stdin().take(LARGEST + 1).read_to_end(&mut bytes);
    read.context("the letter cannot be read").map_err(Failed::Now)?;
    let cut = bytes.len() as u64 > LARGEST;
    let letter = Arriving { bytes: bytes.into(), cut };
    let mailbox = asked.mailbox.as_deref().unwrap_or_default();
    match Spool::of(&config.data).lay(mailbox, &name(), &letter) {
        Ok(()) => Ok(()),
        Err(unknown @ SpoolError::NoSuchMailbox { .. }) => Err(Failed::Usage(unknown.into())),
        Err(error) => Err(Failed::Now(
            anyhow::Error::from(error).context(format!("nothing is taken in at {}", config.data.display())),
        )),
    }
}

/// Ascends with time, and is unlike any other.
fn name() -> String {
    let mut random = [0; 8];
    unguessable(&mut random);
    format!("{:020}-{:016x}", jiff::Timestamp::now().as_microsecond(), u64::from_be_bytes(random))
}
