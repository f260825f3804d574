//! What stands between an answer and what it answers.

use super::text::{first, folded};

/// Above it one answers: the line that our own letters carry.
pub const REPLY_ABOVE_ES: &str = "— Responda por encima de esta línea —";
/// The same in English.
pub const REPLY_ABOVE_EN: &str = "— Reply above this line —";

/// Stands alone on a line where HTML says that a quotation begins. From the area of private use, which is taken out of
/// every text that arrives.
pub(super) const MARK: char = '\u{E000}';

/// The text without the lines of marks.
pub(super) fn without_marks(text: &str) -> String {
    let lines: Vec<&str> = text.split('\n').filter(|line| !line.starts_with(MARK)).collect();
    lines.join("\n").trim_end().to_owned()
}

/// What a line, with those after it, begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begins {
    /// "El lun, 3 nov 2026, X escribió:", over so many lines.
    Attribution { lines: usize },
    /// The head of another letter, as Outlook shows it, or the words "Mensaje original".
    Head,
    /// Words that say: this is handed on.
    Forward,
    /// The line above which one answers.
    ReplyAbove,
    /// HTML says that what follows is quoted.
    Mark,
}

/// Characters of a line that are looked at.
const LOOKED_AT: usize = 400;

/// Lines over which a mail program breaks who wrote when.
const MOST_LINES: usize = 4;

/// What begins at line `at`.
pub(super) fn begins(lines: &[&str], at: usize) -> Option<Begins> {
    let line = first(lines[at].trim(), LOOKED_AT);
    if line.is_empty() {
        return None;
    }
    if line.starts_with(MARK) {
        let next = (at + 1..lines.len()).take(6).find(|next| !lines[*next].trim().is_empty());
        let forward = next.is_some_and(|next| is_forward(first(lines[next].trim(), LOOKED_AT)));
        return Some(if forward { Begins::Forward } else { Begins::Mark });
    }
    if says_reply_above(line) {
        return Some(Begins::ReplyAbove);
    }
    if is_forward(line) {
        return Some(Begins::Forward);
    }
    if is_original(line) || head_begins(lines, at) || rule_before_head(lines, at) {
        return Some(Begins::Head);
    }
    attribution(lines, at).map(|lines| Begins::Attribution { lines })
}

/// Also where it is quoted, or a translation of dashes happened.
fn says_reply_above(line: &str) -> bool {
    let words = |text: &str| folded(text).trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let line = words(line);
    line == words(REPLY_ABOVE_ES) || line == words(REPLY_ABOVE_EN)
}

fn is_forward(line: &str) -> bool {
    let line = folded(line);
    let inner = line.trim_matches(['-', ' ', '=', '*', ':']);
    match line.starts_with("--") || line.starts_with("==") {
        true => ["forwarded message", "mensaje reenviado", "mensagem encaminhada", "mensaje reenviado por"]
            .iter()
            .any(|words| inner.starts_with(words)),
        false => {
            let whole = [
                "inicio del mensaje reenviado",
                "comienzo del mensaje reenviado",
                "begin forwarded message",
                "inicio del mensaje reenviado por",
                "mensaje reenviado",
            ];
            whole.contains(&inner)
        }
    }
}

fn is_original(line: &str) -> bool {
    let line = folded(line);
    let inner = line.trim_matches(['-', ' ', '_']);
    let words =
        ["mensaje original", "original message", "mensagem original", "message d'origine", "cita original"];
    line.starts_with("--") && words.contains(&inner)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    From,
    Sent,
    To,
    Subject,
}

fn field(line: &str) -> Option<Field> {
    let line = first(line.trim_start_matches(['*', '_', ' ']), 24);
    let name = folded(line.split_once(':')?.0);
    match name.trim_matches(['*', ' ', '_']) {
        "de" | "from" | "von" | "da" => Some(Field::From),
        "enviado" | "enviado el" | "fecha" | "sent" | "date" | "enviada em" | "data" | "envoye"
        | "gesendet" | "envoye le" | "inviato" => Some(Field::Sent),
        "para" | "to" | "an" | "a" => Some(Field::To),
        "asunto" | "subject" | "assunto" | "objet" | "betreff" | "oggetto" => Some(Field::Subject),
        _ => None,
    }
}

