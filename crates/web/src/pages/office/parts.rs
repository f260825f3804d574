//! What sheets are made of: fields, rows of them, boxes to tick, documents.

use crate::lenient::Fields;
use crate::pages::form::Field;

/// Some parts under a heading.
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) lead: String,
    pub(super) parts: Vec<Part>,
}

/// A part of a sheet.
#[derive(Debug)]
pub(super) enum Part {
    Field(Field),
    Row(Row),
    Ticks(Ticks),
    Check(Check),
    Documents(Documents),
}

/// Fields side by side that say one thing.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) legend: String,
    pub(super) look: Look,
    pub(super) fields: Vec<Field>,
}

/// How a row looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Its labels say enough.
    Plain,
    /// Under its legend.
    Titled,
    /// One of a list like a table, whose first row has the labels.
    Listed,
}

impl Look {
    pub(super) fn class(self) -> &'static str {
        if self == Look::Listed { " listed" } else { "" }
    }

    pub(super) fn legend(self) -> &'static str {
        if self == Look::Titled { "form-label" } else { "visually-hidden" }
    }
}

/// Boxes of which several may be ticked.
#[derive(Debug)]
pub(super) struct Ticks {
    pub(super) name: String,
    pub(super) legend: String,
    pub(super) hint: String,
    pub(super) error: Option<String>,
    pub(super) boxes: Vec<Tick>,
}

/// A box among others.
#[derive(Debug)]
pub(super) struct Tick {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) on: bool,
}

/// A box that says yes or no.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) on: bool,
}

/// The documents that there are, and room for more.
#[derive(Debug, Default)]
pub(super) struct Documents {
    pub(super) documents: Vec<Document>,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) error: Option<String>,
}

/// A document that is kept.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) hash: String,
    pub(super) href: String,
    pub(super) name: String,
    pub(super) size: String,
    /// Ticked to take it out.
    pub(super) out: bool,
}

impl Ticks {
    /// Boxes for some things, of which those that hold are ticked.
    pub(super) fn new(name: &str, legend: impl Into<String>, boxes: impl Iterator<Item = Tick>) -> Ticks {
        let (name, legend) = (name.to_owned(), legend.into());
        Ticks { name, legend, hint: String::new(), error: None, boxes: boxes.collect() }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Ticks {
        Ticks { hint: hint.into(), ..self }
    }

    pub(super) fn id(&self) -> String {
        format!("f-{}", self.name.replace('.', "-"))
    }
}

impl Tick {
    pub(super) fn new(value: impl std::fmt::Display, label: impl Into<String>, on: bool) -> Tick {
        Tick { value: value.to_string(), label: label.into(), on }
    }
}

/// What was ticked under a name.
pub(super) fn ticked<'a>(typed: &'a Fields, name: &str) -> impl Iterator<Item = &'a str> {
    let under = format!("{name}.");
    typed.0.keys().filter_map(move |key| key.strip_prefix(under.as_str()))
}

/// The numbers of the rows of a list in which something was typed into one of these fields, in order.
pub(super) fn filled_rows(typed: &Fields, list: &str, fields: &[&str]) -> Vec<usize> {
    let filled =
        |at: usize| fields.iter().any(|field| !typed.get(&format!("{list}.{at}.{field}")).trim().is_empty());
    (0..rows_sent(typed, list)).filter(|at| filled(*at)).collect()
}

/// The most rows that a form can have.
const MOST_ROWS: usize = 400;

/// How many rows of a list the form had.
pub(super) fn rows_sent(typed: &Fields, list: &str) -> usize {
    let numbers = ticked(typed, list).filter_map(|rest| rest.split('.').next()?.parse::<usize>().ok());
    numbers.max().map_or(0, |last| (last + 1).min(MOST_ROWS))
}

impl Part {
    /// The names of what can be wrong in it.
    pub(super) fn names(&self) -> Vec<&str> {
        match self {
            Part::Field(field) => vec![&field.name],
            Part::Row(row) => row.fields.iter().map(|field| field.name.as_str()).collect(),
            Part::Ticks(ticks) => vec![&ticks.name],
            Part::Check(check) => vec![check.name],
            Part::Documents(_) => vec!["documents"],
        }
    }

    pub(super) fn refill(&mut self, typed: &Fields) {
        match self {
            Part::Field(field) => crate::pages::form::refill(std::slice::from_mut(field), typed),
            Part::Row(row) => crate::pages::form::refill(&mut row.fields, typed),
            Part::Ticks(ticks) => {
                for tick in &mut ticks.boxes {
                    tick.on = typed.0.contains_key(&format!("{}.{}", ticks.name, tick.value));
                }
            }
            Part::Check(check) => check.on = typed.0.contains_key(check.name),
            Part::Documents(documents) => {
                for document in &mut documents.documents {
                    document.out = typed.0.contains_key(&format!("out.{}", document.hash));
                }
            }
        }
    }

    /// Says what is wrong beside the field of this name, or beside the first under it, and answers where that is.
    pub(super) fn blame(&mut self, name: &str, message: &str) -> String {
        let error = Some(message.to_owned());
        let beside = |field: &mut Field| {
            field.error.clone_from(&error);
            field.id()
        };
        match self {
            Part::Field(field) => beside(field),
            Part::Row(row) => {
                let at = row.fields.iter().position(|field| field.name == name).unwrap_or(0);
                row.fields.get_mut(at).map(beside).unwrap_or_default()
            }
            Part::Ticks(ticks) => {
                ticks.error = error;
                ticks.id()
            }
            Part::Check(check) => format!("f-{}", check.name),
            Part::Documents(documents) => {
                documents.error = error;
                "f-documents".to_owned()
            }
        }
    }
}
