//! From a row of the outbox to a letter: who may still know, how it threads, with which links.

use std::collections::HashMap;
use std::sync::Arc;

use atiende_mail::{Letter, Mailbox, NotAMailbox, ThreadKey};
use atiende_procedure::office::{self, Office};
use atiende_procedure::{Actor, Audience, Case, MailboxId, Recorded, Role, TextRef};
use jiff::Timestamp;

use super::facts::Known;
use super::page::{Page, Score};
use super::reader::Reader;
use super::{Answer, Notice, Told, particulars, refused};
use crate::links::{LinkPurpose, Secret, SignedLink, in_days};
use crate::{Language, Spoken};

/// What every letter of the desk is written with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stationery<'a> {
    pub(crate) office: &'a Office,
    /// Without a slash at its end.
    pub(crate) public_url: &'a str,
    pub(crate) secret: &'a Secret,
    pub(crate) threads: &'a ThreadKey,
    /// The mailbox at which the case came in, if it came by mail.
    pub(crate) mailbox: Option<&'a str>,
    /// What the row says besides.
    pub(crate) payload: &'a str,
}

impl Stationery<'_> {
    /// From whom a letter comes: the unit, at the mailbox to which the case was sent, else at the one that sends, else
    /// at the address that the settings name.
    pub(crate) fn sender(&self) -> Result<(Mailbox, Option<MailboxId>), NotAMailbox> {
        let settings = &self.office.settings;
        let sends = |mailbox: &&Arc<office::Mailbox>| mailbox.active && mailbox.sends.is_some();
        let own = self.mailbox.and_then(|name| self.office.mailbox_by_name(name)).filter(sends);
        let at_settings =
            |mailbox: &&&Arc<office::Mailbox>| mailbox.address.eq_ignore_ascii_case(&settings.mail_address);
        let mut all = self.office.mailboxes.values().filter(sends);
        let chosen = own.or_else(|| all.clone().find(|it| at_settings(&it))).or_else(|| all.next());
        match chosen {
            Some(mailbox) => Ok((Mailbox::new(&settings.unit, &mailbox.address)?, Some(mailbox.id))),
            None => Ok((Mailbox::new(&settings.unit, &settings.mail_address)?, None)),
        }
    }
}

/// A case with all that happened in it and was said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chronicle<'a> {
    pub(crate) now: &'a Case,
    pub(crate) events: &'a [Recorded],
    pub(crate) words: &'a HashMap<TextRef, String>,
}

