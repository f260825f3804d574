//! A contract with a provider (R12).

use std::collections::BTreeSet;

use atiende_procedure::office::{Contract, ContractKind, Office};
use atiende_procedure::sla::Hours;
use atiende_procedure::{CalendarId, ContractId, PersonId, ProviderId, SupportLevel};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;

use super::agreement::yes;
use super::{Wrong, checked, each};
use crate::lenient::given;

/// Under what a provider attends, as reading a contract gives it.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ContractBody {
    pub(crate) number: String,
    /// The provider's name, or its id.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = String)]
    pub(crate) provider: String,
    #[schema(value_type = String, example = "specialised")]
    pub(crate) kind: ContractKind,
    #[serde(default)]
    pub(crate) object: String,
    /// The first day on which it holds.
    #[schema(value_type = String, format = Date)]
    pub(crate) starts: Date,
    /// The last such day.
    #[schema(value_type = String, format = Date)]
    pub(crate) ends: Date,
    /// A person's id.
    #[schema(value_type = i64)]
    pub(crate) supervisor: PersonId,
    /// Who stands in for the supervisor.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub(crate) deputy: Option<PersonId>,
    /// The levels whose agents may escalate to it.
    #[schema(value_type = Vec<String>)]
    pub(crate) levels: BTreeSet<SupportLevel>,
    /// Codes; none for all.
    #[serde(default)]
    pub(crate) services: Vec<String>,
    /// Where its requests go; the provider's own addresses unless said.
    #[serde(default)]
    pub(crate) emails: Vec<String>,
    #[serde(default)]
    pub(crate) response_minutes: Option<u32>,
    #[serde(default)]
    pub(crate) solution_minutes: Option<u32>,
    /// `{"by": "calendar", "calendar": 1}` or `{"by": "always"}`; the office's own hours unless said.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub(crate) hours: Option<Hours>,
    /// What is promised, in words.
    #[serde(default)]
    pub(crate) promise: String,
    /// What it costs the provider to be late, in words.
    #[serde(default)]
    pub(crate) penalties: String,
    #[serde(default = "yes")]
    pub(crate) active: bool,
}

impl ContractBody {
    /// The contract in the place of this one or a new one, or all that is wrong with it. Its documents stay.
    pub(crate) fn read(self, office: &Office, before: Option<&Contract>) -> Result<Contract, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let find = |code: &str| office.service_by_code(code).map(|it| it.id);
        let services = each("services", &self.services, find, &mut wrong);
        let provider = provider(office, self.provider.trim());
        if provider.is_none() {
            wrong.push(Wrong::about("provider", "problem-unknown", &self.provider));
        }
        let provider = provider.unwrap_or(ProviderId(0));
        let owned = office.providers.get(&provider).is_some_and(|it| it.emails == self.emails);
        let contract = Contract {
            id: before.map_or(ContractId(0), |before| before.id),
            number: self.number.trim().to_owned(),
            provider,
            kind: self.kind,
            object: self.object.trim().to_owned(),
            starts: self.starts,
            ends: self.ends,
            supervisor: self.supervisor,
            deputy: self.deputy,
            levels: self.levels,
            services,
            emails: if owned { Vec::new() } else { self.emails },
            promise: self.promise.trim().to_owned(),
            response: self.response_minutes,
            solution: self.solution_minutes,
            hours: self.hours.filter(|hours| *hours != Hours::Calendar(CalendarId::MAIN)),
            penalties: self.penalties.trim().to_owned(),
            documents: before.map_or_else(Vec::new, |before| before.documents.clone()),
            active: self.active,
        };
        checked(contract, wrong)
    }
}

fn provider(office: &Office, named: &str) -> Option<ProviderId> {
    let by_name = office.providers.values().find(|provider| provider.name == named).map(|it| it.id);
    by_name.or_else(|| named.parse().ok().filter(|id| office.providers.contains_key(id)))
}
