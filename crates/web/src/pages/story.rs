//! What was said and what happened, told in order.

use atiende_desk::intake::LETTER;
use atiende_desk::view::{Delivery, LetterSeen};
use atiende_desk::{SeenCase, SeenEvent};
use atiende_procedure::{Action, Actor, Audience, Capacity, Closing, Event, Recorded, TextRef};

use crate::frame::Frame;

/// An item of the story: words of somebody, or an event in one line.
#[derive(Debug, Default)]
pub(crate) struct Item {
    pub(crate) event: bool,
    pub(crate) audience: Option<Audience>,
    pub(crate) class: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) by: String,
    /// Whose initials stand beside it.
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) own: bool,
    pub(crate) provider: bool,
    pub(crate) text: String,
    pub(crate) when: String,
    /// For machines.
    pub(crate) at: String,
    /// The other case, for what was said in one that became part of this.
    pub(crate) from: String,
    pub(crate) delivery: String,
    pub(crate) delivery_class: &'static str,
    pub(crate) files: Vec<File>,
    /// The letter by which it came, as it came.
    pub(crate) letter: Option<Original>,
    /// Where an agent passes it on to the requester; empty for what is not a provider's.
    pub(crate) forward: String,
}

/// A letter to be looked at, and to be kept.
#[derive(Debug)]
pub(crate) struct Original {
    pub(crate) shown: String,
    pub(crate) raw: String,
}

/// A file beside words.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) size: String,
}

/// The whole story, as this viewer may read it.
pub(crate) fn story(frame: &Frame, seen: &SeenCase) -> Vec<Item> {
    seen.events.iter().filter_map(|event| item(frame, seen, event)).collect()
}

fn item(frame: &Frame, seen: &SeenCase, event: &SeenEvent) -> Option<Item> {
    let recorded = &event.recorded;
    let by = by(frame, seen, recorded);
    let told = Item {
        own: recorded.acted.by == seen.viewer.actor,
        provider: recorded.acted.capacity == Capacity::Provider,
        when: frame.when(&recorded.at),
        at: recorded.at.to_string(),
        from: event
            .from
            .as_ref()
            .map(|number| frame.t.name("story-from", &number.to_string()))
            .unwrap_or_default(),
        name: seen.name_of(recorded.acted.by).unwrap_or(&by).to_owned(),
        forward: forward(seen, event),
        by,
        ..Item::default()
    };
    let words = |text: Option<TextRef>| seen.words_if_any(text).unwrap_or_default().to_owned();
    let number = event.from.as_ref().unwrap_or(&seen.case.number);
    let (letters, files): (Vec<_>, Vec<_>) =
        SeenCase::files(&recorded.event).iter().partition(|file| file.media_type == LETTER);
    let letter = letters.first().map(|file| Original {
        shown: format!("/casos/{number}/correos/{}", file.blob),
        raw: format!("/casos/{number}/archivos/{}", file.blob),
    });
    let files = files.into_iter().map(|file| File {
        href: format!("/casos/{number}/archivos/{}", file.blob),
        name: seen.words(file.name).unwrap_or("archivo").to_owned(),
        size: size(file.size),
    });
    match &recorded.event {
        Event::Registered(request) => Some(Item {
            audience: Some(Audience::Requester),
            icon: "user",
            kind: format!("{} · {}", asker(frame, seen, recorded), frame.word("channel", request.channel)),
            text: words(Some(request.description)),
            files: files.collect(),
            letter,
            ..told
        }),
        Event::Said { audience, body, .. } => {
            let (class, icon, kind) = voice(frame, recorded, *audience);
            let (delivery, delivery_class) = delivered(frame, seen, event);
            Some(Item {
                audience: Some(*audience),
                class,
                icon,
                kind,
                text: words(*body),
                files: files.collect(),
                letter,
                delivery,
                delivery_class,
                ..told
            })
        }
        Event::ProviderReported { report, .. } => Some(Item {
            audience: Some(Audience::Provider),
            class: "prov-said",
            icon: "building-store",
            kind: frame.t.get("story-report").to_owned(),
            text: words(Some(*report)),
            ..told
        }),
        event => {
            let (icon, name, quote) = moved(event)?;
            let text = match seen.reads_internal() {
                true => sentence(frame, seen, event, name),
                false => plain(frame, seen, recorded, name),
            };
            let quote = words(quote);
            let text = if quote.is_empty() { text } else { format!("{text}: «{quote}»") };
            Some(Item { event: true, icon, text, ..told })
        }
    }
}