/// What became of a row.
#[derive(Debug)]
pub(crate) enum Written {
    /// It may leave, by the mailbox of its sender.
    Letter(Box<Letter>, Option<MailboxId>),
    /// Its reader may no longer know, or there is no longer anything to say.
    Withheld(&'static str),
}

/// Why a letter could not be written now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    /// The office has not said from which address it writes.
    #[error("the office has no mail address: {0}")]
    NoSender(#[from] NotAMailbox),
    /// A template is at fault.
    #[error("the letter could not be put into words: {0}")]
    Words(#[from] askama::Error),
}

/// Days in which the request can be completed, or a provider can report, by a letter's link.
const COMPLETE_DAYS: i64 = 30;
const REPORT_DAYS: i64 = 90;

/// Writes the letter of a row, unless its reader may no longer know.
pub(crate) fn write(told: Told, of: &Chronicle, with: &Stationery) -> Result<Written, WriteError> {
    let (Some(then), Some(recorded)) = (case_at(of.events, told.event), event(of.events, told.event)) else {
        return Ok(Written::Withheld("there is no such event"));
    };
    let reader = match Reader::of(told, of.now, with.office) {
        Ok(reader) => reader,
        Err(why) => return Ok(Written::Withheld(why)),
    };
    let known =
        Known { case: &then, office: with.office, words: of.words, es: reader.language == Language::Es };
    let (from, mailbox) = with.sender()?;
    let number = then.number.to_string().to_lowercase();
    let thread = format!("{number}.{}", told.to);
    let answered = format!("{number}.{}.{}", told.event, told.to);
    let name = format!("{number}.{}.{}.{}", told.event, told.notice.as_str(), told.to);
    let mut at = with.office.mailboxes.values().filter(|it| it.address.eq_ignore_ascii_case(from.address()));
    let by_address = at.all(|it| it.plus_addresses);
    let (reply_to, key) = match by_address {
        true => (with.threads.reply_address(&from, &answered), String::new()),
        false => (from.clone(), format!(" [{}]", with.threads.token(&answered))),
    };
    let mut page = page(told, &known, recorded, of, &reader, with);
    if !page.report_url.is_empty() {
        page.ready_answer = ready_answer(&reply_to, &key, &page);
    }
    let words = page.written()?;
    let letter = Letter {
        message_id: with.threads.message_id(&name, from.domain()),
        references: vec![with.threads.message_id(&thread, from.domain())],
        date: recorded.at,
        reply_to,
        from,
        to: reader.mailboxes,
        subject: words.subject + &key,
        language: reader.language.tag().to_owned(),
        text: words.text,
        html: words.html,
    };
    Ok(Written::Letter(Box::new(letter), mailbox))
}

/// Where an answer to a letter goes, as [`crate::intake`] understands it, and whether it may hold orders. Whoever works on
/// the case is told, since not everything that is written to him is for the requester.
fn answers(notice: Notice, reader: &Reader, case: &Case, office: &Office) -> (&'static str, bool) {
    let reads_internal = reader.audiences.contains(&Audience::Internal);
    let takes_part = reader.person.is_some_and(|id| id == case.requester || case.watchers.contains(&id));
    let works_here = reads_internal && (!takes_part || notice.audience() != Audience::Requester);
    let agent =
        reader.person.and_then(|id| office.people.get(&id)).is_some_and(|person| person.is(Role::Agent));
    let orders = agent && works_here;
    match notice.answer() {
        _ if notice == Notice::CalledOff => ("", false),
        _ if !works_here => ("own", false),
        Answer::Note => ("note", orders && !case.security),
        Answer::Provider => ("provider", orders),
        Answer::FollowUp => ("follow-up", orders),
        Answer::Requester => ("requester", orders && !case.security),
    }
}

/// A link that opens an answer which says that it is solved (RFC 6068), to be filled in and sent.
fn ready_answer(to: &Mailbox, key: &str, page: &Page) -> String {
    let (solved, what, whence) = match page.es {
        true => ("Solucionado.", "Qué se hizo:", "Dónde y cuándo:"),
        false => ("Solved.", "What was done:", "Where and when:"),
    };
    let body = [solved, "", what, whence, ""].join("\r\n");
    let subject = format!("Re: [{}]{key}", page.number);
    format!("mailto:{}?subject={}&body={}", escaped(to.address()), escaped(&subject), escaped(&body))
}

fn escaped(words: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~@".contains(byte);
    let one = |byte: u8| match plain(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    words.bytes().map(one).collect()
}

/// The case as it was right after an event.
fn case_at(events: &[Recorded], sequence: u64) -> Option<Case> {
    let (first, rest) = events.split_first()?;
    let mut case = Case::found(first)?;
    rest.iter()
        .take_while(|recorded| recorded.sequence <= sequence)
        .for_each(|recorded| case.apply(recorded));
    Some(case)
}

fn event(events: &[Recorded], sequence: u64) -> Option<&Recorded> {
    events.iter().find(|recorded| recorded.sequence == sequence)
}

fn page(
    told: Told,
    known: &Known,
    recorded: &Recorded,
    of: &Chronicle,
    reader: &Reader,
    with: &Stationery,
) -> Page {
    let (case, settings) = (known.case, &with.office.settings);
    let spoken = Spoken::new(reader.language, settings.calendar.zone(), recorded.at);
    let name = |id| with.office.people.get(&id).map(|person| person.profile.name.clone());
    let agent = case.status.agent().or(case.solution.as_ref().map(|solution| solution.work.agent));
    let group = case.status.group().and_then(|id| with.office.groups.get(&id));
    let mut page = Page {
        notice: told.notice,
        es: known.es,
        tag: reader.language.tag(),
        agency: settings.agency.clone(),
        unit: settings.unit.clone(),
        phone: settings.phone.clone(),
        number: case.number.to_string(),
        subject: known.text_or_gone(case.subject),
        description: known.text_or_gone(case.description),
        secret: case.security || of.now.security,
        own: reader.person == Some(case.requester),
        in_charge: reader.person.is_some() && reader.person == case.status.agent(),
        requester: name(case.requester).unwrap_or_default(),
        who: who(recorded.acted.by, with.office),
        when: spoken.in_full(recorded.at),
        agent: agent.and_then(name).unwrap_or_else(|| settings.unit.clone()),
        group: group.map(|group| group.name.clone()).unwrap_or_default(),
        level: case.status.level().map(|level| known.level(level)).unwrap_or_default(),
        priority: known.priority(),
        rated: of.now.survey.is_some(),
        facts: known.facts(),
        missing: known.missing(),
        case_url: format!("{}/c/{}", with.public_url, case.number),
        ..Page::default()
    };
    particulars::fill(&mut page, known, recorded, of.events, reader, &spoken);
    if told.notice == Notice::OrderRefused {
        let (code, order) = with.payload.split_once(' ').unwrap_or((with.payload, ""));
        page.refusal = refused::sentence(code, known.es);
        order.clone_into(&mut page.order);
    }
    (page.answers, page.takes_orders) = answers(told.notice, reader, case, with.office);
    links(&mut page, told, case, recorded.at, reader, with);
    page
}

/// Who did something, by name; the desk itself when it was the clock or the machine's operator.
fn who(actor: Actor, office: &Office) -> String {
    let name = match actor {
        Actor::Person(id) => office.people.get(&id).map(|person| person.profile.name.clone()),
        Actor::Provider(id) => {
            let contract = office.contracts.get(&id);
            contract.and_then(|one| office.providers.get(&one.provider)).map(|one| one.name.clone())
        }
        Actor::Clock | Actor::Operator => None,
    };
    name.unwrap_or_else(|| office.settings.unit.clone())
}

/// Links that act without signing in: each for its reader alone.
fn links(page: &mut Page, told: Told, case: &Case, at: Timestamp, reader: &Reader, with: &Stationery) {
    let link = |purpose, days| {
        let link = SignedLink { purpose, case: case.id, actor: reader.actor()?, expires: in_days(at, days) };
        Some(format!("{}/l/{}", with.public_url, with.secret.sign(&link)))
    };
    if page.own {
        let rating_days = i64::from(with.office.settings.rating_days);
        let answer = link(LinkPurpose::Answer, rating_days).unwrap_or_default();
        page.complete_url = link(LinkPurpose::Complete, COMPLETE_DAYS).unwrap_or_default();
        page.confirm_url = format!("{answer}?do=confirm");
        page.reopen_url = format!("{answer}?do=reopen");
        page.scores = scores(page.es, &answer);
    }
    if matches!(told.notice, Notice::ProviderRequest | Notice::ProviderMessage) {
        page.report_url = link(LinkPurpose::Report, REPORT_DAYS).unwrap_or_default();
    }
}

fn scores(es: bool, answer: &str) -> Vec<Score> {
    let labels = match es {
        true => ["Muy mala", "Mala", "Regular", "Buena", "Muy buena"],
        false => ["Very bad", "Bad", "Fair", "Good", "Very good"],
    };
    let link = |(score, label)| Score { label, url: format!("{answer}?score={score}") };
    (1..).zip(labels).map(link).collect()
}
