//! What may be asked for, by whom, and what must be said to ask for it (R3).

use serde::{Deserialize, Serialize};

use crate::{GroupId, Impact, Kind, ServiceId, SupportLevel, Urgency};

/// An entry of the catalogue. It proposes; a person decides (R10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    pub id: ServiceId,
    pub code: String,
    /// As a requester would say it.
    pub name: String,
    /// One sentence under the name.
    #[serde(default)]
    pub description: String,
    pub kind: Kind,
    pub level: SupportLevel,
    pub group: GroupId,
    /// Who may ask for it and with what restrictions.
    #[serde(default)]
    pub conditions: String,
    /// Words by which people look for it.
    #[serde(default)]
    pub keywords: Vec<String>,
    pub impact: Impact,
    pub urgency: Urgency,
    #[serde(default)]
    pub questions: Vec<Question>,
    /// Whether requesters are offered it; the desk's own planned work is not.
    pub on_portal: bool,
    pub active: bool,
}

/// Something that this service needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its name in the API and in `answers`.
    pub code: String,
    pub label: String,
    #[serde(default)]
    pub help: String,
    pub required: bool,
    #[serde(flatten)]
    pub form: QuestionForm,
}

/// What an answer looks like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case")]
pub enum QuestionForm {
    Text,
    Number,
    YesNo,
    Choice { options: Vec<String> },
}

/// Why an answer does not fit its question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It fits.
    Fits,
    NotANumber,
    NotYesOrNo,
    NotAnOption,
    TooLong,
}

impl QuestionForm {
    /// Whether words answer this kind of question. Yes and no are `yes` and `no`.
    pub fn check(&self, answer: &str) -> Answer {
        match self {
            _ if answer.chars().count() > 2_000 => Answer::TooLong,
            QuestionForm::Text => Answer::Fits,
            QuestionForm::Number
                if answer.trim().replace(',', ".").parse::<f64>().is_ok_and(f64::is_finite) =>
            {
                Answer::Fits
            }
            QuestionForm::Number => Answer::NotANumber,
            QuestionForm::YesNo if matches!(answer, "yes" | "no") => Answer::Fits,
            QuestionForm::YesNo => Answer::NotYesOrNo,
            QuestionForm::Choice { options } if options.iter().any(|option| option == answer) => Answer::Fits,
            QuestionForm::Choice { .. } => Answer::NotAnOption,
        }
    }
}
