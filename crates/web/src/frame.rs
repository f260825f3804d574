//! What every page has around it: language, appearance, who is signed in, where he can go.

use std::fmt::Display;

use askama::filters::HtmlSafe;
use atiende_desk::view::reports::reads_reports;
use atiende_desk::{Language, Spoken};
use atiende_procedure::office::{Office, Person};
use atiende_procedure::permission::Scope;
use atiende_procedure::sla::ClockName;
use atiende_procedure::{Actor, Role, StatusName};
use jiff::Timestamp;

use crate::assets::ASSETS;
use crate::texts::Texts;

/// Light, dark, or as the machine has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub(crate) fn of(word: &str) -> Theme {
        match word {
            "claro" => Theme::Light,
            "oscuro" => Theme::Dark,
            _ => Theme::System,
        }
    }

    /// What Tabler goes by; nothing when the machine decides.
    pub(crate) fn attribute(self) -> Option<&'static str> {
        match self {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        }
    }
}

/// An appearance to choose.
#[derive(Debug)]
pub(crate) struct ThemeChoice {
    pub(crate) value: &'static str,
    pub(crate) label: &'static str,
    pub(crate) chosen: bool,
}

/// HTML of our own making.
#[derive(Debug, Clone)]
pub(crate) struct Markup(String);

impl Display for Markup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Markup {}

/// A place of the main navigation.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) href: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) label: &'static str,
}

/// What surrounds a page.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) t: &'static Texts,
    pub(crate) theme: Theme,
    pub(crate) agency: String,
    pub(crate) unit: String,
    /// Name and initials of whoever is signed in.
    pub(crate) person: Option<(String, String)>,
    pub(crate) places: Vec<Place>,
    pub(crate) spoken: Spoken,
    pub(crate) now: Timestamp,
    /// The path asked for, to come back to after a change of appearance.
    pub(crate) path: String,
    /// Where the feed was when the page was made; open pages are told what happens after it. Absent for nobody.
    pub(crate) live: Option<i64>,
    /// Something that was just done, said at the top.
    pub(crate) done: Option<&'static str>,
}

impl Frame {
    /// The frame for somebody, or for nobody yet.
    pub(crate) fn new(
        t: &'static Texts,
        theme: Theme,
        office: &Office,
        person: Option<&Person>,
        now: Timestamp,
        path: String,
    ) -> Frame {
        let spoken = Spoken::new(Language::of_tag(t.lang), office.settings.calendar.zone(), now);
        Frame {
            t,
            theme,
            agency: office.settings.agency.clone(),
            unit: office.settings.unit.clone(),
            person: person.map(|person| (person.profile.name.clone(), initials(&person.profile.name))),
            places: person.map_or_else(Vec::new, |person| places(office, person)),
            spoken,
            now,
            path,
            live: None,
            done: None,
        }
    }

    /// The appearances, with the one that holds.
    pub(crate) fn themes(&self) -> [ThemeChoice; 3] {
        let choice = |value, label, theme| ThemeChoice { value, label, chosen: self.theme == theme };
        [
            choice("auto", "theme-auto", Theme::System),
            choice("claro", "theme-light", Theme::Light),
            choice("oscuro", "theme-dark", Theme::Dark),
        ]
    }

    /// An icon, said by the words beside it.
    #[expect(clippy::unused_self, reason = "templates reach it through the frame")]
    pub(crate) fn icon(&self, name: &str) -> Markup {
        let file = ASSETS.path("icons.svg");
        Markup(format!("<svg class=\"icon\" aria-hidden=\"true\"><use href=\"{file}#{name}\"/></svg>"))
    }

    /// The path of an asset.
    #[expect(clippy::unused_self, reason = "templates reach it through the frame")]
    pub(crate) fn asset(&self, name: &str) -> String {
        ASSETS.path(name)
    }

    /// The first letters of a name, for the circle that stands for a person.
    #[expect(clippy::unused_self, reason = "templates reach it through the frame")]
    pub(crate) fn initials(&self, name: &str) -> String {
        initials(name)
    }

