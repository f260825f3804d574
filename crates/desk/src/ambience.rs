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
}

impl Ambience {
    /// A desk's surroundings; tests give a clock that they move and an entropy that repeats.
    pub fn new(clock: Clock, entropy: Entropy) -> Ambience {
        Ambience { clock, entropy }
    }

    /// Now, to the microsecond: what both databases keep.
    pub fn now(&self) -> Timestamp {
        let now = (self.clock)();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
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
    /// These words, with white space at their ends cut and line ends made one kind.
    pub fn text(&self, words: &str) -> Text {
        Text::new(self.0.random(), words.trim().replace("\r\n", "\n"))
    }

    /// These words, unless there are none.
    pub fn text_if_any(&self, words: Option<&str>) -> Option<Text> {
        words.map(str::trim).filter(|words| !words.is_empty()).map(|words| self.text(words))
    }
}
