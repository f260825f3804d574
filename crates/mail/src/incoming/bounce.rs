//! Letters of mail servers: what did not arrive (RFC 3464, and what servers wrote before and beside it), what did, and
//! what was read (RFC 8098).

use super::head::Head;
use super::mime::Entity;
use super::text::{first_bytes, folded, one_line};
use super::{Bounce, Nature, Why, people};
use crate::Mailbox;

/// Addresses of one bounce.
const MOST: usize = 100;

/// Characters of a reason.
const LONGEST_REASON: usize = 500;

/// Bytes of a text in which a bounce is looked for.
const LOOKED_AT: usize = 64 * 1024;

/// What a report in the standard's form says; `None` when the letter is none.
pub(super) fn report(letter: &Entity, from: Option<&Mailbox>, text: &str) -> Option<Nature> {
    let parts = letter.walk();
    let of = |media: &str| parts.iter().find(|part| part.media() == media);
    if of("message/disposition-notification").is_some() {
        return Some(Nature::Automatic(Why::ReadReceipt));
    }
    let status = of("message/delivery-status").or_else(|| of("message/global-delivery-status"))?;
    // Somebody may have handed a bounce on, and then it is a person's letter; or a gateway wrapped it.
    let own = matches!(letter.media(), "multipart/report" | "message/delivery-status")
        || is_of_server(&letter.head, from);
    if !own {
        return None;
    }
    let groups = groups(&status.text());
    let about: Vec<&Group> = groups.iter().filter(|group| !SUCCEEDED.contains(&&*group.action)).collect();
    if about.is_empty() && !groups.is_empty() {
        return Some(Nature::Automatic(Why::DeliveryReceipt));
    }
    let mut recipients = Vec::new();
    about.iter().for_each(|group| add(&mut recipients, &group.recipient));
    if recipients.is_empty() {
        recipients = addresses_in(first_bytes(text, LOOKED_AT), from);
    }
    let status = about.iter().find_map(|group| group.status.clone());
    let reason = about.iter().map(|group| group.reason.clone()).find(|reason| !reason.is_empty());
    Some(Nature::Bounce(Bounce {
        recipients,
        permanent: about.iter().any(|group| group.action != "delayed")
            && status.as_deref().is_none_or(|status| !status.starts_with('4')),
        reason: reason.unwrap_or_else(|| words_of(letter)),
        original_message_id: original(letter),
        status,
    }))
}

/// Actions of a report about a letter that arrived (RFC 3464 §2.3.3), and of one that only tried.
const SUCCEEDED: [&str; 4] = ["delivered", "relayed", "expanded", "deliverable"];

/// One recipient's fate.
#[derive(Default)]
struct Group {
    recipient: String,
    action: String,
    status: Option<String>,
    reason: String,
}

/// The groups of fields of a delivery-status part; those without a recipient are about the whole.
fn groups(text: &str) -> Vec<Group> {
    let text = first_bytes(text, LOOKED_AT).replace("\r\n", "\n");
    let mut all = Vec::new();
    for block in text.split("\n\n") {
        let (head, _) = Head::read(block.trim_start().as_bytes());
        let recipient = head.text("final-recipient").or_else(|| head.text("original-recipient"));
        let Some(recipient) = recipient else { continue };
        let typed =
            |value: String| value.split_once(';').map_or(value.clone(), |(_, rest)| rest.trim().to_owned());
        let reason = head.text("diagnostic-code").map(typed).unwrap_or_default();
        all.push(Group {
            recipient: typed(recipient),
            action: head.text("action").unwrap_or_default().trim().to_ascii_lowercase(),
            status: head.text("status").and_then(|value| status_in(&value)),
            reason: one_line(&reason, LONGEST_REASON),
        });
        if all.len() >= MOST {
            break;
        }
    }
    all
}

