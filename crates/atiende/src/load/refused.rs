//! Refusals of the office, said to whoever stands at the machine.

use atiende_procedure::{Problem, Refusal};

/// What is wrong, in words for the terminal.
pub(crate) fn sentence(refusal: &Refusal) -> String {
    match refusal {
        Refusal::BadField { field: "password", .. } => {
            "a password has from 10 to 1,000 characters".to_owned()
        }
        Refusal::BadField { field, problem } => format!("{field}: {}", problem_words(*problem)),
        Refusal::BadAnswer { question, problem } => format!("{question}: {}", problem_words(*problem)),
        Refusal::GroupNotOfLevel { level, .. } => {
            format!("its group is not of the {level} level")
        }
        Refusal::LastAdministrator => "nobody could administer any more: give another person the role \
                                       system_administrator first"
            .to_owned(),
        Refusal::PersonNotActive { .. } => "that person is deactivated".to_owned(),
        other => other.to_string(),
    }
}

fn problem_words(problem: Problem) -> &'static str {
    match problem {
        Problem::Missing => "it is missing",
        Problem::TooLong => "it is too long",
        Problem::Unknown => "it is not known",
        Problem::Inactive => "it is deactivated",
        Problem::Taken => "something else already has it",
        Problem::InThePast => "it is in the past",
        Problem::OutOfRange => "it is out of range",
        Problem::NotANumber => "it is not a number",
        Problem::NotYesOrNo => "write yes or no",
        Problem::NotAnOption => "it is not one of the options",
        Problem::Malformed => "it is not well formed",
        Problem::InUse => "something still needs it as it is",
    }
}
