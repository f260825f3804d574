//! What the writer of a letter wrote himself, told more strictly than for reading: for somebody whose quotations hold what
//! others may not read. When in doubt a line is not his; what is lost can be asked for, what is published cannot be taken
//! back.

use super::quote_marks::{Begins, MARK, attribution_above, begins};
use super::signature::{self, is_mobile, opens_signature};

/// The lines that are his, and how certain that is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Own {
    pub lines: Vec<OwnLine>,
    /// All of them stand above where a quotation visibly begins.
    pub above: bool,
}

/// A line that is not marked as somebody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnLine {
    /// The line's number in the letter's text.
    pub at: usize,
    pub text: String,
    /// The end of the quoted line right above it: this one may be what is left of it, broken on its way.
    pub after: String,
}

/// Characters of a quoted line that are looked at again.
const TAIL: usize = 200;

/// Lines of marks, of who wrote when, and two more, above the first line that is marked as quoted.
const MOST_UNMARKED: usize = 7;

/// Lines in which the first that is marked is looked for.
const LOOKED_AT: usize = 20;

impl Own {
    /// The lines as one text.
    pub fn text(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|line| line.text.as_str()).collect();
        super::text::trimmed(&lines.join("\n")).trim_end().to_owned()
    }
}

/// Reads a text that may hold lines of marks.
pub(super) fn own(text: &str) -> Own {
    let lines: Vec<&str> = text.split('\n').collect();
    let first = (0..lines.len()).find(|at| is_quoted(lines[*at]) || begins(&lines, *at).is_some());
    let top = first.map(|at| match is_quoted(lines[at]) {
        true => attribution_above(&lines, at).unwrap_or(at),
        false => at,
    });
    let top = top.unwrap_or(lines.len());
    let signed = signature::marked(&lines[..top]).unwrap_or(top);
    let mut own = Own { lines: numbered(&lines, 0, signed), above: first.is_some() };
    if let Some(first) = first {
        let between = between(&lines, first);
        own.above = between.iter().all(|line| line.text.trim().is_empty());
        if !own.above {
            own.lines.extend(between);
        }
    }
    own
}

fn numbered(lines: &[&str], from: usize, to: usize) -> Vec<OwnLine> {
    let line = |at: usize| OwnLine { at, text: lines[at].to_owned(), after: String::new() };
    (from..to).filter(|at| !lines[*at].starts_with(MARK)).map(line).collect()
}

/// The lines between and after those that are marked as quoted, down to where nothing marks any more what is quoted.
fn between(lines: &[&str], first: usize) -> Vec<OwnLine> {
    let mut own = Vec::new();
    let mut at = first;
    let mut after = "";
    while at < lines.len() {
        let line = lines[at];
        if is_quoted(line) {
            after = bare(line);
            at += 1;
            continue;
        }
        match begins(lines, at) {
            Some(Begins::Attribution { .. } | Begins::Mark) => match marked_below(lines, at) {
                Some(quoted) => at = quoted,
                None => break,
            },
            Some(_) => break,
            None if opens_signature(line) || is_mobile(line) || super::quote::is_office_notice(line) => break,
            None => {
                let after = super::text::last(std::mem::take(&mut after), TAIL).to_owned();
                own.push(OwnLine { at, text: line.to_owned(), after });
                at += 1;
            }
        }
    }
    own
}

/// The first line marked as quoted below who wrote when: where none follows soon, all that follows is quoted, without
/// marks.
fn marked_below(lines: &[&str], at: usize) -> Option<usize> {
    let quoted = (at..lines.len().min(at + LOOKED_AT)).find(|at| is_quoted(lines[*at]))?;
    let unmarked = lines[at..quoted].iter().filter(|line| !line.trim().is_empty()).count();
    (unmarked <= MOST_UNMARKED).then_some(quoted)
}

fn is_quoted(line: &str) -> bool {
    line.trim_start().starts_with('>')
}

/// A quoted line without its marks.
fn bare(line: &str) -> &str {
    line.trim_start_matches(['>', ' ']).trim_end()
}
