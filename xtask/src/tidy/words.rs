//! Words that nobody should find: reminders, machine paths, panics in waiting, the time and chance of the machine, SQL
//! outside the store.

use super::Fault;
use super::rust::{Rust, line_of};

/// Reminders and left-overs. Written in pieces, so that this file does not hold them.
const REMINDERS: [&str; 5] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("dbg", "!("),
    concat!("todo", "!("),
];

/// Folders of somebody's machine.
const MACHINES: [&str; 5] = [
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/wo", "rk/"),
    concat!("/Use", "rs/"),
    concat!("\\Use", "rs\\"),
];

const TIME_AND_CHANCE: [&str; 6] =
    ["Timestamp::now", "Zoned::now", "SystemTime::now", "Instant::now", "getrandom::", "rand::"];

/// Those that may take the time and chance of the machine.
const MEASURERS: [&str; 4] = ["crates/atiende/", "crates/testkit/", "xtask/", "tests/"];

/// Those that may speak SQL: the last two to tamper with a database as a stranger would.
const SPEAKERS: [&str; 4] = ["crates/store/", "crates/testkit/", "xtask/", "tests/"];

const SQL: [(&str, &str); 6] = [
    ("SELECT ", " FROM "),
    ("INSERT INTO ", ""),
    ("UPDATE ", " SET "),
    ("DELETE FROM ", ""),
    ("CREATE TABLE ", ""),
    ("ALTER TABLE ", ""),
];

/// What no text of the project holds.
pub(super) fn in_text(path: &str, text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for word in REMINDERS.into_iter().filter(|word| has_word(line, word)) {
            faults.push(Fault::new(
                "reminder",
                path,
                number + 1,
                format!("`{word}` is for an issue, not for the source"),
            ));
        }
        for folder in MACHINES.into_iter().filter(|folder| has_path(line, folder)) {
            faults.push(Fault::new(
                "machine-path",
                path,
                number + 1,
                format!("`{folder}` is a folder of some machine"),
            ));
        }
    }
    faults
}

/// What no program of the project holds; its tests may.
pub(super) fn in_code(path: &str, rust: &Rust) -> Vec<Fault> {
    if path.contains("/tests/") || path.ends_with("/tests.rs") {
        return Vec::new();
    }
    let among = |folders: &[&str]| folders.iter().any(|folder| path.starts_with(folder));
    let mut faults = Vec::new();
    let mut find = |rule, word: &str, what: String| {
        for (at, _) in rust.code.match_indices(word) {
            let line = line_of(&rust.code, at);
            let whole = !rust.code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
                || word.starts_with('.');
            if whole && !rust.is_test(line) {
                faults.push(Fault::new(rule, path, line, what.clone()));
            }
        }
    };
    if !path.starts_with("tests/") {
        find(
            "unwrap",
            ".unwrap()",
            "say with `expect` why it is there, or answer for its absence".to_owned(),
        );
    }
    if !among(&MEASURERS) {
        for word in TIME_AND_CHANCE {
            find("time-and-chance", word, format!("`{word}` is for the binary; take what it gives"));
        }
    }
    if !among(&SPEAKERS) {
        let spoken = rust.strings.iter().filter(|(line, text)| is_sql(text) && !rust.is_test(*line));
        faults.extend(spoken.map(|(line, _)| Fault::new("sql", path, *line, "SQL is for the store")));
    }
    faults
}

fn has_word(line: &str, word: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    line.match_indices(word).any(|(at, _)| {
        let after = if word.ends_with('(') { None } else { line[at + word.len()..].chars().next() };
        edge(line[..at].chars().next_back()) && edge(after)
    })
}

/// A folder from the root, not one inside another or of an address.
fn has_path(line: &str, folder: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}' | '>' | '*');
    line.match_indices(folder).any(|(at, _)| !line[..at].ends_with(inside) || folder.starts_with('\\'))
}

fn is_sql(literal: &str) -> bool {
    SQL.iter()
        .any(|(verb, then)| literal.find(verb).is_some_and(|at| literal[at + verb.len()..].contains(then)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, source: &str) -> Vec<(&'static str, usize)> {
        let faults = in_text(path, source).into_iter().chain(in_code(path, &Rust::read(source)));
        faults.map(|fault| (fault.rule, fault.line)).collect()
    }

    #[test]
    fn reminders_are_whole_words() {
        let word = REMINDERS[0];
        assert_eq!(rules("crates/a/src/a.rs", &format!("\n// {word}: later")), [("reminder", 2)]);
        assert_eq!(rules("crates/a/src/a.rs", &format!("const {word}S: u8 = 1; // Método")), []);
        assert_eq!(
            rules("crates/a/src/a.rs", &format!("fn f() {{ {}x); }}", REMINDERS[3])),
            [("reminder", 1)]
        );
    }

    #[test]
    fn a_path_of_a_machine_is_no_path_of_an_address() {
        let folder = MACHINES[0];
        assert_eq!(rules("README.md", &format!("cd {folder}ana")), [("machine-path", 1)]);
        assert_eq!(rules("README.md", &format!("https://a.example{folder}ana")), []);
    }

    #[test]
    fn a_panic_in_waiting_is_for_tests_alone() {
        let source = "fn a() { b.unwrap(); }\n#[cfg(test)]\nmod tests {\n fn c() { d.unwrap(); }\n}\n";
        assert_eq!(rules("crates/desk/src/a.rs", source), [("unwrap", 1)]);
        assert_eq!(rules("crates/desk/tests/a.rs", source), []);
        assert_eq!(rules("crates/desk/src/a.rs", "// .unwrap()\nlet a = b.unwrap_or(c);"), []);
    }

    #[test]
    fn the_time_is_given() {
        assert_eq!(
            rules("crates/desk/src/a.rs", "let a = jiff::Timestamp::now();"),
            [("time-and-chance", 1)]
        );
        assert_eq!(rules("crates/desk/src/a.rs", "let a = operand::now();"), []);
        assert_eq!(rules("crates/atiende/src/open.rs", "let a = jiff::Timestamp::now();"), []);
    }

    #[test]
    fn sql_is_for_the_store() {
        let source =
            "f(\"SELECT 1 FROM cases\");\ng(\"UPDATE it when you SET out\");\nh(\"SELECT what you like\");";
        assert_eq!(rules("crates/desk/src/a.rs", source), [("sql", 1), ("sql", 2)]);
        assert_eq!(rules("crates/store/src/a.rs", source), []);
    }
}
