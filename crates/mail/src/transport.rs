//! The ways out of the building.

use crate::{Folder, Letter};

/// How letters leave.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Into a folder of `.eml` files, for a demonstration and for tests.
    Folder(Folder),
    /// Nowhere: letters count as sent. For a past that is made up, and for whoever wants no mail.
    Nowhere,
}

/// Why a letter did not leave.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// It may leave later.
    #[error("not now: {0}")]
    Later(String),
    /// It never will as it is: nobody to send it to.
    #[error("never: {0}")]
    Never(String),
}

impl Transport {
    /// Sends a letter. Waits for the disk or the network, so it is called from a thread that may wait.
    ///
    /// # Errors
    /// [`SendError`] says whether another attempt makes sense.
    pub fn send(&self, letter: &Letter) -> Result<(), SendError> {
        if letter.to.is_empty() {
            return Err(SendError::Never("no recipient".to_owned()));
        }
        match self {
            Transport::Nowhere => Ok(()),
            Transport::Folder(folder) => {
                folder.put(letter).map_err(|error| SendError::Later(error.to_string()))
            }
        }
    }
}
