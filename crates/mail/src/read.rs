//! Reading letters back: for whoever looks at what was sent. Taking foreign mail in asks for more care than this gives.

use jiff::Timestamp;
use mail_parser::{Address, HeaderValue, Message, MessageParser};

/// A letter as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterRead {
    /// Without its brackets.
    pub message_id: String,
    pub in_reply_to: Vec<String>,
    pub date: Option<Timestamp>,
    pub from: String,
    pub reply_to: String,
    pub to: Vec<String>,
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// What a list of letters shows of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glance {
    pub date: Option<Timestamp>,
    pub to: Vec<String>,
    pub subject: String,
}

/// Reads a letter; `None` when it is none.
pub fn read(bytes: &[u8]) -> Option<LetterRead> {
    let message = MessageParser::default().parse(bytes)?;
    Some(LetterRead {
        message_id: message.message_id()?.to_owned(),
        in_reply_to: ids(message.in_reply_to()),
        date: date(&message),
        from: addresses(message.from()).join(", "),
        reply_to: addresses(message.reply_to()).join(", "),
        to: addresses(message.to()),
        subject: message.subject().unwrap_or_default().to_owned(),
        text: message.body_text(0).unwrap_or_default().replace("\r\n", "\n"),
        html: message.body_html(0).unwrap_or_default().replace("\r\n", "\n"),
    })
}

/// Reads a letter's head alone, which is enough for a list.
pub fn glance(bytes: &[u8]) -> Option<Glance> {
    let message = MessageParser::default().parse_headers(bytes)?;
    Some(Glance {
        date: date(&message),
        to: addresses(message.to()),
        subject: message.subject().unwrap_or_default().to_owned(),
    })
}

fn date(message: &Message) -> Option<Timestamp> {
    Timestamp::from_second(message.date()?.to_timestamp()).ok()
}

fn ids(header: &HeaderValue) -> Vec<String> {
    match header {
        HeaderValue::Text(id) => vec![id.to_string()],
        HeaderValue::TextList(ids) => ids.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

fn addresses(header: Option<&Address>) -> Vec<String> {
    let written = |one: &mail_parser::Addr| match (one.name(), one.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (_, address) => address.unwrap_or_default().to_owned(),
    };
    header.map(|header| header.iter().map(written).collect()).unwrap_or_default()
}
