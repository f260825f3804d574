//! The stored form of events: compact JSON with its fields in declared order, under a version that is read for ever.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Recorded;
use crate::office::OfficeRecorded;

/// The version that is written now.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Write<'a, T> {
    v: u32,
    #[serde(flatten)]
    event: &'a T,
}

#[derive(Deserialize)]
struct Version {
    v: u32,
}

/// Bytes that are no event of ours.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// Not the JSON of an event.
    #[error("not a stored event: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Written by a newer program.
    #[error("stored event of version {0}, this program reads up to {VERSION}")]
    Newer(u32),
}

fn to_bytes<T: Serialize>(event: &T) -> Vec<u8> {
    serde_json::to_vec(&Write { v: VERSION, event }).expect("events have string keys and finite numbers only")
}

fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    match serde_json::from_slice::<Version>(bytes)?.v {
        VERSION => Ok(serde_json::from_slice(bytes)?),
        newer => Err(Unreadable::Newer(newer)),
    }
}

impl Recorded {
    /// The canonical bytes: what is stored is what is hashed.
    pub fn to_bytes(&self) -> Vec<u8> {
        to_bytes(self)
    }

    /// Reads stored bytes of any version.
    ///
    /// # Errors
    /// [`Unreadable`] when they are none of ours.
    pub fn from_bytes(bytes: &[u8]) -> Result<Recorded, Unreadable> {
        from_bytes(bytes)
    }
}

impl OfficeRecorded {
    /// The canonical bytes: what is stored is what is hashed.
    pub fn to_bytes(&self) -> Vec<u8> {
        to_bytes(self)
    }

    /// Reads stored bytes of any version.
    ///
    /// # Errors
    /// [`Unreadable`] when they are none of ours.
    pub fn from_bytes(bytes: &[u8]) -> Result<OfficeRecorded, Unreadable> {
        from_bytes(bytes)
    }
}
