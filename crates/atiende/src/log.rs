//! The log: to the standard error, so that what a command answers stands alone.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::cli::LogForm;

/// What the driver of PostgreSQL says below this level is every value that it sends: what people wrote, security cases
/// included. No setting lets that into a log.
const DRIVER: &str = "tokio_postgres=info";

/// Begins to log. `RUST_LOG` says what; otherwise this much.
pub(crate) fn begin(form: LogForm, usual: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let filter = filter.add_directive(DRIVER.parse().expect("a directive"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match form {
        LogForm::Human => log.with_ansi(std::io::stderr().is_terminal()).with_target(false).init(),
        LogForm::Json => log.json().flatten_event(true).init(),
    }
}
