//! The ways out of the building.

use crate::wire::Smtp;
use crate::{Folder, Letter, Mailbox};

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
    /// It never will as it is.
    #[error("never: {0}")]
    Never(String),
    /// It never will to this address, as its server says: nobody reads there.
    #[error("never to this address: {0}")]
    Address(String),
}

/// What became of a letter at one of its addresses.
#[derive(Debug)]
pub struct Sent {
    pub to: String,
    pub became: Result<(), SendError>,
}

impl Sent {
    /// The same at all of a letter's addresses.
    fn all(letter: &Letter, became: impl Fn() -> Result<(), SendError>) -> Vec<Sent> {
        let one = |to: &Mailbox| Sent { to: to.address().to_owned(), became: became() };
        letter.to.iter().map(one).collect()
    }
}

impl Transport {
    /// Sends a letter to each of its addresses, and says what became of it there: one that is refused keeps it from no
    /// other.
    pub async fn send(&self, letter: &Letter) -> Vec<Sent> {
        match self {
            Transport::Nowhere => Sent::all(letter, || Ok(())),
            Transport::Smtp(server) => server.send(letter).await,
            Transport::Folder(folder) => {
                let (folder, laid) = (folder.clone(), letter.clone());
                let put = tokio::task::spawn_blocking(move || folder.put(&laid)).await;
                let put = put.map_err(std::io::Error::other).flatten();
                Sent::all(letter, || {
                    put.as_ref().copied().map_err(|error| SendError::Later(error.to_string()))
                })
            }
        }
    }
}
