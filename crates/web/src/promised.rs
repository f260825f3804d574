//! What an office promises and by which hours, as programs send it and forms fill it in, read into the procedure's own
//! types with every field that is wrong.

pub(crate) mod agreement;
pub(crate) mod calendar;
pub(crate) mod contract;
pub(crate) mod written;

use crate::texts::Texts;

/// Something wrong with one field of what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// As forms and the API name it, `week.monday` or `exceptions.2.date`.
    pub(crate) field: String,
    text: &'static str,
    about: String,
}

impl Wrong {
    /// By the name of the text that says what to write.
    pub(crate) fn new(field: impl Into<String>, text: &'static str) -> Wrong {
        Wrong::about(field, text, "")
    }

    /// The same, of a text that repeats what was written.
    pub(crate) fn about(field: impl Into<String>, text: &'static str, about: impl Into<String>) -> Wrong {
        Wrong { field: field.into(), text, about: about.into() }
    }

    /// In words.
    pub(crate) fn sentence(&self, t: &Texts) -> String {
        t.name(self.text, &self.about)
    }
}

/// Each thing by its code, or what is wrong with the field that names one that there is not.
fn each<'a, T: Ord>(
    field: &str,
    codes: impl IntoIterator<Item = &'a String>,
    find: impl Fn(&str) -> Option<T>,
    wrong: &mut Vec<Wrong>,
) -> std::collections::BTreeSet<T> {
    let mut found = std::collections::BTreeSet::new();
    for code in codes {
        match find(code.trim()) {
            Some(thing) => drop(found.insert(thing)),
            None => wrong.push(Wrong::about(field, "problem-unknown", code)),
        }
    }
    found
}

fn checked<T>(read: T, wrong: Vec<Wrong>) -> Result<T, Vec<Wrong>> {
    if wrong.is_empty() { Ok(read) } else { Err(wrong) }
}
