//! Foreign bytes to a letter taken apart. Whatever arrives is somebody's request, so this side is lenient: it repairs
//! what can be repaired and leaves the rest as attachments; the raw letter is kept elsewhere.
//!
//! Pure and total: no I/O, no clock, no panic, time and memory in proportion to the bytes. The structure is read here
//! and not by `mail-parser`, because that decodes a text before its charset can be doubted and seeks a missing boundary
//! anew in every part; its entities of HTML and its rarer charsets are used.

mod bounce;
mod calendar;
mod charset;
mod content;
mod forwarded;
mod head;
mod html;
mod markup;
mod meaning;
mod mime;
mod names;
mod nature;
mod nesting;
mod orders;
mod own;
mod people;
mod quote;
mod quote_marks;
mod render;
mod signature;
mod smime;
mod support;
mod text;
mod tnef;
mod transfer;
mod words;

use jiff::Timestamp;

pub use meaning::{is_only_thanks, says_solved};
pub use orders::{Order, orders};
pub use own::{Own, OwnLine};
pub use quote::ends_letter;
pub use quote_marks::{REPLY_ABOVE_EN, REPLY_ABOVE_ES};
pub use support::{phone_of, remote_support_id};

use crate::Mailbox;
use head::Head;
use mime::Entity;

/// A letter from outside, taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// Without its brackets.
    pub message_id: Option<String>,
    /// References, then In-Reply-To, without brackets, oldest first, none twice; the newest 200.
    pub references: Vec<String>,
    /// As the letter claims: it may lie in the future.
    pub date: Option<Timestamp>,
    /// The first address of From. None when there is none, and when From names several domains.
    pub from: Option<Mailbox>,
    pub reply_to: Option<Mailbox>,
    pub to: Vec<Mailbox>,
    pub cc: Vec<Mailbox>,
    /// Delivered-To, X-Original-To, Envelope-To and X-Envelope-To, in the order of the head.
    pub delivered_to: Vec<String>,
    /// `Some("")` is the empty one, of automatic letters (RFC 5321 §4.5.5).
    pub return_path: Option<String>,
    /// Decoded, on one line, at most 998 characters.
    pub subject: String,
    pub nature: Nature,
    /// Where one writes to the list that passed it on, as far as that says (List-Post, List-Id).
    pub lists: Vec<String>,
    /// The whole readable text: as written, or rendered from HTML. Lines end with `\n`; no control characters.
    pub text: String,
    /// Sanitised. Pictures of the letter have `src="cid:…"`; remote ones have their address in `data-remote` and no `src`.
    pub html: Option<String>,
    /// The text without what is quoted and without the lines of a signature behind `-- ` or of a telephone.
    pub said: String,
    /// What its writer certainly wrote himself: for who must not show what he quotes.
    pub own: Own,
    /// The part that was cut off as quoted.
    pub quoted: Option<String>,
    /// The sender's block of name, post and telephones, when one is found.
    pub signature: Option<String>,
    /// Everything that is not the readable text, in the letter's order.
    pub parts: Vec<Part>,
    pub protection: Option<Protection>,
    pub invitation: Option<Invitation>,
}

/// A file that came with the letter.
#[derive(Clone, PartialEq, Eq)]
pub struct Part {
    /// Never empty: made up from the type when the letter gives none. No path, no control characters, at most 200
    /// characters.
    pub name: String,
    /// Lower case, without parameters.
    pub media_type: String,
    /// Without its brackets.
    pub content_id: Option<String>,
    /// Meant to be shown in the text and not beside it.
    pub inline: bool,
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Part { name, media_type, content_id, inline, bytes } = self;
        write!(f, "Part({name:?}, {media_type}, {content_id:?}, inline: {inline}, {} bytes)", bytes.len())
    }
}

/// Who or what wrote the letter. Only a person is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nature {
    Person,
    Automatic(Why),
    List,
    Bounce(Bounce),
}

/// The sign by which a letter was found to be automatic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// RFC 3834.
    AutoSubmitted,
    /// Precedence: bulk, junk or auto_reply.
    Precedence,
    /// X-Autoreply, X-Autorespond and their kin.
    AutoReplyHeader,
    /// X-Loop: it went round once.
    Loop,
    /// A return path on which nothing may be answered.
    EmptyReturnPath,
    /// mailer-daemon, postmaster or an address that says not to answer.
    NobodySends,
    /// Out of office, automatic answer.
    Subject,
    /// RFC 8098: read, or deleted unread.
    ReadReceipt,
    /// RFC 3464: delivered, relayed or expanded; nothing failed.
    DeliveryReceipt,
    /// X-Auto-Response-Suppress together with the words of an acknowledgement. That header alone proves nothing: desks
    /// put it into what their people write, too.
    Acknowledgement,
}

