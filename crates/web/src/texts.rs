//! The words of the screens, from Fluent catalogues: es-CO is the source, English the second language.

use std::collections::HashMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// The words of one language.
pub(crate) struct Texts {
    /// As browsers and screen readers know it.
    pub(crate) lang: &'static str,
    bundle: FluentBundle<FluentResource>,
    /// The texts that take no arguments, resolved once.
    fixed: HashMap<String, Box<str>>,
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Texts({})", self.lang)
    }
}

const SPANISH: &[&str] = &[
    include_str!("../locales/es-CO/common.ftl"),
    include_str!("../locales/es-CO/portal.ftl"),
    include_str!("../locales/es-CO/desk.ftl"),
    include_str!("../locales/es-CO/mail.ftl"),
    include_str!("../locales/es-CO/arrivals.ftl"),
    include_str!("../locales/es-CO/office.ftl"),
    include_str!("../locales/es-CO/promises.ftl"),
    include_str!("../locales/es-CO/clocks.ftl"),
    include_str!("../locales/es-CO/agenda.ftl"),
    include_str!("../locales/es-CO/live.ftl"),
    include_str!("../locales/es-CO/keys.ftl"),
    include_str!("../locales/es-CO/refusals.ftl"),
    include_str!("../locales/es-CO/reports.ftl"),
];
const ENGLISH: &[&str] = &[
    include_str!("../locales/en/common.ftl"),
    include_str!("../locales/en/portal.ftl"),
    include_str!("../locales/en/desk.ftl"),
    include_str!("../locales/en/mail.ftl"),
    include_str!("../locales/en/arrivals.ftl"),
    include_str!("../locales/en/office.ftl"),
    include_str!("../locales/en/promises.ftl"),
    include_str!("../locales/en/clocks.ftl"),
    include_str!("../locales/en/agenda.ftl"),
    include_str!("../locales/en/live.ftl"),
    include_str!("../locales/en/keys.ftl"),
    include_str!("../locales/en/refusals.ftl"),
    include_str!("../locales/en/reports.ftl"),
];

static ES: LazyLock<Texts> = LazyLock::new(|| Texts::read("es-CO", SPANISH));
static EN: LazyLock<Texts> = LazyLock::new(|| Texts::read("en", ENGLISH));

impl Texts {
    /// The words of a language by its tag; Spanish for any that we do not have.
    pub(crate) fn of(lang: &str) -> &'static Texts {
        if lang.starts_with("en") { &EN } else { &ES }
    }

    fn read(lang: &'static str, sources: &[&str]) -> Texts {
        let tag = lang.parse().expect("our own language tags are well formed");
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        bundle.set_use_isolating(false);
        let mut fixed = HashMap::new();
        for source in sources {
            let resource =
                FluentResource::try_new((*source).to_owned()).expect("our own catalogues are well formed");
            let names: Vec<String> = resource
                .entries()
                .filter_map(|entry| match entry {
                    fluent_syntax::ast::Entry::Message(message) => Some(message.id.name.to_owned()),
                    _ => None,
                })
                .collect();
            bundle.add_resource(resource).expect("no text is named twice");
            for name in names {
                let mut errors = Vec::new();
                let pattern = bundle.get_message(&name).and_then(|message| message.value());
                let text =
                    pattern.map(|pattern| bundle.format_pattern(pattern, None, &mut errors).into_owned());
                if let Some(text) = text.filter(|_| errors.is_empty()) {
                    fixed.insert(name, text.into());
                }
            }
        }
        Texts { lang, bundle, fixed }
    }

    /// A text that takes no arguments. One that is absent shows its name, which a test forbids.
    pub(crate) fn get<'a>(&'a self, name: &'a str) -> &'a str {
        self.fixed.get(name).map_or(name, |text| text)
    }

    /// A text that there may not be.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.fixed.get(name).map(|text| &**text)
    }

    /// A text whose name is composed.
    pub(crate) fn of_word(&self, family: &str, word: &str) -> &str {
        let name = format!("{family}-{}", word.replace('_', "-"));
        self.fixed.get(&name).map_or("", |text| text)
    }

    /// A text with its arguments.
    pub(crate) fn with(&self, name: &str, arguments: &[(&'static str, &str)]) -> String {
        let mut args = FluentArgs::new();
        for (key, value) in arguments {
            args.set(*key, FluentValue::from(*value));
        }
        self.format(name, &args)
    }

    /// A text that counts something.
    pub(crate) fn count(&self, name: &str, count: usize) -> String {
        let mut args = FluentArgs::new();
        args.set("count", FluentValue::from(count));
        self.format(name, &args)
    }

    /// A text about one name.
    pub(crate) fn name(&self, name: &str, who: &str) -> String {
        self.with(name, &[("name", who)])
    }

    fn format(&self, name: &str, args: &FluentArgs) -> String {
        match self.bundle.get_message(name).and_then(|message| message.value()) {
            Some(pattern) => self.bundle.format_pattern(pattern, Some(args), &mut Vec::new()).into_owned(),
            None => name.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// Each text's name with the names of its arguments.
    fn outline(sources: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
        let mut outline = BTreeMap::new();
        for source in sources {
            for block in source
                .split("\n\n")
                .flat_map(|block| block.split('\n'))
                .collect::<Vec<_>>()
                .split(|line| line.is_empty() || line.starts_with('#'))
            {
                let mut current = String::new();
                for line in block {
                    if let Some((name, _)) = line.split_once(" =")
                        && !line.starts_with(' ')
                    {
                        current = name.to_owned();
                        outline.insert(current.clone(), BTreeSet::new());
                    }
                    let arguments = line.split('$').skip(1).map(|rest| {
                        rest.chars()
                            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                            .collect::<String>()
                    });
                    outline.entry(current.clone()).or_default().extend(arguments);
                }
            }
        }
        outline.remove("");
        outline
    }

    #[test]
    fn both_languages_say_the_same_things_with_the_same_arguments() {
        assert_eq!(outline(SPANISH), outline(ENGLISH));
    }

    #[test]
    fn every_text_that_a_template_names_exists() {
        let templates =
            std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/templates")).expect("templates");
        let known = outline(SPANISH);
        let mut absent = Vec::new();
        for path in templates.map(|entry| entry.expect("a file").path()).filter(|path| path.is_file()) {
            let source = std::fs::read_to_string(&path).expect("a template");
            for call in ["t.get(\"", "t.with(\"", "t.count(\"", "t.name(\""] {
                for rest in source.split(call).skip(1) {
                    let name = rest.split('"').next().unwrap_or_default();
                    if !known.contains_key(name) {
                        absent.push(format!("{name} in {}", path.display()));
                    }
                }
            }
        }
        assert!(absent.is_empty(), "{absent:#?}");
    }

    #[test]
    fn no_marks_of_direction_are_added() {
        assert_eq!(Texts::of("es").name("portal-being-attended", "Ana"), "Lo está atendiendo Ana");
    }
}
