//! Who wrote a letter, as far as it can be believed.

use atiende_mail::Incoming;
use atiende_procedure::office::{Office, writes_for};
use atiende_procedure::{ContractId, PersonId};

/// Whose letter it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sender {
    /// Somebody of the directory.
    Person(PersonId),
    /// Somebody of the directory who was deactivated.
    Gone,
    /// A provider, under any of these contracts.
    Provider(Vec<ContractId>),
    /// Nobody known, of the agency's own domains: he becomes a requester by writing (R7).
    Newcomer,
    /// Nobody known.
    Stranger,
    /// It names no sender.
    Nobody,
}

impl Sender {
    pub(super) fn of(letter: &Incoming, office: &Office) -> Sender {
        let Some(from) = &letter.from else { return Sender::Nobody };
        let address = from.address();
        match office.person_by_email(address) {
            Some(person) if person.active => return Sender::Person(person.id),
            Some(_) => return Sender::Gone,
            None => {}
        }
        let contracts = contracts_of(address, office);
        if !contracts.is_empty() {
            return Sender::Provider(contracts);
        }
        if office.is_own_domain(address) { Sender::Newcomer } else { Sender::Stranger }
    }
}

/// The contracts for whose provider this address writes. Where a provider has an address in the agency's own domain, that
/// address alone is the provider's, not everybody's in it.
fn contracts_of(address: &str, office: &Office) -> Vec<ContractId> {
    let own = office.is_own_domain(address);
    let writes = |known: &[String]| match own {
        true => known.iter().any(|known| known.eq_ignore_ascii_case(address)),
        false => writes_for(known, address),
    };
    let its_own = |contract: &&std::sync::Arc<atiende_procedure::office::Contract>| {
        let provider = office.providers.get(&contract.provider);
        writes(&contract.emails) || provider.is_some_and(|it| writes(&it.emails))
    };
    office.contracts.values().filter(its_own).map(|contract| contract.id).collect()
}
