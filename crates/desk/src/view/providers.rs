//! What is with a provider, for the supervisors of contracts and for the desk (R13).

use std::sync::Arc;

use atiende_procedure::office::{Contract, Office};
use atiende_procedure::permission::Scope;
use atiende_procedure::sla::{Clock, Reading, clocks};
use atiende_procedure::{Case, CaseId, ContractId, TextRef};
use atiende_store::queue::{self, Filter, Sort, SortKey};
use atiende_store::{Reader, StoreError, cases, events, texts};
use jiff::Timestamp;

use super::Viewer;
use crate::{Desk, DeskError};

/// The page of those who follow providers up.
#[derive(Debug, Clone)]
pub struct ProvidersSeen {
    pub now: Timestamp,
    pub office: Arc<Office>,
    /// The contracts that he supervises, or all for the desk, with how many cases each has now.
    pub contracts: Vec<(Arc<Contract>, usize)>,
    /// The cases to follow, the one whose follow-up is due first at the top.
    pub cases: Vec<FollowedCase>,
}

/// A case whose handling by a provider is followed until it is solved.
#[derive(Debug, Clone)]
pub struct FollowedCase {
    pub case: Case,
    pub subject: String,
    /// Its providers' clocks, as they read now.
    pub clocks: Vec<(Clock, Reading)>,
    /// What the last follow-up found.
    pub last_note: Option<String>,
}

impl Desk {
    /// The cases under contracts that this viewer follows up; nothing when he follows none and works at no desk.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn providers_seen_by(&self, viewer: Viewer) -> Result<Option<ProvidersSeen>, DeskError> {
        let desk = self.clone();
        let now = self.ambience().now();
        let seen = self.db().read(move |r| {
            let office = desk.office_in(r)?;
            let scope = Scope::of(viewer.actor, &office);
            let contracts: Vec<_> = match scope.desk {
                true => office.contracts.values().cloned().collect(),
                false => scope.contracts.iter().filter_map(|id| office.contracts.get(id).cloned()).collect(),
            };
            if contracts.is_empty() {
                return Ok(None);
            }
            let followed = followed(r, &scope, &contracts, (&office, now))?;
            let count = |id| followed.iter().filter(|f| f.case.status.contract() == Some(id)).count();
            let contracts =
                contracts.into_iter().map(|contract| (contract.clone(), count(contract.id))).collect();
            Ok(Some(ProvidersSeen { now, office, contracts, cases: followed }))
        });
        seen.await
    }
}

/// The most cases that one page follows.
const MOST: usize = 500;

fn followed(
    r: &mut Reader<'_>,
    scope: &Scope,
    contracts: &[Arc<Contract>],
    (office, now): (&Office, Timestamp),
) -> Result<Vec<FollowedCase>, StoreError> {
    let contracts: Vec<_> = contracts.iter().map(|contract| contract.id).collect();
    let mut followed = Vec::new();
    for id in due_first(r, scope, &contracts)? {
        let Some(case) = cases::load(r, id)?.filter(|case| scope.contains(case)) else { continue };
        let words = texts::of_case(r, id)?;
        let last = last_note(r, &case)?.and_then(|note| words.get(&note).cloned());
        let subject = words.get(&case.subject).cloned().unwrap_or_default();
        let clocks = clocks(&case).into_iter().filter(|clock| clock.contract.is_some());
        let clocks = clocks.map(|clock| (clock.clone(), clock.read(office, now))).collect();
        followed.push(FollowedCase { case, subject, clocks, last_note: last });
    }
    Ok(followed)
}

/// The cases that are followed under these contracts, the one whose follow-up is due first at the top.
fn due_first(r: &mut Reader<'_>, scope: &Scope, contracts: &[ContractId]) -> Result<Vec<CaseId>, StoreError> {
    let scope = Scope { person: None, security: false, ..scope.clone() };
    let sort = Some(Sort { key: SortKey::FollowUp, ascending: true });
    let (mut ids, mut cursor) = (Vec::new(), None);
    loop {
        let page = queue::page(r, &scope, &Filter::default(), sort, cursor.as_deref(), queue::MOST_ROWS)?;
        let ours = |row: &queue::QueueRow| row.contract.is_some_and(|contract| contracts.contains(&contract));
        ids.extend(page.rows.iter().filter(|row| ours(row)).map(|row| row.id));
        cursor = page.next;
        if cursor.is_none() || ids.len() >= MOST {
            return Ok(ids);
        }
    }
}

fn last_note(r: &mut Reader<'_>, case: &Case) -> Result<Option<TextRef>, StoreError> {
    if case.providers.iter().all(|turn| turn.follow_ups == 0) {
        return Ok(None);
    }
    let events = events::of_case(r, case.id)?;
    Ok(events.into_iter().rev().find_map(|recorded| match recorded.event {
        atiende_procedure::Event::FollowedUp { note, .. } => Some(note),
        _ => None,
    }))
}
