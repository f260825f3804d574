//! A letter inside a letter, in words.

use super::head::Head;
use super::{names, text};

/// The file's name of a letter: its subject.
pub(super) fn name(head: &Head) -> Option<String> {
    let subject = text::one_line(&head.decoded("subject")?, 120);
    names::safe(&format!("{subject}.eml")).filter(|_| !subject.is_empty())
}

/// The letter as somebody who hands it on would show it.
pub(super) fn words(head: &Head, body: &str) -> String {
    let mut lines = vec!["---------- Mensaje reenviado ----------".to_owned()];
    for (name, label) in [("from", "De"), ("date", "Fecha"), ("to", "Para"), ("subject", "Asunto")] {
        if let Some(value) = head.decoded(name) {
            lines.push(format!("{label}: {}", text::one_line(&value, 500)));
        }
    }
    format!("{}\n\n{body}", lines.join("\n"))
}
