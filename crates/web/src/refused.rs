//! A refusal in words: one sentence for each code, and one for each way in which a field can be wrong.

use atiende_procedure::{Problem, Refusal};

use crate::texts::Texts;

/// The sentence for a refusal, which says what to do next.
pub(crate) fn sentence(t: &Texts, refusal: &Refusal) -> String {
    match refusal {
        Refusal::BadField { field, problem } => {
            let label = t.of_word("field", &field.replace('.', "-"));
            let label = if label.is_empty() { field } else { label };
            match problem {
                Problem::Missing => missing(t, field, label),
                problem => t.name(&problem_name(*problem), label),
            }
        }
        Refusal::BadAnswer { problem, question } => t.name(&problem_name(*problem), question),
        Refusal::ContractNotInForce { instead, .. } | Refusal::ContractDoesNotCover { instead, .. } => {
            let why = t.of_word("refusal", refusal.code()).to_owned();
            match instead.is_empty() {
                true => format!("{why} {}", t.get("refusal-contract-none")),
                false => format!("{why} {}", t.name("refusal-contract-instead", &instead.join(", "))),
            }
        }
        refusal => t.of_word("refusal", refusal.code()).to_owned(),
    }
}

/// What to write in a field that was left empty.
pub(crate) fn missing(t: &Texts, field: &str, label: &str) -> String {
    match t.of_word("missing", &field.replace('.', "-")) {
        "" => t.name("problem-missing", label),
        said => said.to_owned(),
    }
}

/// The field that a refusal is about, as forms and the API name it.
pub(crate) fn field(refusal: &Refusal) -> Option<String> {
    match refusal {
        Refusal::BadField { field, .. } => Some((*field).to_owned()),
        Refusal::BadAnswer { question, .. } => Some(format!("answers.{question}")),
        Refusal::ContractNotInForce { .. } | Refusal::ContractDoesNotCover { .. } => {
            Some("contract".to_owned())
        }
        Refusal::NotAnAgentOf { .. } | Refusal::PersonNotActive { .. } => Some("assignee".to_owned()),
        Refusal::GroupNotOfLevel { .. } => Some("group".to_owned()),
        Refusal::NoGroupAtLevel { .. } | Refusal::LevelNotNext { .. } => Some("level".to_owned()),
        Refusal::SecurityIsReferred => Some("kind".to_owned()),
        Refusal::ServiceNotOffered => Some("service".to_owned()),
        Refusal::OtherCaseNotOpen | Refusal::SameCase => Some("into".to_owned()),
        _ => None,
    }
}

fn problem_name(problem: Problem) -> String {
    let word = serde_json::to_value(problem).ok().and_then(|word| word.as_str().map(str::to_owned));
    format!("problem-{}", word.unwrap_or_default())
}
