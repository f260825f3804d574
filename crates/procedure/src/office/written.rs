//! The eight activities in the words that come with the program, `procedure.toml`, for offices that write none of their
//! own.

use std::sync::LazyLock;

use serde::Deserialize;

use super::ActivityText;

/// The languages in which the texts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    Spanish,
    English,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    activity: Vec<Activity>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Activity {
    number: u8,
    es: Words,
    en: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    short: String,
    name: String,
    description: String,
    responsible: String,
    control_point: Option<String>,
    record: String,
}

/// Spanish and English, each with its eight.
static TEXTS: LazyLock<[Vec<ActivityText>; 2]> = LazyLock::new(|| {
    let written: Written =
        toml::from_str(include_str!("../../procedure.toml")).expect("procedure.toml comes with the program");
    let (spanish, english) =
        written.activity.into_iter().map(|it| (text(it.number, it.es), text(it.number, it.en))).unzip();
    [spanish, english]
});

fn text(number: u8, words: Words) -> ActivityText {
    let Words { short, name, description, responsible, control_point, record } = words;
    ActivityText { number, short, name, description, responsible, control_point, record }
}

/// The eight activities, in order.
pub fn activities(tongue: Tongue) -> &'static [ActivityText] {
    let [spanish, english] = &*TEXTS;
    match tongue {
        Tongue::Spanish => spanish,
        Tongue::English => english,
    }
}

impl ActivityText {
    /// This text in a language: an office's own words stay as it wrote them, the program's own are there in both.
    pub fn in_tongue(&self, tongue: Tongue) -> &ActivityText {
        let known = [Tongue::Spanish, Tongue::English].into_iter().any(|it| activities(it).contains(self));
        let index = usize::from(self.number).saturating_sub(1);
        activities(tongue).get(index).filter(|_| known).unwrap_or(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_eight_with_the_same_control_points() {
        for tongue in [Tongue::Spanish, Tongue::English] {
            let texts = activities(tongue);
            assert!(texts.iter().map(|text| text.number).eq(1..=8));
            let points: Vec<u8> =
                texts.iter().filter(|text| text.control_point.is_some()).map(|text| text.number).collect();
            assert_eq!(points, [3, 4, 5, 7]);
            for ActivityText { number, short, name, description, responsible, record, .. } in texts {
                let words = [short, name, description, responsible, record];
                assert!(words.iter().all(|text| !text.trim().is_empty()), "activity {number}");
            }
        }
    }

    #[test]
    fn the_programs_words_are_translated_and_an_offices_own_are_not() {
        let built_in = &activities(Tongue::Spanish)[2];
        assert_eq!(built_in.in_tongue(Tongue::English).name, "Attend at the first level");
        let own = ActivityText { name: "Soporte básico".to_owned(), ..built_in.clone() };
        assert_eq!(own.in_tongue(Tongue::English).name, "Soporte básico");
    }
}
