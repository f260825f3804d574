//! In by IMAP (RFC 3501): what arrived since the last time, by UID; IDLE (RFC 2177) where the server has it.

use std::time::Duration;

use async_imap::error::Error as ImapError;
use async_imap::types::{Capability, Fetch};
use async_imap::{Client, Session};
use futures_util::TryStreamExt;
use jiff::Timestamp;

use super::connect::{Io, connect, secure};
use super::folder_name::quoted;
use super::{Credential, STEP, Security, Server, Step, Tokens, WireError, within};

/// How a mailbox is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImapAccount {
    pub server: Server,
    pub credential: Credential,
    /// `INBOX`, as a rule.
    pub folder: String,
    /// Where letters go that were taken in, if anywhere.
    pub processed: Option<String>,
    /// Where letters go that could not be read, if anywhere.
    pub failed: Option<String>,
}

/// Where reading stopped (RFC 3501 §2.3.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub uid_validity: u32,
    pub uid: u32,
}

/// A letter that was fetched.
#[derive(Debug, Clone)]
pub struct Fetched {
    pub place: Place,
    /// Empty when the server could not give it.
    pub bytes: Vec<u8>,
    /// Larger than is fetched: these are its first bytes.
    pub cut: bool,
}

/// What became of a fetched letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    Processed,
    Failed,
}

/// What a test of the account found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImapReport {
    pub messages: u32,
    pub idles: bool,
}

/// The largest letter that is fetched whole, and how much of a larger one.
const LARGEST: u64 = 50 * 1024 * 1024;
const HEAD: u64 = 64 * 1024;

/// Bytes that are fetched at once, unless one letter alone is larger.
const AT_ONCE: u64 = 32 * 1024 * 1024;

/// How long fetching may take.
const FETCH: Duration = Duration::from_secs(300);

/// An open folder.
#[derive(Debug)]
pub struct Inbox {
    account: ImapAccount,
    /// Absent only while it waits.
    session: Option<Session<Box<dyn Io>>>,
    uid_validity: u32,
    /// The UID that the next letter was to get when the folder was opened.
    uid_next: Option<u32>,
    /// How far a first reading came: a server that keeps no marks calls the same letters unread for ever.
    first_read: u32,
    messages: u32,
    idles: bool,
    moves: bool,
    expunges: bool,
}

impl Inbox {
    /// Connects, signs in and opens the folder.
    ///
    /// # Errors
    /// See [`WireError`].
    pub async fn open(account: &ImapAccount, tokens: &Tokens) -> Result<Inbox, WireError> {
        let client = within(Step::Greeting, STEP, greeted(&account.server)).await?;
        let mut session = within(Step::Login, STEP, login(client, &account.credential, tokens)).await?;
        let opening = async {
            let capabilities = session.capabilities().await.map_err(|error| at(Step::Folder, &error))?;
            let folder =
                session.select(quoted(&account.folder)).await.map_err(|error| at(Step::Folder, &error))?;
            Ok((capabilities, folder))
        };
        let (capabilities, folder) = within(Step::Folder, STEP, opening).await?;
        let uid_validity =
            folder.uid_validity.ok_or_else(|| WireError::at(Step::Folder, "it has no UIDVALIDITY"))?;
        Ok(Inbox {
            account: account.clone(),
            session: Some(session),
            uid_validity,
            uid_next: folder.uid_next,
            first_read: 0,
            messages: folder.exists,
            idles: capabilities.has(&Capability::Atom("IDLE".to_owned())),
            moves: capabilities.has(&Capability::Atom("MOVE".to_owned())),
            expunges: capabilities.has(&Capability::Atom("UIDPLUS".to_owned())),
        })
    }

    fn session(&mut self, step: Step) -> Result<&mut Session<Box<dyn Io>>, WireError> {
        self.session.as_mut().ok_or_else(|| WireError::at(step, "the connection is gone"))
    }

    /// Where a mailbox that is read for the first time goes on once nothing in it is unread: what people had read before
    /// is no request any more. Letters that came since it was opened may come again. Absent where the server does not tell.
    pub fn place_at_opening(&self) -> Option<Place> {
        let uid = self.uid_next?.saturating_sub(1);
        Some(Place { uid_validity: self.uid_validity, uid })
    }

