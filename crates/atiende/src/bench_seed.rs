//! `atiende bench-seed`: many made-up cases straight through the store, to measure with. A few thousand tales are told by
//! the rules, and each is then written many times over, with numbers and instants of its own, real chains and all.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

use atiende_desk::{Desk, Salter};
use atiende_procedure::office::Office;
use atiende_procedure::{CaseId, CaseNumber, Event, Recorded, Text};
use atiende_store::{StoreError, Writer, cases, numbers, seal};
use jiff::SignedDuration;

use crate::config::Config;
use crate::sample::{Chronicle, Shelf, Stories, Written};
use crate::{cli, demo, log, open};

/// Tales told once; each is written as often as need be.
const TALES: usize = 5_000;
/// Cases that share a transaction.
const TOGETHER: usize = 2_000;

/// A case to be written again and again.
struct Template {
    year: i16,
    events: Vec<Recorded>,
    texts: Vec<Text>,
}

/// Writes so many cases into the database, with the sample office around them.
pub(crate) async fn bench_seed(asked: &cli::BenchSeed) -> anyhow::Result<()> {
    let config = Config::of(&asked.place, &cli::Listening::default(), "atiende-bench")?;
    log::begin(config.log, "warn");
    let desk = open::desk(&config).await?;
    if desk.office().people.is_empty() {
        demo::furnish(&config).await?;
        desk.refresh_office().await?;
    }
    let templates = Arc::new(templates(&desk, asked.cases)?);
    let began = Instant::now();
    let mut written = 0;
    while written < asked.cases {
        let until = (written + TOGETHER).min(asked.cases);
        let (from, total) = (written, asked.cases);
        let (templates, salter, office) = (templates.clone(), desk.ambience().salter(), desk.office());
        desk.db()
            .change(move |w| {
                let mut cases = (from..until).map(|nth| (nth, template(&templates, nth, total)));
                cases
                    .try_for_each(|(nth, of)| write(w, &office, of, nth, &described(of, nth, total, &salter)))
            })
            .await?;
        written = until;
    }
    let now = desk.ambience().now();
    while desk.db().change(move |w| seal::seal(w, now)).await? > 0 {}
    let seconds = began.elapsed().as_secs_f64();
    println!("{written} cases in {seconds:.1} s, {:.0} a second", written as f64 / seconds.max(0.001));
    Ok(())
}

/// The tales, in the order in which their cases were opened. Those that touch another case are left out: it would have
/// to be written with them.
fn templates(desk: &Desk, cases: usize) -> anyhow::Result<Vec<Template>> {
    let mut memory = Memory::default();
    let chronicle =
        Chronicle { cases: cases.min(TALES), now: desk.ambience().now(), seed: 31, open_per_mille: 50 };
    let Ok(_) = chronicle.tell(&desk.office(), &Stories::read()?, &mut memory);
    let touches = |recorded: &Recorded| {
        matches!(recorded.event, Event::Absorbed { .. } | Event::Cancelled { reason: None, .. })
    };
    let alone = |template: &Template| !template.events.iter().any(touches);
    let templates: Vec<_> = memory.templates.into_values().filter(alone).collect();
    anyhow::ensure!(!templates.is_empty(), "the office has nobody to make up cases with");
    Ok(templates)
}

/// The template of the nth of `total` cases. Cases of one template follow each other.
fn template(templates: &[Template], nth: usize, total: usize) -> &Template {
    let place = nth * templates.len() / total.max(1);
    &templates[place.min(templates.len() - 1)]
}

/// How many cases name the same piece of equipment, however many there are.
const OF_ONE_DEVICE: usize = 800;

/// Where a device stands: a word that a sixteenth of all cases has.
const ROOMS: [&str; 16] = [
    "almacén",
    "archivo",
    "auditorio",
    "biblioteca",
    "bodega",
    "cafetería",
    "despacho",
    "enfermería",
    "garaje",
    "imprenta",
    "laboratorio",
    "oratorio",
    "parqueadero",
    "portería",
    "taller",
    "tesorería",
];

/// The description of the nth of `total` cases: its template's, and the device that it is about.
fn described(template: &Template, nth: usize, total: usize, salter: &Salter) -> Text {
    let Some(Event::Registered(registered)) = template.events.first().map(|recorded| &recorded.event) else {
        return salter.text("");
    };
    let told = template.texts.iter().find(|text| text.reference() == registered.description);
    let device = nth % (total / OF_ONE_DEVICE).max(1);
    let room = ROOMS[device % ROOMS.len()];
    salter.text(&format!("{} Es el equipo EQ{device:05}, {room}.", told.map_or("", Text::body)))
}

/// Writes the nth case from its template, a fraction of a minute after the one before.
fn write(
    w: &mut Writer<'_>,
    office: &Office,
    template: &Template,
    nth: usize,
    described: &Text,
) -> Result<(), StoreError> {
    let (id, sequence) = numbers::next(w, template.year)?;
    let later = SignedDuration::from_micros(i64::try_from(nth % 50_000).unwrap_or(0) * 1_000);
    let mut events = template.events.clone();
    for recorded in &mut events {
        recorded.at += later;
        if let Event::Registered(registered) = &mut recorded.event {
            registered.case = id;
            registered.description = described.reference();
            registered.number =
                CaseNumber::new(registered.number.prefix().to_owned(), template.year, sequence);
        }
    }
    // What no event names is left out by the store: the template's own description.
    let texts: Vec<&Text> = template.texts.iter().chain([described]).collect();
    cases::found(w, office, &events, &texts).map(drop)
}

/// A chronicle in memory, by case.
#[derive(Default)]
struct Memory {
    templates: BTreeMap<CaseId, Template>,
    cases: i64,
}

impl Shelf for Memory {
    type Error = Infallible;

    fn number(&mut self, _year: i16) -> Result<(CaseId, i64), Infallible> {
        self.cases += 1;
        Ok((CaseId(self.cases), self.cases))
    }

    fn keep(&mut self, written: Written) -> Result<(), Infallible> {
        let year = written.after.number.year();
        let template = self.templates.entry(written.after.id).or_insert_with(|| Template {
            year,
            events: Vec::new(),
            texts: Vec::new(),
        });
        template.events.extend(written.events);
        template.texts.extend(written.texts);
        Ok(())
    }
}
