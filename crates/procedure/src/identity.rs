//! Names of things: typed numbers, the case's public number, the command's own id.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map($name)
            }
        }
    )+};
}

ids! {
    /// A case inside the desk; people use its [`CaseNumber`]. Also the stream of its events, so never 0.
    CaseId,
    /// A person of the directory.
    PersonId,
    /// A group of agents.
    GroupId,
    /// A department of the agency.
    DepartmentId,
    /// A place where the agency works.
    SiteId,
    /// A service of the catalogue.
    ServiceId,
    /// An outside company.
    ProviderId,
    /// A contract with a provider.
    ContractId,
    /// A version of the written procedure.
    VersionId,
    /// A bearer token of the API.
    TokenId,
    /// A mailbox of the office.
    MailboxId,
    /// A service level agreement.
    AgreementId,
    /// A working calendar.
    CalendarId,
}

/// The ticket's number, `{prefix}-{year}-{sequence}`: unique, ascending within its year, gaps allowed (R4).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber {
    prefix: String,
    year: i16,
    sequence: i64,
}

impl CaseNumber {
    /// A number of the office's series. The prefix is 1 to 12 capital letters or digits.
    pub fn new(prefix: impl Into<String>, year: i16, sequence: i64) -> CaseNumber {
        CaseNumber { prefix: prefix.into(), year, sequence }
    }
    /// The office's letters.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }
    /// The year, in the office's time zone, in which the case was registered.
    pub fn year(&self) -> i16 {
        self.year
    }
    /// The place in the year's series.
    pub fn sequence(&self) -> i64 {
        self.sequence
    }
}

impl CalendarId {
    /// The office's own, which the settings hold.
    pub const MAIN: CalendarId = CalendarId(0);
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.prefix, self.year, self.sequence)
    }
}

/// Not of the form `{prefix}-{year}-{sequence}`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a case number: {0:?}")]
pub struct NotACaseNumber(String);

impl FromStr for CaseNumber {
    type Err = NotACaseNumber;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let wrong = || NotACaseNumber(s.chars().take(40).collect());
        let mut parts = s.trim().splitn(3, '-');
        let (Some(prefix), Some(year), Some(sequence)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong());
        };
        let letters = (1..=12).contains(&prefix.len()) && prefix.bytes().all(|b| b.is_ascii_alphanumeric());
        let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        if !letters || year.len() != 4 || !digits(year) || !digits(sequence) {
            return Err(wrong());
        }
        Ok(CaseNumber {
            prefix: prefix.to_ascii_uppercase(),
            year: year.parse().map_err(|_| wrong())?,
            sequence: sequence.parse().map_err(|_| wrong())?,
        })
    }
}

impl Serialize for CaseNumber {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for CaseNumber {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Identifies one attempt to change something, so that a repeat is recognised and not done twice. 128 random bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandId(pub [u8; 16]);

impl fmt::Display for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}
impl Serialize for CommandId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for CommandId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(String::deserialize(d)?, &mut bytes).map_err(serde::de::Error::custom)?;
        Ok(CommandId(bytes))
    }
}
