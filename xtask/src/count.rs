//! How many tests passed and failed, read from what their runners say.

use std::fmt;
use std::ops::AddAssign;

/// A tally.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Count) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

impl Count {
    /// Reads the closing lines of nextest, of cargo's own tests and of Node's runner.
    pub(crate) fn read(lines: &[String]) -> Count {
        let mut count = Count::default();
        let lines: Vec<String> = lines.iter().map(|line| plain(line).trim().to_owned()).collect();
        // Nextest shows what a failed test printed, its own closing line too.
        let nextest = lines.iter().any(|line| line.starts_with("Summary ["));
        let closing = if nextest { "Summary [" } else { "test result:" };
        for line in &lines {
            if line.starts_with(closing) {
                count.passed += before(line, "passed");
                count.failed += before(line, "failed") + before(line, "timed out");
            } else if let Some((name, number)) = line.strip_prefix("ℹ ").and_then(|line| line.split_once(' '))
            {
                match name {
                    "pass" => count.passed += number.parse().unwrap_or(0),
                    "fail" | "cancelled" => count.failed += number.parse().unwrap_or(0),
                    _ => {}
                }
            }
        }
        count
    }
}

/// The number that stands before a word.
fn before(line: &str, word: &str) -> u32 {
    let number = line.find(word).and_then(|at| line[..at].split_whitespace().last());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Without the colours of a terminal.
fn plain(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line;
    while let Some((text, coloured)) = rest.split_once('\u{1b}') {
        plain.push_str(text);
        rest = coloured.split_once('m').map_or("", |(_, after)| after);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(lines: &[&str]) -> (u32, u32) {
        let count = Count::read(&lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>());
        (count.passed, count.failed)
    }

    #[test]
    fn every_runner_is_understood() {
        assert_eq!(count(&["     Summary [   4.1s] 136 tests run: 136 passed, 3 skipped"]), (136, 0));
        assert_eq!(
            count(&["     Summary [   4.1s] 12/14 tests run: 10 passed (1 slow), 2 failed, 0 skipped"]),
            (10, 2)
        );
        assert_eq!(
            count(&["\u{1b}[32m     Summary\u{1b}[0m [ 1s] 3 tests run: 1 passed, 2 timed out"]),
            (1, 2)
        );
        let one =
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        let two = "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(count(&[one, two]), (7, 3));
        let summed = "Summary [ 1s] 2 tests run: 1 passed, 1 failed, 0 skipped";
        assert_eq!(count(&["test result: FAILED. 0 passed; 1 failed", summed]), (1, 1));
        assert_eq!(count(&["ℹ tests 4", "ℹ pass 3", "ℹ fail 1", "ℹ cancelled 0", "ℹ skipped 0"]), (3, 1));
    }
}