/// A letter that says that another did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// The addresses that were not reached, in small letters.
    pub recipients: Vec<String>,
    /// It would happen again: neither a delay nor a status of class 4.
    pub permanent: bool,
    /// RFC 3463, such as `5.1.1`.
    pub status: Option<String>,
    /// What the other side said, on one line, at most 500 characters.
    pub reason: String,
    /// Without its brackets.
    pub original_message_id: Option<String>,
}

/// What a letter was wrapped in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// S/MIME or PGP. The content is read; whether the signature holds is not looked at.
    Signed,
    /// The content cannot be read here: it is kept as an attachment.
    Encrypted,
}

/// What text/calendar (RFC 5545) says, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// REQUEST, REPLY, CANCEL, …; empty when it says none.
    pub method: String,
    pub summary: String,
    /// `2026-11-03 10:00 (America/Bogota)`: as written, with its zone.
    pub start: Option<String>,
    pub end: Option<String>,
    pub place: Option<String>,
    /// Name and address, as far as given.
    pub organizer: Option<String>,
}

/// Nothing at all can be made of the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("it is empty")]
    Empty,
    #[error("it has no header of a letter")]
    NoHead,
}

/// Identifiers of other letters that are kept.
const MOST_REFERENCES: usize = 200;

/// RFC 5322 §2.1.1.
const LONGEST_SUBJECT: usize = 998;

/// Takes a letter apart.
///
/// # Errors
/// [`Unreadable`] only when nothing can be made of the bytes: none, or nothing that looks like a letter's head.
pub fn take_apart(bytes: &[u8]) -> Result<Incoming, Unreadable> {
    if bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return Err(Unreadable::Empty);
    }
    let bytes = &*text::with_newlines(bytes);
    let letter = Entity::read(bytes);
    if !letter.head.is_of_a_letter() {
        return Err(Unreadable::NoHead);
    }
    let content = content::gather(&letter);
    let from = author(&letter.head);
    let subject = subject(&letter.head);
    let nature = nature::nature(&letter, from.as_ref(), &subject, &content.text);
    let references = references(&letter.head);
    let spoken = quote::cut(&content.text, &subject, !references.is_empty());
    let signed = signature::find(&spoken.said, from.as_ref());
    let below = || spoken.quoted.as_deref().and_then(signature::below);
    let block = signed.signature.or_else(below);
    Ok(Incoming {
        message_id: letter.head.ids("message-id").into_iter().next(),
        references,
        date: letter.head.text("date").and_then(|date| people::date(&date)),
        reply_to: letter.head.mailboxes("reply-to").into_iter().next(),
        to: letter.head.mailboxes("to"),
        cc: letter.head.mailboxes("cc"),
        delivered_to: delivered_to(&letter.head),
        return_path: letter.head.text("return-path").map(|path| people::bare_address(&path)),
        subject,
        nature,
        lists: nature::lists(&letter.head),
        text: quote_marks::without_marks(&content.text),
        html: content.html,
        said: signed.said,
        own: own::own(&content.text),
        quoted: spoken.quoted,
        signature: block,
        parts: content.parts,
        protection: content.protection,
        invitation: content.invitation,
        from,
    })
}

/// The words of HTML, as those of a letter are read.
pub fn words_of_html(html: &str) -> String {
    quote_marks::without_marks(&render::text(&markup::read(html)))
}

/// The one author. A letter that names authors of several domains has none: whichever was believed, a server that asked
/// for the policy of another would have vouched for him. Sender is no author either: nobody vouches for that at all.
fn author(head: &Head) -> Option<Mailbox> {
    let all = head.mailboxes("from");
    let first = all.first()?;
    let one_domain = all.iter().all(|other| other.domain().eq_ignore_ascii_case(first.domain()));
    one_domain.then(|| first.clone())
}

fn subject(head: &Head) -> String {
    let subject = words::decode(&head.text("subject").unwrap_or_default());
    text::one_line(&subject, LONGEST_SUBJECT)
}

fn references(head: &Head) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let mut ids: Vec<String> = head.ids("references");
    ids.extend(head.ids("in-reply-to"));
    ids.retain(|id| seen.insert(id.clone()));
    ids.split_off(ids.len().saturating_sub(MOST_REFERENCES))
}

fn delivered_to(head: &Head) -> Vec<String> {
    let named = ["delivered-to", "x-original-to", "envelope-to", "x-envelope-to"];
    let mut all: Vec<String> = Vec::new();
    for value in head.all(&named).take(50) {
        for mailbox in people::mailboxes(&value) {
            let address = mailbox.address().to_owned();
            if !all.contains(&address) {
                all.push(address);
            }
        }
    }
    all
}
