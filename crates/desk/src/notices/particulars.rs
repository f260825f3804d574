//! What a letter takes from its own event: the words of whoever acted, dates, the provider, the other case.

use atiende_procedure::sla::ClockName;
use atiende_procedure::{Cancellation, Closing, ContractId, Event, Performer, Recorded, TextRef, WaitingFor};

use super::facts::Known;
use super::page::Page;
use super::reader::Reader;
use crate::Spoken;

/// Fills in what the event says, as far as this reader may read it.
pub(super) fn fill(
    page: &mut Page,
    known: &Known,
    recorded: &Recorded,
    events: &[Recorded],
    reader: &Reader,
    spoken: &Spoken,
) {
    let event = &recorded.event;
    page.on_behalf = recorded.acted.by.person() != Some(known.case.requester);
    page.closed = events
        .iter()
        .any(|other| other.command == recorded.command && matches!(other.event, Event::Closed { .. }));
    let readable = |text: TextRef| {
        let audience = event.texts().into_iter().find(|(one, _)| *one == text).map(|(_, audience)| audience);
        audience.is_some_and(|audience| reader.audiences.contains(&audience))
    };
    page.words =
        said(event).filter(|text| readable(*text)).map_or_else(String::new, |text| known.text_or_gone(text));
    provider(page, event.contract().or(reader.contract), known);
    match event {
        Event::Said { attachments, .. } => {
            page.files = attachments.iter().map(|file| known.text_or_gone(file.name)).collect();
        }
        Event::Waited { waiting_for, until, .. } => {
            page.waits_for_requester = *waiting_for == WaitingFor::Requester;
            page.waits_for_visit = *waiting_for == WaitingFor::Visit;
            page.until = until.map(|until| spoken.in_full(until)).unwrap_or_default();
        }
        Event::ExpectedBy { at: until }
        | Event::EscalatedToProvider { follow_up_due: until, .. }
        | Event::FollowUpFellDue { due: until, .. } => page.until = spoken.in_full(*until),
        Event::Warned { clock, percent, due, .. } => {
            page.clock = promised(*clock, page.es);
            page.percent = *percent;
            page.broken = *percent >= 100 || due.is_some_and(|due| due <= recorded.at);
            page.until = due.map(|due| spoken.in_full(due)).unwrap_or_default();
        }
        Event::ProviderReported { solved, .. } => page.provider_solved = *solved,
        Event::Solved { performed_by, grace_ends, .. } => {
            page.by_provider = *performed_by == Performer::Provider;
            page.until = spoken.in_full(*grace_ends);
        }
        Event::Cancelled { why, .. } => match why {
            Cancellation::Withdrawn => {}
            Cancellation::DuplicateOf { number } => {
                (page.other, page.duplicate) = (number.to_string(), true);
            }
            Cancellation::MergedInto { number } => page.other = number.to_string(),
        },
        Event::Absorbed { number, .. } => page.other = number.to_string(),
        _ => {}
    }
}

/// What was to be done in time.
fn promised(clock: ClockName, es: bool) -> &'static str {
    let (spanish, english) = match clock {
        ClockName::Assignment => ("asignarlo", "assign it"),
        ClockName::FirstAnswer => ("responderle a quien lo pidió", "answer whoever asked"),
        ClockName::Solution => ("solucionarlo", "solve it"),
        ClockName::ProviderResponse => ("que el proveedor responda", "have the provider answer"),
        ClockName::ProviderSolution => ("que el proveedor lo solucione", "have the provider solve it"),
    };
    if es { spanish } else { english }
}

/// What whoever acted wrote.
fn said(event: &Event) -> Option<TextRef> {
    match event {
        Event::Registered(registered) => Some(registered.description),
        Event::Said { body, .. } => *body,
        Event::Assigned { reason, .. } | Event::Cancelled { reason, .. } => *reason,
        Event::Waited { reason: text, .. }
        | Event::EscalatedToLevel { reason: text, .. }
        | Event::EscalatedToProvider { reason: text, .. }
        | Event::ProviderReported { report: text, .. }
        | Event::TakenBack { reason: text, .. }
        | Event::Solved { activities: text, .. }
        | Event::Reopened { reason: text, .. }
        | Event::Referred { reason: text }
        | Event::SentBack { reason: text }
        | Event::Concluded { outcome: text }
        | Event::Closed { how: Closing::Agreed { agreed: text } } => Some(*text),
        _ => None,
    }
}

fn provider(page: &mut Page, contract: Option<ContractId>, known: &Known) {
    let contract = contract.or(known.case.providers.last().map(|turn| turn.contract));
    let Some(contract) = contract.and_then(|id| known.office.contracts.get(&id)) else { return };
    let provider = known.office.providers.get(&contract.provider);
    page.provider = provider.map(|provider| provider.name.clone()).unwrap_or_default();
    page.contract.clone_from(&contract.number);
    // The letter ends the sentence itself.
    contract.promise.trim_end_matches('.').clone_into(&mut page.promise);
}
