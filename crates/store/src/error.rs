//! What can go wrong with the memory, by what a caller would do about it.

use postgres::error::SqlState;
use rusqlite::ErrorCode;

/// A failure of the store. Nothing of what the failed call tried to write was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached now, or was lost half way: the whole can be tried again later.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// Another program held the database for longer than we wait.
    #[error("the database is held by another program")]
    Busy,
    /// The disk is full or the database may not be written.
    #[error("the database cannot take more: {0}")]
    Full(String),
    /// Somebody changed the thing since it was read.
    #[error("it has changed since it was read, and is now at version {version}")]
    Stale {
        /// The version that is stored now.
        version: u64,
    },
    /// A row that must be the only one of its kind is there already.
    #[error("already there: {0}")]
    Duplicate(String),
    /// A cursor that this list never gave.
    #[error("the cursor is not one of this list")]
    BadCursor,
    /// The code that ran inside the transaction panicked.
    #[error("the work inside the transaction failed")]
    Panicked,
    /// Something stored cannot be understood.
    #[error("stored data cannot be read: {0}")]
    Damaged(String),
    /// A blob's folder failed.
    #[error("a file cannot be stored or read: {0}")]
    Blob(String),
    /// The database refused a statement: a mistake of ours.
    #[error("the database refused a statement: {0}")]
    Statement(String),
}

/// The result of anything the store does.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

impl StoreError {
    /// Whether whoever asked for a page gave a cursor that its list never gave.
    pub fn is_bad_cursor(&self) -> bool {
        matches!(self, StoreError::BadCursor)
    }

    pub(crate) fn damaged(what: impl std::fmt::Display) -> StoreError {
        StoreError::Damaged(what.to_string())
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let text = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
            Some(ErrorCode::DiskFull | ErrorCode::ReadOnly) => StoreError::Full(text),
            Some(ErrorCode::CannotOpen | ErrorCode::SystemIoFailure | ErrorCode::PermissionDenied) => {
                StoreError::Unreachable(text)
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged(text),
            Some(ErrorCode::ConstraintViolation) if is_unique(&error) => StoreError::Duplicate(text),
            _ => StoreError::Statement(text),
        }
    }
}

fn is_unique(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID, SQLITE_CONSTRAINT_UNIQUE};
    error.sqlite_error().is_some_and(|e| {
        [SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID, SQLITE_CONSTRAINT_UNIQUE]
            .contains(&e.extended_code)
    })
}

impl From<postgres::Error> for StoreError {
    fn from(error: postgres::Error) -> Self {
        let text = error.as_db_error().map_or_else(|| in_full(&error), ToString::to_string);
        match error.code() {
            Some(&SqlState::UNIQUE_VIOLATION) => StoreError::Duplicate(text),
            Some(&SqlState::DISK_FULL | &SqlState::OUT_OF_MEMORY) => StoreError::Full(text),
            Some(&SqlState::READ_ONLY_SQL_TRANSACTION) => StoreError::Full(text),
            Some(&SqlState::LOCK_NOT_AVAILABLE | &SqlState::QUERY_CANCELED) => StoreError::Busy,
            Some(&SqlState::DATA_CORRUPTED | &SqlState::INDEX_CORRUPTED) => StoreError::Damaged(text),
            Some(code) if is_loss(code) || is_turned_away(code) => StoreError::Unreachable(text),
            Some(_) => StoreError::Statement(text),
            None => StoreError::Unreachable(text),
        }
    }
}

/// The driver's own sentence hides its cause one level down.
fn in_full(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", in_full(cause)),
        None => error.to_string(),
    }
}

/// Classes 28 (who are you) and 3D (no such database).
fn is_turned_away(code: &SqlState) -> bool {
    code.code().starts_with("28") || code.code().starts_with("3D")
}

/// Class 08 (connection), 57P (server going away) and 53300 (too many connections).
pub(crate) fn is_loss(code: &SqlState) -> bool {
    let code = code.code();
    code.starts_with("08") || code.starts_with("57P") || code == "53300"
}
