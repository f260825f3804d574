//! What happens, while it happens: one walk of the feed a node, for all who look. Keeps nothing: who was away asks anew
//! for what he looks at.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use atiende_procedure::office::Office;
use atiende_procedure::permission::{Scope, audiences, knows};
use atiende_procedure::{Actor, Case, CaseId, CaseNumber, Event, PersonId, Recorded};
use atiende_store::feed::Tail;
use atiende_store::presence::{self, Tab};
use atiende_store::{Reader, StoreError, cases, events};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{broadcast, watch};

use crate::jobs::{BURST, goes_on};
use crate::view::Viewer;
use crate::{Desk, DeskError};

/// How many changes wait for a slow reader; one who falls behind looks at everything anew.
const WAITING: usize = 256;
/// The most events read at once.
const AT_ONCE: u32 = 200;

/// What a node tells those who look.
#[derive(Debug)]
pub(crate) struct Live {
    changes: broadcast::Sender<Arc<Change>>,
    position: AtomicI64,
    over: watch::Sender<bool>,
}

impl Default for Live {
    fn default() -> Live {
        Live {
            changes: broadcast::Sender::new(WAITING),
            position: AtomicI64::new(0),
            over: watch::Sender::new(false),
        }
    }
}

/// Something happened to a case.
#[derive(Debug)]
pub struct Change {
    /// Where the feed then was.
    pub position: i64,
    /// The case as it now is.
    case: Case,
    events: Vec<Recorded>,
}

/// A change as far as somebody may know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSeen {
    pub position: i64,
    pub number: CaseNumber,
    /// Who last did something to it; nothing for the desk itself, and for a case that he sees no more.
    pub by: Option<Actor>,
}

impl Change {
    /// What somebody may know of it; nothing when it is not for him. A case that leaves for the security procedure is
    /// told as such to who saw it until then, and no more of it.
    pub fn seen_by(&self, viewer: Viewer, office: &Office) -> Option<ChangeSeen> {
        let scope = Scope::of(viewer.actor, office);
        let (position, number) = (self.position, self.case.number.clone());
        if scope.contains(&self.case) {
            let audiences = audiences(viewer.actor, &self.case, office);
            let last = self.events.iter().rfind(|event| knows(viewer.actor, audiences, &event.event))?;
            return Some(ChangeSeen { position, number, by: Some(last.acted.by) });
        }
        let left = self.events.iter().any(|event| matches!(event.event, Event::Referred { .. }));
        let before = Case { security: false, ..self.case.clone() };
        (left && scope.contains(&before)).then_some(ChangeSeen { position, number, by: None })
    }
}

/// How long somebody is there without being told of anew.
const SILENCE: SignedDuration = SignedDuration::from_secs(45);
/// How long a key pressed counts as writing.
const WRITING: SignedDuration = SignedDuration::from_secs(6);

/// Somebody else who has the case open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentSeen {
    pub name: String,
    pub writes: bool,
}

impl Desk {
    /// Tells of every change from now on, until [`Desk::end_live`].
    pub fn changes(&self) -> (broadcast::Receiver<Arc<Change>>, watch::Receiver<bool>) {
        (self.live().changes.subscribe(), self.live().over.subscribe())
    }

    /// Where the feed is, as far as this node has told.
    pub fn live_position(&self) -> i64 {
        self.live().position.load(Ordering::Acquire)
    }

    /// Ends what [`Desk::changes`] tells, so that those who listen go.
    pub fn end_live(&self) {
        self.live().over.send_replace(true);
    }