/// A bounce that only people can read: of qmail, Exchange, Exim, Postfix without its report, Gmail.
pub(super) fn in_words(letter: &Entity, from: Option<&Mailbox>, subject: &str, text: &str) -> Option<Bounce> {
    let head = &letter.head;
    let named = head.text("x-failed-recipients");
    let text = first_bytes(text, LOOKED_AT);
    let plain = folded(text);
    let phrase = PHRASES.iter().find_map(|phrase| plain.find(phrase));
    // Whoever answers for an absent person sends with an empty path, too, and may quote a letter about bounces.
    let subject = folded(subject);
    let tells = match (is_of_server(head, from), has_empty_path(head)) {
        (true, _) => phrase.is_some() || is_about_delivery(&subject),
        (false, true) => is_subject(&subject),
        (false, false) => false,
    };
    let told = named.is_some() && (is_of_server(head, from) || has_empty_path(head));
    if !told && !tells {
        return None;
    }
    let mut recipients = Vec::new();
    for address in named.unwrap_or_default().split(',') {
        add(&mut recipients, address);
    }
    if recipients.is_empty() {
        recipients = addresses_in(text, from);
    }
    let status = status_in(text);
    let waits = [
        "will be retried",
        "will retry",
        "se reintentara",
        "aun no se ha podido",
        "delayed",
        "retrasad",
        "not yet been",
    ];
    let waiting = waits.iter().any(|words| plain.contains(words)) || is_delay(&subject);
    let permanent = match status.as_deref() {
        Some(status) => status.starts_with('5'),
        None => !waiting,
    };
    let reason = reason_in(text).or_else(|| below_recipient(text, &recipients));
    let reason = reason.unwrap_or_else(|| words_of(letter));
    Some(Bounce { recipients, permanent, status, reason, original_message_id: original(letter) })
}

const PHRASES: [&str; 17] = [
    "this is the qmail-send program",
    "i'm afraid i wasn't able to deliver",
    "i wasn't able to deliver your message",
    "this is the mail system at host",
    "this message was created automatically by mail delivery software",
    "delivery has failed to these recipients",
    "could not be delivered",
    "couldn't be delivered",
    "no se pudo entregar",
    "no se ha podido entregar",
    "error en la entrega",
    "error de entrega",
    "undeliverable",
    "address not found",
    "no se encontro la direccion",
    "the following addresses had permanent fatal errors",
    "delivery to the following recipient failed",
];

fn is_subject(subject: &str) -> bool {
    let openings = [
        "undeliverable",
        "undelivered mail",
        "delivery status notification",
        "mail delivery failed",
        "failure notice",
        "returned mail",
        "no se puede entregar",
        "no entregado",
        "no se pudo entregar",
        "mail delivery subsystem",
        "delivery failure",
        "notificacion de estado de entrega",
    ];
    openings.iter().any(|opening| subject.starts_with(opening)) || is_delay(subject)
}

fn is_delay(subject: &str) -> bool {
    ["delayed", "delivery delayed", "entrega retrasada", "retrasado", "warning: message"]
        .iter()
        .any(|opening| subject.starts_with(opening))
}

fn is_of_server(head: &Head, from: Option<&Mailbox>) -> bool {
    let local = from.map(|from| from.address().to_lowercase()).unwrap_or_default();
    let server = [
        "mailer-daemon@",
        "postmaster@",
        "post_master@",
        "microsoftexchange",
        "mail-daemon@",
        "mdaemon@",
        "mail.delivery.system@",
    ];
    // The head alone may name nobody that could be written to: "MAILER-DAEMON (Mail Delivery System)".
    let named = head.text("from").unwrap_or_default().to_lowercase();
    server.iter().any(|server| local.starts_with(server)) || named.contains("mailer-daemon")
}

fn has_empty_path(head: &Head) -> bool {
    head.text("return-path").is_some_and(|path| people::bare_address(&path).is_empty())
}

/// What a mail server says in a subject of its own.
fn is_about_delivery(subject: &str) -> bool {
    let words =
        ["deliver", "returned mail", "failure", "failed", "error sending", "not send", "entrega", "devuelto"];
    is_subject(subject) || words.iter().any(|word| subject.contains(word))
}

fn add(recipients: &mut Vec<String>, address: &str) {
    let address = people::bare_address(address).trim().trim_matches(['<', '>', '"', '\'']).to_lowercase();
    if address.contains('@') && recipients.len() < MOST && !recipients.contains(&address) {
        recipients.push(address);
    }
}

