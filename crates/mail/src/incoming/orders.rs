//! Orders that somebody of the desk writes at the top of an answer.

use super::text::folded;

/// One order. What it needs besides stands in the rest of the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// `@nota`, `@note`: the answer is for colleagues alone.
    Note,
    /// `@resolver`, `@solve`.
    Solve,
    /// `@escalar`, `@escalate`: to the next level; to `2` or `3`; or to the group of that code.
    Escalate { to: Option<String> },
    /// A word that no order has, without its `@`.
    Unknown(String),
}

/// Orders at the top of one letter that are read.
const MOST: usize = 10;

/// The orders at the top, one a line, and the text after them. What stands on an order's own line behind it belongs to
/// the text and ends the orders.
pub fn orders(said: &str) -> (Vec<Order>, &str) {
    let mut orders = Vec::new();
    let mut rest = said.trim_start();
    while orders.len() < MOST
        && let Some((order, after)) = order(rest)
    {
        orders.push(order);
        let same_line = after.split('\n').next().unwrap_or_default();
        let ended = same_line.trim().is_empty();
        rest = after.trim_start();
        if !ended {
            break;
        }
    }
    (orders, rest)
}

fn order(text: &str) -> Option<(Order, &str)> {
    let inner = text.strip_prefix('@')?;
    let end = inner.find(|c: char| !c.is_alphanumeric()).unwrap_or(inner.len());
    let (word, after) = inner.split_at(end);
    let after = after.strip_prefix([':', '.', ',']).unwrap_or(after);
    if word.is_empty() || word.len() > 40 || after.starts_with(|c: char| !c.is_whitespace()) {
        return None;
    }
    match folded(word).as_str() {
        "nota" | "note" | "interna" => Some((Order::Note, after)),
        "resolver" | "resuelto" | "solucionar" | "solucionado" | "solve" | "solved" => {
            Some((Order::Solve, after))
        }
        "escalar" | "escalate" => {
            let (to, after) = target(after);
            Some((Order::Escalate { to }, after))
        }
        _ => Some((Order::Unknown(word.to_owned()), after)),
    }
}

/// Where to: a level in figures or words, or a group's code, which is written large or has a figure.
fn target(after: &str) -> (Option<String>, &str) {
    let line = after.split('\n').next().unwrap_or_default();
    let rest_of = |word: &str| &after[word.as_ptr() as usize - after.as_ptr() as usize + word.len()..];
    let mut words = line.split_whitespace().peekable();
    let leads = |word: &&str| matches!(folded(word).as_str(), "a" | "al" | "nivel" | "to" | "level");
    while words.next_if(leads).is_some() {}
    let Some(word) = words.next() else { return (None, after) };
    let plain = folded(word);
    let level = match plain.trim_end_matches([',', '.', ':', ';']) {
        "2" | "segundo" | "second" | "ii" => Some("2"),
        "3" | "tercer" | "tercero" | "third" | "iii" => Some("3"),
        _ => None,
    };
    if let Some(level) = level {
        let last = words
            .peek()
            .filter(|next| matches!(folded(next).trim_end_matches([',', '.', ':', ';']), "nivel" | "level"));
        return (Some(level.to_owned()), rest_of(last.unwrap_or(&word)));
    }
    let code = word.trim_end_matches([',', '.', ':', ';']);
    let coded = code.len() <= 30
        && code.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
        && code.len() > 1
        && !code.contains(char::is_lowercase);
    match coded {
        true => (Some(code.to_owned()), rest_of(word)),
        false => (None, after),
    }
}
