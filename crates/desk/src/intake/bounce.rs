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
    let all = addresses(desk, &returned);
    let named = |address: &String| bounce.recipients.iter().any(|it| it.eq_ignore_ascii_case(address));
    let failed: Vec<String> = match all.as_slice() {
        [only] if bounce.recipients.is_empty() => vec![only.clone()],
        all => all.iter().filter(|address| named(address)).cloned().collect(),
    };
    let nobody_was_reached = !failed.is_empty() && failed.len() == all.len();
    mark(desk, bounce, returned.row.id, failed).await?;
    if nobody_was_reached {
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

/// The addresses at which the recipient reads: what else a letter says came back, it says of itself.
fn addresses(desk: &Desk, returned: &Returned) -> Vec<String> {
    let office = desk.office();
    match returned.to {
        Recipient::Person(id) => {
            office.people.get(&id).map(|it| it.profile.email.clone()).into_iter().collect()
        }
        Recipient::Group(id) => office.groups.get(&id).map(|it| it.email.clone()).into_iter().collect(),
        Recipient::Provider(id) => {
            office.contracts.get(&id).map(|it| office.provider_addresses(it).to_vec()).unwrap_or_default()
        }
    }
}

async fn mark(desk: &Desk, bounce: &Bounce, row: i64, failed: Vec<String>) -> Result<(), StoreError> {
    let now = desk.ambience().now();
    let reason = bounce.reason.clone();
    desk.db()
        .change(move |w| {
            outbox::bounced(w, row, &reason, now)?;
            for address in &failed {
                let (address, reason) = (address.clone(), reason.clone());
                let marked = BouncedAddress { address, permanent: true, reason, bounced_at: now };
                mailboxes::mark_bounced(w, &marked)?;
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
