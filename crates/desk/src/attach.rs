//! Files as people bring them: their bytes are stored under their hash, and their type is looked at, not believed.

use atiende_procedure::Attachment;
use atiende_store::StoreError;
use bytes::Bytes;

use crate::Desk;

/// The largest file, in bytes: 25 MB.
pub const LARGEST_FILE: usize = 25 * 1024 * 1024;

/// A file that somebody brings.
#[derive(Debug, Clone)]
pub struct Upload {
    /// As his machine calls it.
    pub name: String,
    pub bytes: Bytes,
}

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    /// Larger than [`LARGEST_FILE`].
    #[error("{name} is larger than {LARGEST_FILE} bytes")]
    TooLarge { name: String },
    /// The place for files does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Desk {
    /// Stores a file's bytes, so that a command can bring it. A file that no command ever brings is harmless.
    ///
    /// # Errors
    /// See [`AttachError`].
    pub async fn attach(&self, upload: Upload) -> Result<Attachment, AttachError> {
        if upload.bytes.len() > LARGEST_FILE {
            return Err(AttachError::TooLarge { name: upload.name });
        }
        Ok(self.keep(upload).await?)
    }

    /// The same of what came in a letter, which is as large as letters may be.
    pub(crate) async fn keep(&self, upload: Upload) -> Result<Attachment, StoreError> {
        let Upload { name, bytes } = upload;
        let size = bytes.len() as u64;
        let media_type = sniff(&bytes).to_owned();
        let blob = self.blobs().put_whole(bytes).await?.hash;
        let name = self.ambience().salter().text(&tidy(&name));
        Ok(Attachment { blob, name, media_type, size })
    }
}

fn sniff(bytes: &[u8]) -> &'static str {
    match infer::get(bytes) {
        Some(kind) => kind.mime_type(),
        None if std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0')) => "text/plain",
        None => "application/octet-stream",
    }
}

/// The last part of a path, without control characters and what turns the direction of writing (a name ends as it seems
/// to), at most 200 characters; a nameless file is `archivo`.
fn tidy(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let tidy: String = last.chars().filter(|c| !c.is_control() && !turns(*c)).take(200).collect();
    if tidy.trim().is_empty() { "archivo".to_owned() } else { tidy.trim().to_owned() }
}

fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_path() {
        assert_eq!(tidy("C:\\fotos\\pantalla.png"), "pantalla.png");
        assert_eq!(tidy("../../etc/passwd"), "passwd");
        assert_eq!(tidy("\u{0}\n"), "archivo");
        assert_eq!(tidy("foto\u{202e}gpj.exe"), "fotogpj.exe");
    }

    #[test]
    fn types_are_seen_not_believed() {
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "image/png");
        assert_eq!(sniff("hola, señor".as_bytes()), "text/plain");
        assert_eq!(sniff(b"\xff\xfe\x00"), "application/octet-stream");
    }
}
