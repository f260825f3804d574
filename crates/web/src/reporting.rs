//! What a report is asked for, in the words of a URL: the API's and the page's.

use atiende_desk::view::reports::{GroupBy, ReportFilter};
use atiende_procedure::office::Office;
use atiende_procedure::{AgreementId, ContractId, ProviderId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::listing::ListingError;
use crate::visitor::encode;

/// The parameters of a report. Empty ones count as absent.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct Reporting {
    /// The first day of the office on which promises came to an end; the first of the month of `to` unless said.
    pub(crate) from: Option<String>,
    /// The last such day; today unless said.
    pub(crate) to: Option<String>,
    /// `assignment`, `first_answer`, `solution`, `provider_response` or `provider_solution`; all unless said.
    pub(crate) clock: Option<String>,
    /// `month` (unless said), `clock`, `service`, `level`, `department`, `site`, `provider`, `contract`, `priority`, `kind` or
    /// `agreement`.
    pub(crate) group_by: Option<String>,
    /// A code, or `none`.
    pub(crate) service: Option<String>,
    /// `first`, `second`, `third`, or `none`.
    pub(crate) level: Option<String>,
    /// A code, or `none`.
    pub(crate) department: Option<String>,
    /// A code, or `none`.
    pub(crate) site: Option<String>,
    /// An id. Of a provider there are the clocks that its contracts promise.
    pub(crate) provider: Option<String>,
    /// An id.
    pub(crate) contract: Option<String>,
    /// `low`, `medium`, `high` or `critical`.
    pub(crate) priority: Option<String>,
    /// `incident`, `service_request` and so on.
    pub(crate) kind: Option<String>,
    /// An id, or `none`.
    pub(crate) agreement: Option<String>,
}

/// Which of the cases behind a number.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct Page {
    /// `met` or `breached`; both unless said.
    pub(crate) outcome: Option<String>,
    /// The `next_cursor` of the page before.
    pub(crate) cursor: Option<String>,
    /// 1 to 200; 50 unless said.
    pub(crate) limit: Option<String>,
}

/// Days of a report that somebody could mean.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2999;

fn filled(word: &Option<String>) -> Option<&str> {
    word.as_deref().map(str::trim).filter(|word| !word.is_empty())
}

fn wrong(field: &'static str) -> ListingError {
    ListingError { field, problem: "problem-unknown" }
}

fn word<T: std::str::FromStr>(
    field: &'static str,
    given: &Option<String>,
) -> Result<Option<T>, ListingError> {
    filled(given).map(|word| word.parse().map_err(|_| wrong(field))).transpose()
}

/// A thing of the office, or the cases that have none.
fn thing<T>(
    field: &'static str,
    given: &Option<String>,
    find: impl Fn(&str) -> Option<T>,
) -> Result<Option<Option<T>>, ListingError> {
    match filled(given) {
        None => Ok(None),
        Some("none") => Ok(Some(None)),
        Some(word) => find(word).map(|it| Some(Some(it))).ok_or_else(|| wrong(field)),
    }
}

fn day(field: &'static str, given: &Option<String>) -> Result<Option<Date>, ListingError> {
    let day: Option<Date> = word(field, given)?;
    match day.is_none_or(|day| YEARS.contains(&day.year())) {
        true => Ok(day),
        false => Err(ListingError { field, problem: "problem-out-of-range" }),
    }
}

impl Reporting {
    /// What is asked of the desk, and by what its numbers are told apart.
    ///
    /// # Errors
    /// The first parameter that cannot be read.
    pub(crate) fn request(
        &self,
        office: &Office,
        now: Timestamp,
    ) -> Result<(ReportFilter, GroupBy), ListingError> {
        let to = day("to", &self.to)?.unwrap_or_else(|| office.settings.calendar.day_of(now));
        let from = day("from", &self.from)?.unwrap_or_else(|| to.first_of_month());
        if from > to {
            return Err(ListingError { field: "to", problem: "problem-out-of-range" });
        }
        let contract = |id: &ContractId| office.contracts.contains_key(id);
        let provider = |id: &ProviderId| office.providers.contains_key(id);
        let known = |id: AgreementId| office.agreements.contains_key(&id).then_some(id);
        let filter = ReportFilter {
            clock: word("clock", &self.clock)?,
            kind: word("kind", &self.kind)?,
            priority: word("priority", &self.priority)?,
            level: thing("level", &self.level, |word| word.parse().ok())?,
            service: thing("service", &self.service, |code| office.service_by_code(code).map(|it| it.id))?,
            department: thing("department", &self.department, |code| {
                office.department_by_code(code).map(|it| it.id)
            })?,
            site: thing("site", &self.site, |code| office.site_by_code(code).map(|it| it.id))?,
            agreement: thing("agreement", &self.agreement, |id| id.parse().ok().and_then(known))?,
            provider: word("provider", &self.provider)?
                .map(|id| Some(id).filter(provider).ok_or(wrong("provider")))
                .transpose()?,
            contract: word("contract", &self.contract)?
                .map(|id| Some(id).filter(contract).ok_or(wrong("contract")))
                .transpose()?,
            ..ReportFilter::of(from, to)
        };
        Ok((filter, word("group_by", &self.group_by)?.unwrap_or(GroupBy::Month)))
    }

