//! An agenda for a calendar elsewhere: iCalendar (RFC 5545), by an address that holds its own key.

use atiende_desk::view::AgendaSeen;
use atiende_desk::view::agenda::{Agreed, Entry};
use atiende_procedure::WaitingFor;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use icalendar::{Calendar, Component, Event, EventLike, Property};
use jiff::Timestamp;

use crate::app::App;
use crate::oops::Oops;
use crate::texts::Texts;
use crate::visitor::Looker;

/// How often a calendar should ask.
const REFRESH: &str = "PT15M";

pub(crate) async fn feed(State(app): State<App>, looker: Looker, Path(name): Path<String>) -> Response {
    let secret = name.strip_suffix(".ics").unwrap_or(&name);
    match app.desk.agenda_of_token(secret).await {
        Ok(Some(seen)) => {
            let language =
                seen.of.and_then(|id| seen.office.people.get(&id)).map(|it| it.profile.language.clone());
            let calendar = calendar(Texts::of(&language.unwrap_or_default()), &seen, app.desk.public_url());
            let headers = [
                (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
                (header::CACHE_CONTROL, "private, no-cache"),
            ];
            (headers, calendar.to_string()).into_response()
        }
        Ok(None) => Oops::not_found(looker.frame(&app)).into_response(),
        Err(error) => Oops::of(&app, &looker, &error).into_response(),
    }
}

fn calendar(t: &Texts, seen: &AgendaSeen, public_url: &str) -> Calendar {
    let mut calendar = Calendar::empty();
    let properties = [("VERSION", "2.0"), ("PRODID", "-//Atiende//Agenda//ES"), ("CALSCALE", "GREGORIAN")];
    for property in properties {
        calendar.append_property(property);
    }
    calendar.name(&t.name("agenda-of", &seen.office.settings.unit));
    // RFC 7986, 5.7, and what older calendars read.
    calendar.append_property(
        Property::new("REFRESH-INTERVAL", REFRESH).append_parameter(("VALUE", "DURATION")).done(),
    );
    calendar.append_property(("X-PUBLISHED-TTL", REFRESH));
    for entry in &seen.entries {
        calendar.push(event(t, seen, entry, public_url));
    }
    calendar.done()
}

fn event(t: &Texts, seen: &AgendaSeen, entry: &Entry, public_url: &str) -> Event {
    let (kind, what) = match entry.what {
        Agreed::Awaited(WaitingFor::Visit) => ("visit", "agenda-visit"),
        Agreed::Awaited(_) => ("parts", "agenda-parts"),
        Agreed::Expected => ("expected", "agenda-expected"),
    };
    let host = public_url.rsplit('/').next().unwrap_or_default();
    let mut event = Event::new();
    event.uid(&format!("{}-{kind}@{host}", entry.number));
    event.add_property("DTSTAMP", utc(seen.now));
    event.add_property("DTSTART", utc(entry.at));
    if kind == "visit" {
        event.add_property("DURATION", "PT1H");
    }
    event.summary(&format!("{}: {} ({})", t.get(what), entry.subject, entry.number));
    let address = format!("{public_url}/casos/{}", entry.number);
    event.description(&address);
    event.add_property("URL", &address);
    if let Some(site) = entry.site.and_then(|id| seen.office.sites.get(&id)) {
        event.location(&site.name);
    }
    event.done()
}

/// A moment as RFC 5545, 3.3.5 writes it.
fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}
