//! What is offered and who outside attends it: services, providers, contracts (R3, R12).

use super::checks::{bad, check_email, given, line, named, unique, unknown};
use super::promise::check_promise;
use crate::office::{
    Contract, ContractDocument, MOST_DOCUMENTS, Office, OfficeEvent, Provider, Question, QuestionForm,
    Service,
};
use crate::{Problem, Refusal, Role};

pub(super) fn set_service(office: &Office, service: &Service) -> Result<OfficeEvent, Refusal> {
    let mut service = service.clone();
    named(&service.name)?;
    service.id.0 = given(service.id.0, &office.services, |id| id.0)?;
    let group = office.groups.get(&service.group).ok_or(unknown("group"))?;
    if group.level != service.level {
        return Err(Refusal::GroupNotOfLevel { group: group.id, level: service.level });
    }
    if service.active && !group.active {
        return Err(bad("group", Problem::Inactive));
    }
    let others = office.services.values().filter(|s| s.id != service.id);
    unique("code", &service.code, others.map(|s| &s.code))?;
    check_questions(&service.questions)?;
    Ok(OfficeEvent::ServiceSet { service: Box::new(service) })
}

fn check_questions(questions: &[Question]) -> Result<(), Refusal> {
    for (at, question) in questions.iter().enumerate() {
        let Question { code, label, form, .. } = question;
        let no_options = matches!(form, QuestionForm::Choice { options } if options.is_empty());
        if code.trim().is_empty() || label.trim().is_empty() || no_options {
            return Err(bad("questions", Problem::Missing));
        }
        if questions[..at].iter().any(|before| before.code == *code) {
            return Err(bad("questions", Problem::Taken));
        }
    }
    Ok(())
}

/// Each once, by its bytes, under a name that is a line.
fn check_documents(documents: &[ContractDocument]) -> Result<(), Refusal> {
    if documents.len() > MOST_DOCUMENTS {
        return Err(bad("documents", Problem::OutOfRange));
    }
    for (at, document) in documents.iter().enumerate() {
        line("documents", &document.name)?;
        if document.name.trim().is_empty() {
            return Err(bad("documents", Problem::Missing));
        }
        if documents[..at].iter().any(|before| before.blob == document.blob) {
            return Err(bad("documents", Problem::Taken));
        }
    }
    Ok(())
}

/// A provider is reached by e-mail, so it has an address (R12).
pub(super) fn set_provider(office: &Office, provider: &Provider) -> Result<OfficeEvent, Refusal> {
    let mut provider = provider.clone();
    named(&provider.name)?;
    provider.id.0 = given(provider.id.0, &office.providers, |id| id.0)?;
    if provider.emails.is_empty() {
        return Err(bad("emails", Problem::Missing));
    }
    provider.emails.iter().try_for_each(|email| check_email("emails", email))?;
    line("phone", &provider.phone)?;
    Ok(OfficeEvent::ProviderSet { provider })
}

pub(super) fn set_contract(office: &Office, contract: &Contract) -> Result<OfficeEvent, Refusal> {
    let mut contract = contract.clone();
    contract.id.0 = given(contract.id.0, &office.contracts, |id| id.0)?;
    check_contract(office, &contract)?;
    Ok(OfficeEvent::ContractSet { contract: Box::new(contract) })
}

fn check_contract(office: &Office, contract: &Contract) -> Result<(), Refusal> {
    office.providers.get(&contract.provider).ok_or(unknown("provider"))?;
    let others = office.contracts.values().filter(|c| c.id != contract.id);
    unique("number", &contract.number, others.map(|c| &c.number))?;
    if contract.ends < contract.starts {
        return Err(bad("ends", Problem::OutOfRange));
    }
    if contract.levels.is_empty() {
        return Err(bad("levels", Problem::Missing));
    }
    if contract.services.iter().any(|id| !office.services.contains_key(id)) {
        return Err(unknown("services"));
    }
    for (field, person) in [("supervisor", Some(contract.supervisor)), ("deputy", contract.deputy)] {
        let Some(person) = person else { continue };
        let person = office.people.get(&person).ok_or(unknown(field))?;
        if contract.active && !person.is(Role::ContractSupervisor) {
            return Err(bad(field, Problem::OutOfRange));
        }
    }
    if contract.deputy == Some(contract.supervisor) {
        return Err(bad("deputy", Problem::Taken));
    }
    check_documents(&contract.documents)?;
    let minutes = [("response", contract.response), ("solution", contract.solution)];
    check_promise(office, contract.hours, minutes)?;
    contract.emails.iter().try_for_each(|email| check_email("emails", email))
}
