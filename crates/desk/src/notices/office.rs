//! Letters about the office itself, of no case: to those who administer it.

use atiende_mail::{Letter, Mailbox};
use atiende_procedure::office::Office;
use jiff::Timestamp;

use super::letter::{Stationery, WriteError, Written};
use super::{FLOOD, Recipient};
use crate::Language;

/// A row of the outbox that is of no case.
pub(crate) struct OfficeTold<'a> {
    pub(crate) id: i64,
    pub(crate) topic: &'a str,
    pub(crate) to: Recipient,
    pub(crate) payload: &'a str,
    pub(crate) at: Timestamp,
}

/// Writes the letter of such a row.
pub(crate) fn write_to_office(told: &OfficeTold, with: &Stationery) -> Result<Written, WriteError> {
    let Recipient::Person(id) = told.to else { return Ok(Written::Withheld("nobody reads it")) };
    let office: &Office = with.office;
    let Some(person) = office.people.get(&id).filter(|person| person.active) else {
        return Ok(Written::Withheld("the person is not active"));
    };
    if told.topic != FLOOD {
        return Ok(Written::Withheld("no letter of this program"));
    }
    let language = Language::of_tag(&person.profile.language);
    let (sender, url) = (told.payload, format!("{}/oficina/correo", with.public_url));
    let (subject, text) = match language {
        Language::Es => (
            format!("Demasiados correos de {sender}"),
            format!(
                "{sender} escribió a la mesa más veces en una hora de las que escribe una persona: quizás otro \
                 programa responde cada aviso. Desde ahí sus correos quedan retenidos y no se contestan.\n\nRevíselos \
                 y decida qué hacer con ellos: {url}\n"
            ),
        ),
        Language::En => (
            format!("Too many mails from {sender}"),
            format!(
                "{sender} wrote to the desk more often in an hour than a person does: perhaps another program answers \
                 every notice. From then on its mails are held and not answered.\n\nLook at them and decide: {url}\n"
            ),
        ),
    };
    let (from, mailbox) = with.sender()?;
    let name = format!("office.{}.{}.{}", told.id, told.topic, told.to);
    let paragraph = |words: &str| format!("<p>{}</p>", askama_escape(words));
    let letter = Letter {
        message_id: with.threads.message_id(&name, from.domain()),
        references: Vec::new(),
        date: told.at,
        reply_to: from.clone(),
        from,
        to: Mailbox::new(&person.profile.name, &person.profile.email).into_iter().collect(),
        subject,
        language: language.tag().to_owned(),
        html: text.split("\n\n").map(paragraph).collect(),
        text,
    };
    Ok(Written::Letter(Box::new(letter), mailbox))
}

fn askama_escape(words: &str) -> String {
    askama::filters::escape(words, askama::filters::Html).map(|safe| safe.to_string()).unwrap_or_default()
}