    /// Letters after `since`, oldest first, at most so many. Without it the unread ones; when the folder was made anew,
    /// whatever arrived since two days before `last_success`: whoever asks drops what he has.
    ///
    /// # Errors
    /// See [`WireError`]; nothing is marked as read.
    pub async fn fetch(
        &mut self,
        since: Option<Place>,
        last_success: Option<Timestamp>,
        at_most: usize,
    ) -> Result<Vec<Fetched>, WireError> {
        let uid_validity = self.uid_validity;
        let after = match since {
            Some(place) if place.uid_validity == uid_validity => place.uid,
            Some(_) => 0,
            None => self.first_read,
        };
        let query = match (since, last_success) {
            (Some(place), _) if place.uid_validity == uid_validity => {
                format!("UID {}:*", after.saturating_add(1))
            }
            (Some(_), Some(success)) => {
                let day = success - jiff::SignedDuration::from_hours(48);
                format!("SINCE {}", day.strftime("%d-%b-%Y"))
            }
            _ => format!("UID {}:* UNSEEN", after.saturating_add(1)),
        };
        let session = self.session(Step::Fetch)?;
        let fetching = async {
            // Some servers tell of new letters only when they are spoken to.
            session.noop().await.map_err(|error| at(Step::Fetch, &error))?;
            let found = session.uid_search(query).await.map_err(|error| at(Step::Fetch, &error))?;
            // `n:*` names the last letter even when it is older than n.
            let mut uids: Vec<u32> = found.into_iter().filter(|uid| *uid > after).collect();
            uids.sort_unstable();
            uids.truncate(at_most);
            letters(session, &uids, uid_validity).await
        };
        let fetched = within(Step::Fetch, FETCH, fetching).await?;
        if let (None, Some(last)) = (since, fetched.last()) {
            self.first_read = last.place.uid;
        }
        Ok(fetched)
    }

    /// Marks letters as read, and moves them where they are kept. Those of before the folder was made anew are left: their
    /// numbers are others' now.
    ///
    /// # Errors
    /// See [`WireError`]: some may have been moved already.
    pub async fn settle(&mut self, letters: &[(Place, Settled)]) -> Result<(), WireError> {
        let uid_validity = self.uid_validity;
        let of_now = letters.iter().filter(|(place, _)| place.uid_validity == uid_validity);
        for (kind, folder) in [
            (Settled::Processed, self.account.processed.clone()),
            (Settled::Failed, self.account.failed.clone()),
        ] {
            let uids: Vec<u32> =
                of_now.clone().filter(|(_, it)| *it == kind).map(|(place, _)| place.uid).collect();
            if uids.is_empty() {
                continue;
            }
            let set = uids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
            let (moves, expunges) = (self.moves, self.expunges);
            let session = self.session(Step::Fetch)?;
            within(Step::Fetch, STEP, put_away(session, &set, folder.as_deref(), moves, expunges)).await?;
        }
        Ok(())
    }

    /// Waits until something arrives, at most so long. Where the server has no IDLE, a `poll`.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn wait(&mut self, at_most: Duration, poll: Duration) -> Result<(), WireError> {
        if !self.idles {
            tokio::time::sleep(poll.min(at_most)).await;
            return Ok(());
        }
        let session =
            self.session.take().ok_or_else(|| WireError::at(Step::Fetch, "the connection is gone"))?;
        let mut idle = session.idle();
        within(Step::Fetch, STEP, async { idle.init().await.map_err(|error| at(Step::Fetch, &error)) })
            .await?;
        let waited = {
            let (arrival, _interrupt) = idle.wait_with_timeout(at_most);
            arrival.await
        };
        waited.map_err(|error| at(Step::Fetch, &error))?;
        let done = async { idle.done().await.map_err(|error| at(Step::Fetch, &error)) };
        self.session = Some(within(Step::Fetch, STEP, done).await?);
        Ok(())
    }

    /// Says good-bye.
    pub async fn close(mut self) {
        if let Some(mut session) = self.session.take() {
            // Whoever closes does not care how.
            drop(tokio::time::timeout(Duration::from_secs(2), session.logout()).await);
        }
    }
}

/// Connects to an account, opens its folder and leaves.
///
/// # Errors
/// See [`WireError`].
pub async fn try_imap(account: &ImapAccount, tokens: &Tokens) -> Result<ImapReport, WireError> {
    let inbox = Inbox::open(account, tokens).await?;
    let report = ImapReport { messages: inbox.messages, idles: inbox.idles };
    inbox.close().await;
    Ok(report)
}

async fn greeted(server: &Server) -> Result<Client<Box<dyn Io>>, WireError> {
    let mut client = Client::new(connect(server).await?);
    let greeting = client.read_response().await.map_err(|error| WireError::at(Step::Greeting, error))?;
    greeting.ok_or_else(|| WireError::at(Step::Greeting, "the server says nothing"))?;
    if server.security != Security::StartTls {
        return Ok(client);
    }
    client.run_command_and_check_ok("STARTTLS", None).await.map_err(|error| at(Step::Tls, &error))?;
    Ok(Client::new(secure(client.into_inner(), &server.host).await?))
}

async fn login(
    client: Client<Box<dyn Io>>,
    credential: &Credential,
    tokens: &Tokens,
) -> Result<Session<Box<dyn Io>>, WireError> {
    match credential {
        Credential::Password { user, password } => {
            client.login(user, password).await.map_err(|(error, _)| at(Step::Login, &error))
        }
        Credential::OAuth(oauth) => {
            let bearer = Bearer { user: &oauth.user, token: &tokens.access(oauth).await?, asked: false };
            client.authenticate("XOAUTH2", bearer).await.map_err(|(error, _)| {
                tokens.refused(oauth);
                at(Step::Login, &error)
            })
        }
    }
}

