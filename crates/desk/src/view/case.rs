//! One case, as far as somebody may see it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use atiende_procedure::office::{Contract, Group, Office, Person, Provider, Service};
use atiende_procedure::permission::{Scope, audiences, knows, offered};
use atiende_procedure::sla::{Clock, Reading, clocks};
use atiende_procedure::{
    Action, Actor, Audience, Cancellation, Case, CaseId, CaseNumber, Circumstances, Event, Evidence,
    PersonId, Recorded, Status, TextRef, evidence, missing,
};
use atiende_store::{Reader, StoreError, cases, events, outbox, texts};
use jiff::Timestamp;

use super::Viewer;
use super::letters::{LetterSeen, letter_seen};
use crate::{Desk, DeskError, SignedLink};

/// A case with what this viewer may know of it: events and words of other audiences are not in here.
#[derive(Debug, Clone)]
pub struct SeenCase {
    pub viewer: Viewer,
    /// When it was looked at.
    pub now: Timestamp,
    pub case: Case,
    pub office: Arc<Office>,
    /// The audiences whose words he reads.
    pub audiences: &'static [Audience],
    /// What happened, oldest first, with what was said in cases that became part of this one.
    pub events: Vec<SeenEvent>,
    pub evidence: Evidence,
    /// The moves that he may make now.
    pub moves: Vec<Action>,
    /// What R9 and the service's questions ask for and it lacks.
    pub missing: Vec<String>,
    /// The numbers of cases named in it that he may see.
    pub numbers: BTreeMap<CaseId, CaseNumber>,
    /// Whether he may see the case into which this one went, if it went into one: it may be with security by now.
    pub sees_other: bool,
    /// What became of the letters about it, for those who read everything of it.
    pub letters: Vec<LetterSeen>,
    words: HashMap<TextRef, String>,
}

/// An event, and in which case it happened.
#[derive(Debug, Clone)]
pub struct SeenEvent {
    /// The other case, for what was said in one that became part of this.
    pub from: Option<CaseNumber>,
    pub recorded: Recorded,
}

impl Desk {
    /// A case, or nothing when there is none that he may see.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn case_seen_by(&self, viewer: Viewer, number: CaseNumber) -> Result<SeenCase, DeskError> {
        seen(self, viewer, number).await?.ok_or(DeskError::NoSuchCase)
    }

    /// The case of a signed link, as far as its bearer may see it.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn case_of_link(&self, link: &SignedLink) -> Result<SeenCase, DeskError> {
        let id = link.case;
        let case = self.db().read(move |r| Ok::<_, DeskError>(cases::load(r, id)?)).await?;
        let number = case.ok_or(DeskError::NoSuchCase)?.number;
        self.case_seen_by(Viewer::new(link.actor), number).await
    }
}

pub(crate) async fn seen(
    desk: &Desk,
    viewer: Viewer,
    number: CaseNumber,
) -> Result<Option<SeenCase>, StoreError> {
    let desk = desk.clone();
    let now = desk.ambience().now();
    let db = desk.db().clone();
    db.read(move |r| {
        let office = desk.office_in(r)?;
        look(r, &office, viewer, &number, now)
    })
    .await
}

fn look(
    r: &mut Reader<'_>,
    office: &Arc<Office>,
    viewer: Viewer,
    number: &CaseNumber,
    now: Timestamp,
) -> Result<Option<SeenCase>, StoreError> {
    let scope = Scope::of(viewer.actor, office);
    let Some(case) = cases::by_number(r, number)?.filter(|case| scope.contains(case)) else {
        return Ok(None);
    };
    let audiences = audiences(viewer.actor, &case, office);
    let history = events::of_case(r, case.id)?;
    let evidence = evidence(&case, &history, office, now);
    let mut words = HashMap::new();
    let mut numbers = BTreeMap::new();
    let mut story = readable(r, case.id, history, (viewer.actor, audiences), None, &mut words)?;
    for absorbed in &case.absorbed {
        // Two people may have reported the same thing; neither reads what the other wrote.
        let Some(other) = cases::load(r, *absorbed)?.filter(|other| scope.contains(other)) else { continue };
        let said = events::of_case(r, other.id)?.into_iter().filter(|event| is_said(&event.event)).collect();
        story.extend(readable(
            r,
            other.id,
            said,
            (viewer.actor, audiences),
            Some(&other.number),
            &mut words,
        )?);
        numbers.insert(other.id, other.number);
    }
    if !case.absorbed.is_empty() {
        story.sort_by_key(|event| event.recorded.at);
    }
    if let Some(follows) = case.follows
        && let Some(other) = cases::load(r, follows)?.filter(|other| scope.contains(other))
    {
        numbers.insert(other.id, other.number);
    }
    let sees_other = match gone_into(&case) {
        Some(number) => cases::by_number(r, number)?.is_some_and(|other| scope.contains(&other)),
        None => true,
    };
    let circumstances = Circumstances { actor: viewer.actor, now, office, other: None };
    let moves = match viewer.scope {
        atiende_procedure::office::TokenScope::All => offered(&case, &circumstances),
        _ => Vec::new(),
    };
    let missing = missing(&case, office);
    let letters = match audiences.contains(&Audience::Internal) {
        true => outbox::of_stream(r, case.id.0)?.iter().filter_map(letter_seen).collect(),
        false => Vec::new(),
    };
    let office = office.clone();
    Ok(Some(SeenCase {
        viewer,
        now,
        case,
        office,
        audiences,
        events: story,
        evidence,
        moves,
        missing,
        numbers,
        sees_other,
        letters,
        words,
    }))
}

