//! What a list is asked for, in the words of a URL: the API's and the queue page's.

use atiende_desk::Viewer;
use atiende_desk::view::queue::{Due, QueueRequest};
use atiende_desk::{Order, QueueFilter};
use atiende_procedure::office::Office;
use atiende_procedure::{Kind, PersonId, Priority, StatusName, SupportLevel};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::Deserialize;
use utoipa::IntoParams;

/// The parameters of a list of cases. Empty ones count as absent.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct Listing {
    /// One or more states, with commas; `open` for all that are.
    pub(crate) status: Option<String>,
    /// `first`, `second` or `third`.
    pub(crate) level: Option<String>,
    /// A person's id, `me`, or `none`.
    pub(crate) assignee: Option<String>,
    /// A person's id, or `me`.
    pub(crate) requester: Option<String>,
    /// A code.
    pub(crate) department: Option<String>,
    /// A code.
    pub(crate) site: Option<String>,
    /// `incident`, `service_request` and so on.
    pub(crate) kind: Option<String>,
    /// A code.
    pub(crate) service: Option<String>,
    /// A code.
    pub(crate) group: Option<String>,
    /// `low`, `medium`, `high` or `critical`.
    pub(crate) priority: Option<String>,
    /// `overdue`, or `today` for what runs out before the day ends.
    pub(crate) due: Option<String>,
    /// Words to search for.
    pub(crate) q: Option<String>,
    /// A date or an instant.
    pub(crate) opened_from: Option<String>,
    /// A date, itself included, or an instant.
    pub(crate) opened_to: Option<String>,
    /// `changed` (newest first), `opened` (newest first), `oldest`, `priority`, `number`, `due` (open cases of which a
    /// clock runs or ran out, the first due first).
    pub(crate) sort: Option<String>,
    /// The `next_cursor` of the page before.
    pub(crate) cursor: Option<String>,
    /// 1 to 200; 50 unless said.
    pub(crate) limit: Option<String>,
}

/// A parameter that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ListingError {
    pub(crate) field: &'static str,
    /// The name of the text that says so.
    pub(crate) problem: &'static str,
}

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

impl Listing {
    /// What is asked of the desk.
    ///
    /// # Errors
    /// The first parameter that cannot be read.
    pub(crate) fn request(&self, office: &Office, viewer: Viewer) -> Result<QueueRequest, ListingError> {
        let code = |field, given: &Option<String>, find: &dyn Fn(&str) -> Option<i64>| {
            filled(given).map(|code| find(code).ok_or(wrong(field))).transpose()
        };
        let filter = QueueFilter {
            statuses: self.statuses()?,
            level: word::<SupportLevel>("level", &self.level)?,
            group: code("group", &self.group, &|code| office.group_by_code(code).map(|group| group.id.0))?
                .map(atiende_procedure::GroupId),
            assignee: match filled(&self.assignee) {
                Some("none") => None,
                _ => self.person("assignee", &self.assignee, viewer)?,
            },
            unassigned: filled(&self.assignee) == Some("none"),
            requester: self.person("requester", &self.requester, viewer)?,
            department: code("department", &self.department, &|code| {
                office.department_by_code(code).map(|d| d.id.0)
            })?
            .map(atiende_procedure::DepartmentId),
            site: code("site", &self.site, &|code| office.site_by_code(code).map(|site| site.id.0))?
                .map(atiende_procedure::SiteId),
            kind: word::<Kind>("kind", &self.kind)?,
            service: code("service", &self.service, &|code| {
                office.service_by_code(code).map(|service| service.id.0)
            })?
            .map(atiende_procedure::ServiceId),
            priority: word::<Priority>("priority", &self.priority)?,
            contract: None,
            opened_from: self.instant("opened_from", &self.opened_from, office, 0)?,
            opened_to: self.instant("opened_to", &self.opened_to, office, 1)?,
            due_from: None,
            due_to: None,
            words: filled(&self.q).map(|words| words.chars().take(200).collect()),
        };
        let limit = word::<usize>("limit", &self.limit)?.unwrap_or(50);
        if !(1..=200).contains(&limit) {
            return Err(ListingError { field: "limit", problem: "problem-out-of-range" });
        }
        Ok(QueueRequest {
            filter,
            order: self.order()?,
            due: match filled(&self.due) {
                None => None,
                Some("overdue") => Some(Due::Overdue),
                Some("today") => Some(Due::Today),
                Some(_) => return Err(wrong("due")),
            },
            cursor: filled(&self.cursor).map(str::to_owned),
            limit,
        })
    }

    fn statuses(&self) -> Result<Vec<StatusName>, ListingError> {
        match filled(&self.status) {
            None => Ok(Vec::new()),
            Some("open") => Ok(StatusName::ALL.iter().copied().filter(|status| status.is_open()).collect()),
            Some(words) => {
                words.split(',').map(|word| word.trim().parse().map_err(|_| wrong("status"))).collect()
            }
        }
    }

    fn order(&self) -> Result<Order, ListingError> {
        Ok(match filled(&self.sort) {
            None | Some("changed" | "-changed_at") => Order::Changed,
            Some("opened" | "-opened_at") => Order::Opened,
            Some("oldest" | "opened_at") => Order::Oldest,
            Some("priority") => Order::Priority,
            Some("number") => Order::Number,
            Some("due") => Order::Due,
            Some(_) => return Err(wrong("sort")),
        })
    }

    fn person(
        &self,
        field: &'static str,
        given: &Option<String>,
        viewer: Viewer,
    ) -> Result<Option<PersonId>, ListingError> {
        match filled(given) {
            Some("me") => Ok(viewer.person()),
            _ => word::<PersonId>(field, given),
        }
    }

    /// An instant, or the beginning of a day of the office so many days after the one written.
    fn instant(
        &self,
        field: &'static str,
        given: &Option<String>,
        office: &Office,
        days: i64,
    ) -> Result<Option<Timestamp>, ListingError> {
        let Some(written) = filled(given) else { return Ok(None) };
        if let Ok(instant) = written.parse() {
            return Ok(Some(instant));
        }
        let day: Date = written.parse().map_err(|_| wrong(field))?;
        let zone = office.settings.calendar.zone();
        let day = day.checked_add(jiff::Span::new().days(days)).map_err(|_| wrong(field))?;
        zone.to_timestamp(day.to_datetime(Time::midnight())).map(Some).map_err(|_| wrong(field))
    }
}

#[cfg(test)]
mod tests {
    use atiende_procedure::Actor;

    use super::*;

    #[test]
    fn a_parameter_that_cannot_be_read_is_named() {
        let viewer = Viewer::new(Actor::Person(PersonId(1)));
        let office = Office::default();
        let refused = |listing: Listing| listing.request(&office, viewer).expect_err("refused").field;
        assert_eq!(refused(Listing { status: Some("abierto".into()), ..Listing::default() }), "status");
        assert_eq!(refused(Listing { limit: Some("500".into()), ..Listing::default() }), "limit");
        assert_eq!(refused(Listing { service: Some("nada".into()), ..Listing::default() }), "service");
        assert_eq!(refused(Listing { opened_to: Some("ayer".into()), ..Listing::default() }), "opened_to");
    }

    #[test]
    fn empty_parameters_count_as_absent_and_me_is_the_viewer() {
        let viewer = Viewer::new(Actor::Person(PersonId(7)));
        let listing =
            Listing { status: Some(String::new()), assignee: Some("me".into()), ..Listing::default() };
        let request = listing.request(&Office::default(), viewer).expect("a request");
        assert_eq!(request.filter.assignee, Some(PersonId(7)));
        assert!(request.filter.statuses.is_empty());
    }
}