/// Whether the head of a letter begins here: its author, and at least two of when, to whom and on what soon after.
fn head_begins(lines: &[&str], at: usize) -> bool {
    if field(lines[at].trim()) != Some(Field::From) {
        return false;
    }
    let mut seen = Vec::new();
    for line in lines[at + 1..].iter().take(12) {
        match field(line.trim()) {
            Some(Field::From) => break,
            Some(field) if !seen.contains(&field) => seen.push(field),
            _ => {}
        }
    }
    seen.len() >= 2
}

/// Outlook draws a line before the head.
fn rule_before_head(lines: &[&str], at: usize) -> bool {
    let line = lines[at].trim();
    line.len() >= 10
        && line.bytes().all(|byte| byte == b'_' || byte == b'-')
        && (at + 1..lines.len().min(at + 4)).any(|next| head_begins(lines, next))
}

/// The first line of who wrote when, in whatever language, above quoted lines: a date and an address, and a colon.
pub(super) fn attribution_above(lines: &[&str], quoted: usize) -> Option<usize> {
    let last = lines[..quoted].iter().rposition(|line| !line.trim().is_empty())?;
    let mut joined = String::new();
    for at in (0..=last).rev().take(3) {
        let line = first(lines[at].trim(), LOOKED_AT);
        if line.is_empty() {
            return None;
        }
        joined = format!("{line} {joined}");
        let clock = joined
            .as_bytes()
            .windows(3)
            .any(|three| three[0].is_ascii_digit() && three[1] == b':' && three[2].is_ascii_digit());
        if joined.trim_end().ends_with(':') && clock && joined.contains('@') {
            return Some(at);
        }
    }
    None
}

/// Who wrote when, possibly broken over lines. Gives their number.
fn attribution<'l>(lines: &[&'l str], at: usize) -> Option<usize> {
    // Zoho puts it between dashes.
    let bare = |line: &'l str| first(line.trim().trim_matches('-').trim(), LOOKED_AT);
    let opening = folded(bare(lines[at]));
    let dated = ["el ", "on ", "le ", "em ", "en ", "am ", "il ", "no dia "]
        .iter()
        .any(|word| opening.starts_with(word));
    let numbered = opening.starts_with(|c: char| c.is_ascii_digit());
    let mut joined = String::new();
    for (count, line) in lines[at..].iter().take(MOST_LINES).enumerate() {
        let line = bare(line);
        if line.is_empty() || line.starts_with('>') || line.starts_with(MARK) || joined.len() > LOOKED_AT {
            return None;
        }
        joined.push_str(&folded(line));
        joined.push(' ');
        let whole = joined.trim_end();
        let has_date = whole.contains(|c: char| c.is_ascii_digit());
        let verbs = [
            "escribio:",
            "wrote:",
            "escreveu:",
            "a ecrit :",
            "a ecrit:",
            "schrieb:",
            "ha scritto:",
            "escribio :",
        ];
        let unmarked = whole.contains('@') && (whole.ends_with(" wrote") || whole.ends_with(" escribio"));
        let ends = unmarked || verbs.iter().any(|verb| whole.ends_with(verb));
        let named_first = whole.ends_with(':')
            && [" escribio el ", " wrote on ", " escribio (", "> escribio en "]
                .iter()
                .any(|words| whole.contains(words));
        let address_last = numbered && whole.ends_with(">:") && whole.contains('@');
        if has_date && (ends && (dated || whole.contains('@')) || named_first || address_last) {
            return Some(count + 1);
        }
        if !dated && !numbered && count == 1 {
            return None;
        }
    }
    None
}
