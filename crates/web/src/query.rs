//! The parameters of a page's address. Said twice, the last counts: an address that somebody wrote by hand, or two forms
//! made, is still answered with a page.

use axum::extract::FromRequestParts;
use axum::extract::rejection::QueryRejection;
use axum::http::Uri;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

/// As axum's, for pages. The API refuses what is said twice.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = QueryRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, QueryRejection> {
        let once = last_of_each(parts.uri.query().unwrap_or_default());
        let uri = Uri::try_from(format!("/?{once}")).unwrap_or_default();
        axum::extract::Query::try_from_uri(&uri).map(|query| Query(query.0))
    }
}

fn last_of_each(query: &str) -> String {
    let mut kept: Vec<(&str, &str)> = Vec::new();
    for pair in query.split('&') {
        let name = pair.split_once('=').map_or(pair, |(name, _)| name);
        kept.retain(|(other, _)| *other != name);
        kept.push((name, pair));
    }
    kept.into_iter().map(|(_, pair)| pair).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_twice_is_heard_once() {
        assert_eq!(last_of_each("status=closed&q=a+b&status=open"), "q=a+b&status=open");
        assert_eq!(last_of_each(""), "");
        assert_eq!(last_of_each("a&a=1&=&b"), "a=1&=&b");
    }
}
