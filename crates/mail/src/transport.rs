//! The ways out of the building.

use crate::wire::Smtp;
use crate::{Folder, Letter};

/// How letters leave.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Into a folder of `.eml` files, for a demonstration and for tests.
    Folder(Folder),
    /// By a mail server.
    Smtp(Box<Smtp>),
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
    /// Sends a letter.
    ///
    /// # Errors
    /// [`SendError`] says whether another attempt makes sense.
    pub async fn send(&self, letter: Letter) -> Result<(), SendError> {
        if letter.to.is_empty() {
            return Err(SendError::Never("no recipient".to_owned()));
        }
        match self {
            Transport::Nowhere => Ok(()),
            Transport::Smtp(server) => server.send(&letter).await,
            Transport::Folder(folder) => {
                let folder = folder.clone();
                let put = tokio::task::spawn_blocking(move || folder.put(&letter)).await;
                put.map_err(std::io::Error::other)
                    .flatten()
                    .map_err(|error| SendError::Later(error.to_string()))
            }
        }
    }
}
