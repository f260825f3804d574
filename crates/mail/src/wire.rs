//! Mail over the wire: in by IMAP, out by SMTP. Every step has its time, every failure says at which step it happened, so
//! that an administrator reads what to mend.

mod connect;
mod folder_name;
mod imap;
mod smtp;
mod tls;
mod tokens;

pub use imap::{Fetched, ImapAccount, ImapReport, Inbox, Place, Settled, try_imap};
pub use smtp::{Smtp, SmtpAccount};
pub use tokens::{Keeper, Kept, OAuth, Tokens};

use std::time::Duration;

/// How long one step may take.
const STEP: Duration = Duration::from_secs(30);

/// A mail server's address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub security: Security,
}

/// How the connection is kept from others' eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Security {
    /// From the first byte.
    Tls,
    /// After asking for it in the open.
    StartTls,
    /// Not at all: to this machine only.
    Plain,
}

/// How one shows who he is. Its secrets are never printed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Credential {
    Password {
        user: String,
        password: String,
    },
    /// XOAUTH2, as Microsoft 365 and Google ask for it.
    OAuth(OAuth),
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Credential::Password { user, .. } => write!(f, "Password({user})"),
            Credential::OAuth(oauth) => write!(f, "OAuth({})", oauth.user),
        }
    }
}

/// Where it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The host's name is unknown.
    Address,
    Connect,
    Tls,
    /// The server did not greet as a mail server does.
    Greeting,
    /// The token with which one signs in could not be had.
    Token,
    Login,
    Folder,
    Fetch,
    Send,
}

impl Step {
    /// Every step, in their order.
    pub const ALL: [Step; 9] = [
        Step::Address,
        Step::Connect,
        Step::Tls,
        Step::Greeting,
        Step::Token,
        Step::Login,
        Step::Folder,
        Step::Fetch,
        Step::Send,
    ];

    /// Its word, for catalogues of texts.
    pub fn as_str(self) -> &'static str {
        match self {
            Step::Address => "address",
            Step::Connect => "connect",
            Step::Tls => "tls",
            Step::Greeting => "greeting",
            Step::Token => "token",
            Step::Login => "login",
            Step::Folder => "folder",
            Step::Fetch => "fetch",
            Step::Send => "send",
        }
    }
}

/// Why a server could not be used.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}: {detail}", step.as_str())]
pub struct WireError {
    pub step: Step,
    /// What was said, on one line.
    pub detail: String,
}

impl WireError {
    fn at(step: Step, detail: impl std::fmt::Display) -> WireError {
        let line: String = detail.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        WireError { step, detail: line.chars().take(300).collect() }
    }
}

/// Waits for a step as long as one may.
async fn within<T>(
    step: Step,
    time: Duration,
    doing: impl Future<Output = Result<T, WireError>>,
) -> Result<T, WireError> {
    match tokio::time::timeout(time, doing).await {
        Ok(done) => done,
        Err(_) => Err(WireError::at(step, format!("no answer within {} s", time.as_secs()))),
    }
}
