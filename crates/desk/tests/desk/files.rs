//! Files: looked at, kept, and read by whoever may read what brought them.

use atiende_desk::{AttachError, DeskError, LARGEST_FILE, Upload};
use atiende_procedure::*;
use bytes::Bytes;

use crate::world::*;

const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and the rest of a picture";

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

    async fn what_is_too_large_is_not_taken(world: World) {
        let upload = Upload { name: "video.mp4".to_owned(), bytes: Bytes::from(vec![0; LARGEST_FILE + 1]) };
        assert!(matches!(world.desk.attach(upload).await, Err(AttachError::TooLarge { .. })));
    }
}