/// Addresses that stand on lines of their own, or in brackets at the beginning of one.
fn addresses_in(text: &str, from: Option<&Mailbox>) -> Vec<String> {
    let mut found = Vec::new();
    // What follows is the letter that came back.
    let ends = [
        "--- below this line",
        "original message headers",
        "encabezados del mensaje original",
        "------ this is a copy",
    ];
    for line in text.lines().take(400) {
        let plain = folded(line);
        if ends.iter().any(|end| plain.contains(end)) {
            break;
        }
        let line = line.trim();
        let word =
            line.split([' ', ':', '(']).next().unwrap_or_default().trim_matches(['<', '>', ',', ';', '"']);
        let alone = line.starts_with('<') || line.trim_end_matches([':', '>']).len() <= word.len() + 1;
        let named = line.find('(').zip(line.rfind(')')).and_then(|(open, close)| line.get(open + 1..close));
        for candidate in [Some(word).filter(|_| alone), named].into_iter().flatten() {
            let own = from.is_some_and(|from| from.address().eq_ignore_ascii_case(candidate));
            if Mailbox::new("", candidate).is_ok() && !own {
                add(&mut found, candidate);
            }
        }
    }
    if found.is_empty() {
        let words = text.split(|c: char| c.is_whitespace() || "<>()[],;:\"'".contains(c));
        let first = words.map(|word| word.trim_end_matches('.')).find(|word| {
            Mailbox::new("", word).is_ok()
                && from.is_none_or(|from| !from.address().eq_ignore_ascii_case(word))
        });
        found.extend(first.map(str::to_lowercase));
    }
    found
}

/// The first enhanced status of RFC 3463 that says something failed: `5.1.1`, `4.4.7`.
fn status_in(text: &str) -> Option<String> {
    let words = text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    words.map(|word| word.trim_matches('.')).find(|word| is_status(word)).map(str::to_owned)
}

fn is_status(word: &str) -> bool {
    let numbers: Vec<&str> = word.split('.').collect();
    let [class, subject, detail] = numbers[..] else { return false };
    matches!(class, "2" | "4" | "5") && [subject, detail].iter().all(|number| (1..=3).contains(&number.len()))
}

/// The line of a text on which the other server speaks.
fn reason_in(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().take(400).collect();
    let speaks = |line: &&&str| {
        let plain = folded(line);
        ["said:", "respondio:", "remote host said", "remote server returned", "servidor remoto devolvio"]
            .iter()
            .any(|word| plain.contains(word))
            || status_in(line).is_some()
    };
    let line = lines.iter().find(speaks)?;
    let at = lines.iter().position(|own| std::ptr::eq(*own, *line))?;
    // Servers break their words over indented lines.
    let more = lines[at + 1..].iter().take(3).take_while(|next| next.starts_with("    "));
    let whole: Vec<&str> = std::iter::once(*line).chain(more.copied()).collect();
    Some(one_line(&whole.join(" "), LONGEST_REASON))
}

/// Exim says why on the line below the address.
fn below_recipient(text: &str, recipients: &[String]) -> Option<String> {
    let mut lines = text.lines().take(400);
    lines.find(|line| recipients.iter().any(|own| line.trim().eq_ignore_ascii_case(own)))?;
    let reason = one_line(lines.next()?, LONGEST_REASON);
    (!reason.is_empty()).then_some(reason)
}

/// The first words of a letter for people.
fn words_of(letter: &Entity) -> String {
    let parts = letter.walk();
    let text =
        parts.iter().find(|part| part.media() == "text/plain").map(|part| part.text()).unwrap_or_default();
    one_line(first_bytes(&text, 4_000), LONGEST_REASON)
}

/// The Message-ID of the letter that came back, from its copy or its head.
fn original(letter: &Entity) -> Option<String> {
    for part in letter.walk() {
        if matches!(
            part.media(),
            "message/rfc822" | "message/global" | "text/rfc822-headers" | "message/rfc822-headers"
        ) {
            let bytes = part.bytes();
            let (head, _) = Head::read(bytes.trim_ascii_start());
            if let Some(id) = head.ids("message-id").into_iter().next() {
                return Some(id);
            }
        }
    }
    let text = letter
        .walk()
        .into_iter()
        .filter(|part| part.media().starts_with("text/"))
        .map(Entity::text)
        .next()?;
    let line = first_bytes(&text, LOOKED_AT).lines().find_map(|line| {
        let name = line.trim_start().get(..11)?;
        name.eq_ignore_ascii_case("message-id:").then(|| line.trim_start()[11..].to_owned())
    });
    people::ids(&line?).into_iter().next()
}
