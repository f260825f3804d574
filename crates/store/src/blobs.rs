//! Files: attachments and raw letters, each stored once under the BLAKE3 of its bytes.

use std::path::Path;

use atiende_procedure::BlobHash;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path as BlobPath;
use object_store::{ObjectStoreExt, WriteMultipart};

use crate::error::{Result, StoreError};

/// The folder of blobs inside the data folder.
pub const FOLDER: &str = "blobs";

/// The place where the bytes of files lie.
#[derive(Debug, Clone)]
pub struct Blobs {
    store: std::sync::Arc<LocalFileSystem>,
}

/// A file that was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    pub hash: BlobHash,
    /// Bytes.
    pub size: u64,
}

/// Why a file was not stored.
#[derive(Debug, thiserror::Error)]
pub enum PutError<E> {
    /// It has more bytes than allowed.
    #[error("larger than {most} bytes")]
    TooLarge {
        /// The bytes allowed.
        most: u64,
    },
    /// Its sender failed.
    #[error("it did not arrive whole: {0}")]
    Source(E),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<object_store::Error> for StoreError {
    fn from(error: object_store::Error) -> Self {
        StoreError::Blob(error.to_string())
    }
}

impl Blobs {
    /// Opens the folder `blobs` inside the data folder, making it if need be.
    pub fn open(data: &Path) -> Result<Blobs> {
        let folder = data.join(FOLDER);
        std::fs::create_dir_all(&folder)
            .map_err(|e| StoreError::Blob(format!("{}: {e}", folder.display())))?;
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Blobs { store: std::sync::Arc::new(store) })
    }

    /// Stores what a stream brings, at most `most` bytes. Nothing stays of what does not arrive whole. `attempt` names
    /// the file while it arrives: 128 random bits.
    pub async fn put<E>(
        &self,
        attempt: [u8; 16],
        bytes: impl Stream<Item = Result<Bytes, E>> + Unpin,
        most: u64,
    ) -> Result<Stored, PutError<E>> {
        let arriving = BlobPath::from(format!("arriving/{}", hex::encode(attempt)));
        let mut upload =
            WriteMultipart::new(self.store.put_multipart(&arriving).await.map_err(StoreError::from)?);
        let (hash, size) = match self.receive(&mut upload, bytes, most).await {
            Ok(received) => received,
            Err(error) => {
                // What is left in `arriving` harms nobody; the first error is the one to tell.
                let _ = upload.abort().await;
                return Err(error);
            }
        };
        upload.finish().await.map_err(StoreError::from)?;
        self.store.rename(&arriving, &path_of(hash)).await.map_err(StoreError::from)?;
        Ok(Stored { hash, size })
    }

    async fn receive<E>(
        &self,
        upload: &mut WriteMultipart,
        mut bytes: impl Stream<Item = Result<Bytes, E>> + Unpin,
        most: u64,
    ) -> Result<(BlobHash, u64), PutError<E>> {
        let (mut hasher, mut size) = (blake3::Hasher::new(), 0);
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk.map_err(PutError::Source)?;
            size += chunk.len() as u64;
            if size > most {
                return Err(PutError::TooLarge { most });
            }
            hasher.update(&chunk);
            upload.wait_for_capacity(4).await.map_err(StoreError::from)?;
            upload.put(chunk);
        }
        Ok((BlobHash(*hasher.finalize().as_bytes()), size))
    }

    /// Stores bytes that are already whole.
    pub async fn put_whole(&self, bytes: Bytes) -> Result<Stored> {
        let hash = BlobHash(*blake3::hash(&bytes).as_bytes());
        let size = bytes.len() as u64;
        self.store.put(&path_of(hash), bytes.into()).await?;
        Ok(Stored { hash, size })
    }

    /// The bytes, as a stream; nothing when they are not there.
    pub async fn get(&self, hash: BlobHash) -> Result<Option<impl Stream<Item = Result<Bytes>> + use<>>> {
        match self.store.get(&path_of(hash)).await {
            Ok(found) => Ok(Some(found.into_stream().map(|chunk| chunk.map_err(StoreError::from)))),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// What is wrong with a blob, if anything, by reading all of it.
    pub async fn check(&self, hash: BlobHash) -> Result<Option<Harm>> {
        let Some(mut bytes) = self.get(hash).await? else { return Ok(Some(Harm::Missing)) };
        let mut hasher = blake3::Hasher::new();
        while let Some(chunk) = bytes.next().await {
            hasher.update(&chunk?);
        }
        Ok((hasher.finalize().as_bytes() != &hash.0).then_some(Harm::Changed))
    }
}

/// What can have happened to a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Harm {
    Missing,
    Changed,
}

/// Two letters of the hash as a folder keep folders small.
fn path_of(hash: BlobHash) -> BlobPath {
    let name = hash.to_string();
    BlobPath::from(format!("{}/{name}", &name[..2]))
}

#[cfg(test)]
mod tests {
    use super::{Blobs, Harm, PutError};
    use bytes::Bytes;
    use futures_util::{StreamExt, stream};

    fn folder() -> std::path::PathBuf {
        let name = format!("atiende-blobs-{}-{:?}", std::process::id(), std::thread::current().id());
        std::env::temp_dir().join(name)
    }

    fn chunks(parts: &[&'static str]) -> impl futures_util::Stream<Item = Result<Bytes, String>> + Unpin {
        stream::iter(parts.iter().map(|part| Ok(Bytes::from_static(part.as_bytes()))).collect::<Vec<_>>())
    }

    #[tokio::test]
    async fn a_file_is_stored_once_and_proved() {
        let folder = folder();
        let blobs = Blobs::open(&folder).unwrap();
        let one = blobs.put([1; 16], chunks(&["hola ", "mundo"]), 100).await.unwrap();
        let other = blobs.put_whole(Bytes::from_static(b"hola mundo")).await.unwrap();
        assert_eq!((one, one.size), (other, 10));

        let read: Vec<Bytes> =
            blobs.get(one.hash).await.unwrap().unwrap().map(|c| c.unwrap()).collect().await;
        assert_eq!(read.concat(), b"hola mundo");
        assert_eq!(blobs.check(one.hash).await.unwrap(), None);

        let name = one.hash.to_string();
        std::fs::write(folder.join("blobs").join(&name[..2]).join(&name), "hola mundo!").unwrap();
        assert_eq!(blobs.check(one.hash).await.unwrap(), Some(Harm::Changed));
        std::fs::remove_file(folder.join("blobs").join(&name[..2]).join(&name)).unwrap();
        assert_eq!(blobs.check(one.hash).await.unwrap(), Some(Harm::Missing));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[tokio::test]
    async fn nothing_stays_of_what_is_too_large_or_broken() {
        let folder = folder();
        let blobs = Blobs::open(&folder).unwrap();
        let large = blobs.put([2; 16], chunks(&["12345", "67890"]), 9).await;
        assert!(matches!(large, Err(PutError::TooLarge { most: 9 })));
        let broken = stream::iter([Ok(Bytes::from_static(b"x")), Err("gone".to_owned())]);
        assert!(matches!(blobs.put([3; 16], broken, 9).await, Err(PutError::Source(_))));
        let left: Vec<_> = std::fs::read_dir(folder.join("blobs")).unwrap().flatten().collect();
        assert!(
            left.iter().all(|entry| std::fs::read_dir(entry.path()).unwrap().next().is_none()),
            "{left:?}"
        );
        std::fs::remove_dir_all(folder).unwrap();
    }
}
