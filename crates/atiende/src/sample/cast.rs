//! Who plays which part: people of the office by what they are.

use std::sync::Arc;

use atiende_procedure::office::{Contract, Group, Office, Person};
use atiende_procedure::{ContractId, GroupId, PersonId, Role, SupportLevel};

use super::dice::Dice;
use super::story::{Story, Where};

/// The people of an office, ready to be given parts.
pub(crate) struct Cast {
    pub(crate) office: Arc<Office>,
    requesters: Vec<Arc<Person>>,
    agents: Vec<Arc<Person>>,
    administrators: Vec<PersonId>,
    officers: Vec<PersonId>,
}

/// Addresses that begin so are the sample accounts with which one signs in: they get the lead.
const LEADS: [&str; 2] = ["usuario@", "agente"];

impl Cast {
    /// The cast of an office; none when nobody can ask, administer, attend or answer for security.
    pub(crate) fn of(office: &Arc<Office>) -> Option<Cast> {
        let active = || office.people.values().filter(|person| person.active);
        let with = |role: Role| active().filter(move |person| person.is(role));
        let cast = Cast {
            office: office.clone(),
            requesters: active().filter(|person| person.roles.is_empty()).cloned().collect(),
            agents: with(Role::Agent).cloned().collect(),
            administrators: with(Role::DeskAdministrator).map(|person| person.id).collect(),
            officers: with(Role::SecurityOfficer).map(|person| person.id).collect(),
        };
        let empty = cast.requesters.is_empty()
            || cast.agents.is_empty()
            || cast.administrators.is_empty()
            || cast.officers.is_empty();
        (!empty).then_some(cast)
    }

    /// Somebody whom the story suits; with `lead`, rather the sample's own requester.
    pub(crate) fn requester(&self, story: &Story, lead: bool, dice: &mut Dice) -> Option<Arc<Person>> {
        let fits: Vec<_> = self.requesters.iter().filter(|person| self.suits(story, person)).collect();
        let lead = fits.iter().find(|person| is_lead(person)).filter(|_| lead);
        lead.or_else(|| dice.pick(&fits)).map(|person| Arc::clone(person))
    }

    /// Whether the sample's own requester suits a story.
    pub(crate) fn has_lead_for(&self, story: &Story) -> bool {
        self.requesters.iter().any(|person| is_lead(person) && self.suits(story, person))
    }

    fn suits(&self, story: &Story, person: &Person) -> bool {
        let office = &self.office;
        let department = person.profile.department.and_then(|id| office.departments.get(&id));
        let in_department = story.departments.is_empty()
            || department.is_some_and(|department| story.departments.contains(&department.code));
        in_department && (story.site != Some(Where::Regional) || self.is_regional(person))
    }

    /// Whether he works outside the head office, which is the first site.
    pub(crate) fn is_regional(&self, person: &Person) -> bool {
        person.profile.site.is_some() && person.profile.site != self.office.sites.keys().next().copied()
    }

    /// A colleague of the same site.
    pub(crate) fn colleague(&self, of: &Person, dice: &mut Dice) -> Option<Arc<Person>> {
        let near: Vec<_> = self
            .requesters
            .iter()
            .filter(|person| person.id != of.id && person.profile.site == of.profile.site)
            .collect();
        dice.pick(&near).map(|person| Arc::clone(person))
    }

    /// An agent of a group, rather one of the sample accounts; another than `but`.
    pub(crate) fn agent(&self, group: GroupId, but: Option<PersonId>, dice: &mut Dice) -> Option<PersonId> {
        let members = |agent: &&Arc<Person>| agent.groups.contains(&group) && Some(agent.id) != but;
        let members: Vec<_> = self.agents.iter().filter(members).collect();
        let lead = members.iter().find(|agent| is_lead(agent)).filter(|_| dice.chance(45));
        lead.or_else(|| dice.pick(&members)).map(|agent| agent.id)
    }

    /// A group of a level.
    pub(crate) fn group(&self, level: SupportLevel, dice: &mut Dice) -> Option<GroupId> {
        let groups: Vec<&Group> = self.office.groups_at(level).collect();
        dice.pick(&groups).map(|group| group.id)
    }

    pub(crate) fn administrator(&self) -> PersonId {
        self.administrators[0]
    }

    pub(crate) fn officer(&self, dice: &mut Dice) -> PersonId {
        if dice.chance(75) {
            self.officers[0]
        } else {
            *dice.pick(&self.officers).unwrap_or(&self.officers[0])
        }
    }

    /// Who follows a contract up: its supervisor, now and then the deputy.
    pub(crate) fn supervisor(&self, contract: ContractId, dice: &mut Dice) -> Option<PersonId> {
        let contract = self.office.contracts.get(&contract)?;
        Some(contract.deputy.filter(|_| dice.chance(15)).unwrap_or(contract.supervisor))
    }

    pub(crate) fn contract(&self, number: &str) -> Option<&Arc<Contract>> {
        self.office.contract_by_number(number)
    }
}

fn is_lead(person: &Person) -> bool {
    LEADS.iter().any(|lead| person.profile.email.starts_with(lead))
}
