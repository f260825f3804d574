//! Files: attachments for those who may read the event that brought them, documents for those who read the contract.

use futures_util::StreamExt;

use atiende_procedure::office::ContractDocument;
use atiende_procedure::{AttachmentRef, BlobHash, CaseNumber, ContractId, Event};

use super::{SeenCase, Viewer};
use crate::{Desk, DeskError, LARGEST_FILE};

impl SeenCase {
    /// The files of an event that he may read.
    pub fn files(event: &Event) -> &[AttachmentRef] {
        match event {
            Event::Registered(request) => &request.attachments,
            Event::Said { attachments, .. } => attachments,
            _ => &[],
        }
    }

    /// A file of this case, by the hash of its bytes, with its name.
    pub fn file(&self, blob: BlobHash) -> Option<(&AttachmentRef, &str)> {
        let mut files = self.events.iter().flat_map(|event| Self::files(&event.recorded.event));
        let file = files.find(|file| file.blob == blob)?;
        Some((file, self.words(file.name).unwrap_or("archivo")))
    }
}

impl Desk {
    /// A file of a case: its facts, its name and its bytes. No such case when he may not see it.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn file_seen_by(
        &self,
        viewer: Viewer,
        number: CaseNumber,
        blob: BlobHash,
    ) -> Result<(AttachmentRef, String, bytes::Bytes), DeskError> {
        let seen = self.case_seen_by(viewer, number).await?;
        let (file, name) = seen.file(blob).ok_or(DeskError::NoSuchCase)?;
        let bytes = self.bytes_of(blob, file.size).await?;
        Ok((file.clone(), name.to_owned(), bytes))
    }

    /// A document of a contract and its bytes, for who reads the contract. No such case for anybody else.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn document_seen_by(
        &self,
        viewer: Viewer,
        contract: ContractId,
        blob: BlobHash,
    ) -> Result<(ContractDocument, bytes::Bytes), DeskError> {
        let desk = self.clone();
        let office = self.db().read(move |r| desk.office_in(r)).await?;
        let contract = office.contracts.get(&contract).ok_or(DeskError::NoSuchCase)?;
        let reads = viewer.person().is_some_and(|person| office.reads_contract(person, contract));
        let document = contract.document(blob).filter(|_| reads).ok_or(DeskError::NoSuchCase)?.clone();
        let bytes = self.bytes_of(blob, document.size).await?;
        Ok((document, bytes))
    }

    async fn bytes_of(&self, blob: BlobHash, size: u64) -> Result<bytes::Bytes, DeskError> {
        let mut chunks = self.blobs().get(blob).await?.ok_or(DeskError::NoSuchCase)?;
        let mut bytes =
            bytes::BytesMut::with_capacity(usize::try_from(size).unwrap_or_default().min(LARGEST_FILE));
        while let Some(chunk) = chunks.next().await {
            bytes.extend_from_slice(&chunk?);
        }
        Ok(bytes.freeze())
    }
}