    /// Tells that somebody has a case open in a tab, and whether he writes there; nothing when he may not see what is
    /// internal to it. Answers who else does.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn looks_at(
        &self,
        person: PersonId,
        number: &CaseNumber,
        tab: Tab,
        writes: bool,
    ) -> Result<Option<Vec<PresentSeen>>, DeskError> {
        let Some(case) = self.internal_case(person, number).await? else { return Ok(None) };
        let now = self.ambience().now();
        let until = writes.then(|| now + WRITING);
        self.db().change(move |w| presence::tell(w, case, person, tab, (now, until))).await?;
        self.present_at(person, case, now).await.map(Some)
    }

    /// Who else has a case open now.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn others_at(
        &self,
        person: PersonId,
        number: &CaseNumber,
    ) -> Result<Option<Vec<PresentSeen>>, DeskError> {
        match self.internal_case(person, number).await? {
            Some(case) => self.present_at(person, case, self.ambience().now()).await.map(Some),
            None => Ok(None),
        }
    }

    /// Takes a tab away from a case.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn leaves(&self, person: PersonId, number: &CaseNumber, tab: Tab) -> Result<(), DeskError> {
        if let Some(case) = self.internal_case(person, number).await? {
            self.db().change(move |w| presence::left(w, case, person, tab)).await?;
        }
        Ok(())
    }

    async fn internal_case(
        &self,
        person: PersonId,
        number: &CaseNumber,
    ) -> Result<Option<CaseId>, DeskError> {
        let (desk, number, actor) = (self.clone(), number.clone(), Actor::Person(person));
        let found = self.db().read(move |r| -> Result<_, StoreError> {
            let office = desk.office_in(r)?;
            let scope = Scope::of(actor, &office);
            let case = cases::by_number(r, &number)?.filter(|case| scope.contains(case));
            let internal = |case: &Case| {
                audiences(actor, case, &office).contains(&atiende_procedure::Audience::Internal)
            };
            Ok(case.filter(internal).map(|case| case.id))
        });
        Ok(found.await?)
    }

    async fn present_at(
        &self,
        person: PersonId,
        case: CaseId,
        now: Timestamp,
    ) -> Result<Vec<PresentSeen>, DeskError> {
        let there = self.db().read(move |r| presence::of_case(r, case, now - SILENCE)).await?;
        let office = self.office();
        let others = there.into_iter().filter(|it| it.person != person);
        let named = others.filter_map(|it| {
            let name = office.people.get(&it.person)?.profile.name.clone();
            Some(PresentSeen { name, writes: it.writes_until > now })
        });
        Ok(named.collect())
    }
}

/// Walks the feed and tells what it comes by; while nobody listens it only keeps up.
pub(crate) async fn watch_feed(desk: Desk, mut stopped: watch::Receiver<bool>) {
    let mut news = desk.db().news();
    let mut tail: Option<Tail> = None;
    loop {
        let listened = desk.live().changes.receiver_count() > 0;
        match walk(&desk, tail.filter(|_| listened)).await {
            Ok((changes, on)) => {
                desk.live().position.store(on.position(), Ordering::Release);
                tail = Some(on);
                for change in changes {
                    // Whoever listened may have gone.
                    let _ = desk.live().changes.send(Arc::new(change));
                }
            }
            Err(error) => tracing::warn!(%error, "what happens could not be told"),
        }
        let more = async {
            news.arrived().await;
            tokio::time::sleep(BURST).await;
        };
        if !goes_on(&mut stopped, more).await {
            return;
        }
    }
}

async fn walk(desk: &Desk, tail: Option<Tail>) -> Result<(Vec<Change>, Tail), StoreError> {
    desk.db()
        .read(move |r| {
            let Some(mut tail) = tail else { return Ok((Vec::new(), Tail::from_now(r)?)) };
            let mut changes = Vec::new();
            loop {
                let (happened, on) = tail.next(r, AT_ONCE)?;
                tail = on;
                if happened.is_empty() {
                    return Ok((changes, tail));
                }
                let mut first: BTreeMap<i64, u64> = BTreeMap::new();
                for event in happened.iter().filter(|event| event.stream != events::OFFICE) {
                    let earliest = first.entry(event.stream).or_insert(event.sequence);
                    *earliest = event.sequence.min(*earliest);
                }
                for (stream, sequence) in first {
                    changes.extend(change(r, CaseId(stream), sequence, tail.position())?);
                }
            }
        })
        .await
}

fn change(r: &mut Reader<'_>, id: CaseId, first: u64, position: i64) -> Result<Option<Change>, StoreError> {
    let Some(case) = cases::load(r, id)? else { return Ok(None) };
    Ok(Some(Change { position, case, events: events::of_case_from(r, id, first)? }))
}
