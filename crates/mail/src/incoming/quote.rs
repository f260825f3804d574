//! An answer cut from what it answers. When in doubt nothing is cut: what is lost to a reader is worse than what is
//! shown twice.

use super::quote_marks::{Begins, attribution_above, begins, without_marks};
use super::signature::{is_mobile, opens_signature};
use super::text::{first, folded, trimmed};

/// What somebody wrote, and what stood below it.
pub(super) struct Spoken {
    pub(super) said: String,
    pub(super) quoted: Option<String>,
}

/// Cuts a letter's text, in one walk over its lines. `refers`: its head names a letter that it follows.
pub(super) fn cut(text: &str, subject: &str, refers: bool) -> Spoken {
    let lines: Vec<&str> = text.split('\n').collect();
    let found = (0..lines.len()).find_map(|at| begins(&lines, at).map(|what| (at, what)));
    let place = match found {
        Some((at, what)) => place(&lines, at, what, subject, refers),
        None => quoted_tail(&lines),
    };
    match place {
        Some(at) => {
            let said = without_marks(&lines[..at].join("\n"));
            let quoted = without_marks(&lines[at..].join("\n"));
            let quoted = trimmed(&quoted).to_owned();
            Spoken { said: trimmed(&said).to_owned(), quoted: (!quoted.is_empty()).then_some(quoted) }
        }
        None => Spoken { said: trimmed(&without_marks(text)).to_owned(), quoted: None },
    }
}

/// The line from which on a letter is quoted; `None` when it is to be kept whole.
fn place(lines: &[&str], at: usize, what: Begins, subject: &str, refers: bool) -> Option<usize> {
    let nothing_above = lines[..at].iter().all(|line| line.trim().is_empty());
    let subject = folded(first(subject.trim(), 20));
    let answers =
        ["re:", "res:", "rta:", "aw:", "respuesta:"].iter().any(|prefix| subject.starts_with(prefix));
    let handed_on = ["rv:", "fw:", "fwd:", "reenv:", "enc:"].iter().any(|prefix| subject.starts_with(prefix));
    let below = match what {
        Begins::Forward => return None,
        // Handed on under a subject of its own, or a form with such fields.
        Begins::Head if handed_on || !answers && (nothing_above || !refers) => return None,
        Begins::Head | Begins::ReplyAbove => return Some(at),
        Begins::Attribution { lines } => at + lines,
        // Who wrote when stands between the mark and what is quoted.
        Begins::Mark => (at + 1..lines.len().min(at + 8))
            .find_map(|next| match begins(lines, next) {
                Some(Begins::Attribution { lines }) => Some(next + lines),
                _ => None,
            })
            .unwrap_or(at + 1),
    };
    (!is_answered_below(&lines[below..])).then_some(at)
}

/// Whether somebody wrote after or between the lines that are quoted. Without quoted lines there is no telling, and
/// everything is taken as quoted.
fn is_answered_below(lines: &[&str]) -> bool {
    let Some(first_quoted) = lines.iter().position(|line| is_quoted(line)) else { return false };
    if lines[..first_quoted].iter().filter(|line| is_own(line)).count() > 2 {
        return false;
    }
    let mut before = "";
    for (at, line) in lines.iter().enumerate().skip(first_quoted) {
        if is_own(line) {
            if ends_letter(line) {
                return false;
            }
            // A quoted line that was broken once more on its way.
            let next = lines.get(at + 1).is_some_and(|next| is_quoted(next));
            let stub = is_quoted(before) && next && before.len() > 60 && line.len() < 40;
            if !stub {
                return true;
            }
        }
        before = line;
    }
    false
}

/// Quoted lines at the end of a letter, with nobody named as their author.
fn quoted_tail(lines: &[&str]) -> Option<usize> {
    let first_quoted = lines.iter().position(|line| is_quoted(line))?;
    let something_above = lines[..first_quoted].iter().any(|line| is_own(line));
    if !something_above || is_answered_below(&lines[first_quoted..]) {
        return None;
    }
    Some(attribution_above(lines, first_quoted).unwrap_or(first_quoted))
}

fn is_quoted(line: &str) -> bool {
    line.starts_with('>') || line.starts_with(" >")
}

fn is_own(line: &str) -> bool {
    !line.trim().is_empty() && !is_quoted(line) && !line.starts_with(super::quote_marks::MARK)
}

/// Whether a line begins what is nobody's answer: a signature, a telephone's line, or what an office's server writes below
/// every letter.
pub fn ends_letter(line: &str) -> bool {
    opens_signature(line) || is_mobile(line) || is_office_notice(line)
}

/// What an office's server writes below every letter.
pub(super) fn is_office_notice(line: &str) -> bool {
    let words = folded(first(line.trim_start_matches(['*', '_', ' ', '-']), 60));
    let notices = [
        "aviso legal",
        "aviso de confidencialidad",
        "confidencialidad",
        "clausula de confidencialidad",
        "este mensaje",
        "este correo electronico",
        "la informacion contenida",
        "antes de imprimir",
        "no imprima",
        "disclaimer",
        "this e-mail",
        "this email",
        "this message",
        "libre de virus",
        "virus-free",
    ];
    notices.iter().any(|notice| words.starts_with(notice))
}
