//! Access tokens for XOAUTH2, fetched with a refresh token (RFC 6749 §6) and kept until a minute before they end.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::Deserialize;

use super::{Credential, STEP, Step, WireError, tls};

/// Who signs in by a token, and how a new one is had.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OAuth {
    pub user: String,
    pub token_url: String,
    pub client_id: String,
    /// Empty for clients that have none.
    pub client_secret: String,
    pub refresh_token: String,
    /// Empty for the one that was granted.
    pub scope: String,
    /// Where the refresh token lies; absent for one that was given to be tried.
    pub kept: Option<Kept>,
}

impl std::fmt::Debug for OAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OAuth({} at {})", self.user, self.token_url)
    }
}

/// By what a keeper knows a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kept {
    pub mailbox: i64,
    pub part: &'static str,
}

/// Where refresh tokens lie. An authority may give a new one whenever it is asked, and end the old one with it: the one in
/// force is known only to who keeps them, for all nodes.
pub trait Keeper: std::fmt::Debug + Send + Sync {
    /// The one that is in force.
    ///
    /// # Errors
    /// Why it cannot be had now.
    fn refresh_token(&self, of: Kept) -> BoxFuture<'_, Result<String, String>>;

    /// Puts a new one in the place of the one that was in force, unless yet another took it meanwhile. False when that
    /// could not be done now.
    fn renewed(&self, of: Kept, from: String, to: String) -> BoxFuture<'_, bool>;
}

/// Tokens in hand, shared by all connections.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    keeper: Option<Arc<dyn Keeper>>,
    /// By account.
    held: Arc<Mutex<HashMap<OAuth, Held>>>,
    /// Who asks with a refresh token: a server that gives a new one each time takes the old one once.
    turns: Arc<Mutex<HashMap<Whose, Arc<tokio::sync::Mutex<()>>>>>,
    /// What came in the place of refresh tokens that nobody keeps, or could not be kept.
    followed_by: Arc<Mutex<HashMap<String, String>>>,
}

/// Accounts that share a refresh token.
type Whose = (Option<Kept>, Option<OAuth>);

#[derive(Clone)]
struct Held {
    access: String,
    /// Not ended, as far as is known, nor refused.
    good: bool,
    /// The refresh token that came with it, or with which it was asked for.
    refresh: String,
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Held")
    }
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    #[serde(default)]
    expires_in: Option<u64>,
    #[serde(default)]
    refresh_token: Option<String>,
}

/// A token is not used in its last minute.
const MARGIN: Duration = Duration::from_secs(60);

impl Tokens {
    /// Tokens whose refresh tokens somebody keeps.
    pub fn kept_by(keeper: Arc<dyn Keeper>) -> Tokens {
        Tokens { keeper: Some(keeper), ..Tokens::default() }
    }

    /// A token with which to sign in.
    pub(super) async fn access(&self, of: &OAuth) -> Result<String, WireError> {
        let whose: Whose = (of.kept, of.kept.is_none().then(|| of.clone()));
        let turn = lock(&self.turns).entry(whose).or_default().clone();
        let _turn = turn.lock().await;
        let account = account(of);
        if let Some(held) = lock(&self.held).get(&account).filter(|held| held.good) {
            return Ok(held.access.clone());
        }
        let mut in_force = self.in_force(of).await?;
        let granted = loop {
            match self.refresh(of, &in_force).await {
                Ok(granted) => break granted,
                // Another node may have been faster: then what it was given is in force.
                Err(error) => match self.in_force(of).await? {
                    newer if newer != in_force => in_force = newer,
                    _ => return Err(error),
                },
            }
        };
        let lives = Duration::from_secs(granted.expires_in.unwrap_or(300));
        // Without a new one the last one stays in force (RFC 6749 §6).
        let refresh = granted.refresh_token.unwrap_or_else(|| self.latest(&in_force));
        self.keep(of, in_force, &refresh).await;
        let held = Held { access: granted.access_token.clone(), good: true, refresh };
        lock(&self.held).insert(account, held);
        let (tokens, of) = (self.clone(), of.clone());
        let ends = async move {
            tokio::time::sleep(lives.saturating_sub(MARGIN)).await;
            tokens.refused(&of);
        };
        tokio::spawn(ends);
        Ok(granted.access_token)
    }

