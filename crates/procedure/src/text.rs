//! What people write lies beside the events, bound to them by a commitment: changed words are seen, and words that
//! the law orders destroyed (Ley 1581 de 2012) can go without breaking a chain.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Words with the random salt that keeps their commitment from being guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    salt: [u8; 16],
    body: String,
}

impl Text {
    /// Binds words to a salt. The salt must be fresh and random for each text.
    pub fn new(salt: [u8; 16], body: impl Into<String>) -> Text {
        Text { salt, body: body.into() }
    }
    /// The words.
    pub fn body(&self) -> &str {
        &self.body
    }
    /// The salt, stored beside the words.
    pub fn salt(&self) -> [u8; 16] {
        self.salt
    }
    /// What an event holds of these words.
    pub fn reference(&self) -> TextRef {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.salt);
        hasher.update(self.body.as_bytes());
        TextRef(*hasher.finalize().as_bytes())
    }
}

macro_rules! digest {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 32]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), hex::encode(&self.0[..4]))
            }
        }
        impl std::str::FromStr for $name {
            type Err = hex::FromHexError;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                let mut bytes = [0; 32];
                hex::decode_to_slice(s, &mut bytes)?;
                Ok($name(bytes))
            }
        }
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

digest! {
    /// The commitment `BLAKE3(salt ‖ words)`: names a text and proves it.
    TextRef
}
digest! {
    /// The BLAKE3 of an attachment's or raw letter's bytes: names the blob and proves it.
    BlobHash
}

/// A file as somebody brings it: its bytes are already stored under their hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Where its bytes are.
    pub blob: BlobHash,
    /// The file's name; personal data can be in it, so it is a text.
    pub name: Text,
    /// The type that was sniffed, never the one that was claimed.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
}

/// A file as an event holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentRef {
    /// Where its bytes are.
    pub blob: BlobHash,
    /// The file's name.
    pub name: TextRef,
    /// The type that was sniffed.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
}

impl Attachment {
    /// What an event holds of this file.
    pub fn reference(&self) -> AttachmentRef {
        AttachmentRef {
            blob: self.blob,
            name: self.name.reference(),
            media_type: self.media_type.clone(),
            size: self.size,
        }
    }
}