/// What a provider says reaches the requester when an agent passes it on, and not before (R12).
fn forward(seen: &SeenCase, event: &SeenEvent) -> String {
    let passes_on = event.from.is_none() && seen.reads_internal() && seen.may(Action::MessageRequester);
    match passes_on && provider_words(&event.recorded).is_some() {
        true => format!("?para=requester&reenviar={}#escribir", event.recorded.sequence),
        false => String::new(),
    }
}

fn provider_words(recorded: &Recorded) -> Option<TextRef> {
    match &recorded.event {
        Event::ProviderReported { report, .. } => Some(*report),
        Event::Said { body, .. } if recorded.acted.capacity == Capacity::Provider => *body,
        _ => None,
    }
}

/// A message to the requester that passes a provider's words on, to be read over and sent.
pub(crate) fn forwarded(frame: &Frame, seen: &SeenCase, sequence: &str) -> String {
    let Ok(sequence) = sequence.parse::<u64>() else { return String::new() };
    let own = |event: &&SeenEvent| event.recorded.sequence == sequence && !forward(seen, event).is_empty();
    let Some(event) = seen.events.iter().find(own) else { return String::new() };
    let words = provider_words(&event.recorded).and_then(|text| seen.words(text)).unwrap_or_default();
    let who = by(frame, seen, &event.recorded);
    let quoted: Vec<String> = words.lines().map(|line| format!("> {line}")).collect();
    format!("{}\n\n{}", frame.t.name("forward-begins", &who), quoted.join("\n"))
}

/// Whoever registered a case asked for himself, or for somebody.
fn asker(frame: &Frame, seen: &SeenCase, recorded: &Recorded) -> String {
    let requester = seen.case.requester;
    match seen.person(requester) {
        Some(person) if recorded.acted.by != Actor::Person(requester) => {
            frame.t.name("story-on-behalf", &person.profile.name)
        }
        _ => frame.t.get("story-requester").to_owned(),
    }
}

/// Whether the letters of something that was said have left, for those who read everything of the case.
fn delivered(frame: &Frame, seen: &SeenCase, event: &SeenEvent) -> (String, &'static str) {
    let own = |letter: &&LetterSeen| event.from.is_none() && letter.event == event.recorded.sequence;
    let letters: Vec<&Delivery> = seen.letters.iter().filter(own).map(|letter| &letter.delivery).collect();
    let t = frame.t;
    if letters.contains(&&Delivery::Failed) {
        return (t.get("delivery-failed").to_owned(), "late");
    }
    if letters.iter().any(|letter| matches!(letter, Delivery::LeftInPart(_))) {
        return (t.get("delivery-in-part").to_owned(), "late");
    }
    if letters.contains(&&Delivery::Waiting) {
        return (t.get("delivery-waiting").to_owned(), "");
    }
    let left = letters.iter().filter_map(|delivery| match delivery {
        Delivery::Left(at) => Some(*at),
        _ => None,
    });
    left.max().map_or_else(Default::default, |at| (t.name("delivery-left", &frame.when(&at)), "ok"))
}

