//! A case's events read a second time, plainly: when each promise began, stood still and ended, counted day by day by the
//! office's hours as the API tells them. Shares nothing with the program.

use std::collections::BTreeMap;

use atiende_tests::Client;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

/// A promise that came to an end.
pub(crate) struct Outcome {
    pub(crate) number: String,
    pub(crate) clock: &'static str,
    pub(crate) contract: Option<i64>,
    pub(crate) day: String,
    pub(crate) met: bool,
    pub(crate) used_seconds: f64,
    pub(crate) service: String,
    about: BTreeMap<&'static str, String>,
}

impl Outcome {
    /// Under what a report counts it.
    pub(crate) fn key(&self, by: &str) -> String {
        match by {
            "clock" => self.clock.to_owned(),
            "month" => self.day[..7].to_owned(),
            "contract" => self.contract.map_or("none".to_owned(), |id| id.to_string()),
            "service" => self.service.clone(),
            by => self.about[by].clone(),
        }
    }
}

/// A working calendar as the API tells it.
struct Calendar {
    week: [Vec<(Time, Time)>; 7],
    holidays: Vec<Date>,
    exceptions: BTreeMap<Date, Vec<(Time, Time)>>,
}

/// The calendars, by id.
pub(crate) struct Office {
    zone: TimeZone,
    calendars: BTreeMap<i64, Calendar>,
}

fn spans(hours: &Value) -> Vec<(Time, Time)> {
    let span = |words: &Value| {
        let (from, to) = words.as_str().expect("a span").split_once('-').expect("from and to");
        (from.parse().expect("an hour"), to.parse().expect("an hour"))
    };
    hours.as_array().expect("spans").iter().map(span).collect()
}

impl Office {
    pub(crate) fn of(client: &Client) -> Office {
        let told = client.get("/calendars").is(200);
        let told = told["items"].as_array().expect("calendars");
        let zone = TimeZone::get(told[0]["time_zone"].as_str().expect("a zone")).expect("a zone");
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let year = zone.to_datetime(Timestamp::now()).year();
        let calendar = |it: &Value| {
            let id = it["id"].as_i64().expect("an id");
            let of = |year: i16| client.get(&format!("/calendars/{id}/holidays?year={year}")).is(200);
            let years: Vec<Value> = (year - 2..=year + 1).map(of).collect();
            let holidays = years.iter().flat_map(|year| year["items"].as_array().expect("holidays"));
            let date = |it: &Value| it["date"].as_str().expect("a date").parse::<Date>().expect("a date");
            let exceptions = it["exceptions"].as_array().expect("exceptions").iter();
            let calendar = Calendar {
                week: days.map(|day| spans(&it["week"][day])),
                holidays: holidays.map(date).collect(),
                exceptions: exceptions.map(|it| (date(it), spans(&it["hours"]))).collect(),
            };
            (id, calendar)
        };
        Office { calendars: told.iter().map(calendar).collect(), zone }
    }

    /// Working seconds between two instants, day by day.
    fn seconds(&self, hours: &Value, from: Timestamp, to: Timestamp) -> f64 {
        if hours["by"] == "always" {
            return to.duration_since(from).as_secs_f64().max(0.0);
        }
        let calendar = &self.calendars[&hours["calendar"].as_i64().expect("a calendar")];
        let (from, to) = (self.zone.to_datetime(from), self.zone.to_datetime(to));
        let mut day = from.date();
        let mut seconds = 0.0;
        while day <= to.date() {
            for (opens, closes) in calendar.of(day) {
                let start = day.to_datetime(*opens).max(from);
                let end = day.to_datetime(*closes).min(to);
                seconds += length(start, end).max(0.0);
            }
            day = day.checked_add(1.day()).expect("another day");
        }
        seconds
    }
}

fn length(from: DateTime, to: DateTime) -> f64 {
    to.duration_since(from).as_secs_f64()
}

impl Calendar {
    fn of(&self, day: Date) -> &[(Time, Time)] {
        if let Some(hours) = self.exceptions.get(&day) {
            return hours;
        }
        match self.holidays.contains(&day) {
            true => &[],
            false => &self.week[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())],
        }
    }
}

