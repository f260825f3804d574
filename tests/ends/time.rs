//! Time passing over a desk, by a clock that the test moves: warnings, reminders and the end of the grace come by
//! themselves, once, however many nodes there are (R3, R13, R14).

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use atiende_tests::{Client, Place, Server};
use serde_json::{Value, json};

use crate::people::{People, number, request};

crate::on_both!(
    attention_is_drawn_before_a_promise_is_broken,
    a_provider_is_followed_as_its_time_runs_out,
    the_grace_ends_by_itself,
);

const HOUR: i64 = 3600;

/// A Tuesday at nine in the morning, in a week without holidays.
const TUESDAY: &str = "2028-02-08T09:00:00-05:00";

struct World {
    servers: Vec<Server>,
    people: People,
}

impl World {
    /// The sample office with a second node beside the first where the database allows it, on a Tuesday at nine.
    fn open(place: &Place) -> Result<World> {
        let movable = [("ATIENDE_SIMULATED_CLOCK", Path::new("yes"))];
        let first = place.serve_in(&["demo", "--cases", "5"], &movable)?;
        let people = People::of(place, &first)?;
        let mut servers = vec![first];
        if place.has_nodes() {
            servers.push(place.serve_in(&["serve"], &movable)?);
        }
        let world = World { servers, people };
        world.turn(&json!({ "to": TUESDAY }));
        Ok(world)
    }

    fn turn(&self, to: &Value) {
        for server in &self.servers {
            self.people.system.at(&server.address).post("/simulated-clock", to).is(200);
        }
    }

    fn forward(&self, seconds: i64) {
        self.turn(&json!({ "forward_seconds": seconds }));
    }

    fn events(&self, case: &str) -> Vec<Value> {
        let told = self.people.admin.get(&format!("/cases/{case}/events?limit=200")).is(200);
        told["items"].as_array().expect("events").clone()
    }

