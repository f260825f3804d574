//! `atiende verify`: is everything that was stored still as it was written?

use std::process::ExitCode;

use anyhow::Context;
use atiende_store::verify::{self, Looked};
use atiende_store::{Blobs, Db};

use crate::cli::{Listening, Place};
use crate::config::Config;
use crate::open;

/// Looks at everything, and says each thing that was changed. 0 when all holds, 1 when something does not; an error means
/// that it could not look.
pub(crate) async fn verify(place: &Place) -> anyhow::Result<ExitCode> {
    let config = Config::of(place, &Listening::default(), "atiende-data")?;
    open::there_is_data(&config)?;
    let db = Db::connect(&config.location).await.context("the database cannot be opened")?;
    let blobs = Blobs::open(&config.data).context("the folder of files cannot be opened")?;
    let mut findings = 0_u64;
    let looked = verify::verify(&db, &blobs, |finding| {
        findings += 1;
        println!("{finding}");
    });
    let Looked { cases, events, texts, files, sealed } = looked.await.context("it could not be looked at")?;
    println!("Looked at {cases} cases, {events} events ({sealed} sealed), {texts} texts and {files} files.");
    if findings == 0 {
        println!("All holds.");
        return Ok(ExitCode::SUCCESS);
    }
    println!("{findings} findings: something was changed behind the program's back.");
    Ok(ExitCode::from(1))
}
