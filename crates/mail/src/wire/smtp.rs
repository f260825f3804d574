//! Out by SMTP submission (RFC 6409). The connection is kept and used again.

use std::net::Ipv4Addr;
use std::time::Duration;

use lettre::address::{Address, Envelope};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::connect::stays_here;
use super::{Credential, STEP, Security, Server, Step, Tokens, WireError, within};
use crate::{Letter, SendError, Sent};

/// How letters leave by a server.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SmtpAccount {
    pub server: Server,
    /// Absent for a server that asks for none.
    pub credential: Option<Credential>,
    /// The domain of whoever sends: by it we greet where the machine has no whole name. Empty for none.
    pub domain: String,
}

/// Connections that are kept, and how many.
const POOL: u32 = 4;
const IDLE: Duration = Duration::from_secs(30);

/// How long a letter may take: what we send with has its own time for connecting only.
const SENDING: Duration = Duration::from_secs(120);

/// A way out by a server.
#[derive(Clone)]
pub struct Smtp {
    account: SmtpAccount,
    tokens: Tokens,
    transport: std::sync::Arc<tokio::sync::Mutex<Option<Opened>>>,
}

/// What letters leave by, with the token for which it was made.
#[derive(Clone)]
struct Opened {
    by: AsyncSmtpTransport<Tokio1Executor>,
    token: Option<String>,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Smtp({:?})", self.account)
    }
}

impl Smtp {
    /// A way out; nothing is opened yet.
    pub fn new(account: SmtpAccount, tokens: Tokens) -> Smtp {
        Smtp { account, tokens, transport: std::sync::Arc::default() }
    }

    /// Sends a letter to each of its addresses by itself: a server that refuses one of them refuses what is sent to all
    /// together. What comes back goes to its sender.
    pub async fn send(&self, letter: &Letter) -> Vec<Sent> {
        let bytes = letter.to_bytes();
        let mut sent: Vec<Sent> = Vec::new();
        // When the server itself is gone, the others need not wait for that as well.
        let mut gone: Option<String> = None;
        for to in &letter.to {
            let became = match &gone {
                Some(why) => Err(SendError::Later(why.clone())),
                None => self.send_to(letter.from.address(), to.address(), &bytes, &mut gone).await,
            };
            sent.push(Sent { to: to.address().to_owned(), became });
        }
        sent
    }

    async fn send_to(
        &self,
        from: &str,
        to: &str,
        bytes: &[u8],
        gone: &mut Option<String>,
    ) -> Result<(), SendError> {
        let address = |address: &str| address.parse::<Address>();
        let never = |error: &dyn std::fmt::Display| SendError::Never(error.to_string());
        let from = address(from).map_err(|error| never(&error))?;
        let to = address(to).map_err(|error| SendError::Address(error.to_string()))?;
        let envelope = Envelope::new(Some(from), vec![to]).map_err(|error| never(&error))?;
        let mut later = |why: String| {
            *gone = Some(why.clone());
            SendError::Later(why)
        };
        let opened = self.opened().await.map_err(|error| later(error.to_string()))?;
        match tokio::time::timeout(SENDING, opened.by.send_raw(&envelope, bytes)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.status().is_none() && !error.is_client() => Err(later(said(&error))),
            Ok(Err(error)) => Err(self.refused(&opened, &error).await),
            Err(_) => Err(later(format!("no answer within {} s", SENDING.as_secs()))),
        }
    }

    /// Connects, signs in and says good-bye.
    ///
    /// # Errors
    /// See [`WireError`].
    pub async fn try_out(&self) -> Result<(), WireError> {
        super::connect::connect(&self.account.server).await?;
        let opened = self.opened().await?;
        let trying = async { Ok(opened.by.test_connection().await) };
        match within(Step::Greeting, STEP, trying).await? {
            Ok(true) => Ok(()),
            Ok(false) => {
                Err(WireError::at(Step::Greeting, "the server does not answer as a mail server does"))
            }
            Err(error) if error.is_tls() => Err(WireError::at(Step::Tls, error)),
            Err(error) if error.status().is_some() => Err(WireError::at(Step::Login, said(&error))),
            Err(error) => Err(WireError::at(Step::Greeting, said(&error))),
        }
    }