    /// Waits until so many events of a kind are there, and answers them. The desk looks at time once a second.
    fn come(&self, case: &str, kind: &str, count: usize) -> Result<Vec<Value>> {
        for _ in 0..200 {
            let found: Vec<_> =
                self.events(case).into_iter().filter(|event| event["event"]["type"] == kind).collect();
            if found.len() >= count {
                return Ok(found);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        anyhow::bail!("no {count} events {kind}: {:#?}", self.events(case))
    }

    fn stop(self) {
        self.servers.into_iter().for_each(Server::stop);
    }
}

fn send(by: &Client, case: &str, verb: &str, body: &Value) -> Value {
    by.post(&format!("/cases/{case}/{verb}"), body).is(200)
}

/// A case of low priority, for which two, four and forty working hours are promised, taken by an agent.
fn taken(people: &People) -> String {
    let mut asked = request("Se demora en encender", "EQ-FALLA");
    (asked["impact"], asked["urgency"]) = (json!("medium"), json!("medium"));
    let case = number(&people.requester.post("/cases", &asked).is(201));
    send(&people.admin, &case, "assignments", &json!({ "level": "first", "assignee": people.id("agente1") }));
    case
}

fn attended(people: &People) -> String {
    let case = taken(people);
    let found = json!({ "mode": "remote", "complexity": "low", "findings": "El disco está lleno." });
    send(&people.first, &case, "assessments", &found);
    case
}

fn attention_is_drawn_before_a_promise_is_broken(place: &Place) -> Result<()> {
    let world = World::open(place)?;
    let case = taken(&world.people);
    let told = world.people.first.get(&format!("/cases/{case}")).is(200);
    let clocks = told["clocks"].as_array().context("clocks")?;
    let answer =
        clocks.iter().find(|clock| clock["clock"] == "first_answer").context("the first answer's")?;
    let hours = answer["target_seconds"].as_i64().context("its length")? / HOUR;
    assert_eq!(hours, 4, "the sample's agreement: {answer}");
    // Three of its four hours end at noon and an instant, so after lunch, which does not count.
    world.turn(&json!({ "to": "2028-02-08T12:58:00-05:00" }));
    std::thread::sleep(Duration::from_secs(3));
    assert!(world.events(&case).iter().all(|event| event["event"]["type"] != "warned"), "too early");
    world.forward(180);
    let warned = world.come(&case, "warned", 1)?;
    assert_eq!(
        (&warned[0]["event"]["clock"], &warned[0]["event"]["percent"]),
        (&json!("first_answer"), &json!(75))
    );
    assert_eq!(warned[0]["event"]["to"], "agent");
    world.forward(HOUR);
    let warned = world.come(&case, "warned", 3)?;
    let percents: Vec<_> = warned.iter().map(|event| event["event"]["percent"].clone()).collect();
    assert_eq!(percents, [75, 90, 100], "each once, in order: {warned:#?}");
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(world.come(&case, "warned", 3)?.len(), 3, "nobody is told twice");
    let late = world.people.admin.get("/cases?due=overdue").is(200);
    assert!(
        late["items"].as_array().is_some_and(|rows| rows.iter().any(|row| row["number"] == *case)),
        "{late}"
    );
    world.stop();
    Ok(())
}

fn a_provider_is_followed_as_its_time_runs_out(place: &Place) -> Result<()> {
    let world = World::open(place)?;
    let people = &world.people;
    let case = attended(people);
    let reason =
        json!({ "to": "provider", "contract": people.contract("C-009"), "reason": "Es de la tarjeta." });
    send(&people.first, &case, "escalations", &reason);
    let evidence = |world: &World| world.people.auditor.get(&format!("/cases/{case}/evidence")).is(200);
    let missing = |world: &World| evidence(world)["items"][6]["missing"].clone();
    let follows = json!({ "note": "Vienen el viernes." });
    // The contract's answer: four working hours, and nobody has answered by the end of Tuesday's work.
    world.turn(&json!({ "to": "2028-02-08T17:00:00-05:00" }));
    let warned = world.come(&case, "warned", 2)?;
    assert!(warned.iter().any(|event| event["event"]["clock"] == "provider_response"), "{warned:#?}");
    assert_eq!(missing(&world), "due_follow_up", "a breach is a reason to ask");
    send(&people.supervisor, &case, "follow-ups", &follows);
    assert!(missing(&world).is_null());
    // Two working days later, when Thursday's work ends, the next one is due. Its solution was due on Thursday as well.
    world.turn(&json!({ "to": "2028-02-10T08:00:00-05:00" }));
    std::thread::sleep(Duration::from_secs(3));
    send(&people.supervisor, &case, "follow-ups", &follows);
    world.turn(&json!({ "to": "2028-02-14T17:01:00-05:00" }));
    let by_contract = world.come(&case, "warned", 6)?;
    let solution = |event: &&Value| event["event"]["clock"] == "provider_solution";
    assert!(by_contract.iter().filter(solution).count() > 0, "{by_contract:#?}");
    assert_eq!(missing(&world), "due_follow_up");
    let report = json!({ "report": "Se cambió la tarjeta.", "solved": true, "mode": "on_site" });
    send(&people.first, &case, "provider-reports", &report);
    send(
        &people.first,
        &case,
        "solutions",
        &json!({ "activities": "Se cambió la tarjeta.", "performed_by": "provider" }),
    );
    let item = &evidence(&world)["items"][6];
    assert_eq!((&item["status"], &item["missing"]), (&json!("missing"), &json!("due_follow_up")), "{item}");
    world.stop();
    Ok(())
}

fn the_grace_ends_by_itself(place: &Place) -> Result<()> {
    let world = World::open(place)?;
    let case = attended(&world.people);
    let done = json!({ "activities": "Se liberó espacio.", "performed_by": "agent" });
    let solved = send(&world.people.first, &case, "solutions", &done);
    assert_eq!(solved["grace_ends"], "2028-02-10T22:00:00Z");
    world.turn(&json!({ "to": "2028-02-10T16:58:00-05:00" }));
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(world.people.admin.get(&format!("/cases/{case}")).is(200)["status"], "solved");
    world.forward(180);
    world.come(&case, "closed", 1)?;
    let told = world.people.admin.get(&format!("/cases/{case}")).is(200);
    assert_eq!(told["status"], "closed");
    let clocks = told["clocks"].as_array().context("clocks")?;
    assert!(clocks.iter().all(|clock| clock["state"] == "met"), "{clocks:#?}");
    world.stop();
    Ok(())
}
