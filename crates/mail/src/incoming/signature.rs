//! The block below a letter that says who its writer is.

use super::support;
use super::text::{first, folded, trimmed};
use crate::Mailbox;

/// Lines of a signature behind `-- `.
const LONGEST: usize = 25;

/// Lines of one that nothing announces.
const LONGEST_UNMARKED: usize = 12;

pub(super) struct Signed {
    /// Without the signature when that is marked; else as it was, since a guess may cut words.
    pub(super) said: String,
    pub(super) signature: Option<String>,
}

/// Finds the signature of what somebody said.
pub(super) fn find(said: &str, from: Option<&Mailbox>) -> Signed {
    let lines: Vec<&str> = said.split('\n').collect();
    if let Some(at) = marked(&lines) {
        let signature = trimmed(&lines[at..].join("\n")).trim_start_matches("--").trim().to_owned();
        return Signed {
            said: trimmed(&lines[..at].join("\n")).to_owned(),
            signature: (!signature.is_empty()).then_some(signature),
        };
    }
    let signature = guessed(&lines, from).map(|at| trimmed(&lines[at..].join("\n")).to_owned());
    Signed { said: said.to_owned(), signature }
}

/// The signature that stands below what is quoted.
pub(super) fn below(quoted: &str) -> Option<String> {
    let lines: Vec<&str> = quoted.split('\n').collect();
    let last_quoted = lines.iter().rposition(|line| line.starts_with('>'))?;
    let at = (last_quoted..lines.len()).find(|at| opens_signature(lines[*at]))?;
    let block = lines[at + 1..].join("\n");
    let block = trimmed(&block).trim();
    (!block.is_empty() && lines.len() - at <= LONGEST + 1).then(|| block.to_owned())
}

/// The line `-- ` of Usenet, also after a mail program ate its blank.
pub(super) fn opens_signature(line: &str) -> bool {
    matches!(line, "-- " | "--" | "—" | "—-")
}

/// What a telephone writes below.
pub(super) fn is_mobile(line: &str) -> bool {
    let words = folded(first(line.trim(), 120));
    let begins = [
        "enviado desde ",
        "enviado con ",
        "enviado mediante ",
        "enviado a traves de ",
        "enviado de mi ",
        "sent from ",
        "sent with ",
        "sent via ",
        "get outlook for ",
        "obtener outlook para ",
        "obten outlook para ",
        "descargar outlook para ",
        "enviado do meu ",
    ];
    words.len() < 110 && begins.iter().any(|begin| words.starts_with(begin))
}

fn marked(lines: &[&str]) -> Option<usize> {
    let from = lines.len().saturating_sub(LONGEST + 1);
    if let Some(at) = (from..lines.len()).find(|at| opens_signature(lines[*at])) {
        return Some(at);
    }
    let last = lines.iter().rposition(|line| !line.trim().is_empty())?;
    is_mobile(lines[last]).then_some(last)
}

/// A signature that nothing announces: after a closing formula, or from the writer's own name on.
fn guessed(lines: &[&str], from: Option<&Mailbox>) -> Option<usize> {
    let last = lines.iter().rposition(|line| !line.trim().is_empty())?;
    let start = last.saturating_sub(LONGEST_UNMARKED);
    let name = from.map(|from| folded(from.name())).filter(|name| name.contains(' '));
    let own = (start..=last).rev().find(|at| {
        let line = folded(first(lines[*at].trim(), 120));
        *at > 0 && (closes(&line) && *at < last || name.as_deref().is_some_and(|name| same_name(&line, name)))
    });
    let last_block = || {
        let top = (start..=last).rev().find(|at| lines[*at].trim().is_empty())? + 1;
        let block = &lines[top..=last];
        let short = block.len() >= 2 && block.iter().all(|line| line.chars().count() <= 90);
        (short && support::phone_of(&block.join("\n")).is_some()).then_some(top)
    };
    own.or_else(last_block)
}

fn closes(line: &str) -> bool {
    let formulas = [
        "cordialmente",
        "atentamente",
        "saludos",
        "saludos cordiales",
        "un saludo",
        "cordial saludo",
        "un abrazo",
        "quedo atento",
        "quedo atenta",
        "respetuosamente",
        "muchas gracias",
        "gracias",
        "best regards",
        "regards",
        "kind regards",
        "sincerely",
        "thanks",
    ];
    formulas.contains(&line.trim_end_matches([',', '.', ':', ';', ' ', '!']))
}

/// "Marta Ruiz" signs as "Marta Ruiz Peña", or the other way round.
fn same_name(line: &str, name: &str) -> bool {
    let line = line.trim_matches(['*', ' ', ',', '.', '_']);
    !line.is_empty()
        && line.contains(' ')
        && line.len() < 60
        && (line.starts_with(name) || name.starts_with(line))
}
