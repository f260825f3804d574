//! What was changed by hand is found and named; what was not is not.

use atiende_procedure::{Attachment, Audience, Case, Event, SupportLevel};
use atiende_store::verify::{Finding, Looked, verify};
use atiende_store::{Blobs, Location, seal};
use bytes::Bytes;

use crate::support::*;

impl World {
    /// A few cases with everything that can be on one.
    async fn lived_in(&self) -> Vec<Case> {
        let blobs = Blobs::open(self.folder()).unwrap();
        let stored = blobs.put_whole(Bytes::from_static(b"%PDF-1.4")).await.unwrap();
        let file = Attachment {
            blob: stored.hash,
            name: text("acta.pdf"),
            media_type: "application/pdf".to_owned(),
            size: stored.size,
        };
        let mut cases = Vec::new();
        for n in 0..4 {
            let asked = Request { attachments: vec![file.clone()], ..request(n + 1) };
            let case = self.case(asked).await;
            let level = SupportLevel::First;
            let events = vec![
                assigned(level, 1, Some(9)),
                assessed(level),
                to_provider(4),
                watched(8),
                said(Audience::Internal, "ojo"),
            ];
            cases.push(self.happen(case.id, events).await);
        }
        self.seal().await;
        cases
    }

    async fn seal(&self) {
        for _ in 0..200 {
            let sealed = self.db.change(|w| seal::seal(w, clock())).await.unwrap();
            let (size, _) = self.db.read(seal::head).await.unwrap();
            let all = self.count("events").await;
            if sealed == 0 && size == all {
                return;
            }
            // Transactions of other tests on the same server can hold the feed up for a moment.
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("not all events were sealed");
    }

    pub async fn look(&self) -> (Looked, Vec<String>) {
        let blobs = Blobs::open(self.folder()).unwrap();
        let mut findings = Vec::new();
        let looked =
            verify(&self.db, &blobs, |finding: Finding| findings.push(finding.to_string())).await.unwrap();
        (looked, findings)
    }

    /// What somebody with the database's password can do.
    pub async fn tamper(&self, sql: &str) {
        let (location, sql) = (self.location.clone(), sql.to_owned());
        tokio::task::spawn_blocking(move || match location {
            Location::Folder(folder) => {
                let connection = rusqlite::Connection::open(folder.join("atiende.db")).unwrap();
                let triggers = [
                    "events_are_not_changed",
                    "events_are_not_deleted",
                    "seals_are_not_changed",
                    "seals_are_not_deleted",
                ];
                for trigger in triggers {
                    connection.execute_batch(&format!("DROP TRIGGER IF EXISTS {trigger}")).unwrap();
                }
                connection.execute_batch(&sql).unwrap();
            }
            Location::Postgres(url) => {
                let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
                client
                    .batch_execute(
                        "ALTER TABLE events DISABLE TRIGGER ALL; ALTER TABLE seals DISABLE TRIGGER ALL",
                    )
                    .unwrap();
                client.batch_execute(&sql.replace("X'", "'\\x")).unwrap();
            }
        })
        .await
        .unwrap();
    }

    async fn found_after(&self, sql: &str, expected: &[&str]) {
        self.lived_in().await;
        self.tamper(sql).await;
        let (_, findings) = self.look().await;
        assert_eq!(findings, expected, "after {sql}");
    }
}

on_both! {
    async fn what_was_left_alone_is_well(world: World) {
        world.lived_in().await;
        world.case(request(9).security()).await;
        let (looked, findings) = world.look().await;
        assert_eq!(findings, [""; 0]);
        assert_eq!((looked.cases, looked.events, looked.sealed, looked.files), (5, 25, 24, 4));
        assert_eq!(looked.texts, 4 * 6 + 2);
    }

    async fn more_than_one_round_is_looked_at(world: World) {
        world.db.change(|w| {
            for _ in 0..250 {
                register(w, &request(1))?;
            }
            Ok::<_, atiende_store::StoreError>(())
        }).await.unwrap();
        world.seal().await;
        let (looked, findings) = world.look().await;
        assert_eq!((looked.cases, looked.sealed, findings), (250, 250, Vec::new()));
    }

    async fn a_changed_event_is_found(world: World) {
        world.found_after(
            "UPDATE events SET body = X'7b7d' WHERE stream = 2 AND sequence = 6",
            &["MS-2026-2: event 6 was changed", "MS-2026-2: event 6 cannot be read: not a stored event: missing field `v` at line 1 column 2"],
        ).await;
    }

    async fn an_event_with_a_new_chain_is_found(world: World) {
        world.lived_in().await;
        world.tamper("UPDATE events SET hash = X'0101010101010101010101010101010101010101010101010101010101010101' WHERE stream = 3 AND sequence = 6").await;
        let (_, findings) = world.look().await;
        assert!(findings[0].starts_with("log: between positions 0 and 24 an event was changed"), "{findings:?}");
        assert!(findings.contains(&"MS-2026-3: event 6 was changed".to_owned()), "{findings:?}");
    }

    async fn a_removed_event_is_found(world: World) {
        world.lived_in().await;
        world.tamper("DELETE FROM events WHERE stream = 2 AND sequence = 6").await;
        let (_, findings) = world.look().await;
        assert!(findings.iter().any(|finding| finding.contains("there were 24 events in all, now 23")), "{findings:?}");
        assert!(findings.iter().any(|finding| finding == "MS-2026-2: its stored state is not the sum of its events"), "{findings:?}");
        assert!(findings.iter().any(|finding| finding == "case with id 2: events that a command brought are missing"), "{findings:?}");
    }

    async fn a_changed_text_is_found(world: World) {
        let case = world.lived_in().await.swap_remove(1);
        world.tamper("UPDATE texts SET body = 'Sí imprime' WHERE stream = 2 AND body = 'No imprime'").await;
        let (_, findings) = world.look().await;
        assert_eq!(findings, [
            format!("MS-2026-2: a text was changed ({})", &case.subject.to_string()[..8]),
            "MS-2026-2: the subject in lists is not the one that was written".to_owned(),
        ]);
    }

    async fn a_removed_text_is_found(world: World) {
        world.found_after("DELETE FROM texts WHERE stream = 2 AND body = 'ojo'", &["MS-2026-2: a text of event 6 is missing"]).await;
    }

    async fn a_text_destroyed_by_order_of_the_law_is_none(world: World) {
        world.found_after("UPDATE texts SET body = NULL WHERE stream = 2 AND body = 'ojo'", &[]).await;
    }

    async fn a_changed_state_is_found(world: World) {
        world.found_after(
            "UPDATE cases SET state = replace(state, '\"medium\"', '\"high\"') WHERE id = 3",
            &["MS-2026-3: its stored state is not the sum of its events"],
        ).await;
    }

    async fn a_changed_column_is_found(world: World) {
        world.found_after(
            "UPDATE cases SET security = TRUE, agent = NULL WHERE id = 3",
            &[
                "MS-2026-3: its column security is not what its events say",
                "MS-2026-3: its column agent is not what its events say",
                "counts: the kept counts of cases are not those of the cases",
            ],
        ).await;
    }

    async fn a_changed_participant_is_found(world: World) {
        world.found_after(
            "UPDATE watchers SET person = 99 WHERE case_id = 1; DELETE FROM case_contracts WHERE case_id = 2",
            &["MS-2026-1: its watchers are not those of its events", "MS-2026-2: its contracts are not those of its events"],
        ).await;
    }

    async fn a_changed_file_is_found(world: World) {
        let case = world.lived_in().await.swap_remove(0);
        let id = case.id;
        let story = world.db.read(move |r| atiende_store::events::of_case(r, id)).await.unwrap();
        let Event::Registered(registered) = &story[0].event else { panic!("the first") };
        let name = registered.attachments[0].blob.to_string();
        std::fs::write(world.folder().join("blobs").join(&name[..2]).join(&name), "otro").unwrap();
        let (_, findings) = world.look().await;
        assert_eq!(findings.len(), 4);
        assert_eq!(findings[0], format!("MS-2026-1: the file {name} was changed"));
    }

    async fn a_whole_case_removed_is_found(world: World) {
        world.lived_in().await;
        world.tamper("
            DELETE FROM events WHERE stream = 2; DELETE FROM texts WHERE stream = 2; DELETE FROM cases WHERE id = 2;
            DELETE FROM watchers WHERE case_id = 2; DELETE FROM case_contracts WHERE case_id = 2;
            DELETE FROM attachments WHERE stream = 2; DELETE FROM commands WHERE stream = 2;
            UPDATE backlog SET cases = cases - 1 WHERE status = 'with_provider'
        ").await;
        let (_, findings) = world.look().await;
        assert!(findings.iter().any(|finding| finding.contains("there were 24 events in all, now 18")), "{findings:?}");
    }

    async fn a_row_without_events_and_events_without_a_row_are_found(world: World) {
        world.lived_in().await;
        world.tamper("DELETE FROM cases WHERE id = 2; DELETE FROM events WHERE stream = 3").await;
        let (_, findings) = world.look().await;
        for expected in ["MS-2026-2: the case's row is missing", "MS-2026-3: its events are missing"] {
            assert!(findings.iter().any(|finding| finding == expected), "{expected} in {findings:?}");
        }
    }

    async fn a_changed_seal_is_found(world: World) {
        world.found_after(
            "UPDATE seals SET head = X'0101010101010101010101010101010101010101010101010101010101010101' WHERE size > 0",
            &["log: the seal over 24 events was changed"],
        ).await;
    }

    async fn events_and_seals_refuse_to_change(world: World) {
        world.lived_in().await;
        let location = world.location.clone();
        let refused = tokio::task::spawn_blocking(move || {
            let tries = ["UPDATE events SET stream = 9", "DELETE FROM events", "UPDATE seals SET size = 1", "DELETE FROM seals"];
            tries.map(|sql| match &location {
                Location::Folder(folder) => {
                    rusqlite::Connection::open(folder.join("atiende.db")).unwrap().execute_batch(sql).is_err()
                }
                Location::Postgres(url) => {
                    postgres::Client::connect(url, postgres::NoTls).unwrap().batch_execute(sql).is_err()
                }
            })
        }).await.unwrap();
        assert_eq!(refused, [true; 4]);
    }
}
