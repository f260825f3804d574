//! What somebody may see: which cases, and of a case which events and words.

use crate::office::{Contract, Office};
use crate::{Actor, Audience, Case, ContractId, Event, PersonId, Role};

/// Which cases somebody may see. The store turns exactly this into indexed predicates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Every case of the desk: all but security cases.
    pub desk: bool,
    /// Every security case.
    pub security: bool,
    /// The cases of this requester, and those he watches that are no security cases.
    pub person: Option<PersonId>,
    /// The cases that ever were under one of these contracts, except security cases.
    pub contracts: Vec<ContractId>,
}

impl Scope {
    /// What this actor may see.
    pub fn of(actor: Actor, office: &Office) -> Scope {
        let person = match actor {
            Actor::Person(id) => match office.people.get(&id) {
                Some(person) if person.active => person,
                _ => return Scope::default(),
            },
            Actor::Provider(contract) => return Scope { contracts: vec![contract], ..Scope::default() },
            Actor::Clock | Actor::Operator => {
                return Scope { desk: true, security: true, ..Scope::default() };
            }
        };
        let supervised = |contract: &&std::sync::Arc<Contract>| contract.is_supervised_by(person.id);
        Scope {
            desk: [Role::Agent, Role::DeskAdministrator, Role::Auditor].iter().any(|role| person.is(*role)),
            security: person.is(Role::SecurityOfficer),
            person: Some(person.id),
            contracts: match person.is(Role::ContractSupervisor) {
                true => office.contracts.values().filter(supervised).map(|contract| contract.id).collect(),
                false => Vec::new(),
            },
        }
    }

    /// Whether this case may be seen.
    pub fn contains(&self, case: &Case) -> bool {
        let takes_part = self.person.is_some_and(|person| {
            case.requester == person || (!case.security && case.watchers.contains(&person))
        });
        let supervised = || case.providers.iter().any(|turn| self.contracts.contains(&turn.contract));
        takes_part || if case.security { self.security } else { self.desk || supervised() }
    }
}

/// The audiences whose words this actor may read in this case, which he may see.
pub fn audiences(actor: Actor, case: &Case, office: &Office) -> &'static [Audience] {
    const REQUESTER: &[Audience] = &[Audience::Requester];
    const PROVIDER: &[Audience] = &[Audience::Provider];
    let person = match actor {
        Actor::Person(id) => office.people.get(&id),
        Actor::Provider(_) => return PROVIDER,
        Actor::Clock | Actor::Operator => return Audience::ALL,
    };
    let scope = Scope { person: None, ..Scope::of(actor, office) };
    if person.is_some() && scope.contains(case) { Audience::ALL } else { REQUESTER }
}

/// Whether this actor, who reads these audiences of a case that he may see, may know of this event. A provider knows of
/// its own thread alone, of what was sent to it and of its being taken back (R12).
pub fn knows(actor: Actor, audiences: &[Audience], event: &Event) -> bool {
    match actor {
        Actor::Provider(own) => {
            let its_turn = matches!(event, Event::EscalatedToProvider { .. } | Event::TakenBack { .. });
            event.contract() == Some(own) && (its_turn || event.audience() == Audience::Provider)
        }
        _ => audiences.contains(&event.audience()),
    }
}
