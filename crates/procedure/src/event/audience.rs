//! Who may know of an event, and who may read its words. Agents and administrators read everything of a case they see;
//! internal words never leave the desk.

use crate::{Audience, Closing, ContactRef, ContractId, Details, Event, TextRef};

impl Event {
    /// The widest audience that may know that this happened.
    pub fn audience(&self) -> Audience {
        match self {
            Event::Said { audience, .. } => *audience,
            Event::ProviderReported { .. } => Audience::Provider,
            Event::Classified { .. }
            | Event::Assessed { .. }
            | Event::FollowedUp { .. }
            | Event::FollowUpFellDue { .. }
            | Event::Promised { .. }
            | Event::Warned { .. }
            | Event::Delivered { .. }
            | Event::Bounced { .. } => Audience::Internal,
            _ => Audience::Requester,
        }
    }

    /// The contract of whose provider it tells.
    pub fn contract(&self) -> Option<ContractId> {
        match self {
            Event::Said { contract, .. } => *contract,
            Event::EscalatedToProvider { contract, .. }
            | Event::FollowedUp { contract, .. }
            | Event::FollowUpFellDue { contract, .. }
            | Event::Warned { contract: Some(contract), .. }
            | Event::ProviderReported { contract, .. }
            | Event::TakenBack { contract, .. } => Some(*contract),
            _ => None,
        }
    }

    /// The words that it brought, each with its audience.
    pub fn texts(&self) -> Vec<(TextRef, Audience)> {
        let one = |text: &TextRef, audience| vec![(*text, audience)];
        match self {
            Event::Registered(request) => {
                let files = request.attachments.iter().map(|file| file.name);
                let words = [request.subject, request.description].into_iter().chain(files);
                words.chain(texts_of(&request.details)).map(|text| (text, Audience::Requester)).collect()
            }
            Event::Completed { details } => {
                texts_of(details).into_iter().map(|text| (text, Audience::Requester)).collect()
            }
            Event::Said { audience, body, attachments, .. } => {
                let files = attachments.iter().map(|file| file.name);
                body.iter().copied().chain(files).map(|text| (text, *audience)).collect()
            }
            Event::Assigned { reason, .. } => reason.iter().map(|text| (*text, Audience::Internal)).collect(),
            Event::Assessed { findings: text, .. }
            | Event::EscalatedToLevel { reason: text, .. }
            | Event::FollowedUp { note: text, .. }
            | Event::TakenBack { reason: text, .. }
            | Event::Referred { reason: text } => one(text, Audience::Internal),
            Event::EscalatedToProvider { reason: text, .. }
            | Event::ProviderReported { report: text, .. } => one(text, Audience::Provider),
            Event::Waited { reason: text, .. }
            | Event::Solved { activities: text, .. }
            | Event::Reopened { reason: text, .. }
            | Event::SentBack { reason: text }
            | Event::Concluded { outcome: text }
            | Event::Closed { how: Closing::Agreed { agreed: text } } => one(text, Audience::Requester),
            Event::Rated { comment, .. } => comment.iter().map(|text| (*text, Audience::Requester)).collect(),
            Event::Cancelled { reason, .. } => {
                reason.iter().map(|text| (*text, Audience::Requester)).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn texts_of(details: &Details) -> Vec<TextRef> {
    let Details { place, contact, remote_support_id, answers, .. } = details;
    let ContactRef { name, email, phone } = contact;
    [place, name, email, phone, remote_support_id]
        .into_iter()
        .flatten()
        .chain(answers.values())
        .copied()
        .collect()
}