/// What is gathered while events are read.
#[derive(Default)]
struct Story {
    promise: Value,
    assigned: Option<Timestamp>,
    answered: Option<Timestamp>,
    solved: Option<Timestamp>,
    cancelled: Option<Timestamp>,
    /// Why it stood still, from when, until when.
    still: Vec<(String, Timestamp, Option<Timestamp>)>,
    turns: Vec<Turn>,
    /// Since it last began anew, and of its last solution.
    level: [Option<String>; 3],
}

struct Turn {
    contract: i64,
    promise: Value,
    since: Timestamp,
    ended: Option<Timestamp>,
    answered: Option<Timestamp>,
    reported: bool,
    continues: bool,
}

impl Story {
    fn stands(&mut self, why: Option<&str>, at: Timestamp) {
        if let Some(last) = self.still.last_mut().filter(|it| it.2.is_none()) {
            if Some(last.0.as_str()) == why {
                return;
            }
            last.2 = Some(at);
        }
        self.still.extend(why.map(|why| (why.to_owned(), at, None)));
    }

    fn turn_ends(&mut self, at: Timestamp) {
        if let Some(turn) = self.turns.last_mut() {
            turn.ended.get_or_insert(at);
        }
    }

    fn take(&mut self, told: &Value) {
        let at: Timestamp = told["at"].as_str().expect("an instant").parse().expect("an instant");
        let event = &told["event"];
        let word = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
        let kind = word("type");
        self.answered = self.answered.or(answers_requester(told).then_some(at));
        match kind.as_str() {
            "registered" if event["kind"] == "security_incident" => self.stands(Some("security"), at),
            "promised" => self.promise = event["promise"].clone(),
            "assigned" | "escalated_to_level" => {
                self.turn_ends(at);
                self.level[0] = Some(word("level"));
                self.assigned = self.assigned.or((!event["agent"].is_null()).then_some(at));
                self.stands(None, at);
            }
            "taken" => self.assigned = self.assigned.or(Some(at)),
            "assessed" => self.level[2] = Some(word("level")),
            "waited" => self.stands(Some(&word("waiting_for")), at),
            "resumed" => self.stands(None, at),
            "escalated_to_provider" => {
                let contract = event["contract"].as_i64().expect("a contract");
                let before = self.turns.last().filter(|it| it.contract == contract && it.reported);
                let promise = before.map_or(event["promise"].clone(), |it| it.promise.clone());
                let continues = before.is_some();
                let (ended, answered) = (None, None);
                let turn = Turn { contract, promise, since: at, ended, answered, reported: false, continues };
                self.turns.push(turn);
                self.stands(Some("provider"), at);
            }
            "said" if event["audience"] == "provider" && !told["by"]["contract"].is_null() => {
                let turn = self.turns.last_mut().expect("a turn");
                if turn.ended.is_none() && event["contract"] == turn.contract {
                    turn.answered.get_or_insert(at);
                }
            }
            "provider_reported" => {
                let solved = event["solved"] == true;
                let turn = self.turns.last_mut().expect("a turn");
                turn.answered.get_or_insert(at);
                turn.reported = solved;
                if solved {
                    self.turn_ends(at);
                    self.stands(None, at);
                }
            }
            "taken_back" => {
                self.turn_ends(at);
                self.stands(None, at);
            }
            "solved" => {
                self.solved = Some(at);
                self.level[1] = self.level[0].clone();
                self.stands(Some("solved"), at);
            }
            "reopened" => {
                self.solved = None;
                self.stands(None, at);
            }
            "referred" => {
                self.turn_ends(at);
                self.stands(Some("security"), at);
            }
            "sent_back" => {
                self.level[0] = None;
                self.stands(None, at);
            }
            "cancelled" => {
                self.turn_ends(at);
                self.cancelled = Some(at);
                self.level[0] = None;
                self.stands(None, at);
            }
            "closed" => self.stands(None, at),
            _ => {}
        }
    }

