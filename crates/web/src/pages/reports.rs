//! What was promised and kept, by group: each number leads to its cases, and goes along as a table.

mod behind;
mod download;
mod filters;
mod table;

use askama::Template;
use atiende_desk::Spoken;
use atiende_desk::view::reports::{Group, GroupBy, Report, ReportFilter, ReportRow, Tally, reads_reports};
use atiende_procedure::Actor;
use atiende_procedure::permission::Scope;
use atiende_procedure::sla::ClockName;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;

use super::form::Field;
use crate::app::App;
use crate::frame::Frame;
use crate::listing::ListingError;
use crate::oops::{Oops, page};
use crate::query::Query;
use crate::reporting::Reporting;
use crate::texts::Texts;
use crate::visitor::{Visitor, encode};

pub(crate) use behind::show as cases;
pub(crate) use download::{cases_csv, csv, xlsx};
use filters::{Period, fit, periods, selects};

/// Where the report is.
const PATH: &str = "/informes/ans";

/// The word that asks for every clock: an empty choice is the usual one.
const EVERY_CLOCK: &str = "all";

#[derive(Debug, Template)]
#[template(path = "reports.html")]
struct Reports {
    frame: Frame,
    span: String,
    periods: Vec<Period>,
    from: String,
    to: String,
    /// Which clock, and by what.
    first: Vec<Field>,
    more: Vec<Field>,
    narrowed: bool,
    error: Option<String>,
    counting: bool,
    said: String,
    kept: Option<Share>,
    before: String,
    open_late: Option<String>,
    late_href: Option<String>,
    by: String,
    lines: Vec<Line>,
    total: Option<Line>,
    csv: String,
    xlsx: String,
}

/// A row of the report.
#[derive(Debug)]
struct Line {
    label: String,
    met: Number,
    breached: Number,
    ended: Number,
    kept: Option<Share>,
    average: String,
    late: Option<Number>,
}

/// A number, and where its cases are.
#[derive(Debug)]
struct Number {
    count: u64,
    href: Option<String>,
}

/// A part that was kept.
#[derive(Debug)]
struct Share {
    /// With its sign: «91,8 %».
    text: String,
    met: u64,
    ended: u64,
}

/// What somebody asks, in what he may read.
pub(super) struct Wanted {
    pub(super) given: Reporting,
    pub(super) filter: ReportFilter,
    pub(super) by: GroupBy,
    pub(super) error: Option<String>,
    scope: Scope,
}

impl Wanted {
    /// The report that an address asks for; what cannot be read is said, and then the usual one is shown. Nothing for
    /// whom there are no reports.
    pub(super) fn of(app: &App, visitor: &Visitor, mut given: Reporting) -> Option<Wanted> {
        let scope = Scope::of(Actor::Person(visitor.person.id), &visitor.office);
        if !reads_reports(&scope) {
            return None;
        }
        let now = app.desk.ambience().now();
        let usual = match scope.desk {
            true => (ClockName::Solution, GroupBy::Service),
            false => (ClockName::ProviderSolution, GroupBy::Contract),
        };
        let set = |field: &mut Option<String>, value: &str| {
            if field.as_deref().is_none_or(|it| it.trim().is_empty()) {
                *field = Some(value.to_owned());
            }
        };
        set(&mut given.clock, usual.0.as_str());
        set(&mut given.group_by, usual.1.as_str());
        let read = |given: &Reporting| {
            let every = given.clock.as_deref() == Some(EVERY_CLOCK);
            let asked = Reporting { clock: given.clock.clone().filter(|_| !every), ..given.clone() };
            asked.request(&visitor.office, now)
        };
        let (filter, by, error) = match read(&given) {
            Ok((filter, by)) => (filter, by, None),
            Err(ListingError { field, problem }) => {
                let t = visitor.looker.t;
                let label = t.find(&format!("report-{field}")).or(t.find(&format!("report-by-{field}")));
                let error = t.name(problem, label.unwrap_or(field));
                given = Reporting {
                    clock: Some(usual.0.to_string()),
                    group_by: Some(usual.1.as_str().to_owned()),
                    ..Reporting::default()
                };
                let (filter, by) = read(&given).ok()?;
                (filter, by, Some(error))
            }
        };
        (given.from, given.to) = (Some(filter.from.to_string()), Some(filter.to.to_string()));
        Some(Wanted { given, filter, by, error, scope })
    }
}

pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Query(given): Query<Reporting>,
) -> Response {
    let frame = visitor.frame(&app);
    let Some(wanted) = Wanted::of(&app, &visitor, given) else {
        return Oops::not_found(frame).into_response();
    };
    let status = if wanted.error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    match app.desk.sla_report(visitor.viewer, wanted.filter.clone(), wanted.by).await {
        Ok(report) => page(status, &reports(frame, wanted, &report)),
        Err(error) => Oops::to(&app, &visitor, &error).into_response(),
    }
}