    /// A refusal of this letter is for good; one of ourselves, by a server that may be set right, is not.
    async fn refused(&self, opened: &Opened, error: &lettre::transport::smtp::Error) -> SendError {
        let code = error.status().map(u16::from).unwrap_or_default();
        // RFC 4954 §6: not signed in, or no longer.
        if matches!(code, 530 | 534 | 535 | 538) {
            if let Some(Credential::OAuth(oauth)) = &self.account.credential {
                self.tokens.refused(oauth);
            }
            return SendError::Later(said(error));
        }
        if !error.is_permanent() {
            return SendError::Later(said(error));
        }
        // Some say 5xx instead of a greeting (RFC 5321 §3.1), or with codes of their own at login: who lets us in again
        // meant the letter.
        match tokio::time::timeout(STEP, opened.by.test_connection()).await {
            Ok(Ok(true)) if is_of_address(error, code) => SendError::Address(said(error)),
            Ok(Ok(true)) => SendError::Never(said(error)),
            _ => SendError::Later(said(error)),
        }
    }

    async fn opened(&self) -> Result<Opened, WireError> {
        let token = match &self.account.credential {
            Some(Credential::OAuth(oauth)) => Some(self.tokens.access(oauth).await?),
            _ => None,
        };
        let mut held = self.transport.lock().await;
        if let Some(opened) = held.as_ref().filter(|opened| opened.token == token) {
            return Ok(opened.clone());
        }
        let opened = Opened { by: self.open(token.clone())?, token };
        *held = Some(opened.clone());
        Ok(opened)
    }

    fn open(&self, token: Option<String>) -> Result<AsyncSmtpTransport<Tokio1Executor>, WireError> {
        let Server { host, port, security } = &self.account.server;
        stays_here(&self.account.server)?;
        let tls = match security {
            Security::Plain => Tls::None,
            Security::StartTls => Tls::Required(parameters(host)?),
            Security::Tls => Tls::Wrapper(parameters(host)?),
        };
        let pool = PoolConfig::new().max_size(POOL).idle_timeout(IDLE);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(*port)
            .tls(tls)
            .timeout(Some(STEP))
            .pool_config(pool)
            .hello_name(hello(&machine(), &self.account.domain));
        match (&self.account.credential, token) {
            (Some(Credential::Password { user, password }), _) => {
                builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
            }
            (Some(Credential::OAuth(oauth)), Some(token)) => {
                let credentials = Credentials::new(oauth.user.clone(), token);
                builder = builder.credentials(credentials).authentication(vec![Mechanism::Xoauth2]);
            }
            _ => {}
        }
        Ok(builder.build())
    }
}

/// By which name we greet (RFC 5321 §4.1.1.1): the machine's where it is a whole one, else the sender's domain, since some
/// servers take no letters from who names nothing but an address; that is left to who knows neither.
fn hello(machine: &str, domain: &str) -> ClientId {
    let whole = |name: &&str| {
        let signs = name.bytes().all(|it| it.is_ascii_alphanumeric() || b".-".contains(&it));
        signs && name.split('.').count() > 1 && name.split('.').all(|label| !label.is_empty())
    };
    let name = [machine, domain].into_iter().find(whole);
    name.map_or(ClientId::Ipv4(Ipv4Addr::LOCALHOST), |name| ClientId::Domain(name.to_owned()))
}

fn machine() -> String {
    std::fs::read_to_string("/etc/hostname").unwrap_or_default().trim().to_owned()
}

fn parameters(host: &str) -> Result<TlsParameters, WireError> {
    TlsParameters::new_rustls(host.to_owned()).map_err(|error| WireError::at(Step::Tls, error))
}

/// Whether a refusal is of the address, not of the letter or of who sends it: by the code that says so (RFC 3463 §3.2,
/// §3.3), else by the one with which addresses are refused (RFC 5321 §4.2.3).
fn is_of_address(error: &lettre::transport::smtp::Error, code: u16) -> bool {
    let words = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let first = words.split_whitespace().next().unwrap_or_default();
    let numbers: Vec<&str> = first.split('.').collect();
    match numbers.as_slice() {
        ["5", subject, detail] if detail.parse::<u16>().is_ok() => matches!(*subject, "1" | "2"),
        _ => matches!(code, 550 | 551 | 553),
    }
}

/// What the server said, else what went wrong, with its cause.
fn said(error: &lettre::transport::smtp::Error) -> String {
    let mut line = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !line.contains(&words) {
            line = format!("{line}: {words}");
        }
        cause = inner.source();
    }
    line.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn we_greet_by_a_name_while_there_is_any() {
        let greeting = |machine, domain| hello(machine, domain).to_string();
        assert_eq!(greeting("mesa.agencia.example", "otra.example"), "mesa.agencia.example");
        for machine in ["", "mesa", "mesa.", "me sa.example", "mesa..example"] {
            assert_eq!(greeting(machine, "agencia.example"), "agencia.example", "{machine:?}");
        }
        assert_eq!(greeting("mesa", "localhost"), "[127.0.0.1]");
    }
}
