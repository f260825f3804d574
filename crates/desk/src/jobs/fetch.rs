//! Letters come in: each mailbox is read by one node at a time. What was fetched is kept before it is marked as read, and
//! where reading stopped is noted after that: killed in between, the same letters come again and are recognised.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use atiende_mail::wire::{Fetched, ImapAccount, Inbox, Place, Settled, WireError};
use atiende_procedure::MailboxId;
use atiende_procedure::office::Mailbox;
use atiende_store::{StoreError, mailboxes};
use jiff::SignedDuration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::goes_on;
use crate::Desk;
use crate::intake::{Arriving, Received};

/// Letters that are fetched at once.
const AT_ONCE: usize = 50;

/// How long a silence of a mailbox's server is borne before it is asked, and how often it is asked that cannot tell.
const SILENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_secs(15);

/// How long a node keeps a mailbox without a sign of life: after that another takes it.
const HOLD: SignedDuration = SignedDuration::from_mins(3);

/// Pauses after failures: the first and the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// How often the office's mailboxes are compared with those that are read.
const LOOK: Duration = Duration::from_secs(1);

/// A mailbox that is being read, as it was set when that began.
struct Reading {
    mailbox: Arc<Mailbox>,
    account: ImapAccount,
    task: JoinHandle<()>,
}

/// Why reading ended.
#[derive(Debug, thiserror::Error)]
enum Ended {
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads every mailbox of the office that is read at all, as they come and go.
pub(super) async fn fetch(desk: Desk, node: String, mut stopped: watch::Receiver<bool>) {
    let mut readings: HashMap<MailboxId, Reading> = HashMap::new();
    loop {
        if let Err(error) = follow(&desk, &node, &mut readings).await {
            tracing::warn!(%error, "the mailboxes could not be looked at");
        }
        if !goes_on(&mut stopped, tokio::time::sleep(LOOK)).await {
            break;
        }
    }
    for reading in readings.into_values() {
        end(&desk, &node, reading).await;
    }
}

/// Ends what is read no longer or otherwise, and begins what is not read yet.
async fn follow(
    desk: &Desk,
    node: &str,
    readings: &mut HashMap<MailboxId, Reading>,
) -> Result<(), StoreError> {
    let office = desk.office();
    let mut wanted = HashMap::new();
    for mailbox in office.mailboxes.values().filter(|mailbox| mailbox.active) {
        if let Some(account) = desk.imap_account(mailbox).await? {
            wanted.insert(mailbox.id, (mailbox.clone(), account));
        }
    }
    let changed = |reading: &Reading| {
        let same = |(mailbox, account): &(Arc<Mailbox>, ImapAccount)| {
            // Only the token in force is another after it was renewed.
            let credential = reading.account.credential.clone();
            mailbox.name == reading.mailbox.name
                && desk.tokens().are_same(&credential, &account.credential)
                && ImapAccount { credential, ..account.clone() } == reading.account
        };
        reading.task.is_finished() || !wanted.get(&reading.mailbox.id).is_some_and(same)
    };
    let over: Vec<MailboxId> = readings.values().filter(|it| changed(it)).map(|it| it.mailbox.id).collect();
    for id in over {
        if let Some(reading) = readings.remove(&id) {
            end(desk, node, reading).await;
        }
    }
    for (id, (mailbox, account)) in wanted {
        readings.entry(id).or_insert_with(|| {
            let reader = Reader { desk: desk.clone(), name: mailbox.name.clone(), node: node.to_owned() };
            let task = tokio::spawn(reader.read(account.clone()));
            Reading { mailbox, account, task }
        });
    }
    Ok(())
}

async fn end(desk: &Desk, node: &str, reading: Reading) {
    reading.task.abort();
    // It ended or was ended: both are well.
    drop(reading.task.await);
    let (now, name, node) = (desk.ambience().now(), reading.mailbox.name.clone(), node.to_owned());
    let released = desk.db().change(move |w| mailboxes::release(w, &name, &node, now)).await;
    if let Err(error) = released {
        tracing::debug!(%error, "another node takes the mailbox a little later");
    }
}

/// Who reads one mailbox.
struct Reader {
    desk: Desk,
    name: String,
    node: String,
}

impl Reader {
    async fn read(self, account: ImapAccount) {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.while_it_goes(&account, &mut pause).await {
                Ok(()) => tokio::time::sleep(SILENCE / 4).await,
                Err(error) => {
                    tracing::warn!(mailbox = self.name, %error, "a mailbox could not be read");
                    self.failed(&error).await;
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// Reads until something fails; ends well when another node has the mailbox.
    async fn while_it_goes(&self, account: &ImapAccount, pause: &mut Duration) -> Result<(), Ended> {
        if !self.hold().await? {
            return Ok(());
        }
        let mut inbox = Inbox::open(account, self.desk.tokens()).await?;
        loop {
            let name = self.name.clone();
            let health = self.desk.db().read(move |r| mailboxes::health(r, &name)).await?;
            let since = health.as_ref().and_then(|it| place(it.uid_validity?, it.uid?));
            let last_success = health.and_then(|it| it.succeeded_at);
            let letters = inbox.fetch(since, last_success, AT_ONCE).await?;
            let count = letters.len();
            let settled = self.keep(letters).await?;
            inbox.settle(&settled).await?;
            // At first the unread ones alone are asked for, as often as there are some: a place noted among them would
            // make requests of what people read long ago.
            let place = match since {
                None if count == 0 => inbox.place_at_opening(),
                None => None,
                Some(_) => settled.last().map(|(place, _)| *place),
            };
            self.succeeded(place).await?;
            *pause = FIRST_PAUSE;
            if count == 0 {
                inbox.wait(SILENCE, POLL).await?;
            }
            if !self.hold().await? {
                inbox.close().await;
                return Ok(());
            }
        }
    }

    async fn keep(&self, letters: Vec<Fetched>) -> Result<Vec<(Place, Settled)>, StoreError> {
        let places: Vec<Place> = letters.iter().map(|letter| letter.place).collect();
        let arriving = |letter: Fetched| Arriving { bytes: letter.bytes.into(), cut: letter.cut };
        let received = self.desk.receive(&self.name, letters.into_iter().map(arriving).collect()).await?;
        let settled = |it: &Received| if it.readable { Settled::Processed } else { Settled::Failed };
        Ok(places.into_iter().zip(received.iter().map(settled)).collect())
    }

    async fn hold(&self) -> Result<bool, StoreError> {
        let now = self.desk.ambience().now();
        let (name, node) = (self.name.clone(), self.node.clone());
        self.desk.db().change(move |w| mailboxes::hold(w, &name, &node, now, now + HOLD)).await
    }

    async fn succeeded(&self, place: Option<Place>) -> Result<(), StoreError> {
        let (now, name) = (self.desk.ambience().now(), self.name.clone());
        let place = place.map(|place| (i64::from(place.uid_validity), i64::from(place.uid)));
        self.desk.db().change(move |w| mailboxes::succeeded(w, &name, place, now)).await
    }

    async fn failed(&self, error: &Ended) {
        let (now, name, words) = (self.desk.ambience().now(), self.name.clone(), error.to_string());
        if let Err(error) = self.desk.db().change(move |w| mailboxes::failed(w, &name, &words, now)).await {
            tracing::warn!(%error, "nor could that be noted");
        }
    }
}

fn place(uid_validity: i64, uid: i64) -> Option<Place> {
    Some(Place { uid_validity: u32::try_from(uid_validity).ok()?, uid: u32::try_from(uid).ok()? })
}
