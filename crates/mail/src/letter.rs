//! A letter of ours, and its bytes by RFC 5322: always in plain text and in HTML, always marked as written by a machine.

use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::date::Date;
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use mail_builder::mime::MimePart;

use crate::Mailbox;

/// A letter that is ready to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Without its brackets; see [`crate::ThreadKey::message_id`].
    pub message_id: String,
    /// The letters before it in its thread, oldest first, without their brackets.
    pub references: Vec<String>,
    pub date: Timestamp,
    pub from: Mailbox,
    pub reply_to: Mailbox,
    pub to: Vec<Mailbox>,
    pub subject: String,
    /// A language tag of BCP 47.
    pub language: String,
    pub text: String,
    pub html: String,
}

impl Letter {
    /// The bytes that travel. The same letter always gives the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut message = MessageBuilder::new()
            .message_id(self.message_id.as_str())
            .date(Date::new(self.date.as_second()))
            .from(address(&self.from))
            .reply_to(address(&self.reply_to))
            .to(Address::new_list(self.to.iter().map(address).collect()))
            .subject(Text::new(one_line(&self.subject)));
        if let Some(before) = self.references.last() {
            message = message
                .in_reply_to(before.as_str())
                .references(MessageId::new_list(self.references.iter().map(String::as_str)));
        }
        // RFC 3834, and what Exchange and others look at before they answer that somebody is on holiday.
        message = message
            .header("Auto-Submitted", Raw::new("auto-generated"))
            .header("X-Auto-Response-Suppress", Raw::new("All"))
            .header("Content-Language", Text::new(self.language.as_str()));
        let parts = vec![
            MimePart::new("text/plain", self.text.as_str()),
            MimePart::new("text/html", self.html.as_str()),
        ];
        let kind = ContentType::new("multipart/alternative").attribute("boundary", self.boundary());
        let mut bytes = Vec::new();
        message.body(MimePart::new(kind, parts)).serialize(&mut bytes);
        bytes
    }

    /// Cannot be in the body: it holds a digest of the body.
    fn boundary(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.message_id.as_bytes()).update(self.text.as_bytes()).update(self.html.as_bytes());
        format!("=_{}", &hasher.finalize().to_hex()[..40])
    }
}

fn address(mailbox: &Mailbox) -> Address<'_> {
    Address::new_address(Some(mailbox.name()).filter(|name| !name.is_empty()), mailbox.address())
}

fn one_line(subject: &str) -> String {
    subject.split(|c: char| c.is_control()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::read;

    pub(crate) fn letter() -> Letter {
        let mailbox = |name, address| Mailbox::new(name, address).expect("an address");
        Letter {
            message_id: "ms-2026-12.3.solved.p7.0011@agencia.example".into(),
            references: vec!["ms-2026-12.0022@agencia.example".into()],
            date: "2026-11-17T13:12:00Z".parse().expect("an instant"),
            from: mailbox("Mesa de servicios", "mesa@agencia.example"),
            reply_to: mailbox("Mesa de servicios", "mesa+ms-2026-12.p7.0033@agencia.example"),
            to: vec![mailbox("Marta Lucía Ocampo", "marta@agencia.example")],
            subject: "[MS-2026-12] Ya puede imprimir: solucionamos su caso «La impresora no responde» 🖨"
                .into(),
            language: "es-CO".into(),
            text: "Señora Marta:\n\nYa quedó.\n.\nFrom here on\n".into(),
            html: "<p>Señora Marta: ya quedó.</p>".into(),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let letter = letter();
        let read = read(&letter.to_bytes()).expect("a letter");
        assert_eq!(read.message_id, letter.message_id);
        assert_eq!(read.in_reply_to, letter.references);
        assert_eq!(read.from, "Mesa de servicios <mesa@agencia.example>");
        assert_eq!(read.to, ["Marta Lucía Ocampo <marta@agencia.example>"]);
        assert_eq!(read.subject, letter.subject);
        assert_eq!(read.date, Some(letter.date));
        assert_eq!(read.text.trim_end(), letter.text.trim_end());
        assert_eq!(read.html.trim_end(), letter.html);
    }

    #[test]
    fn the_same_letter_gives_the_same_bytes_and_says_that_a_machine_wrote_it() {
        let bytes = letter().to_bytes();
        assert_eq!(bytes, letter().to_bytes());
        let head = String::from_utf8_lossy(&bytes);
        assert!(head.contains("Auto-Submitted: auto-generated\r\n"), "{head}");
        assert!(head.lines().all(|line| line.len() <= 998), "RFC 5322 §2.1.1");
    }

    #[test]
    fn a_subject_cannot_bring_headers() {
        let letter = Letter { subject: "Hola\r\nBcc: x@y.example".into(), ..letter() };
        let read = read(&letter.to_bytes()).expect("a letter");
        assert_eq!(read.subject, "Hola  Bcc: x@y.example");
        assert!(!String::from_utf8_lossy(&letter.to_bytes()).contains("\nBcc:"));
    }
}
