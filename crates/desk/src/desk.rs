//! The desk itself: what it holds while it runs, and how it is opened.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use atiende_mail::wire::Tokens;
use atiende_mail::{Authenticity, Mailbox, NoAnswer, SenderCheck};
use atiende_procedure::office::Office;
use atiende_store::{Blobs, Db, Reader, StoreError, office, secrets};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::links::Secret;
use crate::live::Live;
use crate::{Ambience, mailing};

/// How many passwords are checked at once.
const HASHING_AT_ONCE: usize = 4;

/// How long nobody is asked about a domain about which nobody answered: its letters do not wait for that one by one.
const UNASKED: SignedDuration = SignedDuration::from_mins(1);

/// Such domains that are remembered: whoever writes can name any number of them.
const MOST_UNASKED: usize = 1_000;

/// What a desk is opened with.
#[derive(Debug)]
pub struct Opening {
    /// The memory, with its schema made.
    pub db: Db,
    /// Where files' bytes lie.
    pub blobs: Blobs,
    /// Time and chance.
    pub ambience: Ambience,
    /// The address by which people reach it, without a slash at its end: links in notices begin with it.
    pub public_url: String,
    /// Who is asked whether the senders of letters are who they say.
    pub senders: SenderCheck,
}

/// A service desk. Cheap to clone; every clone is the same desk.
#[derive(Debug, Clone)]
pub struct Desk {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    db: Db,
    blobs: Blobs,
    ambience: Ambience,
    public_url: String,
    secret: Secret,
    /// Turns at checking a password.
    hashing: Semaphore,
    senders: SenderCheck,
    tokens: Tokens,
    /// Domains about which nobody answered, and until when nobody is asked.
    unasked: Mutex<HashMap<String, Timestamp>>,
    /// The office as last seen; every write brings it up to date first.
    office: RwLock<Arc<Office>>,
    live: Live,
}

impl Desk {
    /// Opens a desk on its memory: reads the office and the secret with which links are signed (made at first).
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn open(opening: Opening) -> Result<Desk, StoreError> {
        let Opening { db, blobs, ambience, public_url, senders } = opening;
        let fresh = ambience.random::<32>();
        let secret = db.change(move |w| secrets::get_or_set(w, "links", &fresh)).await?;
        let office = Arc::new(db.read(office::load).await?);
        let secret = Secret::new(&secret);
        let (hashing, office) = (Semaphore::new(HASHING_AT_ONCE), RwLock::new(office));
        let (tokens, unasked) = (mailing::tokens(&db), Mutex::default());
        let live = Live::default();
        let inner = Inner {
            db,
            blobs,
            ambience,
            public_url,
            secret,
            hashing,
            senders,
            tokens,
            unasked,
            office,
            live,
        };
        Ok(Desk { inner: Arc::new(inner) })
    }

    /// The memory.
    pub fn db(&self) -> &Db {
        &self.inner.db
    }

    /// Where files' bytes lie.
    pub fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }

    /// Time and chance.
    pub fn ambience(&self) -> &Ambience {
        &self.inner.ambience
    }

    /// The address by which people reach the desk.
    pub fn public_url(&self) -> &str {
        &self.inner.public_url
    }

    /// A turn at checking a password, which takes 19 MB: a crowd at the door does not take all there is.
    pub(crate) async fn hashing(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed; were it, there would be nothing to wait for.
        self.inner.hashing.acquire().await.ok()
    }

    /// Whether a letter is from whom we take for its author, as the DNS says.
    ///
    /// # Errors
    /// When nobody answers, which may be the doing of whoever writes: it gives nobody rights, and keeps nobody else's
    /// letters from being asked about.
    pub(crate) async fn sender_by_dns(
        &self,
        letter: &[u8],
        author: &Mailbox,
    ) -> Result<Authenticity, NoAnswer> {
        let now = self.ambience().now();
        let domain = author.domain().to_lowercase();
        let unasked = || self.inner.unasked.lock().unwrap_or_else(PoisonError::into_inner);
        let known = unasked().get(&domain).is_some_and(|until| now < *until);
        if known && self.inner.senders.asks_about(letter) {
            return Err(NoAnswer { domain });
        }
        self.inner.senders.check(letter, author).await.inspect_err(|error| {
            tracing::warn!(%error, "a sender could not be checked");
            let mut unasked = unasked();
            unasked.retain(|_, until| now < *until);
            if unasked.len() < MOST_UNASKED {
                unasked.insert(domain, now + UNASKED);
            }
        })
    }

    pub(crate) fn live(&self) -> &Live {
        &self.inner.live
    }

    /// What its connections to mail servers sign in with.
    pub(crate) fn tokens(&self) -> &Tokens {
        &self.inner.tokens
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.inner.secret
    }

    /// The office as last seen.
    pub fn office(&self) -> Arc<Office> {
        match self.inner.office.read() {
            Ok(office) => office.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    /// The office with whatever this reading sees of it: a role taken away counts at once.
    pub(crate) fn office_in(&self, r: &mut Reader<'_>) -> Result<Arc<Office>, StoreError> {
        let office = self.newest(r)?;
        self.remember(office.clone());
        Ok(office)
    }

    /// The same inside a transaction that writes, which may yet come to nothing: what it sees is not remembered.
    pub(crate) fn newest(&self, r: &mut Reader<'_>) -> Result<Arc<Office>, StoreError> {
        let known = self.office();
        if office::version(r)? <= known.version {
            return Ok(known);
        }
        let mut newer = Office::clone(&known);
        office::catch_up(r, &mut newer)?;
        Ok(Arc::new(newer))
    }

    /// Brings the office that pages see up to date.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn refresh_office(&self) -> Result<(), StoreError> {
        let desk = self.clone();
        self.db().read(move |r| desk.office_in(r).map(drop)).await
    }

    pub(crate) fn remember(&self, office: Arc<Office>) {
        let mut held = match self.inner.office.write() {
            Ok(held) => held,
            Err(poisoned) => poisoned.into_inner(),
        };
        if office.version > held.version {
            *held = office;
        }
    }
}
