//! What is told while it happens is told to whom it may be told, and to nobody else.

use atiende_desk::jobs::Jobs;
use atiende_desk::{Post, Spool};
use atiende_procedure::*;

use crate::world::*;

/// The next change, as each of these people hears of it.
async fn heard(
    changes: &mut tokio::sync::broadcast::Receiver<std::sync::Arc<atiende_desk::Change>>,
    world: &World,
    people: &[PersonId],
) -> Vec<Option<Option<Actor>>> {
    let change =
        tokio::time::timeout(std::time::Duration::from_secs(5), changes.recv()).await.unwrap().unwrap();
    let office = world.desk.office();
    people.iter().map(|id| change.seen_by(viewer(*id), &office).map(|seen| seen.by)).collect()
}

on_both! {
    async fn a_change_is_told_to_those_who_see_its_case(world: World) {
        let spool = Spool::of(&world.folder);
        let jobs = Jobs::start(&world.desk, Post::new(None), spool, "one");
        let (mut changes, _) = world.desk.changes();
        // The walk begins where the feed is when somebody first listens.
        tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
        let case = world.registers(MARTA, Kind::Incident).await;
        let marta = Some(Some(Actor::Person(MARTA)));
        assert_eq!(heard(&mut changes, &world, &[MARTA, NATALY, ADMIN, ROSALBA]).await, [marta, marta, marta, None]);
        world.does(person(NATALY), &case, world.say(Audience::Internal, "Parece un engaño.")).await;
        let nataly = Some(Some(Actor::Person(NATALY)));
        assert_eq!(heard(&mut changes, &world, &[MARTA, NATALY, ADMIN, ROSALBA]).await, [None, nataly, nataly, None]);
        let refer = Command::Refer { reason: world.text("Es un engaño.") };
        world.does(person(NATALY), &case, refer).await;
        assert_eq!(
            heard(&mut changes, &world, &[MARTA, NATALY, CLARA, ROSALBA]).await,
            [nataly, Some(None), nataly, None],
            "whoever loses it hears that it changed, and not by whom"
        );
        let acknowledge = Command::Acknowledge;
        world.does(person(CLARA), &case, acknowledge).await;
        let officer = Some(Some(Actor::Person(CLARA)));
        assert_eq!(heard(&mut changes, &world, &[MARTA, NATALY, CLARA]).await, [officer, None, officer]);
        world.desk.end_live();
        jobs.stop().await;
    }

    async fn who_has_a_case_open_is_told_to_those_who_work_on_it(world: World) {
        let case = world.registers(MARTA, Kind::Incident).await;
        let looks = async |who, tab: u8, writes| world.desk.looks_at(who, &case, [tab; 16], writes).await.unwrap();
        assert_eq!(looks(MARTA, 1, false).await, None, "the requester is not told of, nor to");
        assert_eq!(looks(NATALY, 2, true).await, Some(Vec::new()));
        let others = looks(ADMIN, 3, false).await.unwrap();
        assert_eq!((others.len(), others[0].writes), (1, true));
        world.pass(jiff::SignedDuration::from_secs(10));
        assert!(!world.desk.others_at(ADMIN, &case).await.unwrap().unwrap()[0].writes, "he stopped");
        world.pass(jiff::SignedDuration::from_secs(60));
        assert_eq!(world.desk.others_at(ADMIN, &case).await.unwrap(), Some(Vec::new()), "he fell silent");
        looks(NATALY, 2, false).await;
        world.desk.leaves(NATALY, &case, [2; 16]).await.unwrap();
        assert_eq!(world.desk.others_at(ADMIN, &case).await.unwrap(), Some(Vec::new()));
    }
}