fn reports(frame: Frame, wanted: Wanted, report: &Report) -> Reports {
    let Wanted { given, filter, by, error, scope } = wanted;
    // With nothing to tell, open cases that are late are said above and make no table.
    let told = report.rows.iter().filter(|_| report.total.ended() > 0);
    let lines: Vec<Line> = told.map(|row| line(&frame, &given, &filter, by, row)).collect();
    let t = frame.t;
    let total = Line {
        label: t.get("report-total").to_owned(),
        late: late(&given, report.total.open_late, None),
        ..tallied(&frame, &report.total, &|outcome| behind_href(&given, outcome, &[]))
    };
    let (met, ended) = (report.total.met.to_string(), report.total.ended().to_string());
    let open_late = report.total.open_late.map(|count| t.count("report-open-late", at_most(count)));
    let (selected, more) = fit(&scope, selects(&frame, &report.office, &given));
    let narrowed = more.iter().any(|field| !field.value.is_empty());
    Reports {
        span: span(&frame, &filter),
        periods: periods(&frame, &given, &filter),
        from: filter.from.to_string(),
        to: filter.to.to_string(),
        first: selected,
        more,
        narrowed,
        error,
        counting: report.counting,
        said: t.with("report-said", &[("met", &met), ("ended", &ended)]),
        kept: share(&frame, &report.total),
        before: before(&frame, &filter, &report.before),
        open_late,
        by: t.of_word("report-by", by.as_str()).to_owned(),
        late_href: total.late.as_ref().and_then(|late| late.href.clone()),
        total: (!lines.is_empty()).then_some(total),
        lines,
        csv: given.address(&format!("{PATH}.csv"), &[]),
        xlsx: given.address(&format!("{PATH}.xlsx"), &[]),
        frame,
    }
}

