//! The office is replayed whole and kept up, and two administrators do not write over each other.

use atiende_procedure::office::{Department, Office, OfficeEvent, OfficeRecorded, Profile};
use atiende_procedure::{Acted, Actor, Capacity, DepartmentId, PersonId, Role, Text};
use atiende_store::{StoreError, Writer, office};

use crate::support::*;

fn recorded(sequence: u64, event: OfficeEvent) -> OfficeRecorded {
    let acted = Acted { by: Actor::Operator, capacity: Capacity::Operator };
    OfficeRecorded { sequence, at: clock(), acted, command: command(), event }
}

fn person(id: i64, name: &str) -> (OfficeEvent, Text) {
    let profile =
        Profile { name: name.to_owned(), email: format!("{id}@agencia.example"), ..Profile::default() };
    let words = text(&serde_json::to_string(&profile).unwrap());
    let event = OfficeEvent::PersonSet {
        person: PersonId(id),
        profile: words.reference(),
        roles: vec![Role::Agent],
        groups: Vec::new(),
        active: true,
    };
    (event, words)
}

fn department(id: i64) -> OfficeEvent {
    let department =
        Department { id: DepartmentId(id), code: format!("D{id}"), name: "Archivo".to_owned(), active: true };
    OfficeEvent::DepartmentSet { department }
}

fn add(w: &mut Writer<'_>, events: &[OfficeRecorded], words: &[Text]) -> Result<(), StoreError> {
    let held = office::hold(w)?;
    office::advance(w, &held, events, words)
}

on_both! {
    async fn the_office_is_replayed_and_kept_up(world: World) {
        assert_eq!(world.db.read(office::load).await.unwrap(), Office::default());
        let (event, words) = person(1, "Ana Ruiz");
        world.db.write(command(), move |w| {
            add(w, &[recorded(1, event.clone()), recorded(2, department(1))], std::slice::from_ref(&words))
        }).await.unwrap();
        let before = world.db.read(office::load).await.unwrap();
        assert_eq!(before.people[&PersonId(1)].profile.name, "Ana Ruiz");
        assert_eq!(before.version, 2);

        let (event, words) = person(1, "Ana María Ruiz");
        world.db.write(command(), move |w| {
            add(w, &[recorded(3, event.clone())], std::slice::from_ref(&words))
        }).await.unwrap();
        let after = world.db.read({
            let before = before.clone();
            move |r| {
                let mut office = before.clone();
                assert!(office::catch_up(r, &mut office)?);
                assert!(!office::catch_up(r, &mut office)?);
                Ok::<_, StoreError>(office)
            }
        }).await.unwrap();
        assert_eq!(after.people[&PersonId(1)].profile.name, "Ana María Ruiz");
        assert_eq!(after, world.db.read(office::load).await.unwrap());
        assert_eq!(world.db.read(office::version).await, Ok(3));
        assert_eq!(world.db.read(|r| office::history(r, 1)).await.unwrap().len(), 2);
    }

    async fn a_change_to_an_office_that_moved_is_stale(world: World) {
        world.db.write(command(), |w| add(w, &[recorded(1, department(1))], &[])).await.unwrap();
        let stale = world.db.write(command(), |w| add(w, &[recorded(1, department(2))], &[])).await;
        assert_eq!(stale, Err(StoreError::Stale { version: 1 }));
    }
}