/// The events that these audiences may know of, and of their words those that they may read.
fn readable(
    r: &mut Reader<'_>,
    id: CaseId,
    history: Vec<Recorded>,
    (actor, audiences): (Actor, &[Audience]),
    from: Option<&CaseNumber>,
    words: &mut HashMap<TextRef, String>,
) -> Result<Vec<SeenEvent>, StoreError> {
    let mut all = texts::of_case(r, id)?;
    let mut seen = Vec::with_capacity(history.len());
    for recorded in history {
        let knows = knows(actor, audiences, &recorded.event);
        for (text, audience) in recorded.event.texts() {
            if knows
                && audiences.contains(&audience)
                && let Some(body) = all.remove(&text)
            {
                words.insert(text, body);
            }
        }
        if knows {
            seen.push(SeenEvent { from: from.cloned(), recorded });
        }
    }
    Ok(seen)
}

fn gone_into(case: &Case) -> Option<&CaseNumber> {
    match &case.status {
        Status::Cancelled { why: Cancellation::DuplicateOf { number }, .. }
        | Status::Cancelled { why: Cancellation::MergedInto { number }, .. } => Some(number),
        _ => None,
    }
}

fn is_said(event: &Event) -> bool {
    matches!(event, Event::Said { .. } | Event::Registered(_))
}

impl SeenCase {
    /// Words that he may read; nothing when they are for others or were destroyed.
    pub fn words(&self, text: TextRef) -> Option<&str> {
        self.words.get(&text).map(String::as_str)
    }

    /// Words that he may read, of something that may be absent.
    pub fn words_if_any(&self, text: Option<TextRef>) -> Option<&str> {
        text.and_then(|text| self.words(text))
    }

    /// What it is about, in the requester's words.
    pub fn subject(&self) -> &str {
        self.words(self.case.subject).unwrap_or_default()
    }

    /// What the requester wrote.
    pub fn description(&self) -> &str {
        self.words(self.case.description).unwrap_or_default()
    }

    /// Whether he reads what is internal to the desk.
    pub fn reads_internal(&self) -> bool {
        self.audiences.contains(&Audience::Internal)
    }

    /// Whether he may make this move now.
    pub fn may(&self, action: Action) -> bool {
        self.moves.contains(&action)
    }

    /// The clocks that he may read, as they read now: the desk's those whom it serves, a provider's its own, all who work
    /// on the case.
    pub fn clocks(&self) -> Vec<(Clock, Reading)> {
        let may = |clock: &Clock| match (clock.contract, self.viewer.actor) {
            _ if self.reads_internal() => true,
            (Some(contract), Actor::Provider(own)) => contract == own,
            (contract, _) => contract.is_none() && self.audiences.contains(&Audience::Requester),
        };
        let clocks = clocks(&self.case).into_iter().filter(may);
        clocks.map(|clock| (clock.clone(), clock.read(&self.office, self.now))).collect()
    }

    /// Somebody of the directory.
    pub fn person(&self, id: PersonId) -> Option<&Arc<Person>> {
        self.office.people.get(&id)
    }

    /// The requester.
    pub fn requester(&self) -> Option<&Arc<Person>> {
        self.person(self.case.requester)
    }

    /// The agent in charge.
    pub fn agent(&self) -> Option<&Arc<Person>> {
        self.case.status.agent().and_then(|id| self.person(id))
    }

    /// The group in charge.
    pub fn group(&self) -> Option<&Group> {
        self.case.status.group().and_then(|id| self.office.groups.get(&id))
    }

    /// The service asked for.
    pub fn service(&self) -> Option<&Arc<Service>> {
        self.case.service.and_then(|id| self.office.services.get(&id))
    }

    /// The contract of the last turn with a provider, and the provider.
    pub fn contract(&self) -> Option<(&Arc<Contract>, &Provider)> {
        let contract = self.office.contracts.get(&self.case.providers.last()?.contract)?;
        Some((contract, self.office.providers.get(&contract.provider)?))
    }

    /// The name of whoever acted: a person's, a provider's; nothing for the clock and the operator.
    pub fn name_of(&self, actor: Actor) -> Option<&str> {
        match actor {
            Actor::Person(id) => self.person(id).map(|person| person.profile.name.as_str()),
            Actor::Provider(contract) => {
                let provider = self.office.contracts.get(&contract)?.provider;
                self.office.providers.get(&provider).map(|provider| provider.name.as_str())
            }
            Actor::Clock | Actor::Operator => None,
        }
    }
}
