//! What every answer carries and every unsafe question must show.

use axum::extract::Request;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Nothing inline, nothing from elsewhere; Tabler's own pictures are data URIs.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-src 'self'; frame-ancestors 'none'";

/// Adds the headers that browsers obey.
pub(crate) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let unread = response.status() == StatusCode::PAYLOAD_TOO_LARGE;
    let set = response.headers_mut();
    if unread {
        // The rest of what was sent is not read: nobody may send anything after it (RFC 9112 §9.6).
        set.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    let mut add = |name: HeaderName, value: &'static str| {
        if !set.contains_key(&name) {
            set.insert(name, HeaderValue::from_static(value));
        }
    };
    add(header::CONTENT_SECURITY_POLICY, POLICY);
    add(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(header::REFERRER_POLICY, "same-origin");
    add(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    add(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    add(header::CACHE_CONTROL, "no-store");
    response
}

/// Refuses unsafe methods that another site's page sends with a visitor's cookies. A request without cookies carries
/// nobody's rights, and a bearer token is never sent by a browser of itself.
pub(crate) async fn same_origin(request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || crate::api::bearer(request.headers()).is_some() || is_from_here(request.headers()) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "Esta petición viene de otro sitio.").into_response()
}

fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some("same-origin" | "none"), _) => true,
        (Some(_), _) => false,
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some() && host == text("host")
        }
        (None, None) => !headers.contains_key(header::COOKIE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers_of(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn another_site_is_refused() {
        assert!(!is_from_here(&headers_of(&[("sec-fetch-site", "cross-site")])));
        assert!(!is_from_here(&headers_of(&[("origin", "https://mal.example"), ("host", "mesa.example")])));
        assert!(!is_from_here(&headers_of(&[("origin", "null"), ("host", "mesa.example")])));
        assert!(!is_from_here(&headers_of(&[("cookie", "a=b")])));
    }

    #[test]
    fn our_own_pages_are_heard() {
        assert!(is_from_here(&headers_of(&[("sec-fetch-site", "same-origin")])));
        assert!(is_from_here(&headers_of(&[("origin", "https://mesa.example"), ("host", "mesa.example")])));
    }
}
