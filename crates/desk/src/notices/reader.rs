//! Who reads a letter: at which addresses, in which language, and whether he may still know when it leaves. What he was
//! allowed when the event happened does not count: a case may have gone to security, a role may have been taken away.

use atiende_mail::Mailbox;
use atiende_procedure::office::Office;
use atiende_procedure::permission::{Scope, audiences};
use atiende_procedure::{Actor, Audience, Case, ContractId, GroupId, PersonId};

use super::{Notice, Recipient, Told};
use crate::Language;

/// The reader of a letter.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) person: Option<PersonId>,
    pub(super) contract: Option<ContractId>,
    pub(super) language: Language,
    /// Empty when no letter could reach him.
    pub(super) mailboxes: Vec<Mailbox>,
    /// The audiences whose words he reads.
    pub(super) audiences: &'static [Audience],
}

impl Reader {
    /// The reader of a row, or why it is withheld from him.
    pub(super) fn of(told: Told, now: &Case, office: &Office) -> Result<Reader, &'static str> {
        match told.to {
            Recipient::Person(id) => Reader::person(told.notice, id, now, office),
            Recipient::Group(id) => Reader::group(id, now, office),
            Recipient::Provider(id) => Reader::provider(told.notice, id, now, office),
        }
    }

    fn person(notice: Notice, id: PersonId, now: &Case, office: &Office) -> Result<Reader, &'static str> {
        let person =
            office.people.get(&id).filter(|person| person.active).ok_or("the person is not active")?;
        let actor = Actor::Person(id);
        if !Scope::of(actor, office).contains(now) {
            return Err("the person may no longer see the case");
        }
        let audiences = audiences(actor, now, office);
        if !audiences.contains(&notice.audience()) {
            return Err("the person may no longer read this");
        }
        let profile = &person.profile;
        Ok(Reader {
            person: Some(id),
            contract: None,
            language: Language::of_tag(&profile.language),
            mailboxes: Mailbox::new(&profile.name, &profile.email).into_iter().collect(),
            audiences,
        })
    }

    fn group(id: GroupId, now: &Case, office: &Office) -> Result<Reader, &'static str> {
        if now.security {
            return Err("the case has gone to security");
        }
        let group = office.groups.get(&id).filter(|group| group.active).ok_or("the group is not active")?;
        Ok(Reader {
            person: None,
            contract: None,
            language: Language::default(),
            mailboxes: Mailbox::new(&group.name, &group.email).into_iter().collect(),
            audiences: Audience::ALL,
        })
    }

    fn provider(notice: Notice, id: ContractId, now: &Case, office: &Office) -> Result<Reader, &'static str> {
        // That it is called off holds no words of the case: a provider must learn it even of one that went to security.
        if now.security && notice != Notice::CalledOff {
            return Err("the case has gone to security");
        }
        let ended = now
            .providers
            .iter()
            .rev()
            .find(|turn| turn.contract == id)
            .is_none_or(|turn| turn.ended.is_some());
        if ended && notice == Notice::ProviderRequest {
            return Err("the case is no longer with the provider");
        }
        let contract = office.contracts.get(&id).ok_or("there is no such contract")?;
        let provider = office.providers.get(&contract.provider).ok_or("there is no such provider")?;
        let emails = if contract.emails.is_empty() { &provider.emails } else { &contract.emails };
        Ok(Reader {
            person: None,
            contract: Some(id),
            language: Language::default(),
            mailboxes: emails.iter().flat_map(|email| Mailbox::new(&provider.name, email)).collect(),
            audiences: &[Audience::Provider],
        })
    }

    /// As whom a link in his letter acts; nobody for a group.
    pub(super) fn actor(&self) -> Option<Actor> {
        self.person.map(Actor::Person).or(self.contract.map(Actor::Provider))
    }
}