    /// The parameters that were given, in an address, with these in the place of others.
    pub(crate) fn address(&self, path: &str, with: &[(&str, &str)]) -> String {
        let given = [
            ("from", &self.from),
            ("to", &self.to),
            ("clock", &self.clock),
            ("group_by", &self.group_by),
            ("service", &self.service),
            ("level", &self.level),
            ("department", &self.department),
            ("site", &self.site),
            ("provider", &self.provider),
            ("contract", &self.contract),
            ("priority", &self.priority),
            ("kind", &self.kind),
            ("agreement", &self.agreement),
        ];
        let given = given.into_iter().filter_map(|(name, value)| Some((name, filled(value)?)));
        let given = given.filter(|(name, _)| !with.iter().any(|(other, _)| other == name));
        let pairs = given.chain(with.iter().copied().filter(|(_, value)| !value.is_empty()));
        let pairs: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", encode(value))).collect();
        if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
    }
}

impl Page {
    /// Whether those in time are asked for, those too late, or both; and how many.
    ///
    /// # Errors
    /// The first parameter that cannot be read.
    pub(crate) fn read(&self) -> Result<(Option<bool>, usize), ListingError> {
        let met = match filled(&self.outcome) {
            None => None,
            Some("met") => Some(true),
            Some("breached") => Some(false),
            Some(_) => return Err(wrong("outcome")),
        };
        let limit = word("limit", &self.limit)?.unwrap_or(50);
        match (1..=200).contains(&limit) {
            true => Ok((met, limit)),
            false => Err(ListingError { field: "limit", problem: "problem-out-of-range" }),
        }
    }

    /// From where the page goes on.
    pub(crate) fn cursor(&self) -> Option<String> {
        filled(&self.cursor).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-25T15:00:00Z".parse().expect("an instant")
    }

    #[test]
    fn this_month_is_meant_unless_said() {
        let (filter, by) = Reporting::default().request(&Office::default(), now()).expect("a report");
        assert_eq!(
            (filter.from.to_string(), filter.to.to_string()),
            ("2026-11-01".into(), "2026-11-25".into())
        );
        assert_eq!((filter.clock, by), (None, GroupBy::Month));
    }

    #[test]
    fn a_parameter_that_cannot_be_read_is_named() {
        let refused = |asked: Reporting| asked.request(&Office::default(), now()).expect_err("refused").field;
        let said = |word: &str| Some(word.to_owned());
        assert_eq!(refused(Reporting { clock: said("reloj"), ..Reporting::default() }), "clock");
        assert_eq!(refused(Reporting { group_by: said("color"), ..Reporting::default() }), "group_by");
        assert_eq!(refused(Reporting { service: said("NADA"), ..Reporting::default() }), "service");
        assert_eq!(refused(Reporting { contract: said("9"), ..Reporting::default() }), "contract");
        assert_eq!(refused(Reporting { from: said("2026-12-01"), ..Reporting::default() }), "to");
        assert_eq!(refused(Reporting { from: said("-001000-01-01"), ..Reporting::default() }), "from");
        let page = Page { outcome: said("tarde"), ..Page::default() };
        assert_eq!(page.read().expect_err("refused").field, "outcome");
    }

    #[test]
    fn an_address_keeps_what_was_asked() {
        let asked = Reporting {
            from: Some("2026-11-01".into()),
            level: Some("first".into()),
            ..Reporting::default()
        };
        let address = asked.address("/informes/ans", &[("level", "none"), ("outcome", "met"), ("site", "")]);
        assert_eq!(address, "/informes/ans?from=2026-11-01&level=none&outcome=met");
    }
}
