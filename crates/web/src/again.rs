//! What somebody typed and could not be sent, because his session ended or the desk did not answer: shown to him, and
//! ready to be sent again.

use askama::Template;
use axum::extract::{FromRequest, OptionalFromRequestParts, Request};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::frame::Frame;
use crate::lenient::Fields;
use crate::oops::Oops;
use crate::pages::sign_in::{asked_to_sign_in, own_path};
use crate::upload::{Form, without_files};
use crate::visitor::{Looker, Visitor};

/// Names of fields that nobody types.
const OURS: [&str; 5] = ["command", "version", "volver", "service", "audience"];
/// What goes before each name while somebody signs in.
const CARRIED: &str = "otra.";

/// A form as it was filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Again {
    /// Where it is to be sent; empty when it makes no sense to send it again.
    pub(crate) to: String,
    pub(crate) fields: Vec<(String, String)>,
}

/// What is never shown again: it is typed once more.
fn is_secret(name: &str) -> bool {
    ["password", "secret", "refresh_token"].iter().any(|secret| name.ends_with(secret))
}

impl Again {
    /// What was typed into a form that goes to a path of ours.
    pub(crate) fn of(to: &str, typed: &Fields) -> Again {
        let fields = typed.0.iter().filter(|(name, _)| !is_secret(name));
        let fields = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
        Again { to: own_path(to).to_owned(), fields }
    }

    /// The same, to be read and no more.
    pub(crate) fn to_read(typed: &Fields) -> Again {
        Again { to: String::new(), ..Again::of("", typed) }
    }

    /// Nothing, when a form on the page shows it already.
    pub(crate) fn unless(self, shown: bool) -> Again {
        if shown { Again::default() } else { self }
    }

    /// What the form of signing in carried along.
    pub(crate) fn carried(typed: &Fields) -> Option<Again> {
        let to = Some(typed.get("otra")).filter(|to| !to.is_empty())?;
        let own = typed.0.iter().filter_map(|(name, value)| Some((name.strip_prefix(CARRIED)?, value)));
        let fields = own.map(|(name, value)| (name.to_owned(), value.clone())).collect();
        Some(Again { to: own_path(to).to_owned(), fields })
    }

    /// The fields as the form of signing in carries them along.
    pub(crate) fn to_carry(&self) -> Vec<(String, &str)> {
        let fields = self.fields.iter().map(|(name, value)| (format!("{CARRIED}{name}"), value.as_str()));
        std::iter::once(("otra".to_owned(), self.to.as_str())).chain(fields).collect()
    }

    /// What he wrote himself, to be shown.
    pub(crate) fn words(&self) -> Vec<&str> {
        let typed = self.fields.iter().filter(|(name, _)| !OURS.contains(&name.as_str()));
        typed.map(|(_, value)| value.trim()).filter(|value| value.contains(char::is_whitespace)).collect()
    }
}

/// A form of somebody who is signed in. From anybody else, or while the desk does not answer, what was typed is kept.
pub(crate) struct Posted {
    pub(crate) visitor: Visitor,
    pub(crate) form: Form,
}

impl FromRequest<App> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let looker = Looker::of_request(&request);
        let (mut parts, body) = request.into_parts();
        let visitor = <Visitor as OptionalFromRequestParts<App>>::from_request_parts(&mut parts, app).await;
        let request = Request::from_parts(parts, body);
        let unavailable = match visitor {
            Ok(Some(visitor)) => {
                return Ok(Posted { visitor, form: Form::from_request(request, app).await? });
            }
            Ok(None) => None,
            Err(unavailable) => Some(unavailable.status()),
        };
        let again = Again::of(&looker.path, &without_files(request, app).await?);
        Err(match unavailable {
            None => asked_to_sign_in(app, &looker, again),
            Some(status) => {
                let oops = Oops::said(looker.frame(app), status, "oops-unavailable");
                oops.with(again).into_response()
            }
        })
    }
}

/// Somebody has signed in again, and what he typed before has not been sent yet.
#[derive(Debug, Template)]
#[template(path = "again.html")]
pub(crate) struct StillToSend {
    pub(crate) frame: Frame,
    pub(crate) again: Again,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_goes_through_the_door_and_comes_back() {
        let mut typed = Fields::default();
        for (name, value) in [("body", "Sigue\nigual"), ("command", "0f"), ("password", "secreta")] {
            typed.put(name.to_owned(), value);
        }
        let again = Again::of("/casos/MS-2026-1/mensaje", &typed);
        assert_eq!(again.words(), ["Sigue\nigual"]);
        let mut carried = Fields::default();
        again.to_carry().into_iter().for_each(|(name, value)| carried.put(name, value));
        assert_eq!(Again::carried(&carried), Some(again));
        assert!(!carried.0.contains_key("otra.password"));
        carried.put("otra".to_owned(), "//mal.example");
        assert_eq!(Again::carried(&carried).map(|again| again.to).as_deref(), Some("/"));
    }
}
