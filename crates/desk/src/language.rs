//! The two languages of screens and letters.

/// A language that the desk speaks. Spanish is the source and what is spoken when nothing else is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// Spanish of Colombia.
    #[default]
    Es,
    /// English.
    En,
}

impl Language {
    /// The language of a tag of BCP 47 (`es-CO`, `en`, `en-US`); Spanish for any other.
    pub fn of_tag(tag: &str) -> Language {
        match tag.split('-').next() {
            Some(primary) if primary.eq_ignore_ascii_case("en") => Language::En,
            _ => Language::Es,
        }
    }

    /// Its own tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Language::Es => "es-CO",
            Language::En => "en",
        }
    }
}
