//! What a letter can say: the facts of one event for one reader. Templates choose among them; an empty word is a fact
//! that there is not.

use std::ops::Deref;

use askama::Template;

use super::Notice;

/// The facts of a letter.
#[derive(Debug, Clone, Default)]
pub(super) struct Page {
    pub(super) notice: Notice,
    pub(super) es: bool,
    pub(super) tag: &'static str,
    pub(super) agency: String,
    pub(super) unit: String,
    pub(super) phone: String,
    pub(super) number: String,
    pub(super) subject: String,
    pub(super) description: String,
    /// A security case: its words stay out of subjects, which travel in the open and show on locked screens.
    pub(super) secret: bool,
    /// Whether the reader is the case's requester.
    pub(super) own: bool,
    /// Whether the reader is the agent in charge.
    pub(super) in_charge: bool,
    /// Whether somebody else registered it for the requester.
    pub(super) on_behalf: bool,
    pub(super) requester: String,
    /// Who did what the letter tells.
    pub(super) who: String,
    pub(super) when: String,
    pub(super) agent: String,
    pub(super) group: String,
    pub(super) level: String,
    pub(super) priority: String,
    /// What he wrote, as far as this reader may read it.
    pub(super) words: String,
    pub(super) files: Vec<String>,
    pub(super) until: String,
    pub(super) provider: String,
    pub(super) contract: String,
    pub(super) promise: String,
    pub(super) provider_solved: bool,
    pub(super) by_provider: bool,
    pub(super) waits_for_requester: bool,
    pub(super) waits_for_visit: bool,
    /// What a promise is about: «asignarlo», «responder», «solucionarlo».
    pub(super) clock: &'static str,
    /// How much of its time is used.
    pub(super) percent: u16,
    pub(super) broken: bool,
    pub(super) closed: bool,
    pub(super) rated: bool,
    /// The number of the other case of a merge or a duplicate.
    pub(super) other: String,
    pub(super) duplicate: bool,
    /// The order of a mail that was not carried out, and why.
    pub(super) order: String,
    pub(super) refusal: &'static str,
    /// Where an answer to this letter goes, of whoever works on the case: `requester`, `note`, `provider`, `follow-up`;
    /// `own` of anybody else; empty when nobody reads it.
    pub(super) answers: &'static str,
    /// Whether its reader may give orders in his answer.
    pub(super) takes_orders: bool,
    pub(super) facts: Vec<Fact>,
    pub(super) missing: Vec<String>,
    pub(super) case_url: String,
    pub(super) complete_url: String,
    pub(super) confirm_url: String,
    pub(super) reopen_url: String,
    pub(super) report_url: String,
    /// Opens an answer by mail that reports it solved.
    pub(super) ready_answer: String,
    pub(super) scores: Vec<Score>,
}

/// Something known about the request, with its name in the reader's language.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub(super) label: String,
    pub(super) value: String,
}

/// A click that judges the service.
#[derive(Debug, Clone)]
pub(super) struct Score {
    pub(super) label: &'static str,
    pub(super) url: String,
}

/// A letter's three forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

macro_rules! forms {
    ($($name:ident = $path:literal),+) => {$(
        #[derive(Template)]
        #[template(path = $path)]
        struct $name<'a>(&'a Page);

        impl Deref for $name<'_> {
            type Target = Page;
            fn deref(&self) -> &Page {
                self.0
            }
        }
    )+};
}

forms!(Subject = "subject.txt", Text = "text.txt", Html = "letter.html");

impl Page {
    /// Puts the facts into words.
    pub(super) fn written(&self) -> Result<Words, askama::Error> {
        Ok(Words {
            subject: Subject(self).render()?.trim().to_owned(),
            text: tidy(&Text(self).render()?),
            html: Html(self).render()?,
        })
    }

    /// «su caso» to the requester, «el caso de Marta» to anybody else.
    fn the_case(&self) -> String {
        match (self.es, self.own) {
            (true, true) => "su caso".to_owned(),
            (true, false) => format!("el caso de {}", self.requester),
            (false, true) => "your case".to_owned(),
            (false, false) => format!("the case of {}", self.requester),
        }
    }

    /// The same with its number, said once when it is the case of whoever acted.
    fn the_case_numbered(&self) -> String {
        let number = &self.number;
        match (self.es, self.own, self.who == self.requester) {
            (true, true, _) => format!("su caso {number}"),
            (true, false, true) => format!("el caso {number}"),
            (true, false, false) => format!("el caso {number} de {}", self.requester),
            (false, true, _) => format!("your case {number}"),
            (false, false, true) => format!("case {number}"),
            (false, false, false) => format!("case {number} of {}", self.requester),
        }
    }

    fn the_case_begins(&self) -> String {
        begins(&self.the_case())
    }

    fn the_case_numbered_begins(&self) -> String {
        begins(&self.the_case_numbered())
    }

    /// To whom the case was given: the reader, or his group.
    fn receiver(&self) -> &str {
        match (self.in_charge, self.es) {
            (false, _) => &self.group,
            (true, true) => "usted",
            (true, false) => "you",
        }
    }

    /// Where mail programs begin to quote us: what stands above is the answer.
    fn reply_above(&self) -> &'static str {
        if self.es { atiende_mail::REPLY_ABOVE_ES } else { atiende_mail::REPLY_ABOVE_EN }
    }

    /// Somebody's words in a letter of plain text.
    #[expect(clippy::unused_self, reason = "templates call methods of the page")]
    fn quoted(&self, words: &str) -> String {
        words.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    }
}

/// The words with which a sentence begins.
fn begins(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Blank lines that branches not taken left behind.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for line in text.trim().lines().map(str::trim_end) {
        if !(line.is_empty() && tidy.ends_with("\n\n")) {
            tidy.push_str(line);
            tidy.push('\n');
        }
    }
    tidy
}
