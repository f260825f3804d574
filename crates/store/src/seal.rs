//! The Merkle log over all events, in the order of their positions (RFC 6962, with BLAKE3).
//!
//! A stream's chain shows a changed event, but not a whole stream removed. So a job appends every event's hash to one
//! log and keeps its head from time to time; a head cannot be made again without every event that went into it.

use jiff::Timestamp;

use crate::error::{Result, StoreError};
use crate::events::Hash;
use crate::feed::{Happened, Tail};
use crate::link::{Reader, Writer};
use crate::query::Query;
use crate::row::record;

/// Events that one seal takes in at most, so that nobody waits long for its transaction.
const MOST_EVENTS: u32 = 5_000;
/// The name under which the sealer's place in the feed is kept.
const TAIL: &str = "seal";

/// The log as far as it has grown: the roots of its perfect subtrees, largest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Log {
    pub(crate) size: u64,
    /// The position of its last event.
    pub(crate) position: i64,
    peaks: Vec<Hash>,
}

record! {
    /// A head that was kept.
    pub(crate) struct Seal {
        pub(crate) size: u64,
        pub(crate) position: i64,
        pub(crate) head: Hash,
        peaks: Vec<u8>,
        sealed_at: Timestamp,
    }
}

fn hashed(parts: &[&[u8]]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    *hasher.finalize().as_bytes()
}

impl Log {
    /// Appends an event: which, where, and its hash.
    pub(crate) fn push(&mut self, event: &Happened) {
        let (position, stream) = (event.position.to_be_bytes(), event.stream.to_be_bytes());
        let mut node = hashed(&[&[0], &position, &stream, &event.hash]);
        // Each low bit set in the size is a perfect subtree of that height, which the new leaf completes.
        let mut size = self.size;
        while size & 1 == 1 {
            let left = self.peaks.pop().unwrap_or_default();
            node = hashed(&[&[1], &left, &node]);
            size >>= 1;
        }
        self.peaks.push(node);
        self.size += 1;
        self.position = event.position;
    }

    /// The tree's head (RFC 6962, 2.1).
    pub(crate) fn head(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return hashed(&[]) };
        peaks.fold(*last, |right, left| hashed(&[&[1], left, &right]))
    }
}

impl Seal {
    /// The log as this seal knew it.
    pub(crate) fn log(&self) -> Log {
        let peaks = self.peaks.chunks_exact(32).filter_map(|peak| Hash::try_from(peak).ok()).collect();
        Log { size: self.size, position: self.position, peaks }
    }
}

/// The seals after a position, oldest first.
pub(crate) fn after(r: &mut Reader<'_>, position: i64, most: u32) -> Result<Vec<Seal>> {
    let query =
        Query::new("SELECT ").push(Seal::COLUMNS).push(" FROM seals WHERE position > ").bind(position);
    r.rows(&query.push(" ORDER BY size LIMIT ").bind(i64::from(most)))
}

fn last(r: &mut Reader<'_>) -> Result<Log> {
    let query = Query::new("SELECT ").push(Seal::COLUMNS).push(" FROM seals ORDER BY size DESC LIMIT 1");
    Ok(r.row::<Seal>(&query)?.map_or_else(Log::default, |seal| seal.log()))
}

/// Appends the next events to the log and keeps its head. Answers how many they were: while there are many, there are
/// more. One node at a time does this.
pub fn seal(w: &mut Writer<'_>, now: Timestamp) -> Result<u64> {
    let mut log = last(w)?;
    let began = log.size;
    let tail = Tail::kept(w, TAIL)?.filter(|tail| tail.position() == log.position);
    let (events, tail) = tail.unwrap_or_else(|| Tail::after(log.position)).next(w, MOST_EVENTS)?;
    events.iter().for_each(|event| log.push(event));
    tail.keep(w, TAIL)?;
    if log.size == began {
        return Ok(0);
    }
    let query = Query::new("INSERT INTO seals (size, position, head, peaks, sealed_at) VALUES ");
    let row =
        [log.size.into(), log.position.into(), log.head().into(), log.peaks.concat().into(), now.into()];
    w.execute(&query.bind_row(row)).map_err(|error| match error {
        StoreError::Duplicate(_) => StoreError::Stale { version: began },
        other => other,
    })?;
    Ok(log.size - began)
}

/// The newest head of the log in hexadecimal, with the number of events under it: to be noted outside, where nobody
/// who can write the database can change it.
pub fn head(r: &mut Reader<'_>) -> Result<(u64, String)> {
    let log = last(r)?;
    Ok((log.size, hex::encode(log.head())))
}

#[cfg(test)]
mod tests {
    use super::{Log, hashed};
    use crate::events::Hash;
    use crate::feed::Happened;

    /// The head as RFC 6962 defines it, by splitting at the largest power of two.
    fn defined(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => hashed(&[]),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                hashed(&[&[1], &defined(left), &defined(right)])
            }
        }
    }

    #[test]
    fn the_head_is_that_of_rfc_6962() {
        let (mut log, mut leaves) = (Log::default(), Vec::new());
        for n in 0..70_u8 {
            assert_eq!(log.head(), defined(&leaves), "{n} leaves");
            let event = Happened { position: i64::from(n) + 1, stream: 3, sequence: 1, hash: [n; 32] };
            log.push(&event);
            let (position, stream) = (event.position.to_be_bytes(), event.stream.to_be_bytes());
            leaves.push(hashed(&[&[0], &position, &stream, &event.hash]));
        }
        assert_eq!((log.size, log.position), (70, 70));
    }
}
