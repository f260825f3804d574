//! The contracts and the outside companies that attend under them (R12).

use askama::Template;
use atiende_procedure::office::Office;
use atiende_procedure::{ContractId, PersonId, ProviderId};
use axum::extract::State;
use axum::response::Response;

use super::agreements::{Force, in_force};
use super::reads_office;
use super::sheet::{may_change, nowhere};
use crate::app::App;
use crate::frame::Frame;
use crate::oops::shown;
use crate::promised::written::amount;
use crate::visitor::Visitor;

#[derive(Debug, Template)]
#[template(path = "office_contracts.html")]
struct Contracts {
    frame: Frame,
    contracts: Vec<ContractRow>,
    providers: Vec<ProviderRow>,
    may_change: bool,
}

#[derive(Debug)]
struct ContractRow {
    id: ContractId,
    number: String,
    provider: String,
    object: String,
    supervisor: String,
    promised: String,
    documents: String,
    force: Force,
}

#[derive(Debug)]
struct ProviderRow {
    id: ProviderId,
    name: String,
    emails: String,
    phone: String,
    active: bool,
}

pub(crate) async fn list(State(app): State<App>, visitor: Visitor) -> Response {
    if !reads_office(&visitor) {
        return nowhere(&app, &visitor);
    }
    let frame = visitor.frame(&app);
    let office = &visitor.office;
    let today = office.settings.calendar.day_of(frame.now);
    let contracts = office.contracts.values().map(|contract| {
        let provider = office.providers.get(&contract.provider);
        let promised = [("contract-responds", contract.response), ("contract-solves", contract.solution)];
        let promised = promised.into_iter().filter_map(|(name, it)| Some((name, amount(it?))));
        let promised: Vec<String> = promised.map(|(name, length)| frame.t.name(name, &length)).collect();
        ContractRow {
            id: contract.id,
            number: contract.number.clone(),
            provider: provider.map_or_else(String::new, |provider| provider.name.clone()),
            object: contract.object.clone(),
            supervisor: name(office, contract.supervisor),
            promised: promised.join(", "),
            documents: match contract.documents.len() {
                0 => String::new(),
                many => frame.t.count("contract-documents-count", many),
            },
            force: in_force(&frame, today, contract.active, contract.starts, Some(contract.ends)),
        }
    });
    let providers = office.providers.values().map(|provider| ProviderRow {
        id: provider.id,
        name: provider.name.clone(),
        emails: provider.emails.join(", "),
        phone: provider.phone.clone(),
        active: provider.active,
    });
    shown(&Contracts {
        contracts: contracts.collect(),
        providers: providers.collect(),
        may_change: may_change(&visitor),
        frame,
    })
}

fn name(office: &Office, person: PersonId) -> String {
    office.people.get(&person).map_or_else(String::new, |person| person.profile.name.clone())
}
