//! Files: looked at, kept, and read by whoever may read what brought them.

use atiende_desk::{AttachError, DeskError, LARGEST_FILE, Upload};
use atiende_procedure::office::{Change, ContractDocument};
use atiende_procedure::*;
use bytes::Bytes;

use crate::world::*;

const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and the rest of a picture";

/// Writes something else into the picture's file.
fn spoil(folder: &std::path::Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            spoil(&path);
        } else if std::fs::read(&path).unwrap() == PICTURE {
            std::fs::write(path, b"another picture").unwrap();
        }
    }
}

on_both! {
    async fn a_file_is_read_by_whoever_reads_its_message(world: World) {
        let case = world.registers(MARTA, Kind::Incident).await;
        let upload = Upload { name: "C:\\fotos\\pantalla.png".to_owned(), bytes: Bytes::from_static(PICTURE) };
        let picture = world.desk.attach(upload).await.unwrap();
        assert_eq!(picture.media_type, "image/png");
        let note = Upload { name: "nota.txt".to_owned(), bytes: Bytes::from_static(b"solo para la mesa") };
        let note = world.desk.attach(note).await.unwrap();
        let say = |audience, file: &Attachment| Command::Say {
            audience,
            body: None,
            attachments: vec![file.clone()],
        };
        world.does(person(MARTA), &case, say(Audience::Requester, &picture)).await;
        world.does(person(NATALY), &case, say(Audience::Internal, &note)).await;
        let read = |who, blob| world.desk.file_seen_by(viewer(who), case.clone(), blob);
        let (file, name, bytes) = read(MARTA, picture.blob).await.unwrap();
        assert_eq!((file.size, name.as_str(), &bytes[..]), (PICTURE.len() as u64, "pantalla.png", PICTURE));
        assert!(read(NATALY, note.blob).await.is_ok());
        assert!(matches!(read(MARTA, note.blob).await, Err(DeskError::NoSuchCase)));
        assert!(matches!(read(ROSALBA, picture.blob).await, Err(DeskError::NoSuchCase)));
    }

    async fn a_file_of_a_security_case_is_its_officers(world: World) {
        let case = world.registers(MARTA, Kind::SecurityIncident).await;
        let upload = Upload { name: "prueba.png".to_owned(), bytes: Bytes::from_static(PICTURE) };
        let file = world.desk.attach(upload).await.unwrap();
        let say = Command::Say { audience: Audience::Requester, body: None, attachments: vec![file.clone()] };
        world.does(person(MARTA), &case, say).await;
        assert!(world.desk.file_seen_by(viewer(CLARA), case.clone(), file.blob).await.is_ok());
        assert!(world.desk.file_seen_by(viewer(ADMIN), case.clone(), file.blob).await.is_err());
    }

    async fn a_contracts_document_is_read_by_who_follows_it_and_kept_under_watch(world: World) {
        let upload = Upload { name: "Contrato.png".to_owned(), bytes: Bytes::from_static(PICTURE) };
        let file = world.desk.attach(upload).await.unwrap();
        let mut contract = (*world.desk.office().contracts[&CONTRACT]).clone();
        contract.documents.push(ContractDocument {
            blob: file.blob,
            name: file.name.body().to_owned(),
            media_type: file.media_type,
            size: file.size,
        });
        world.administer(vec![Change::SetContract(Box::new(contract.clone()))]).await;
        let read = |who, blob| world.desk.document_seen_by(viewer(who), CONTRACT, blob);
        for who in [AUDITOR, ADMIN] {
            assert!(read(who, file.blob).await.is_ok(), "{who}");
        }
        let (document, bytes) = read(HERNAN, file.blob).await.unwrap();
        assert_eq!((document.name.as_str(), &bytes[..]), ("Contrato.png", PICTURE));
        for who in [MARTA, NATALY] {
            assert!(matches!(read(who, file.blob).await, Err(DeskError::NoSuchCase)), "{who}");
        }
        let other = world.desk.attach(Upload { name: "otro".into(), bytes: Bytes::from_static(b"otro") });
        let other = other.await.unwrap().blob;
        assert!(matches!(read(HERNAN, other).await, Err(DeskError::NoSuchCase)), "not of this contract");

        contract.documents.clear();
        world.administer(vec![Change::SetContract(Box::new(contract))]).await;
        assert!(read(HERNAN, file.blob).await.is_err(), "it was taken out");
        assert_eq!(world.findings().await, Vec::<String>::new());
        spoil(&world.folder.join("blobs"));
        assert_eq!(world.findings().await, [format!("contract C-014: the file {} was changed", file.blob)]);
    }

    async fn what_is_too_large_is_not_taken(world: World) {
        let upload = Upload { name: "video.mp4".to_owned(), bytes: Bytes::from(vec![0; LARGEST_FILE + 1]) };
        assert!(matches!(world.desk.attach(upload).await, Err(AttachError::TooLarge { .. })));
    }
}
