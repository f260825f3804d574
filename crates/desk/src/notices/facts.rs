//! What is known about a request and what is missing, with names as people say them.

use std::collections::HashMap;

use atiende_procedure::office::{Office, QuestionForm, Service};
use atiende_procedure::{Case, Priority, SupportLevel, TextRef, missing};

use super::page::Fact;

/// A case beside the office and the words that explain it.
pub(super) struct Known<'a> {
    pub(super) case: &'a Case,
    pub(super) office: &'a Office,
    pub(super) words: &'a HashMap<TextRef, String>,
    pub(super) es: bool,
}

impl Known<'_> {
    /// What the request says (R9): service, department, place, contact, answers.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let details = &self.case.details;
        let department = details.department.and_then(|id| self.office.departments.get(&id));
        let contact = [details.contact.name, details.contact.email, details.contact.phone];
        let contact: Vec<&str> = contact.into_iter().flatten().filter_map(|text| self.text(text)).collect();
        let mut facts = Vec::new();
        let mut add = |label: String, value: &str| {
            if !value.is_empty() {
                facts.push(Fact { label, value: value.to_owned() });
            }
        };
        add(self.say("Servicio", "Service"), self.service().map_or("", |service| &service.name));
        add(self.say("Dependencia", "Department"), department.map_or("", |department| &department.name));
        add(self.say("Lugar", "Place"), &self.place());
        add(self.say("Contacto", "Contact"), &contact.join(" · "));
        let remote = details.remote_support_id.and_then(|text| self.text(text)).unwrap_or_default();
        add(self.say("ID de gestión remota", "Remote support ID"), remote);
        for (code, answer) in &details.answers {
            let question = self.question(code);
            let answer = self.text(*answer).unwrap_or_default();
            let yes_no = question.is_some_and(|question| question.form == QuestionForm::YesNo);
            let answer = match answer {
                "yes" if yes_no => self.say("Sí", "Yes"),
                "no" if yes_no => self.say("No", "No"),
                answer => answer.to_owned(),
            };
            add(question.map_or(code, |question| &question.label).clone(), &answer);
        }
        facts
    }

    /// What R9 and the service ask for and nobody has said.
    pub(super) fn missing(&self) -> Vec<String> {
        missing(self.case, self.office).iter().map(|name| self.missing_name(name)).collect()
    }

    fn missing_name(&self, name: &str) -> String {
        match name {
            "department" => self.say("su dependencia", "your department"),
            "site" => self.say("en qué sede está", "at which site you are"),
            "place" => self.say("el piso y el puesto", "the floor and the desk"),
            "contact" => self.say("un correo o un teléfono para ubicarlo", "a mail address or a telephone"),
            "remote_support_id" => {
                self.say("el ID de su programa de soporte remoto", "your remote support ID")
            }
            other => {
                let code = other.strip_prefix("answers.").unwrap_or(other);
                self.question(code).map_or_else(|| code.to_owned(), |question| question.label.clone())
            }
        }
    }

    fn place(&self) -> String {
        let details = &self.case.details;
        let site = details.site.and_then(|id| self.office.sites.get(&id)).map(|site| site.name.as_str());
        let place = details.place.and_then(|text| self.text(text));
        [site, place].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    fn service(&self) -> Option<&Service> {
        self.case.service.and_then(|id| self.office.services.get(&id)).map(|service| &**service)
    }

    fn question(&self, code: &str) -> Option<&atiende_procedure::office::Question> {
        self.service()?.questions.iter().find(|question| question.code == code)
    }

    pub(super) fn level(&self, level: SupportLevel) -> String {
        match level {
            SupportLevel::First => self.say("primer nivel", "first level"),
            SupportLevel::Second => self.say("segundo nivel", "second level"),
            SupportLevel::Third => self.say("tercer nivel", "third level"),
        }
    }

    pub(super) fn priority(&self) -> String {
        match self.case.priority() {
            Priority::Low => self.say("baja", "low"),
            Priority::Medium => self.say("media", "medium"),
            Priority::High => self.say("alta", "high"),
            Priority::Critical => self.say("crítica", "critical"),
        }
    }

    /// The words of a reference, unless the law had them destroyed.
    pub(super) fn text(&self, text: TextRef) -> Option<&str> {
        self.words.get(&text).map(String::as_str)
    }

    /// The words of a reference, or that they were taken away.
    pub(super) fn text_or_gone(&self, text: TextRef) -> String {
        self.text(text).map_or_else(|| self.say("(texto retirado)", "(text removed)"), str::to_owned)
    }

    pub(super) fn say(&self, es: &str, en: &str) -> String {
        if self.es { es } else { en }.to_owned()
    }
}