    fn used(&self, office: &Office, clock: &str, from: Timestamp, to: Timestamp) -> f64 {
        let hours = &self.promise["hours"];
        let pauses = self.promise["pauses"][clock].as_array();
        let pauses = |why: &str| match pauses {
            _ if ["solved", "security"].contains(&why) => true,
            Some(named) => named.iter().any(|it| it == why),
            None => ["requester", "visit"].contains(&why),
        };
        let still = self.still.iter().filter(|it| pauses(&it.0)).map(|(_, start, end)| {
            let end = end.unwrap_or(to).min(to);
            if *start < end { office.seconds(hours, *start, end) } else { 0.0 }
        });
        office.seconds(hours, from, to) - still.sum::<f64>()
    }
}

/// Whether somebody of the desk says something to the requester by it.
fn answers_requester(told: &Value) -> bool {
    let (event, capacity) = (&told["event"], told["capacity"].as_str().unwrap_or_default());
    let said = match event["type"].as_str().unwrap_or_default() {
        "said" => event["audience"] == "requester",
        "waited" => event["waiting_for"] == "requester",
        kind => ["expected_by", "solved"].contains(&kind),
    };
    said && ["agent", "desk_administrator", "security_officer"].contains(&capacity)
}

/// An end of a clock, done or not; times in seconds.
struct End {
    clock: &'static str,
    contract: Option<i64>,
    at: Timestamp,
    used: f64,
    target: f64,
    done: bool,
}

/// The promises of a case that came to an end.
pub(crate) fn outcomes(office: &Office, case: &Value, events: &[Value]) -> Vec<Outcome> {
    let mut story = Story::default();
    events.iter().for_each(|told| story.take(told));
    let opened: Timestamp = case["opened_at"].as_str().expect("an instant").parse().expect("an instant");
    let mut found: Vec<End> = Vec::new();
    let ends = [("assignment", story.assigned), ("first_answer", story.answered), ("solution", story.solved)];
    for (clock, done) in ends {
        let Some(target) = story.promise["targets"][clock].as_f64() else { continue };
        if let Some(end) = done.or(story.cancelled) {
            let used = story.used(office, clock, opened, end);
            found.push(End {
                clock,
                contract: None,
                at: end,
                used,
                target: target * 60.0,
                done: done.is_some(),
            });
        }
    }
    of_providers(office, &story.turns, &mut found);
    let word = |name: &str| case[name].as_str().unwrap_or("none").to_owned();
    let level = story.level.iter().flatten().next().cloned().unwrap_or("none".to_owned());
    let about = ["department", "site", "priority", "kind"].map(|name| (name, word(name)));
    let about: BTreeMap<&'static str, String> = about.into_iter().chain([("level", level)]).collect();
    // What nobody waits for any more counts only when it was late already.
    let counted = found.into_iter().filter(|end| end.done || end.used > end.target);
    let outcome = |end: End| Outcome {
        number: word("number"),
        clock: end.clock,
        contract: end.contract,
        day: office.zone.to_datetime(end.at).date().to_string(),
        met: end.used <= end.target,
        used_seconds: end.used,
        service: word("service"),
        about: about.clone(),
    };
    counted.map(outcome).collect()
}

/// Turns that go on with the one before are one stay.
fn of_providers(office: &Office, turns: &[Turn], found: &mut Vec<End>) {
    let mut stays: Vec<Vec<&Turn>> = Vec::new();
    for turn in turns {
        match stays.last_mut().filter(|_| turn.continues) {
            Some(stay) => stay.push(turn),
            None => stays.push(vec![turn]),
        }
    }
    for stay in stays {
        let (first, last) = (stay[0], stay[stay.len() - 1]);
        let answered = stay.iter().find_map(|turn| turn.answered);
        let solved = last.ended.filter(|_| last.reported);
        let ends = [("provider_response", "response", answered), ("provider_solution", "solution", solved)];
        for (clock, name, done) in ends {
            let Some(target) = first.promise[name].as_f64() else { continue };
            let Some(end) = done.or(last.ended) else { continue };
            let hours = &first.promise["hours"];
            let used = stay
                .iter()
                .filter(|turn| turn.since < end)
                .map(|turn| office.seconds(hours, turn.since, turn.ended.unwrap_or(end).min(end)));
            let (contract, used) = (Some(first.contract), used.sum());
            found.push(End { clock, contract, at: end, used, target: target * 60.0, done: done.is_some() });
        }
    }
}
