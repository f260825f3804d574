//! Styles, scripts and icons: embedded in release builds, read from `ui/dist` in others. Their names carry the hash of
//! their content, so browsers keep them for ever.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Where each asset is to be had.
#[derive(Debug)]
pub(crate) struct Assets {
    manifest: BTreeMap<String, String>,
}

pub(crate) static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let manifest = read("manifest.json").and_then(|bytes| serde_json::from_slice(&bytes).ok());
    if manifest.is_none() {
        tracing::warn!("the bundle of ui/ is not built: pages have no styles until `cargo xtask ui` has run");
    }
    Assets { manifest: manifest.unwrap_or_default() }
});

impl Assets {
    /// The path of an asset by its plain name.
    pub(crate) fn path(&self, name: &str) -> String {
        format!("/assets/{}", self.manifest.get(name).map_or(name, String::as_str))
    }
}

fn folder() -> Option<PathBuf> {
    std::env::var_os("ATIENDE_UI_DIST").map(PathBuf::from).or(ON_DISK.map(PathBuf::from))
}

fn read(name: &str) -> Option<Cow<'static, [u8]>> {
    match FILES.binary_search_by_key(&name, |(name, _)| name) {
        Ok(at) => Some(Cow::Borrowed(FILES[at].1)),
        Err(_) if name.contains(['/', '\\']) || name.starts_with('.') => None,
        Err(_) => std::fs::read(folder()?.join(name)).ok().map(Cow::Owned),
    }
}

/// Hands an asset out, compressed as the browser takes it.
pub(crate) async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let twins = [("br", ".br"), ("gzip", ".gz")];
    let twin = twins.into_iter().filter(|(coding, _)| accepted.contains(coding));
    let found = twin
        .filter_map(|(coding, end)| Some((Some(coding), read(&format!("{name}{end}"))?)))
        .next()
        .or_else(|| Some((None, read(&name)?)));
    let Some((coding, bytes)) = found else { return StatusCode::NOT_FOUND.into_response() };
    let media_type = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let mut response = bytes.into_owned().into_response();
    let set = response.headers_mut();
    set.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    set.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Some(coding) = coding {
        set.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}