/// An event as its requester reads it: no levels, no groups, no contracts.
fn plain(frame: &Frame, seen: &SeenCase, recorded: &Recorded, name: &str) -> String {
    let t = frame.t;
    let name = name.replacen("event-", "plain-", 1);
    let person = |id| seen.person(id).map_or("", |person| person.profile.name.as_str());
    let who = match &recorded.event {
        Event::Assigned { agent: Some(agent), .. } => person(*agent).to_owned(),
        Event::Assigned { agent: None, .. } => return t.get("plain-assigned-group").to_owned(),
        Event::Taken => seen.name_of(recorded.acted.by).unwrap_or_default().to_owned(),
        Event::ExpectedBy { at } => frame.in_full(at),
        Event::WatcherAdded { person: id } | Event::WatcherRemoved { person: id } => person(*id).to_owned(),
        Event::Waited { waiting_for, .. } => {
            return t.of_word("plain-waited", waiting_for.as_str()).to_owned();
        }
        Event::Rated { score, .. } => t.of_word("rate", &score.to_string()).to_owned(),
        Event::Absorbed { number, .. } => number.to_string(),
        Event::Cancelled { .. } => return sentence(frame, seen, &recorded.event, &name),
        _ => return t.get(&name).to_owned(),
    };
    t.name(&name, &who)
}

fn by(frame: &Frame, seen: &SeenCase, recorded: &Recorded) -> String {
    match recorded.acted.by {
        // It is the office that promises, whoever asked for it.
        _ if matches!(recorded.event, Event::Promised { .. }) => frame.t.get("story-desk").to_owned(),
        by if by == seen.viewer.actor => frame.t.get("story-you").to_owned(),
        Actor::Clock | Actor::Operator => frame.t.get("story-desk").to_owned(),
        by => seen.name_of(by).unwrap_or_default().to_owned(),
    }
}

fn voice(frame: &Frame, recorded: &Recorded, audience: Audience) -> (&'static str, &'static str, String) {
    let t = frame.t;
    match (audience, recorded.acted.capacity) {
        (Audience::Internal, _) => ("note", "lock", t.get("story-note").to_owned()),
        (Audience::Provider, Capacity::Provider) => {
            ("prov-said", "building-store", t.get("story-provider").to_owned())
        }
        (Audience::Provider, _) => ("prov-said", "building-store", t.get("story-to-provider").to_owned()),
        (_, Capacity::Requester | Capacity::Watcher) => ("", "user", t.get("story-requester").to_owned()),
        (_, _) => ("desk-said", "arrow-back-up", t.get("story-answer").to_owned()),
    }
}

/// The icon, the text and the quoted words of an event that is told in one line.
fn moved(event: &Event) -> Option<(&'static str, &'static str, Option<TextRef>)> {
    Some(match event {
        Event::Classified { .. } => ("list-check", "event-classified", None),
        Event::Completed { .. } => ("pencil", "event-completed", None),
        Event::Assigned { reason, .. } => ("user-check", "event-assigned", *reason),
        Event::Taken => ("user-check", "event-taken", None),
        Event::Assessed { findings, .. } => ("tool", "event-assessed", Some(*findings)),
        Event::ExpectedBy { .. } => ("clock", "event-expected", None),
        Event::WatcherAdded { .. } => ("eye", "event-watcher-added", None),
        Event::WatcherRemoved { .. } => ("eye", "event-watcher-removed", None),
        Event::Waited { reason, .. } => ("player-pause", "event-waited", Some(*reason)),
        Event::Resumed => ("player-play", "event-resumed", None),
        Event::EscalatedToLevel { reason, .. } => ("stairs-up", "event-escalated", Some(*reason)),
        Event::EscalatedToProvider { reason, .. } => ("building-store", "event-to-provider", Some(*reason)),
        Event::FollowedUp { note, .. } => ("clipboard-check", "event-followed-up", Some(*note)),
        Event::FollowUpFellDue { .. } => ("alert-triangle", "event-follow-up-due", None),
        Event::TakenBack { reason, .. } => ("arrow-back-up", "event-taken-back", Some(*reason)),
        Event::Solved { activities, .. } => ("circle-check", "event-solved", Some(*activities)),
        Event::Confirmed => ("check", "event-confirmed", None),
        Event::Reopened { reason, .. } => ("rotate-clockwise", "event-reopened", Some(*reason)),
        Event::Closed { how: Closing::Agreed { agreed } } => ("check", "event-closed", Some(*agreed)),
        Event::Closed { .. } => ("check", "event-closed", None),
        Event::Rated { comment, .. } => ("star", "event-rated", *comment),
        Event::Referred { reason } => ("shield-lock", "event-referred", Some(*reason)),
        Event::Acknowledged => ("check", "event-acknowledged", None),
        Event::SentBack { reason } => ("arrow-back-up", "event-sent-back", Some(*reason)),
        Event::Concluded { outcome } => ("check", "event-concluded", Some(*outcome)),
        Event::Cancelled { reason, .. } => ("ban", "event-cancelled", *reason),
        Event::Absorbed { .. } => ("git-merge", "event-absorbed", None),
        Event::Promised { promise: Some(_) } => ("clock", "event-promised", None),
        Event::Promised { promise: None } => ("clock", "event-promised-nothing", None),
        Event::Warned { percent: 100.., .. } => ("alert-triangle", "event-overdue", None),
        Event::Warned { .. } => ("alert-triangle", "event-warned", None),
        Event::Delivered { .. } => ("mail", "event-delivered", None),
        Event::Bounced { .. } => ("mail", "event-bounced", None),
        Event::Registered(_) | Event::Said { .. } | Event::ProviderReported { .. } => return None,
    })
}

