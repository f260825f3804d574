//! Why the desk did not do what it was asked.

use atiende_procedure::{CaseNumber, Recorded, Refusal};
use atiende_store::StoreError;

use crate::AdministerError;

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// There is no such case for whoever asks: absent, or not to be seen.
    #[error("no such case")]
    NoSuchCase,
    /// The procedure refuses.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// Somebody else moved the case since it was looked at. `since` is what happened meanwhile, as far as whoever asks
    /// may know of it.
    #[error("{number} is at version {version}")]
    Stale { number: CaseNumber, version: u64, since: Vec<Recorded> },
    /// The token may only read.
    #[error("this token may only read")]
    ReadOnly,
    /// The memory did not answer; nothing was changed, or the same command can be sent again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<AdministerError> for DeskError {
    fn from(error: AdministerError) -> Self {
        match error {
            AdministerError::Refused { refusal, .. } => DeskError::Refused(refusal),
            AdministerError::ReadOnly => DeskError::ReadOnly,
            AdministerError::Store(error) => DeskError::Store(error),
        }
    }
}

impl From<Refusal> for DeskError {
    fn from(refusal: Refusal) -> Self {
        DeskError::Refused(refusal)
    }
}