    /// The refresh token in force, as its keeper or whoever gave it to be tried has it.
    async fn in_force(&self, of: &OAuth) -> Result<String, WireError> {
        match (&self.keeper, of.kept) {
            (Some(keeper), Some(kept)) => {
                keeper.refresh_token(kept).await.map_err(|error| WireError::at(Step::Token, error))
            }
            _ => Ok(of.refresh_token.clone()),
        }
    }

    async fn refresh(&self, of: &OAuth, in_force: &str) -> Result<Granted, WireError> {
        let asking = OAuth { refresh_token: self.latest(in_force), ..of.clone() };
        let refreshed = tokio::task::spawn_blocking(move || refresh(&asking)).await;
        refreshed.map_err(|panic| WireError::at(Step::Token, panic))?
    }

    /// What came of a refresh token here, as far as nobody else knows it.
    fn latest(&self, token: &str) -> String {
        lock(&self.followed_by).get(token).map_or(token, String::as_str).to_owned()
    }

    /// Keeps a refresh token at once: the one before it may have ended.
    async fn keep(&self, of: &OAuth, before: String, refresh: &str) {
        if before == refresh {
            return;
        }
        if let (Some(keeper), Some(kept)) = (&self.keeper, of.kept)
            && keeper.renewed(kept, before.clone(), refresh.to_owned()).await
        {
            return;
        }
        lock(&self.followed_by).insert(before, refresh.to_owned());
    }

    /// Whether two credentials are the same, but for a refresh token that came of the other by being asked with.
    pub fn are_same(&self, before: &Credential, now: &Credential) -> bool {
        match (before, now) {
            (Credential::OAuth(before), Credential::OAuth(now)) if before.kept.is_some() => {
                let renewed =
                    || lock(&self.held).get(&account(now)).is_some_and(|it| it.refresh == now.refresh_token);
                account(before) == account(now) && (before == now || renewed())
            }
            _ => before == now,
        }
    }

    /// Uses a token no more: it was refused, or is about to end.
    pub(super) fn refused(&self, of: &OAuth) {
        if let Some(held) = lock(&self.held).get_mut(&account(of)) {
            held.good = false;
        }
    }
}

/// Whose access token it is: whatever refresh token is in force where one is kept.
fn account(of: &OAuth) -> OAuth {
    match of.kept {
        Some(_) => OAuth { refresh_token: String::new(), ..of.clone() },
        None => of.clone(),
    }
}

fn lock<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Asks for a token. Waits for the network.
fn refresh(of: &OAuth) -> Result<Granted, WireError> {
    let wrong = |error: &dyn std::fmt::Display| WireError::at(Step::Token, error);
    if !stays_secret(&of.token_url) {
        return Err(WireError::at(Step::Token, "without TLS no secret is sent to another machine"));
    }
    let mut form = vec![
        ("grant_type", of.refresh_token.as_str()),
        ("client_id", &of.client_id),
        ("refresh_token", &of.refresh_token),
    ];
    form[0].1 = "refresh_token";
    for (name, value) in [("client_secret", &of.client_secret), ("scope", &of.scope)] {
        if !value.is_empty() {
            form.push((name, value));
        }
    }
    let mut response = agent()?.post(&of.token_url).send_form(form).map_err(|error| wrong(&error))?;
    let status = response.status();
    let body =
        response.body_mut().with_config().limit(64 * 1024).read_to_string().map_err(|error| wrong(&error))?;
    if !status.is_success() {
        return Err(WireError::at(Step::Token, format!("{status}: {body}")));
    }
    serde_json::from_str(&body).map_err(|error| wrong(&error))
}

/// RFC 6749 §3.2 asks for TLS; this machine may do without.
fn stays_secret(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else { return url.starts_with("https://") };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.parse::<SocketAddr>().is_ok_and(|address| address.ip().is_loopback())
}

fn agent() -> Result<ureq::Agent, WireError> {
    let roots: Vec<_> = tls::authorities()?
        .iter()
        .map(|der| ureq::tls::Certificate::from_der(der.as_ref()).to_owned())
        .collect();
    let tls = ureq::tls::TlsConfig::builder()
        .root_certs(ureq::tls::RootCerts::new_with_certs(&roots))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let config = ureq::Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(STEP));
    Ok(config.build().into())
}
