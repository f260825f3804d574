//! A new request, as programs send it and forms fill it in.

use std::collections::BTreeMap;

use atiende_desk::Salter;
use atiende_procedure::office::Office;
use atiende_procedure::{
    Attachment, Channel, DetailsGiven, Impact, Kind, PersonId, Problem, Refusal, Registration, Urgency,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::lenient::{maybe, yes_no};

/// What is asked for (R9). Subject and description are required; what else the procedure asks for may come later.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct Request {
    #[serde(default)]
    pub(crate) subject: String,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(flatten)]
    pub(crate) details: RequestDetails,
    /// A code of the catalogue.
    #[serde(default)]
    pub(crate) service: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    #[schema(value_type = Option<String>)]
    pub(crate) kind: Option<Kind>,
    #[serde(default, deserialize_with = "maybe")]
    #[schema(value_type = Option<String>)]
    pub(crate) impact: Option<Impact>,
    #[serde(default, deserialize_with = "maybe")]
    #[schema(value_type = Option<String>)]
    pub(crate) urgency: Option<Urgency>,
    /// The id of the person for whom an agent registers it.
    #[serde(default, deserialize_with = "maybe")]
    pub(crate) on_behalf_of: Option<i64>,
    /// How it came, when an agent registers it: `phone`, `in_person`, `planned`.
    #[serde(default, deserialize_with = "maybe")]
    #[schema(value_type = Option<String>)]
    pub(crate) channel: Option<Channel>,
}

/// What R9 asks for besides.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct RequestDetails {
    /// A code.
    #[serde(default, deserialize_with = "maybe")]
    pub(crate) department: Option<String>,
    /// A code.
    #[serde(default, deserialize_with = "maybe")]
    pub(crate) site: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    pub(crate) place: Option<String>,
    #[serde(default)]
    pub(crate) contact: Contact,
    #[serde(default, deserialize_with = "yes_no")]
    pub(crate) has_remote_support: Option<bool>,
    #[serde(default, deserialize_with = "maybe")]
    pub(crate) remote_support_id: Option<String>,
    /// By the question's code.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    pub(crate) answers: BTreeMap<String, serde_json::Value>,
}

/// How to reach the requester about it.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct Contact {
    #[serde(default, deserialize_with = "maybe")]
    pub(crate) name: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    pub(crate) email: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    pub(crate) phone: Option<String>,
}

impl RequestDetails {
    /// The details with codes looked up and words bound to fresh salts.
    pub(crate) fn given(&self, salter: &Salter, office: &Office) -> Result<DetailsGiven, Refusal> {
        let unknown = |field| Refusal::BadField { field, problem: Problem::Unknown };
        let department = match &self.department {
            Some(code) => Some(office.department_by_code(code).ok_or(unknown("department"))?.id),
            None => None,
        };
        let site = match &self.site {
            Some(code) => Some(office.site_by_code(code).ok_or(unknown("site"))?.id),
            None => None,
        };
        let mut answers = BTreeMap::new();
        for (code, answer) in &self.answers {
            let words = match answer {
                serde_json::Value::String(words) => words.clone(),
                serde_json::Value::Bool(true) => "yes".to_owned(),
                serde_json::Value::Bool(false) => "no".to_owned(),
                serde_json::Value::Number(number) => number.to_string(),
                serde_json::Value::Null => continue,
                _ => return Err(Refusal::BadAnswer { question: code.clone(), problem: Problem::Malformed }),
            };
            if let Some(words) = salter.text_if_any(Some(&words)) {
                answers.insert(code.clone(), words);
            }
        }
        let words = |words: &Option<String>| salter.line_if_any(words.as_deref());
        Ok(DetailsGiven {
            department,
            site,
            place: words(&self.place),
            contact_name: words(&self.contact.name),
            contact_email: words(&self.contact.email),
            contact_phone: words(&self.contact.phone),
            has_remote_support: self.has_remote_support,
            remote_support_id: words(&self.remote_support_id),
            answers,
        })
    }
}

impl Request {
    /// The registration that this request asks for.
    pub(crate) fn registration(
        &self,
        salter: &Salter,
        office: &Office,
        asker: PersonId,
        own_channel: Channel,
        attachments: Vec<Attachment>,
    ) -> Result<Registration, Refusal> {
        let service = match self.service.as_deref().map(str::trim).filter(|code| !code.is_empty()) {
            Some(code) => {
                let unknown = Refusal::BadField { field: "service", problem: Problem::Unknown };
                Some(office.service_by_code(code).ok_or(unknown)?.id)
            }
            None => None,
        };
        let requester = self.on_behalf_of.map_or(asker, PersonId);
        let on_behalf = requester != asker;
        let channel = match self.channel {
            Some(channel) if on_behalf || channel == Channel::Planned => channel,
            _ => own_channel,
        };
        Ok(Registration {
            channel,
            requester,
            subject: salter.line(&self.subject),
            description: salter.text(&self.description),
            details: self.details.given(salter, office)?,
            kind: self.kind,
            service,
            impact: self.impact,
            urgency: self.urgency,
            attachments,
            follows: None,
        })
    }
}
