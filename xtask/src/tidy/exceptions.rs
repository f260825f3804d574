//! What is untidy and known: a list that may only shrink. An entry that nothing needs any more is itself untidy.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::Fault;

/// Where the list is: a rule and a path a line.
pub(super) const FILE: &str = "xtask/exceptions.txt";

/// How many entries there may be. Raise it never.
const ALLOWED: std::ops::RangeInclusive<usize> = 0..=0;

/// The list.
#[derive(Debug)]
pub(super) struct Exceptions(Vec<(String, String)>);

impl Exceptions {
    pub(super) fn read(root: &Path) -> Result<Exceptions> {
        let text = std::fs::read_to_string(root.join(FILE)).with_context(|| format!("reading {FILE}"))?;
        let list = Exceptions::parse(&text)?;
        ensure!(ALLOWED.contains(&list.0.len()), "{FILE} has {} entries: it may only shrink", list.0.len());
        Ok(list)
    }

    fn parse(text: &str) -> Result<Exceptions> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let entry = |line: &str| {
            let (rule, path) =
                line.split_once(' ').with_context(|| format!("{FILE}: no rule and path: {line}"))?;
            Ok((rule.to_owned(), path.trim().to_owned()))
        };
        Ok(Exceptions(lines.map(entry).collect::<Result<_>>()?))
    }

    /// The faults that are left, and the entries that nothing needs.
    pub(super) fn apply(self, faults: Vec<Fault>) -> (Vec<Fault>, Vec<String>) {
        let excuses =
            |entry: &(String, String), fault: &Fault| entry.0 == fault.rule && entry.1 == fault.path;
        let stale = self.0.iter().filter(|entry| !faults.iter().any(|fault| excuses(entry, fault)));
        let stale = stale.map(|(rule, path)| format!("{rule} {path}")).collect();
        let left =
            faults.into_iter().filter(|fault| !self.0.iter().any(|entry| excuses(entry, fault))).collect();
        (left, stale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_excuses_until_nothing_needs_it() {
        let list = "# why\nfile-size a.rs\nunwrap b.rs\n";
        let fault = |rule, path| Fault::new(rule, path, 1, "");
        let faults = vec![fault("file-size", "a.rs"), fault("file-size", "b.rs")];
        let (left, stale) = Exceptions::parse(list).unwrap().apply(faults);
        assert_eq!(left, [fault("file-size", "b.rs")]);
        assert_eq!(stale, ["unwrap b.rs"]);
    }
}