/// XOAUTH2: one line; what the server then asks is an error to be acknowledged by an empty one.
struct Bearer<'a> {
    user: &'a str,
    token: &'a str,
    asked: bool,
}

impl async_imap::Authenticator for Bearer<'_> {
    type Response = String;

    fn process(&mut self, _: &[u8]) -> String {
        match std::mem::replace(&mut self.asked, true) {
            false => format!("user={}\x01auth=Bearer {}\x01\x01", self.user, self.token),
            true => String::new(),
        }
    }
}

/// Fetches letters: together while they are small, the head alone of what is too large, and one by one when the server
/// stumbles over some of them.
async fn letters(
    session: &mut Session<Box<dyn Io>>,
    uids: &[u32],
    uid_validity: u32,
) -> Result<Vec<Fetched>, WireError> {
    if uids.is_empty() {
        return Ok(Vec::new());
    }
    let sizes = all(session, uids, "(UID RFC822.SIZE)").await.map_err(|error| at(Step::Fetch, &error))?;
    let size_of = |uid: u32| {
        let found = sizes.iter().find(|fetch| fetch.uid == Some(uid)).and_then(|fetch| fetch.size);
        u64::from(found.unwrap_or_default())
    };
    let mut fetched: Vec<Fetched> = Vec::new();
    let (mut together, mut bytes): (Vec<u32>, u64) = (Vec::new(), 0);
    for uid in uids.iter().copied() {
        let size = size_of(uid).min(LARGEST);
        if bytes + size > AT_ONCE && !(together.is_empty() && fetched.is_empty()) {
            break;
        }
        bytes += size;
        together.push(uid);
    }
    let (huge, usual): (Vec<u32>, Vec<u32>) = together.into_iter().partition(|uid| size_of(*uid) > LARGEST);
    match all(session, &usual, "(UID BODY.PEEK[])").await {
        Ok(some) => take(&mut fetched, &some, uid_validity, false),
        Err(ImapError::No(_) | ImapError::Bad(_)) => {
            for uid in usual {
                match all(session, &[uid], "(UID BODY.PEEK[])").await {
                    Ok(one) => take(&mut fetched, &one, uid_validity, false),
                    Err(ImapError::No(_) | ImapError::Bad(_)) => {
                        let place = Place { uid_validity, uid };
                        fetched.push(Fetched { place, bytes: Vec::new(), cut: false });
                    }
                    Err(error) => return Err(at(Step::Fetch, &error)),
                }
            }
        }
        Err(error) => return Err(at(Step::Fetch, &error)),
    }
    let heads = all(session, &huge, &format!("(UID BODY.PEEK[]<0.{HEAD}>)")).await;
    take(&mut fetched, &heads.map_err(|error| at(Step::Fetch, &error))?, uid_validity, true);
    fetched.sort_by_key(|letter| letter.place);
    fetched.dedup_by_key(|letter| letter.place);
    Ok(fetched)
}

fn take(fetched: &mut Vec<Fetched>, some: &[Fetch], uid_validity: u32, cut: bool) {
    for fetch in some {
        // Servers mix in what they tell of other letters, without a body.
        if let (Some(uid), Some(body)) = (fetch.uid, fetch.body()) {
            fetched.push(Fetched { place: Place { uid_validity, uid }, bytes: body.to_vec(), cut });
        }
    }
}

async fn all(session: &mut Session<Box<dyn Io>>, uids: &[u32], what: &str) -> Result<Vec<Fetch>, ImapError> {
    if uids.is_empty() {
        return Ok(Vec::new());
    }
    let set = uids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    session.uid_fetch(set, what).await?.try_collect().await
}

async fn put_away(
    session: &mut Session<Box<dyn Io>>,
    set: &str,
    folder: Option<&str>,
    moves: bool,
    expunges: bool,
) -> Result<(), WireError> {
    let wrong = |error: ImapError| at(Step::Folder, &error);
    flag(session, set, "+FLAGS.SILENT (\\Seen)").await.map_err(wrong)?;
    let Some(folder) = folder else { return Ok(()) };
    let name = quoted(folder);
    if moves {
        if let Err(ImapError::No(_)) = session.uid_mv(set, &name).await {
            // It may be there: then the second refusal says why.
            drop(session.create(&name).await);
            session.uid_mv(set, &name).await.map_err(wrong)?;
        }
        return Ok(());
    }
    if let Err(ImapError::No(_)) = session.uid_copy(set, &name).await {
        drop(session.create(&name).await);
        session.uid_copy(set, &name).await.map_err(wrong)?;
    }
    flag(session, set, "+FLAGS.SILENT (\\Deleted)").await.map_err(wrong)?;
    if expunges {
        session.uid_expunge(set).await.map_err(wrong)?.try_collect::<Vec<_>>().await.map_err(wrong)?;
    }
    Ok(())
}

async fn flag(session: &mut Session<Box<dyn Io>>, set: &str, how: &str) -> Result<(), ImapError> {
    session.uid_store(set, how).await?.try_collect::<Vec<_>>().await.map(drop)
}

fn at(step: Step, error: &ImapError) -> WireError {
    WireError::at(step, error)
}
