//! A field of a form: what it is called, what was typed, what is wrong with it.

use crate::lenient::Fields;
use crate::texts::Texts;

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    Line,
    Area,
    Select,
    Radio,
    Email,
    Number,
    Moment,
    Date,
    Password,
    NewPassword,
}

/// Something to choose.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
}

/// A field.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) hint: String,
    pub(crate) value: String,
    pub(crate) required: bool,
    /// Said to be optional; what another answer makes necessary is not.
    pub(crate) optional: bool,
    pub(crate) error: Option<String>,
    pub(crate) options: Vec<Choice>,
    input: Input,
}

impl Choice {
    pub(crate) fn new(value: impl std::fmt::Display, label: impl Into<String>) -> Choice {
        Choice { value: value.to_string(), label: label.into() }
    }
}

impl Field {
    pub(crate) fn new(input: Input, name: &str, label: impl Into<String>) -> Field {
        Field {
            name: name.to_owned(),
            label: label.into(),
            hint: String::new(),
            value: String::new(),
            required: true,
            optional: false,
            error: None,
            options: Vec::new(),
            input,
        }
    }

    pub(crate) fn optional(self) -> Field {
        Field { required: false, optional: true, ..self }
    }

    /// Needed only after a certain answer elsewhere, so that a browser must not insist on it.
    pub(crate) fn expected(self) -> Field {
        Field { required: false, ..self }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Field {
        Field { hint: hint.into(), ..self }
    }

    pub(crate) fn value(self, value: impl Into<String>) -> Field {
        Field { value: value.into(), ..self }
    }

    pub(crate) fn options(self, options: Vec<Choice>) -> Field {
        Field { options, ..self }
    }

    /// The words of a vocabulary to choose from, with their labels.
    pub(crate) fn words<T: std::fmt::Display + Copy>(self, t: &Texts, family: &str, words: &[T]) -> Field {
        let option = |word: &T| Choice::new(word, t.of_word(family, &word.to_string()));
        self.options(words.iter().map(option).collect())
    }

    /// An empty first option, so that nothing is chosen by chance.
    pub(crate) fn with_blank(mut self, label: &str) -> Field {
        self.options.insert(0, Choice::new("", label));
        self
    }

    pub(crate) fn id(&self) -> String {
        format!("f-{}", self.name.replace('.', "-"))
    }

    pub(crate) fn is_area(&self) -> bool {
        self.input == Input::Area
    }

    pub(crate) fn is_select(&self) -> bool {
        self.input == Input::Select
    }

    pub(crate) fn is_radio(&self) -> bool {
        self.input == Input::Radio
    }

    pub(crate) fn is_secret(&self) -> bool {
        matches!(self.input, Input::Password | Input::NewPassword)
    }

    pub(crate) fn autocomplete(&self) -> &'static str {
        if self.input == Input::NewPassword { "new-password" } else { "current-password" }
    }

    pub(crate) fn rows(&self) -> usize {
        if self.name == "description" { 5 } else { 3 }
    }

    pub(crate) fn input_type(&self) -> &'static str {
        match self.input {
            Input::Email => "email",
            Input::Moment => "datetime-local",
            Input::Date => "date",
            Input::Password | Input::NewPassword => "password",
            _ => "text",
        }
    }

    /// The attributes that tie the field to its hint and its error.
    pub(crate) fn described(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.id()));
        let error = self.error.is_some().then(|| format!("{}-error", self.id()));
        let by: Vec<String> = hint.into_iter().chain(error).collect();
        let invalid = if self.error.is_some() { " aria-invalid=\"true\"" } else { "" };
        match by.is_empty() {
            true => invalid.to_owned(),
            false => format!("{invalid} aria-describedby=\"{}\"", by.join(" ")),
        }
    }
}

/// Puts back what was typed.
pub(crate) fn refill(fields: &mut [Field], typed: &Fields) {
    for field in fields.iter_mut().filter(|field| !field.is_secret()) {
        if let Some(value) = typed.0.get(&field.name) {
            field.value.clone_from(value);
        }
    }
}

/// Puts an error beside its field; false when there is no such field here.
pub(crate) fn blame(fields: &mut [Field], name: &str, message: &str) -> bool {
    match fields.iter_mut().find(|field| field.name == name || field.name.strip_suffix(".id") == Some(name)) {
        Some(field) => {
            field.error = Some(message.to_owned());
            true
        }
        None => false,
    }
}

/// The fields with something wrong.
pub(crate) fn wrong(fields: &[Field]) -> Vec<&Field> {
    fields.iter().filter(|field| field.error.is_some()).collect()
}
