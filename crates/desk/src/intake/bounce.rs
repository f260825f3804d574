//! Letters that tell that one of ours did not arrive (RFC 3464): attached to it, never a case. Whoever was not reached has
//! not been told, so the evidence that he was is taken back (R12, R14).

use atiende_mail::{Bounce, Incoming, Nature};
use atiende_procedure::{Actor, Case, CaseNumber, Command, EvidentialNotice};
use atiende_store::mailboxes::BouncedAddress;
use atiende_store::{StoreError, cases, mailboxes, outbox};

use super::note::Settled;
use crate::jobs::command_id;
use crate::notices::{Notice, Recipient};
use crate::{Desk, DeskError, Viewer};

/// The letter of ours that came back.
struct Returned {
    case: Case,
    row: outbox::Letter,
    notice: Notice,
    to: Recipient,
}

/// Attaches it to the letter that came back, when that was ours: its name carries our signature.
pub(super) async fn attach(desk: &Desk, letter: &Incoming) -> Result<Settled, DeskError> {
    let Nature::Bounce(bounce) = &letter.nature else { return Ok(Settled::recorded("bounce", None)) };
    let Some(returned) = find(desk, bounce).await? else {
        return Ok(Settled::recorded("bounce-of-nothing", None));
    };
    if !bounce.permanent {
        return Ok(Settled::recorded("bounce-delayed", Some(&returned.case)));
    }
    let reached = reached_otherwise(desk, &returned, bounce);
    mark(desk, bounce, returned.row.id).await?;
    if !reached {
        take_back(desk, &returned).await?;
    }
    Ok(Settled::recorded("bounce", Some(&returned.case)))
}

async fn find(desk: &Desk, bounce: &Bounce) -> Result<Option<Returned>, StoreError> {
    let keys = desk.secret().thread_key();
    let word = bounce.original_message_id.as_deref().and_then(|id| keys.word_of_message_id(id));
    let Some(word) = word else { return Ok(None) };
    let parts: Vec<String> = word.split('.').map(str::to_owned).collect();
    let [number, event, topic, recipient] = parts.as_slice() else { return Ok(None) };
    let (Ok(number), Ok(event)) = (number.parse::<CaseNumber>(), event.parse::<u64>()) else {
        return Ok(None);
    };
    let (Some(notice), Some(to)) = (Notice::of_word(topic), Recipient::of_word(recipient)) else {
        return Ok(None);
    };
    let (topic, recipient) = (topic.clone(), recipient.clone());
    desk.db()
        .read(move |r| {
            let Some(case) = cases::by_number(r, &number)? else { return Ok(None) };
            let row = outbox::sent(r, case.id.0, event, &topic, &recipient)?;
            Ok(row.map(|row| Returned { case, row, notice, to }))
        })
        .await
}

/// Whether another address of the same recipient may have been reached.
fn reached_otherwise(desk: &Desk, returned: &Returned, bounce: &Bounce) -> bool {
    let Recipient::Provider(contract) = returned.to else { return false };
    let office = desk.office();
    let Some(contract) = office.contracts.get(&contract) else { return false };
    let failed = |address: &String| bounce.recipients.iter().any(|it| it.eq_ignore_ascii_case(address));
    !bounce.recipients.is_empty() && !office.provider_addresses(contract).iter().all(failed)
}

async fn mark(desk: &Desk, bounce: &Bounce, row: i64) -> Result<(), StoreError> {
    let now = desk.ambience().now();
    let bounce = bounce.clone();
    desk.db()
        .change(move |w| {
            outbox::bounced(w, row, &bounce.reason, now)?;
            for address in bounce.recipients.iter().take(20) {
                let (address, reason) = (address.clone(), bounce.reason.clone());
                mailboxes::mark_bounced(
                    w,
                    &BouncedAddress { address, permanent: true, reason, bounced_at: now },
                )?;
            }
            Ok(())
        })
        .await
}

async fn take_back(desk: &Desk, returned: &Returned) -> Result<(), DeskError> {
    let notice = match (returned.notice, returned.to) {
        (Notice::Solved, Recipient::Person(person)) if person == returned.case.requester => {
            EvidentialNotice::Solved
        }
        (Notice::ProviderRequest, _) => EvidentialNotice::ProviderRequest,
        _ => return Ok(()),
    };
    let command = Command::RecordBounce { notice, event: returned.row.sequence };
    let id = command_id("bounced", returned.row.id, returned.row.attempts);
    match desk.execute(Viewer::new(Actor::Clock), id, returned.case.number.clone(), None, command).await {
        // The case may have moved on from what the letter told.
        Ok(_) | Err(DeskError::Refused(_)) => Ok(()),
        Err(other) => Err(other),
    }
}
