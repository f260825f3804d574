//! The block below a letter that says who its writer is.

use super::support;
use super::text::{first, folded, trimmed};
use crate::Mailbox;

/// Lines of a signature behind `-- `.
const LONGEST: usize = 25;

/// Lines of one that nothing announces.
const LONGEST_UNMARKED: usize = 12;

/// Characters of a line of one.
const LONGEST_LINE: usize = 90;

pub(super) struct Signed {
    /// Without the signature when that is marked; else as it was, since a guess may cut words.
    pub(super) said: String,
    pub(super) signature: Option<String>,
}

/// Finds the signature of what somebody said.
pub(super) fn find(said: &str, from: Option<&Mailbox>) -> Signed {
    let lines: Vec<&str> = said.split('\n').collect();
    let block = |lines: &[&str]| {
        let block = lines.join("\n");
        let block = trimmed(&block).trim_start_matches(['-', '—']).trim();
        (!block.is_empty()).then(|| block.to_owned())
    };
    let at = marked(&lines).unwrap_or(lines.len());
    let (own, below) = lines.split_at(at);
    // A telephone's line says nothing of its owner, who may have signed above it.
    let above = || guessed(own, from).and_then(|at| block(&own[at..]));
    let named = below.first().is_some_and(|line| opens_signature(line));
    let signature = if named { block(below) } else { above().or_else(|| block(below)) };
    Signed { said: trimmed(&own.join("\n")).to_owned(), signature }
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

/// Beginnings of what telephones write. "Enviado desde el correo de mi jefe" is somebody's own word.
#[rustfmt::skip]
const MOBILE: [&str; 28] = [
    "enviado desde mi ", "enviado desde outlook", "enviado desde yahoo", "enviado desde gmail", "enviado desde correo ",
    "enviado desde iphone", "enviado desde android", "enviado desde samsung", "enviado desde proton", "enviado desde huawei",
    "enviado desde el movil", "enviado desde aol", "enviado con ", "enviado mediante ", "enviado de mi ", "enviado do meu ",
    "sent from my ", "sent from outlook", "sent from yahoo", "sent from mail ", "sent from proton", "sent from samsung",
    "sent with ", "sent via ", "get outlook for ", "obtener outlook para ", "obten outlook para ",
    "descargar outlook para ",
];

/// What a telephone writes below.
pub(super) fn is_mobile(line: &str) -> bool {
    let words = folded(first(line.trim(), 120)).replace(['[', ']'], "");
    // Without the address behind it.
    let words = words.split(['<', '(']).next().unwrap_or_default();
    words.len() <= 50 && MOBILE.iter().any(|begin| words.starts_with(begin))
}

pub(super) fn marked(lines: &[&str]) -> Option<usize> {
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
    let words_before = |at: usize| lines[..at].iter().filter(|line| !line.trim().is_empty()).count();
    let own = (start..=last).rev().take_while(|at| lines[*at].chars().count() <= LONGEST_LINE).find(|at| {
        let line = folded(first(lines[*at].trim(), 120));
        // Letters begin with "Cordial saludo" here as often as they end with it.
        let closes = closes(&line) && *at < last && words_before(*at) >= 2;
        closes || words_before(*at) >= 1 && name.as_deref().is_some_and(|name| same_name(&line, name))
    });
    let last_block = || {
        let top = (start..=last).rev().find(|at| lines[*at].trim().is_empty())? + 1;
        let block = &lines[top..=last];
        let short = block.len() >= 2 && block.iter().all(|line| line.chars().count() <= LONGEST_LINE);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(said: &str) -> Option<String> {
        find(said, Mailbox::new("Marta Ruiz", "marta@agencia.example").ok().as_ref()).signature
    }

    #[test]
    fn a_signature_is_told_from_what_is_asked() {
        for said in [
            "No imprime.\n\n-- \nMarta Ruiz\nExt. 12",
            "No imprime.\n\nMarta Ruiz\nExt. 12",
            "No imprime.\n\nMarta Ruiz\nExt. 12\n\nEnviado desde mi iPhone",
        ] {
            assert_eq!(signature(said).as_deref(), Some("Marta Ruiz\nExt. 12"), "{said:?}");
        }
        let formal = "Buen día.\nNo imprime.\n\nCordialmente,\nLuz Ospina\nCel. 300 123 4567";
        assert_eq!(signature(formal).as_deref(), Some("Cordialmente,\nLuz Ospina\nCel. 300 123 4567"));
        for said in [
            "Cordial saludo\nNo imprime la impresora.",
            "Buen día\nCordial saludo\nNo imprime la impresora.",
            "Marta Ruiz me pidió escribirles.\nNo imprime.",
            "No imprime.\nEnviado desde el correo de mi jefe porque el mío no abre",
        ] {
            assert_eq!(signature(said), None, "{said:?}");
        }
    }
}