    /// The keys of the desk, and what they do.
    #[expect(clippy::unused_self, reason = "templates reach it through the frame")]
    pub(crate) fn keys(&self) -> &'static [(&'static [&'static str], &'static str)] {
        KEYS
    }

    /// Whether this place is where the page is.
    pub(crate) fn is_at(&self, href: &str) -> bool {
        self.path == href || (href.len() > 1 && self.path.starts_with(href))
    }

    /// A state: icon, word and colour.
    pub(crate) fn state(&self, status: StatusName) -> Markup {
        let (class, icon) = look(status);
        let word = self.t.of_word("status", status.as_str());
        Markup(format!("<span class=\"st {class}\">{}{word}</span>", self.icon(icon)))
    }

    /// When a clock runs out: icon, words and colour; the clock's name and the moment in full are its title.
    pub(crate) fn due(&self, due: Timestamp, clock: ClockName) -> Markup {
        let today = self.spoken.is_today(due);
        let (class, icon) = match () {
            () if due <= self.now => ("late", "clock-exclamation"),
            () if today => ("soon", "hourglass-high"),
            () => ("", "clock"),
        };
        let title = format!("{}: {}", self.word("clock", clock), self.in_full(&due));
        let words = match due <= self.now {
            true => self.t.name("due-late", &self.spoken.ago(due)),
            false => self.spoken.distance(due),
        };
        self.left(class, icon, &title, &words)
    }

    /// A clock that stands still.
    pub(crate) fn held(&self, clock: ClockName) -> Markup {
        self.left("held", "clock-pause", &self.word("clock", clock), self.t.get("clock-held"))
    }

    /// Time left: icon, words and colour, and more in its title. The words are ours.
    pub(crate) fn left(&self, class: &str, icon: &str, title: &str, words: &str) -> Markup {
        let icon = self.icon(icon);
        if title.is_empty() {
            return Markup(format!("<span class=\"left {class}\">{icon}<span>{words}</span></span>"));
        }
        Markup(format!("<span class=\"left {class}\" title=\"{title}\">{icon}<span>{words}</span></span>"))
    }

    /// A word of a vocabulary, in this language.
    pub(crate) fn word(&self, family: &str, word: impl Display) -> String {
        self.t.of_word(family, &word.to_string()).to_owned()
    }

    /// A moment among people: "hoy, 8:12 a. m.".
    pub(crate) fn when(&self, at: &Timestamp) -> String {
        self.spoken.moment(*at)
    }

    /// A moment in full: "martes 17 de noviembre, 8:12 a. m.".
    pub(crate) fn in_full(&self, at: &Timestamp) -> String {
        self.spoken.in_full(*at)
    }
}

const KEYS: &[(&[&str], &str)] = &[
    (&["Ctrl", "K"], "key-palette"),
    (&["/"], "key-search"),
    (&["?"], "key-help"),
    (&["j"], "key-next"),
    (&["k"], "key-previous"),
    (&["o"], "key-open"),
    (&["r"], "key-reply"),
    (&["n"], "key-note"),
    (&["a"], "key-assign"),
    (&["t"], "key-take"),
    (&["v"], "key-assess"),
    (&["e"], "key-escalate"),
    (&["s"], "key-solve"),
    (&["Ctrl", "↵"], "key-send"),
];

fn look(status: StatusName) -> (&'static str, &'static str) {
    match status {
        StatusName::Registered => ("st-asi", "inbox"),
        StatusName::Assigned => ("st-asi", "user-check"),
        StatusName::InProgress => ("st-ate", "progress"),
        StatusName::Waiting => ("st-esp", "player-pause"),
        StatusName::WithProvider => ("st-pro", "building-store"),
        StatusName::Solved => ("st-sol", "circle-check"),
        StatusName::Closed => ("st-sol", "check"),
        StatusName::Referred => ("st-esp", "shield-lock"),
        StatusName::Cancelled => ("st-asi", "ban"),
    }
}

pub(crate) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = words.next();
    [first, words.next_back()].into_iter().flatten().flat_map(char::to_uppercase).collect()
}

fn places(office: &Office, person: &Person) -> Vec<Place> {
    let scope = Scope::of(Actor::Person(person.id), office);
    let mut places = Vec::new();
    let mut add = |shown: bool, href, icon, label| {
        if shown {
            places.push(Place { href, icon, label });
        }
    };
    add(scope.desk, "/mesa", "inbox", "nav-cases");
    add(scope.desk, "/agenda", "calendar-event", "nav-agenda");
    add(scope.desk || !scope.contracts.is_empty(), "/proveedores", "building-store", "nav-providers");
    add(reads_reports(&scope), "/informes/ans", "chart-bar", "nav-reports");
    add(scope.security, "/seguridad", "shield-lock", "nav-security");
    let staff = !person.roles.is_empty();
    add(staff, "/procedimiento", "sitemap", "nav-procedure");
    add(
        person.is(Role::SystemAdministrator) || person.is(Role::Auditor),
        "/oficina",
        "settings",
        "nav-office",
    );
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_name() {
        assert_eq!(initials("Marta Lucía Ocampo"), "MO");
        assert_eq!(initials("óscar"), "Ó");
        assert_eq!(initials(""), "");
    }
}
