//! The desk's queue: views with live counts, filters and search in the address, pages by cursor.

use askama::Template;
use atiende_desk::view::QueueRequest;
use atiende_desk::view::queue::{MOST_COUNTED, SeenPage};
use atiende_desk::{Backlog, DeskError, Order, QueueRow};
use atiende_procedure::permission::Scope;
use atiende_procedure::{Actor, Kind, Priority, Role, StatusName, SupportLevel};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::form::{Choice, Field, Input};
use crate::app::App;
use crate::frame::{Frame, Markup};
use crate::listing::{Listing, ListingError};
use crate::oops::{Oops, page};
use crate::query::Query;
use crate::visitor::{Visitor, encode};

#[derive(Debug, Template)]
#[template(path = "queue.html")]
struct Queue {
    frame: Frame,
    title: String,
    about: String,
    view: String,
    views: Vec<ViewLink>,
    words: String,
    selects: Vec<Field>,
    error: Option<String>,
    cut: bool,
    rows: Vec<Row>,
    first_href: Option<String>,
    /// The same words in every case, offered when this view holds none.
    elsewhere_href: Option<String>,
    next_href: Option<String>,
}

#[derive(Debug)]
struct ViewLink {
    href: String,
    icon: &'static str,
    label: String,
    count: Option<String>,
    late: bool,
    chosen: bool,
}

/// A case in a list of the desk.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) number: String,
    /// The number without its prefix and year where they are the current ones.
    pub(crate) short: String,
    pub(crate) subject: String,
    pub(crate) requester: String,
    pub(crate) level: String,
    pub(crate) state: Markup,
    pub(crate) agent: String,
    pub(crate) priority: String,
    pub(crate) urgent: bool,
    /// What it and the rows below it have in common, above the first of them.
    pub(crate) heading: Option<Markup>,
    /// When its next clock runs out; empty while none runs.
    pub(crate) due: Option<Markup>,
    /// The day, or today's hour; the moment in full is its title.
    pub(crate) changed: String,
    pub(crate) changed_in_full: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct View {
    vista: String,
}

/// A view of the queue: its name in the address, its icon, its text.
const VIEWS: [(&str, &str, &str); 9] = [
    ("mias", "user", "view-mine"),
    ("sin-asignar", "user-question", "view-unassigned"),
    ("nivel", "stack-2", "view-level"),
    ("vencidos", "clock-exclamation", "view-overdue"),
    ("vence-hoy", "calendar-due", "view-due-today"),
    ("espera", "player-pause", "view-waiting"),
    ("proveedor", "building-store", "view-provider"),
    ("abiertos", "inbox", "view-open"),
    (EVERYTHING, "list", "view-all"),
];

/// The view that leaves nothing out.
const EVERYTHING: &str = "todos";

pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Query(view): Query<View>,
    Query(listing): Query<Listing>,
) -> Response {
    let scope = Scope::of(Actor::Person(visitor.person.id), &visitor.office);
    if !scope.desk {
        return Oops::not_found(visitor.frame(&app)).into_response();
    }
    match queue(&app, &visitor, &view.vista, listing).await {
        Ok((status, queue)) => page(status, &queue),
        Err(error) => Oops::to(&app, &visitor, &error).into_response(),
    }
}

async fn queue(
    app: &App,
    visitor: &Visitor,
    view: &str,
    listing: Listing,
) -> Result<(StatusCode, Queue), DeskError> {
    let agent = visitor.person.is(Role::Agent);
    let fallback = if agent { "nivel" } else { "abiertos" };
    let (view, _, label) = VIEWS
        .into_iter()
        .find(|(name, ..)| *name == view)
        .unwrap_or_else(|| VIEWS.into_iter().find(|(name, ..)| *name == fallback).unwrap_or(VIEWS[0]));
    let level = own_level(visitor);
    let t = visitor.looker.t;
    let mut error = None;
    let mut status = StatusCode::OK;
    let narrow = narrowed(&listing, view, level);
    let request = match narrow.request(&visitor.office, visitor.viewer) {
        Ok(request) => request,
        Err(ListingError { field, problem }) => {
            error = Some(t.name(problem, field));
            status = StatusCode::UNPROCESSABLE_ENTITY;
            narrowed(&Listing::default(), view, level)
                .request(&visitor.office, visitor.viewer)
                .unwrap_or_default()
        }
    };
    let request_order = request.order;
    let asked = app.desk.queue_and_backlog_seen_by(visitor.viewer, request.clone()).await;
    let (page, backlog) = match asked {
        Err(DeskError::Store(bad)) if bad.is_bad_cursor() => {
            error = Some(t.get("problem-cursor").to_owned());
            status = StatusCode::UNPROCESSABLE_ENTITY;
            let first = QueueRequest { cursor: None, ..request };
            app.desk.queue_and_backlog_seen_by(visitor.viewer, first).await?
        }
        seen => seen?,
    };
    let frame = visitor.frame(app);
    let mut rows = rows(&frame, &page);
    if request_order == Order::Due {
        head(&frame, &page, &mut rows);
    }
    let address = address(view, &listing);
    let queue = Queue {
        title: t.get(label).to_owned(),
        about: if view == "nivel" { frame.word("level-full", level) } else { String::new() },
        view: view.to_owned(),
        views: views(&frame, view, level, backlog.as_ref()),
        words: listing.q.clone().unwrap_or_default(),
        selects: selects(&frame, &listing, &narrow),
        error,
        cut: page.cut,
        rows,
        first_href: listing.cursor.as_deref().filter(|cursor| !cursor.is_empty()).map(|_| address.clone()),
        elsewhere_href: (!listing_words(&listing).is_empty() && view != EVERYTHING)
            .then(|| format!("/mesa?vista={EVERYTHING}&q={}", encode(listing_words(&listing)))),
        next_href: page.next_cursor.map(|cursor| format!("{address}&cursor={}", encode(&cursor))),
        frame,
    };
    Ok((status, queue))
}

