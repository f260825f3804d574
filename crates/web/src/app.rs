//! What the pages and the API hold while they serve.

use std::path::PathBuf;
use std::sync::Arc;

use atiende_desk::Desk;

/// How the screens are served.
#[derive(Debug, Clone, Default)]
pub struct WebOptions {
    /// The folder of sent letters, shown at `/demo/mail`; only a demonstration has one.
    pub demo_mail: Option<PathBuf>,
    /// Whether the address is https: cookies are then sent over nothing else.
    pub https: bool,
}

/// Shared by every request.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) desk: Desk,
    pub(crate) options: Arc<WebOptions>,
}