fn at_most(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn line(frame: &Frame, given: &Reporting, filter: &ReportFilter, by: GroupBy, row: &ReportRow) -> Line {
    let key = row.group.key();
    let month = match row.group {
        Group::Month(first) => {
            Some((first.max(filter.from).to_string(), first.last_of_month().min(filter.to).to_string()))
        }
        _ => None,
    };
    let narrowed = match &month {
        Some((from, to)) => vec![("from", from.as_str()), ("to", to.as_str())],
        None => vec![(by.as_str(), key.as_str())],
    };
    let findable = !matches!(by, GroupBy::Provider | GroupBy::Contract) || row.group != Group::Absent;
    let href = |outcome: &str| behind_href(given, outcome, &narrowed).filter(|_| findable);
    let late = late(given, row.tally.open_late, Some((by, &key)));
    Line { label: label(frame, by, &row.group), late, ..tallied(frame, &row.tally, &href) }
}

fn tallied(frame: &Frame, tally: &Tally, href: &dyn Fn(&str) -> Option<String>) -> Line {
    let number = |count: u64, outcome: &str| Number { count, href: href(outcome).filter(|_| count > 0) };
    Line {
        label: String::new(),
        met: number(tally.met, "met"),
        breached: number(tally.breached, "breached"),
        ended: number(tally.ended(), ""),
        kept: share(frame, tally),
        average: tally.average().map_or_else(String::new, |average| length(frame.t, average)),
        late: None,
    }
}

fn behind_href(given: &Reporting, outcome: &str, narrowed: &[(&str, &str)]) -> Option<String> {
    let with: Vec<(&str, &str)> = narrowed.iter().copied().chain([("outcome", outcome)]).collect();
    Some(given.address(&format!("{PATH}/casos"), &with))
}

/// The open cases that are late; the desk's queue shows them, as far as it is narrowed alike.
fn late(given: &Reporting, count: Option<u64>, group: Option<(GroupBy, &str)>) -> Option<Number> {
    let desks = ClockName::OF_THE_DESK.iter().any(|clock| given.clock.as_deref() == Some(clock.as_str()))
        || given.clock.as_deref() == Some(EVERY_CLOCK);
    let own = [
        (GroupBy::Service, &given.service),
        (GroupBy::Level, &given.level),
        (GroupBy::Department, &given.department),
        (GroupBy::Kind, &given.kind),
        (GroupBy::Priority, &given.priority),
    ];
    let mut asked: Vec<(&str, &str)> = Vec::new();
    for (by, value) in own {
        let grouped = group.filter(|(of, _)| *of == by).map(|(_, key)| key);
        asked.extend(grouped.or(value.as_deref()).filter(|it| !it.is_empty()).map(|it| (by.as_str(), it)));
    }
    let other = [&given.site, &given.provider, &given.contract, &given.agreement];
    let elsewhere = other.iter().any(|value| value.as_deref().is_some_and(|it| !it.is_empty()))
        || group.is_some_and(|(by, _)| own.iter().all(|(known, _)| *known != by));
    let shown = desks && !elsewhere && asked.iter().all(|(_, value)| *value != "none");
    let count = count?;
    let href = (shown && count > 0).then(|| {
        let asked = asked.iter().map(|(name, value)| format!("&{name}={}", encode(value)));
        format!("/mesa?vista=vencidos{}", asked.collect::<String>())
    });
    Some(Number { count, href })
}

/// What a group is called.
pub(super) fn label(frame: &Frame, by: GroupBy, group: &Group) -> String {
    let t = frame.t;
    match group {
        Group::Month(first) => frame.spoken.month(*first),
        Group::Word { family: "clock", word, .. } => t.of_word("report-clock", word).to_owned(),
        Group::Word { family: "level", word, .. } => t.of_word("level-full", word).to_owned(),
        Group::Word { family, word, .. } => t.of_word(family, word).to_owned(),
        Group::Named { name, .. } => name.clone(),
        Group::Absent => {
            let said = t.find(&format!("report-absent-{}", by.as_str()));
            said.unwrap_or(t.get("report-absent")).to_owned()
        }
    }
}

/// The days that a report is about.
pub(super) fn span(frame: &Frame, filter: &ReportFilter) -> String {
    let whole = filter.from == filter.from.first_of_month() && filter.to == filter.from.last_of_month();
    match whole {
        true => frame.spoken.month(filter.from),
        false => {
            let (from, to) = (frame.spoken.date(filter.from), frame.spoken.date(filter.to));
            frame.t.with("report-span", &[("from", &from), ("to", &to)])
        }
    }
}

fn share(frame: &Frame, tally: &Tally) -> Option<Share> {
    let text = percent(&frame.spoken, tally.met, tally.ended())?;
    Some(Share { text, met: tally.met, ended: tally.ended() })
}

/// A part of a hundred to a tenth, never all of it while something is missing, and never none of it while something is
/// there.
pub(super) fn percent(spoken: &Spoken, part: u64, whole: u64) -> Option<String> {
    if whole == 0 {
        return None;
    }
    let tenths = (part as f64 * 1000.0 / whole as f64).round() as u64;
    let tenths = match tenths {
        1000 if part < whole => 999,
        0 if part > 0 => 1,
        tenths => tenths,
    };
    Some(spoken.percent(tenths))
}

/// A time: «3 h 20 min».
pub(super) fn length(t: &Texts, time: SignedDuration) -> String {
    let minutes = (time.as_secs() + 30) / 60;
    match (minutes / 60, minutes % 60) {
        (0, 0) if time.is_zero() => "0\u{a0}min".to_owned(),
        (0, 0) => t.get("report-less-than-minute").to_owned(),
        (0, minutes) => format!("{minutes}\u{a0}min"),
        (hours, 0) => format!("{hours}\u{a0}h"),
        (hours, minutes) => format!("{hours}\u{a0}h {minutes:02}\u{a0}min"),
    }
}

fn before(frame: &Frame, filter: &ReportFilter, before: &Tally) -> String {
    let t = frame.t;
    let (from, to) = (filter.from, filter.to);
    let whole = from == from.first_of_month() && to == to.last_of_month();
    let months =
        i32::from(to.year() - from.year()) * 12 + i32::from(to.month()) - i32::from(from.month()) + 1;
    let days = from.until(to).map_or(0, |span| span.get_days()) + 1;
    let (days, months_said) = (days.to_string(), months.to_string());
    let ended = before.ended().to_string();
    match percent(&frame.spoken, before.met, before.ended()) {
        None if whole && months == 1 => t.get("report-before-month-none").to_owned(),
        None if whole => t.get("report-before-months-none").to_owned(),
        None => t.with("report-before-none", &[("days", &days)]),
        Some(kept) if whole && months == 1 => {
            t.with("report-before-month", &[("kept", &kept), ("ended", &ended)])
        }
        Some(kept) if whole => {
            let said = [("months", months_said.as_str()), ("kept", &kept), ("ended", &ended)];
            t.with("report-before-months", &said)
        }
        Some(kept) => t.with("report-before", &[("days", &days), ("kept", &kept), ("ended", &ended)]),
    }
}

#[cfg(test)]
mod tests {
    use atiende_desk::Language;

    use super::*;

    #[test]
    fn a_share_is_whole_only_when_nothing_is_missing() {
        let spoken = |language| Spoken::new(language, &jiff::tz::TimeZone::UTC, jiff::Timestamp::UNIX_EPOCH);
        let es = |part, whole| percent(&spoken(Language::Es), part, whole).unwrap_or_default();
        assert_eq!(es(1, 1), "100\u{a0}%");
        assert_eq!(es(9999, 10_000), "99,9\u{a0}%");
        assert_eq!(es(1, 10_000), "0,1\u{a0}%");
        assert_eq!(es(0, 10_000), "0\u{a0}%");
        assert_eq!(es(2, 3), "66,7\u{a0}%");
        assert_eq!(es(0, 0), "");
        assert_eq!(percent(&spoken(Language::En), 2, 3).as_deref(), Some("66.7%"));
    }

    #[test]
    fn a_time_is_said_in_hours_and_minutes() {
        let said = |secs| length(Texts::of("es"), SignedDuration::from_secs(secs));
        assert_eq!(said(0), "0\u{a0}min");
        assert_eq!(said(20), "menos de 1 min");
        assert_eq!(said(29 * 60 + 40), "30\u{a0}min");
        assert_eq!(said(2 * 3600), "2\u{a0}h");
        assert_eq!(said(27 * 3600 + 5 * 60), "27\u{a0}h 05\u{a0}min");
    }
}