fn listing_words(listing: &Listing) -> &str {
    listing.q.as_deref().unwrap_or_default().trim()
}

fn own_level(visitor: &Visitor) -> SupportLevel {
    let groups = visitor.person.groups.iter().filter_map(|id| visitor.office.groups.get(id));
    groups.map(|group| group.level).min().unwrap_or(SupportLevel::First)
}

/// What is asked for, within what the view shows. A filter of the reader's own wins over the view's.
fn narrowed(listing: &Listing, view: &str, level: SupportLevel) -> Listing {
    let mut listing = listing.clone();
    let set = |field: &mut Option<String>, value: &str| {
        if field.as_deref().is_none_or(str::is_empty) {
            *field = Some(value.to_owned());
        }
    };
    match view {
        "mias" => {
            set(&mut listing.assignee, "me");
            set(&mut listing.status, "open");
        }
        "sin-asignar" => {
            set(&mut listing.assignee, "none");
            set(&mut listing.status, "registered,assigned");
        }
        "nivel" => {
            set(&mut listing.level, level.as_str());
            set(&mut listing.status, "assigned,in_progress,waiting,with_provider");
        }
        "vencidos" => {
            set(&mut listing.due, "overdue");
            set(&mut listing.sort, "due");
        }
        "vence-hoy" => {
            set(&mut listing.due, "today");
            set(&mut listing.sort, "due");
        }
        "espera" => set(&mut listing.status, "waiting"),
        "proveedor" => set(&mut listing.status, "with_provider"),
        "abiertos" => set(&mut listing.status, "registered,assigned,in_progress,waiting,with_provider"),
        _ => {}
    }
    listing
}

fn views(frame: &Frame, chosen: &str, level: SupportLevel, counts: Option<&(Backlog, u64)>) -> Vec<ViewLink> {
    let count = |name: &str| {
        let (backlog, mine) = counts?;
        let of = |status| backlog.count(Some(status), None);
        let open = [
            StatusName::Registered,
            StatusName::Assigned,
            StatusName::InProgress,
            StatusName::Waiting,
            StatusName::WithProvider,
        ];
        match name {
            "mias" => Some(*mine),
            "sin-asignar" => Some(backlog.unassigned()),
            "nivel" => Some(open[1..].iter().map(|status| backlog.count(Some(*status), Some(level))).sum()),
            "vencidos" => Some(backlog.overdue()),
            "vence-hoy" => Some(backlog.due_today()),
            "espera" => Some(of(StatusName::Waiting)),
            "proveedor" => Some(of(StatusName::WithProvider)),
            "abiertos" => Some(open.into_iter().map(of).sum()),
            _ => None,
        }
    };
    let links = VIEWS.into_iter().map(|(name, icon, label)| ViewLink {
        href: format!("/mesa?vista={name}"),
        icon,
        label: frame.t.get(label).to_owned(),
        count: count(name).map(counted),
        late: name == "vencidos" && count(name).is_some_and(|count| count > 0),
        chosen: name == chosen,
    });
    links.collect()
}

fn counted(count: u64) -> String {
    if count >= MOST_COUNTED { format!("{}+", MOST_COUNTED - 1) } else { count.to_string() }
}

