//! Access tokens for XOAUTH2, fetched with a refresh token (RFC 6749 §6) and kept until a minute before they end.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Deserialize;

use super::{STEP, Step, WireError, tls};

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
}

impl std::fmt::Debug for OAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OAuth({} at {})", self.user, self.token_url)
    }
}

/// Tokens in hand, shared by all connections.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    held: Arc<Mutex<HashMap<OAuth, Held>>>,
    /// Who asks for an account's token: a server that gives a new refresh token each time takes the old one once.
    turns: Arc<Mutex<HashMap<OAuth, Arc<tokio::sync::Mutex<()>>>>>,
}

#[derive(Clone)]
struct Held {
    access: String,
    /// Not ended, as far as is known, nor refused.
    good: bool,
    /// The refresh token that the server gave in place of the one it was asked with.
    rotated: Option<String>,
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
    /// A token with which to sign in.
    pub(super) async fn access(&self, of: &OAuth) -> Result<String, WireError> {
        let turn = lock(&self.turns).entry(of.clone()).or_default().clone();
        let _turn = turn.lock().await;
        let known = lock(&self.held).get(of).cloned();
        if let Some(held) = known.as_ref().filter(|held| held.good) {
            return Ok(held.access.clone());
        }
        let mut asking = of.clone();
        let rotated = known.and_then(|held| held.rotated);
        if let Some(rotated) = &rotated {
            asking.refresh_token.clone_from(rotated);
        }
        let refreshed = tokio::task::spawn_blocking(move || refresh(&asking)).await;
        let granted = refreshed.map_err(|panic| WireError::at(Step::Token, panic))??;
        let lives = Duration::from_secs(granted.expires_in.unwrap_or(300));
        // Without a new one the last one stays in force (RFC 6749 §6).
        let rotated = granted.refresh_token.or(rotated);
        let held = Held { access: granted.access_token.clone(), good: true, rotated };
        lock(&self.held).insert(of.clone(), held);
        let (tokens, of) = (self.clone(), of.clone());
        let ends = async move {
            tokio::time::sleep(lives.saturating_sub(MARGIN)).await;
            tokens.refused(&of);
        };
        tokio::spawn(ends);
        Ok(granted.access_token)
    }

    /// The refresh token that took the place of this one's, to be kept.
    pub fn rotated(&self, of: &OAuth) -> Option<String> {
        lock(&self.held).get(of).and_then(|held| held.rotated.clone())
    }

    /// Uses a token no more: it was refused, or is about to end.
    pub(super) fn refused(&self, of: &OAuth) {
        if let Some(held) = lock(&self.held).get_mut(of) {
            held.good = false;
        }
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