fn sentence(frame: &Frame, seen: &SeenCase, event: &Event, name: &str) -> String {
    let t = frame.t;
    let office = &seen.office;
    let person = |id| office.people.get(&id).map_or("", |person| person.profile.name.as_str());
    let what = match event {
        Event::Assigned { level, group, agent, .. } | Event::EscalatedToLevel { level, group, agent, .. } => {
            let group = office.groups.get(group).map_or("", |group| group.name.as_str());
            let whom = agent.map_or(group, person);
            format!("{whom}, {}", frame.word("level-full", level))
        }
        Event::Assessed { mode, complexity, .. } => {
            format!("{}, {}", frame.word("mode", mode), frame.word("complexity", complexity))
        }
        Event::ExpectedBy { at } => frame.in_full(at),
        Event::WatcherAdded { person: id } | Event::WatcherRemoved { person: id } => person(*id).to_owned(),
        Event::Waited { waiting_for, .. } => frame.word("waiting", waiting_for),
        Event::EscalatedToProvider { contract, .. }
        | Event::FollowUpFellDue { contract, .. }
        | Event::FollowedUp { contract, .. }
        | Event::TakenBack { contract, .. } => provider(seen, *contract),
        Event::Promised { promise: Some(promise) } => {
            let agreement = office.agreements.get(&promise.agreement);
            agreement.map_or_else(String::new, |agreement| agreement.name.clone())
        }
        Event::Warned { clock, percent, .. } => {
            format!("{}, {percent} %", frame.word("clock", clock))
        }
        Event::Classified { kind, .. } => frame.word("kind", kind),
        Event::Rated { score, .. } => score.to_string(),
        Event::Absorbed { number, .. } => number.to_string(),
        Event::Cancelled { why, .. } => match why {
            atiende_procedure::Cancellation::Withdrawn => t.get("cancelled-withdrawn").to_owned(),
            _ if !seen.sees_other => t.get("cancelled-elsewhere").to_owned(),
            atiende_procedure::Cancellation::DuplicateOf { number } => {
                t.name("cancelled-duplicate", &number.to_string())
            }
            atiende_procedure::Cancellation::MergedInto { number } => {
                t.name("cancelled-merged", &number.to_string())
            }
        },
        _ => return t.get(name).to_owned(),
    };
    t.name(name, &what)
}

fn provider(seen: &SeenCase, contract: atiende_procedure::ContractId) -> String {
    let contract = seen.office.contracts.get(&contract);
    let provider = contract.and_then(|contract| seen.office.providers.get(&contract.provider));
    let number = contract.map_or("", |contract| contract.number.as_str());
    format!("{}, {number}", provider.map_or("", |provider| provider.name.as_str()))
}

/// A size as people say it.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{},{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_said_as_people_say_them() {
        assert_eq!(size(312_400), "312 kB");
        assert_eq!(size(8_450_000), "8,4 MB");
    }
}
