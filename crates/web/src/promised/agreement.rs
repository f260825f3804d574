//! A service level agreement (R3).

use std::collections::{BTreeMap, BTreeSet};

use atiende_procedure::office::{Agreement, AgreementHours, Office};
use atiende_procedure::sla::{ClockName, Stillness, Targets, Warning};
use atiende_procedure::{AgreementId, Kind, Priority};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Wrong, checked, each};

/// What is promised, to whom and for what, as reading an agreement gives it. What is named narrows it.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct AgreementBody {
    pub(crate) name: String,
    /// Codes; none for all.
    #[serde(default)]
    pub(crate) services: Vec<String>,
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub(crate) kinds: BTreeSet<Kind>,
    /// Codes; none for all.
    #[serde(default)]
    pub(crate) departments: Vec<String>,
    /// Codes; none for all.
    #[serde(default)]
    pub(crate) sites: Vec<String>,
    /// By priority: `low`, `medium`, `high`, `critical`. Nothing is promised for one that is absent.
    #[schema(value_type = std::collections::HashMap<String, TargetsBody>)]
    pub(crate) targets: BTreeMap<Priority, TargetsBody>,
    /// `{"by": "site"}`, `{"by": "calendar", "calendar": 1}` or `{"by": "always"}`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) hours: AgreementHours,
    /// By clock (`assignment`, `first_answer`, `solution`): `requester`, `visit`, `parts`, `provider`. One that is absent
    /// stands still for what is usual.
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, Vec<String>>)]
    pub(crate) pauses: BTreeMap<ClockName, BTreeSet<Stillness>>,
    /// `{"percent": 75, "to": "agent"}`; absent for the usual ones.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    pub(crate) warnings: Option<Vec<Warning>>,
    /// The first day on which cases are given it.
    #[schema(value_type = String, format = Date)]
    pub(crate) starts: Date,
    /// The last such day.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub(crate) ends: Option<Date>,
    #[serde(default = "yes")]
    pub(crate) active: bool,
}

/// In working minutes; what is absent is not promised.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
pub(crate) struct TargetsBody {
    #[serde(default)]
    pub(crate) assignment_minutes: Option<u32>,
    #[serde(default)]
    pub(crate) first_answer_minutes: Option<u32>,
    #[serde(default)]
    pub(crate) solution_minutes: Option<u32>,
}

pub(super) fn yes() -> bool {
    true
}

impl AgreementBody {
    /// The agreement under this id, or all that is wrong with it.
    pub(crate) fn read(self, office: &Office, id: AgreementId) -> Result<Agreement, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let find = |code: &str| office.service_by_code(code).map(|it| it.id);
        let services = each("services", &self.services, find, &mut wrong);
        let find = |code: &str| office.department_by_code(code).map(|it| it.id);
        let departments = each("departments", &self.departments, find, &mut wrong);
        let find = |code: &str| office.site_by_code(code).map(|it| it.id);
        let sites = each("sites", &self.sites, find, &mut wrong);
        let agreed = |why: &Stillness| Stillness::AGREED.contains(why);
        for (clock, why) in &self.pauses {
            if !ClockName::OF_THE_DESK.contains(clock) || !why.iter().all(agreed) {
                wrong.push(Wrong::about("pauses", "problem-unknown", clock.to_string()));
            }
        }
        let usual = BTreeSet::from(Stillness::USUAL);
        let agreement = Agreement {
            id,
            version: 1,
            name: self.name.trim().to_owned(),
            services,
            kinds: self.kinds,
            departments,
            sites,
            targets: self
                .targets
                .iter()
                .filter_map(|(priority, it)| Some((*priority, it.given()?)))
                .collect(),
            hours: self.hours,
            pauses: self.pauses.into_iter().filter(|(_, why)| *why != usual).collect(),
            warnings: self.warnings.unwrap_or_else(Warning::usual),
            starts: self.starts,
            ends: self.ends,
            active: self.active,
        };
        checked(agreement, wrong)
    }
}

impl TargetsBody {
    fn given(self) -> Option<Targets> {
        let targets = Targets {
            assignment: self.assignment_minutes,
            first_answer: self.first_answer_minutes,
            solution: self.solution_minutes,
        };
        (targets != Targets::default()).then_some(targets)
    }
}
