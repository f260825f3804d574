//! The name of an attempt, so that sending the same again does it once: from the key of whoever sends it and from what
//! he sends, which he may change after all.

use atiende_procedure::CommandId;

/// What is sent: where to, and each of its parts.
#[derive(Debug, Clone)]
pub(crate) struct Content(blake3::Hasher);

impl Content {
    /// Nothing yet, to be sent to a place.
    pub(crate) fn to(place: &str) -> Content {
        Content(blake3::Hasher::new_derive_key("atiende 2026-11 content of an attempt"))
            .with(place.as_bytes())
    }

    /// One more part.
    pub(crate) fn with(mut self, part: &[u8]) -> Content {
        self.0.update(&(part.len() as u64).to_be_bytes());
        self.0.update(part);
        self
    }

    /// The attempt of somebody's key with this content. Its first eight bytes are the key's alone.
    pub(crate) fn under(self, owner: &str, key: &str) -> CommandId {
        let mut hasher = blake3::Hasher::new_derive_key("atiende 2026-11 key of an attempt");
        hasher.update(owner.as_bytes());
        hasher.update(b"\n");
        hasher.update(key.as_bytes());
        let mut id = [0; 16];
        id[..8].copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        id[8..].copy_from_slice(&self.0.finalize().as_bytes()[..8]);
        CommandId(id)
    }
}

#[cfg(test)]
mod tests {
    use super::Content;

    #[test]
    fn an_attempt_is_its_sender_its_key_its_place_and_its_content() {
        let id = |owner, key, place, part: &str| Content::to(place).with(part.as_bytes()).under(owner, key);
        let first = id("1", "k", "/cases", "a");
        assert_eq!(first, id("1", "k", "/cases", "a"));
        for other in [id("2", "k", "/cases", "a"), id("1", "l", "/cases", "a")] {
            assert_ne!(first.0[..8], other.0[..8]);
        }
        for other in [id("1", "k", "/cases/1", "a"), id("1", "k", "/cases", "b")] {
            assert_eq!(first.0[..8], other.0[..8]);
            assert_ne!(first, other);
        }
    }
}
