//! Handing files out: never run in the page that shows them.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

/// The pictures that browsers may show; everything else is saved.
const SHOWN: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// A file as an answer: pictures inside a sandbox, all else as a download under its own name.
pub(crate) fn response(media_type: &str, name: &str, bytes: Bytes) -> Response {
    let shown = SHOWN.contains(&media_type);
    let media_type = if shown { media_type } else { "application/octet-stream" };
    let kind = if shown { "inline" } else { "attachment" };
    let mut headers = HeaderMap::new();
    let mut add = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    add(header::CONTENT_TYPE, media_type);
    add(header::CONTENT_DISPOSITION, &disposition(kind, name));
    add(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox");
    add(header::CACHE_CONTROL, "private, max-age=3600");
    (headers, bytes).into_response()
}

/// How a browser is to take a file, and under what name.
pub(crate) fn disposition(kind: &str, name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && !"\"\\%;".contains(c) { c } else { '_' }).collect();
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{}", escaped(name))
}

/// RFC 8187.
fn escaped(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    name.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
