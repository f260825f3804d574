//! `cargo xtask tidy`: what the compiler does not check. Sizes, words that nobody should find here, who may take the time
//! or speak SQL, and the walls between crates.

mod exceptions;
mod functions;
mod rust;
mod walls;
mod words;

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::run::{program, root};
use exceptions::Exceptions;
use rust::Rust;

/// Lines in a file: beyond this it is several things.
const LONGEST_FILE: usize = 600;

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    /// Stable: what the list of exceptions names.
    rule: &'static str,
    path: String,
    line: usize,
    what: String,
}

impl Fault {
    fn new(rule: &'static str, path: &str, line: usize, what: impl Into<String>) -> Fault {
        Fault { rule, path: path.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} ({})", self.path, self.line, self.what, self.rule)
    }
}

/// Looks at every file of the project.
pub(crate) fn tidy() -> Result<()> {
    let mut faults = walls::faults(&root())?;
    for path in files()? {
        // What is no text is nobody's sentence.
        if let Ok(text) = std::fs::read_to_string(root().join(&path)) {
            faults.extend(look(&path, &text));
        }
    }
    let (mut left, stale) = Exceptions::read(&root())?.apply(faults);
    left.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    for fault in &left {
        println!("{fault}");
    }
    for exception in &stale {
        println!("{}: no longer needed; take it out: {exception}", exceptions::FILE);
    }
    match left.len() + stale.len() {
        0 => Ok(()),
        many => bail!("{many} untidy things"),
    }
}

/// The files that git knows or would know.
fn files() -> Result<Vec<String>> {
    let mut git = program("git");
    let listed = git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).output();
    let listed = listed.context("asking git for the files")?;
    let names = String::from_utf8(listed.stdout).context("a file's name is not UTF-8")?;
    Ok(names.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

/// What is wrong with one file.
fn look(path: &str, text: &str) -> Vec<Fault> {
    let end = Path::new(path).extension().and_then(|end| end.to_str()).unwrap_or_default();
    let mut faults = Vec::new();
    if matches!(end, "rs" | "html" | "css" | "js" | "mjs") {
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            let what = format!("{lines} lines; {LONGEST_FILE} is the most");
            faults.push(Fault::new("file-size", path, LONGEST_FILE + 1, what));
        }
    }
    if matches!(end, "rs" | "html" | "css" | "js" | "mjs" | "md" | "toml" | "sql" | "ftl" | "txt") {
        faults.extend(words::in_text(path, text));
    }
    if end == "rs" {
        let rust = Rust::read(text);
        faults.extend(functions::too_long(path, &rust));
        faults.extend(words::in_code(path, &rust));
    }
    faults
}
