//! What surrounds the desk and is not its own: the time of day and chance. Both are given once, by whoever builds it.

use std::sync::Arc;

use atiende_procedure::{CommandId, Text};
use jiff::Timestamp;

/// Tells the time, to the microsecond.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Fills bytes with unguessable ones.
pub type Entropy = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// The clock and the entropy of a desk.
#[derive(Clone)]
pub struct Ambience {
    clock: Clock,
    entropy: Entropy,
    /// How far the clock was moved, in microseconds. Builds for tests alone know of it.
    #[cfg(debug_assertions)]
    moved: Option<Arc<std::sync::atomic::AtomicI64>>,
}

/// A clock that can be moved, so that tests from outside need not wait for days.
#[cfg(debug_assertions)]
impl Ambience {
    /// The same, with a clock that can be moved.
    #[must_use]
    pub fn movable(self) -> Ambience {
        Ambience { moved: Some(Arc::default()), ..self }
    }

    /// Whether its clock can be moved.
    pub fn is_movable(&self) -> bool {
        self.moved.is_some()
    }

    /// Moves the clock; it goes on from there. One that cannot be moved stays.
    pub fn move_clock(&self, by: jiff::SignedDuration) {
        if let Some(moved) = &self.moved {
            let by = i64::try_from(by.as_micros()).unwrap_or_default();
            moved.fetch_add(by, std::sync::atomic::Ordering::SeqCst);
        }
    }

    fn shift(&self) -> i64 {
        self.moved.as_ref().map_or(0, |moved| moved.load(std::sync::atomic::Ordering::SeqCst))
    }
}

#[cfg(not(debug_assertions))]
impl Ambience {
    fn shift(&self) -> i64 {
        0
    }
}

impl Ambience {
    /// A desk's surroundings; tests give a clock that they move and an entropy that repeats.
    pub fn new(clock: Clock, entropy: Entropy) -> Ambience {
        Ambience {
            clock,
            entropy,
            #[cfg(debug_assertions)]
            moved: None,
        }
    }

    /// Now, to the microsecond: what both databases keep.
    pub fn now(&self) -> Timestamp {
        let now = (self.clock)();
        Timestamp::from_microsecond(now.as_microsecond().saturating_add(self.shift())).unwrap_or(now)
    }

    /// So many unguessable bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.entropy)(&mut bytes);
        bytes
    }

    /// A name for one attempt to change something.
    pub fn command_id(&self) -> CommandId {
        CommandId(self.random())
    }

    /// Makes texts, each with a fresh salt.
    pub fn salter(&self) -> Salter {
        Salter(self.clone())
    }
}

impl std::fmt::Debug for Ambience {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ambience")
    }
}

/// Binds words to fresh salts.
#[derive(Debug, Clone)]
pub struct Salter(Ambience);

impl Salter {
    /// These words, with white space at their ends cut, line ends made one kind, and no other control characters.
    pub fn text(&self, words: &str) -> Text {
        let words = words.replace("\r\n", "\n").replace('\r', "\n");
        let words: String = words.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        Text::new(self.0.random(), words.trim())
    }

    /// These words on one line: a subject, a name, a place.
    pub fn line(&self, words: &str) -> Text {
        self.text(&words.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// These words, unless there are none.
    pub fn text_if_any(&self, words: Option<&str>) -> Option<Text> {
        words.map(|words| self.text(words)).filter(|text| !text.body().is_empty())
    }

    /// These words on one line, unless there are none.
    pub fn line_if_any(&self, words: Option<&str>) -> Option<Text> {
        words.map(|words| self.line(words)).filter(|text| !text.body().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn words_are_kept_without_what_no_one_types() {
        let entropy: Entropy = Arc::new(|bytes| bytes.fill(7));
        let salter = Ambience::new(Arc::new(|| Timestamp::UNIX_EPOCH), entropy).salter();
        assert_eq!(salter.text(" a\0b\u{1b}[1m\r\nc\rd\te \0").body(), "ab[1m\nc\nd\te");
        assert_eq!(salter.line("No imprime\r\nBcc: a@b.example").body(), "No imprime Bcc: a@b.example");
        assert_eq!(salter.text_if_any(Some(" \0 ")), None);
        assert_eq!(salter.line_if_any(Some("\n")), None);
    }
}
