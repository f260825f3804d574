//! Which event tells whom. Never the one who did it, save the two letters that are his receipt; never somebody who was
//! deactivated; of a security case nobody but its officers and its requester (R10).

use atiende_procedure::office::Office;
use atiende_procedure::sla::Attendant;
use atiende_procedure::{
    Actor, Audience, Cancellation, Capacity, Case, Closing, ContractId, Event, PersonId, Recorded, Role,
    Status,
};

use super::{Notice, Recipient};

/// Somebody who is to be told of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub notice: Notice,
    /// The event's sequence in its case.
    pub event: u64,
    pub to: Recipient,
}

/// Who is told of what one command brought about. `before` is the case as it was, `after` as it then is.
pub fn told(before: Option<&Case>, after: &Case, events: &[Recorded], office: &Office) -> Vec<Told> {
    let mut all = Vec::new();
    for recorded in events {
        let teller = Teller { before, after, recorded, office, told: Vec::new() };
        all.extend(teller.tell(events));
    }
    all
}

struct Teller<'a> {
    before: Option<&'a Case>,
    after: &'a Case,
    recorded: &'a Recorded,
    office: &'a Office,
    told: Vec<Told>,
}

impl Teller<'_> {
    fn tell(mut self, all: &[Recorded]) -> Vec<Told> {
        match &self.recorded.event {
            Event::Registered(_) => {
                self.receipt(Notice::Registered);
                if self.after.security {
                    self.officers(Notice::Security);
                }
            }
            Event::Completed { .. } => self.in_charge(Notice::Completed),
            Event::Assigned { agent, .. } => {
                self.receivers(Notice::Assigned);
                self.attends(*agent);
            }
            Event::EscalatedToLevel { agent, .. } => {
                self.receivers(Notice::Escalated);
                self.attends(*agent);
            }
            Event::Taken => self.attends(self.recorded.acted.by.person()),
            Event::ExpectedBy { .. } => self.requesters(Notice::Expected),
            Event::Said { audience, .. } => self.said(*audience),
            Event::WatcherAdded { person } => self.person(Notice::Watching, *person),
            Event::Waited { .. } => self.requesters(Notice::Waiting),
            Event::EscalatedToProvider { contract, .. } => {
                self.provider(Notice::ProviderRequest, *contract);
                self.supervisors(Notice::WithProvider, *contract);
            }
            Event::FollowUpFellDue { contract, .. } => self.supervisors(Notice::FollowUpDue, *contract),
            Event::Warned { to, contract, .. } => self.warned(*to, *contract),
            Event::ProviderReported { contract, .. } => {
                self.in_charge(Notice::ProviderReported);
                self.supervisors(Notice::ProviderReported, *contract);
            }
            Event::Solved { .. } => {
                self.receipt(Notice::Solved);
                self.requesters(Notice::Solved);
            }
            Event::Reopened { work, .. } => self.person(Notice::Reopened, work.agent),
            // Solved and closed at once, as a grace of 0 has it, is one letter.
            Event::Closed { .. } if all.iter().any(|other| matches!(other.event, Event::Solved { .. })) => {}
            Event::Closed { how } => self.closed(how),
            Event::Referred { .. } => {
                self.requesters(Notice::Referred);
                self.officers(Notice::Security);
            }
            Event::Acknowledged => self.requesters(Notice::Acknowledged),
            Event::SentBack { .. } => self.requesters(Notice::SentBack),
            Event::Concluded { .. } => self.requesters(Notice::Concluded),
            Event::Cancelled { why, .. } => self.cancelled(why),
            Event::Absorbed { .. } => self.in_charge(Notice::Absorbed),
            _ => {}
        }
        self.called_off();
        self.told
    }

    /// The case left a provider that has not reported it solved: it must not go on attending.
    fn called_off(&mut self) {
        let left = matches!(
            self.recorded.event,
            Event::TakenBack { .. }
                | Event::Assigned { .. }
                | Event::Referred { .. }
                | Event::Cancelled { .. }
        );
        let had = self.before.and_then(|case| case.status.contract());
        if let (true, Some(contract)) = (left, had)
            && self.after.status.contract() != Some(contract)
        {
            self.provider(Notice::CalledOff, contract);
        }
    }

    fn said(&mut self, audience: Audience) {
        match (audience, self.recorded.acted.capacity) {
            (Audience::Internal, _) if self.after.security => self.officers(Notice::Note),
            (Audience::Internal, _) => self.in_charge(Notice::Note),
            (Audience::Provider, Capacity::Provider) => self.in_charge(Notice::ProviderWrote),
            (Audience::Provider, _) => {
                if let Some(contract) = self.recorded.event.contract() {
                    self.provider(Notice::ProviderMessage, contract);
                }
            }
            (Audience::Requester, Capacity::Requester | Capacity::Watcher) => {
                match &self.after.status {
                    _ if self.after.security => self.officers(Notice::Message),
                    Status::Assigned { agent: None, .. } => self.receivers(Notice::Message),
                    _ => self.in_charge(Notice::Message),
                }
                self.requesters(Notice::Message);
            }
            (Audience::Requester, _) => self.requesters(Notice::Message),
        }
    }

    /// Whom the agreement names; the administrators of the desk where nobody is so named.
    fn warned(&mut self, to: Attendant, contract: Option<ContractId>) {
        let before = self.told.len();
        match (to, contract) {
            (Attendant::Agent, _) => match self.after.status.agent() {
                Some(agent) => self.person(Notice::Promise, agent),
                None => self.receivers(Notice::Promise),
            },
            (Attendant::Head, _) => {
                if let Some(head) = self.office.settings.head {
                    self.person(Notice::Promise, head);
                }
            }
            (Attendant::Supervisor, Some(contract)) => self.supervisors(Notice::ProviderPromise, contract),
            (Attendant::DeskAdministrator | Attendant::Supervisor, _) => {}
        }
        if self.told.len() == before {
            for person in self.office.people.values().filter(|person| person.is(Role::DeskAdministrator)) {
                self.person(Notice::Promise, person.id);
            }
        }
    }

    fn closed(&mut self, how: &Closing) {
        match how {
            Closing::Confirmed => {}
            Closing::GraceEnded | Closing::Agreed { .. } => self.requesters(Notice::Closed),
        }
    }

    fn cancelled(&mut self, why: &Cancellation) {
        self.requesters(Notice::Cancelled);
        let agent = self.before.and_then(|case| case.status.agent());
        if let (Some(agent), Cancellation::Withdrawn | Cancellation::MergedInto { .. }) = (agent, why) {
            self.person(Notice::Withdrawn, agent);
        }
    }

    fn attends(&mut self, agent: Option<PersonId>) {
        if agent.is_some() {
            self.requesters(Notice::Attending);
        }
    }

    /// The requester, also when he did it himself: it is his receipt, and its delivery is a record.
    fn receipt(&mut self, notice: Notice) {
        self.add(notice, Recipient::Person(self.after.requester));
    }

    /// The requester and whoever sees what he sees.
    fn requesters(&mut self, notice: Notice) {
        self.person(notice, self.after.requester);
        if !self.after.security {
            for watcher in &self.after.watchers {
                self.person(notice, *watcher);
            }
        }
    }

    fn in_charge(&mut self, notice: Notice) {
        if let Some(agent) = self.after.status.agent() {
            self.person(notice, agent);
        }
    }

    /// The agent who got it, else his group: at its address, or each of its agents.
    fn receivers(&mut self, notice: Notice) {
        let Status::Assigned { group, agent, .. } = &self.after.status else { return };
        if let Some(agent) = agent {
            return self.person(notice, *agent);
        }
        let has_address = self.office.groups.get(group).is_some_and(|group| !group.email.is_empty());
        if has_address {
            return self.add(notice, Recipient::Group(*group));
        }
        for person in self.office.people.values() {
            if person.is(Role::Agent) && person.groups.contains(group) {
                self.person(notice, person.id);
            }
        }
    }

    fn officers(&mut self, notice: Notice) {
        for person in self.office.people.values() {
            if person.is(Role::SecurityOfficer) {
                self.person(notice, person.id);
            }
        }
    }

    fn supervisors(&mut self, notice: Notice, contract: ContractId) {
        let Some(contract) = self.office.contracts.get(&contract) else { return };
        for person in [Some(contract.supervisor), contract.deputy].into_iter().flatten() {
            self.person(notice, person);
        }
    }

    fn provider(&mut self, notice: Notice, contract: ContractId) {
        if self.recorded.acted.by != Actor::Provider(contract) {
            self.add(notice, Recipient::Provider(contract));
        }
    }

    fn person(&mut self, notice: Notice, person: PersonId) {
        if self.recorded.acted.by != Actor::Person(person) {
            self.add(notice, Recipient::Person(person));
        }
    }

    /// One letter an event for each: the first reason to write is the nearest.
    fn add(&mut self, notice: Notice, to: Recipient) {
        let reachable = match to {
            Recipient::Person(id) => self.office.people.get(&id).is_some_and(|person| person.active),
            Recipient::Group(_) | Recipient::Provider(_) => true,
        };
        if reachable && self.told.iter().all(|told| told.to != to) {
            self.told.push(Told { notice, event: self.recorded.sequence, to });
        }
    }
}
