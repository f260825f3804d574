//! What happens, told to the pages that are open (server-sent events), and who else has the same case open.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use atiende_desk::{Change, DeskError, PresentSeen};
use atiende_procedure::{Actor, CaseNumber};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{broadcast, watch};
use tokio::time::Sleep;

use crate::app::App;
use crate::query::Query;
use crate::visitor::Visitor;

/// A listener comes again after so long, and his session is looked at anew.
const LONGEST: Duration = Duration::from_secs(600);
/// How often a browser's connection is kept awake.
const AWAKE: Duration = Duration::from_secs(15);
/// How often it is told who else has the case open.
const PRESENCE: Duration = Duration::from_secs(2);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// Where the feed was when the page was made.
    desde: i64,
    /// The case of the page, if it is one's.
    caso: String,
}

/// Who listens, and to what.
struct Listener {
    app: App,
    visitor: Visitor,
    case: Option<CaseNumber>,
    since: i64,
    greeted: bool,
    present: Vec<PresentSeen>,
    changes: broadcast::Receiver<Arc<Change>>,
    over: watch::Receiver<bool>,
    /// Ends when he must come again.
    long_enough: Pin<Box<Sleep>>,
}

pub(crate) async fn listen(
    State(app): State<App>,
    visitor: Option<Visitor>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response {
    // A browser asks again after a failure; after 204 it does not.
    let Some(visitor) = visitor else { return StatusCode::NO_CONTENT.into_response() };
    let (changes, over) = app.desk.changes();
    let long_enough = Box::pin(tokio::time::sleep(LONGEST));
    let case = asked.caso.parse().ok();
    // A browser that lost its connection says what it heard last.
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let (since, greeted, present) = (last.unwrap_or(asked.desde), false, Vec::new());
    let listener = Listener { app, visitor, case, since, greeted, present, changes, over, long_enough };
    Sse::new(told(listener)).keep_alive(KeepAlive::new().interval(AWAKE)).into_response()
}

fn told(listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> {
    futures_util::stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    })
}

impl Listener {
    /// The next thing to tell; nothing when it is over.
    async fn next(&mut self) -> Option<Event> {
        if !self.greeted {
            self.greeted = true;
            return Some(self.greeting());
        }
        loop {
            let case = self.case.clone();
            tokio::select! {
                biased;
                () = ended(&mut self.over) => return None,
                () = &mut self.long_enough => return None,
                change = self.changes.recv() => match change {
                    Ok(change) => {
                        if let Some(event) = self.change(&change) {
                            return Some(event);
                        }
                    }
                    Err(broadcast::error::RecvError::Lagged(_)) => return Some(Event::default().event("perdido")),
                    Err(broadcast::error::RecvError::Closed) => return None,
                },
                () = tokio::time::sleep(PRESENCE), if case.is_some() => {
                    if let Some(event) = self.others(case?).await {
                        return Some(event);
                    }
                }
            }
        }
    }

    /// Tells where the feed is, and whether something happened since the page was made.
    fn greeting(&self) -> Event {
        let now = self.app.desk.live_position();
        let missed = self.since > 0 && now > self.since;
        Event::default().id(now.to_string()).event(if missed { "perdido" } else { "hola" })
    }

    fn change(&self, change: &Change) -> Option<Event> {
        let office = self.app.desk.office();
        let seen = change.seen_by(self.visitor.viewer, &office)?;
        let name = seen.by.and_then(Actor::person).and_then(|id| office.people.get(&id));
        let told = json!({
            "caso": seen.number,
            "por": name.map(|person| &person.profile.name),
            "propio": seen.by == Some(self.visitor.viewer.actor),
        });
        Some(Event::default().id(seen.position.to_string()).event("caso").data(told.to_string()))
    }

    async fn others(&mut self, case: CaseNumber) -> Option<Event> {
        let others = self.app.desk.others_at(self.visitor.person.id, &case).await.ok()??;
        if others == self.present {
            return None;
        }
        self.present = others;
        let t = self.visitor.looker.t;
        let said = self.present.iter().map(|other| {
            json!({
                "nombre": other.name,
                "dice": t.name(if other.writes { "present-writes" } else { "present-reads" }, &other.name),
            })
        });
        Some(Event::default().event("presentes").data(json!(said.collect::<Vec<_>>()).to_string()))
    }
}

/// Returns when nothing is told any more.
async fn ended(over: &mut watch::Receiver<bool>) {
    // An error means that the desk is gone, which is an end as well.
    let _ = over.wait_for(|over| *over).await;
}

/// That somebody has a case open in a tab, writes there, or leaves it.
#[derive(Debug, Deserialize)]
pub(crate) struct Here {
    caso: CaseNumber,
    /// 32 hexadecimal digits that the tab made up.
    pestana: String,
    #[serde(default)]
    escribe: bool,
    #[serde(default)]
    sale: bool,
}

pub(crate) async fn here(
    State(app): State<App>,
    visitor: Visitor,
    axum::Json(here): axum::Json<Here>,
) -> StatusCode {
    let mut tab = [0; 16];
    if hex::decode_to_slice(&here.pestana, &mut tab).is_err() {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    let person = visitor.person.id;
    let told: Result<bool, DeskError> = match here.sale {
        true => app.desk.leaves(person, &here.caso, tab).await.map(|()| true),
        false => {
            app.desk.looks_at(person, &here.caso, tab, here.escribe).await.map(|others| others.is_some())
        }
    };
    match told {
        Ok(true) => StatusCode::NO_CONTENT,
        Ok(false) => StatusCode::NOT_FOUND,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