/// The filters as he chose them, and the order that holds.
fn selects(frame: &Frame, listing: &Listing, narrow: &Listing) -> Vec<Field> {
    let t = frame.t;
    let value = |given: &Option<String>| given.clone().unwrap_or_default();
    let any = t.get("any");
    let statuses: Vec<StatusName> =
        StatusName::ALL.iter().copied().filter(|status| *status != StatusName::Referred).collect();
    let kinds: Vec<Kind> = Kind::ALL.iter().copied().filter(|kind| *kind != Kind::SecurityIncident).collect();
    let select = |name: &str, label: &str| Field::new(Input::Select, name, t.get(label));
    let sorts = ["changed", "due", "opened", "oldest", "priority", "number"];
    vec![
        select("status", "column-state")
            .words(t, "status", &statuses)
            .with_blank(any)
            .value(value(&listing.status)),
        select("level", "column-level")
            .words(t, "level-full", SupportLevel::ALL)
            .with_blank(any)
            .value(value(&listing.level)),
        select("kind", "field-kind").words(t, "kind", &kinds).with_blank(any).value(value(&listing.kind)),
        select("priority", "column-priority")
            .words(t, "priority", Priority::ALL)
            .with_blank(any)
            .value(value(&listing.priority)),
        select("sort", "queue-sort")
            .options(sorts.iter().map(|sort| Choice::new(sort, t.of_word("sort", sort))).collect())
            .value(
                narrow.sort.clone().filter(|sort| !sort.is_empty()).unwrap_or_else(|| "changed".to_owned()),
            ),
    ]
}

/// What is overdue, what is due today and what later, each under its heading.
fn head(frame: &Frame, page: &SeenPage, rows: &mut [Row]) {
    let group = |row: &QueueRow| match row.next_due {
        Some((due, _)) if due <= page.now => 0,
        Some((due, _)) if frame.spoken.is_today(due) => 1,
        _ => 2,
    };
    const HEADS: [(&str, &str, &str); 3] = [
        ("late", "clock-exclamation", "view-overdue"),
        ("soon", "hourglass-high", "view-due-today"),
        ("calm", "calendar-due", "view-due-later"),
    ];
    let mut before = None;
    for (row, seen) in rows.iter_mut().zip(&page.rows) {
        let now = group(seen);
        if before.replace(now) != Some(now) {
            let (class, icon, label) = HEADS[now];
            row.heading = Some(frame.left(class, icon, "", frame.t.get(label)));
        }
    }
}

/// The rows of a page, in the frame's language.
pub(crate) fn rows(frame: &Frame, page: &SeenPage) -> Vec<Row> {
    let department = |id| page.office.departments.get(&id).map_or("", |department| department.name.as_str());
    let settings = &page.office.settings;
    let current = format!("{}-{}-", settings.prefix, settings.calendar.day_of(frame.now).year());
    let row = |row: &QueueRow| Row {
        heading: None,
        number: row.number.to_string(),
        short: row.number.to_string().trim_start_matches(current.as_str()).to_owned(),
        subject: row.subject.clone(),
        requester: match row.department.map(department).filter(|name| !name.is_empty()) {
            Some(department) => format!("{} · {department}", page.name(row.requester)),
            None => page.name(row.requester).to_owned(),
        },
        level: row.level.map_or_else(String::new, |level| frame.word("level", level)),
        state: frame.state(row.status),
        agent: match row.agent {
            Some(agent) => page.name(agent).to_owned(),
            None => frame.t.get("no-agent").to_owned(),
        },
        priority: frame.word("priority", row.priority),
        urgent: row.priority == Priority::Critical,
        due: match (row.next_due, row.held) {
            (Some((due, clock)), _) => Some(frame.due(due, clock)),
            (None, held) => held.map(|clock| frame.held(clock)),
        },
        changed: frame.spoken.brief(row.changed_at),
        changed_in_full: frame.in_full(&row.changed_at),
    };
    page.rows.iter().map(row).collect()
}

/// The address of the list, without its cursor.
fn address(view: &str, listing: &Listing) -> String {
    let given = [
        ("q", &listing.q),
        ("status", &listing.status),
        ("level", &listing.level),
        ("assignee", &listing.assignee),
        ("requester", &listing.requester),
        ("department", &listing.department),
        ("kind", &listing.kind),
        ("service", &listing.service),
        ("priority", &listing.priority),
        ("due", &listing.due),
        ("opened_from", &listing.opened_from),
        ("opened_to", &listing.opened_to),
        ("sort", &listing.sort),
    ];
    let mut address = format!("/mesa?vista={view}");
    for (name, value) in given {
        if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
            address.push_str(&format!("&{name}={}", encode(value)));
        }
    }
    address
}
