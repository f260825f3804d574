//! The office's mailboxes and the servers behind them: how each is reached, with what it is opened, and whether that
//! works.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use atiende_mail::Transport;
use atiende_mail::wire::{
    Credential, ImapAccount, ImapReport, Keeper, Kept, OAuth, Security, Server, Smtp, SmtpAccount, Tokens,
    WireError, try_imap,
};
use atiende_procedure::office::{Change, MailSecurity, MailServer, Mailbox};
use atiende_procedure::{CommandId, MailboxId};
use atiende_store::{Db, Reader, StoreError, Writer, mailboxes};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::view::Viewer;
use crate::{AdministerError, Desk};

/// What opens a server: never shown again once it is kept.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailSecret {
    pub password: String,
    pub client_secret: String,
    pub refresh_token: String,
}

impl std::fmt::Debug for MailSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailSecret")
    }
}

impl MailSecret {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        *self == MailSecret::default()
    }
}

/// What opens a mailbox's servers. Where one is empty, what was kept stays.
#[derive(Debug, Clone, Default)]
pub struct MailSecrets {
    pub receives: MailSecret,
    pub sends: MailSecret,
}

const RECEIVES: &str = "receives";
const SENDS: &str = "sends";

/// Beside them: the digest of the refresh token that the settings file gave last.
const WRITTEN: &str = "written";

/// What opens one server, and where it lies unless it was given to be tried.
struct Key {
    secret: MailSecret,
    kept: Option<Kept>,
}

/// What opens a mailbox's servers.
struct Keys {
    receives: Key,
    sends: Key,
}

/// What a test of a mailbox found; absent for what it does not do.
#[derive(Debug, Clone)]
pub struct TriedMailbox {
    pub receives: Option<Result<ImapReport, WireError>>,
    pub sends: Option<Result<(), WireError>>,
}

impl Desk {
    /// Sets a mailbox, and keeps what opens its servers apart from the office's events.
    ///
    /// # Errors
    /// See [`AdministerError`].
    pub async fn set_mailbox(
        &self,
        viewer: Viewer,
        id: CommandId,
        mailbox: Mailbox,
        secrets: MailSecrets,
    ) -> Result<MailboxId, AdministerError> {
        let name = mailbox.name.clone();
        let (office, _) = self.administer(viewer, id, vec![Change::SetMailbox(Box::new(mailbox))]).await?;
        let set = office.mailbox_by_name(&name).map_or(MailboxId(0), |mailbox| mailbox.id);
        self.keep_mail_secrets(set, secrets).await?;
        Ok(set)
    }

    /// Keeps what opens a mailbox's servers. Where one is empty, what was kept stays.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn keep_mail_secrets(&self, of: MailboxId, secrets: MailSecrets) -> Result<(), StoreError> {
        self.db().change(move |w| keep(w, of, &secrets)).await
    }

    /// The same for what a settings file says at every start: a refresh token that it gave before is over, where the
    /// authority gave another for it.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn keep_written_mail_secrets(
        &self,
        of: MailboxId,
        secrets: MailSecrets,
    ) -> Result<(), StoreError> {
        self.db()
            .change(move |w| {
                let mut secrets = secrets.clone();
                let given = &mut secrets.receives.refresh_token;
                let digest = blake3::hash(given.as_bytes()).to_hex();
                let known = mailboxes::secret(w, of.0, WRITTEN)?;
                if !given.is_empty() && known.as_deref() == Some(digest.as_str()) {
                    *given = kept(w, of, RECEIVES)?.refresh_token;
                } else {
                    mailboxes::keep_secret(w, of.0, WRITTEN, &digest)?;
                }
                keep(w, of, &secrets)
            })
            .await
    }

    /// Tries a mailbox's servers as they would be used, with what is kept where nothing is given. Changes nothing.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn try_mailbox(
        &self,
        mailbox: &Mailbox,
        given: &MailSecrets,
    ) -> Result<TriedMailbox, StoreError> {
        let keys = self.keys(mailbox.id).await?.but(given);
        let tokens = self.tokens();
        let receives = match imap_account(mailbox, &keys) {
            Some(account) => Some(try_imap(&account, tokens).await),
            None => None,
        };
        let sends = match smtp_account(mailbox, &keys) {
            Some(account) => Some(Smtp::new(account, tokens.clone()).try_out().await),
            None => None,
        };
        Ok(TriedMailbox { receives, sends })
    }

    /// How a mailbox is read, if it is.
    pub(crate) async fn imap_account(&self, mailbox: &Mailbox) -> Result<Option<ImapAccount>, StoreError> {
        Ok(imap_account(mailbox, &self.keys(mailbox.id).await?))
    }

    async fn keys(&self, mailbox: MailboxId) -> Result<Keys, StoreError> {
        let read = move |r: &mut Reader<'_>, part| -> Result<Key, StoreError> {
            let kept_as = Kept { mailbox: mailbox.0, part };
            Ok(Key { secret: kept(r, mailbox, part)?, kept: Some(kept_as) })
        };
        self.db().read(move |r| Ok(Keys { receives: read(r, RECEIVES)?, sends: read(r, SENDS)? })).await
    }
}

fn kept(r: &mut Reader<'_>, of: MailboxId, part: &str) -> Result<MailSecret, StoreError> {
    let words = mailboxes::secret(r, of.0, part)?;
    Ok(words.and_then(|words| serde_json::from_str(&words).ok()).unwrap_or_default())
}

fn keep(w: &mut Writer<'_>, of: MailboxId, secrets: &MailSecrets) -> Result<(), StoreError> {
    for (part, secret) in [(RECEIVES, &secrets.receives), (SENDS, &secrets.sends)] {
        if !secret.is_empty() {
            keep_one(w, of, part, secret)?;
        }
    }
    Ok(())
}

fn keep_one(w: &mut Writer<'_>, of: MailboxId, part: &str, secret: &MailSecret) -> Result<(), StoreError> {
    mailboxes::keep_secret(w, of.0, part, &serde_json::to_string(secret).unwrap_or_default())
}

/// Refresh tokens lie with the rest of what opens a mailbox, where every node sees them.
#[derive(Debug)]
struct KeptTokens(Db);

impl Keeper for KeptTokens {
    fn refresh_token(&self, of: Kept) -> BoxFuture<'_, Result<String, String>> {
        Box::pin(async move {
            let found = self.0.read(move |r| kept(r, MailboxId(of.mailbox), of.part)).await;
            found.map(|secret| secret.refresh_token).map_err(|error: StoreError| error.to_string())
        })
    }

    fn renewed(&self, of: Kept, from: String, to: String) -> BoxFuture<'_, bool> {
        Box::pin(async move {
            let put = move |w: &mut Writer<'_>| -> Result<(), StoreError> {
                let mut secret = kept(w, MailboxId(of.mailbox), of.part)?;
                if secret.refresh_token == from {
                    secret.refresh_token.clone_from(&to);
                    keep_one(w, MailboxId(of.mailbox), of.part, &secret)?;
                }
                Ok(())
            };
            let put = self.0.change(put).await;
            put.inspect_err(|error| tracing::warn!(%error, "a renewed refresh token could not be kept"))
                .is_ok()
        })
    }
}

/// The tokens that all connections of a desk share.
pub(crate) fn tokens(db: &Db) -> Tokens {
    Tokens::kept_by(Arc::new(KeptTokens(db.clone())))
}

impl Keys {
    /// What is given in the place of what is kept.
    fn but(self, given: &MailSecrets) -> Keys {
        let one = |given: &MailSecret, kept| match given.is_empty() {
            true => kept,
            false => Key { secret: given.clone(), kept: None },
        };
        Keys { receives: one(&given.receives, self.receives), sends: one(&given.sends, self.sends) }
    }
}

fn imap_account(mailbox: &Mailbox, keys: &Keys) -> Option<ImapAccount> {
    let receives = mailbox.receives.as_ref()?;
    let folder = |name: &String| Some(name.clone()).filter(|name| !name.is_empty());
    Some(ImapAccount {
        server: server(&receives.server),
        credential: credential(&receives.server, &keys.receives),
        folder: receives.folder.clone(),
        processed: folder(&receives.processed),
        failed: folder(&receives.failed),
    })
}

/// Who gives no password for sending has the same for both.
fn smtp_account(mailbox: &Mailbox, keys: &Keys) -> Option<SmtpAccount> {
    let sends = mailbox.sends.as_ref()?;
    let key = if keys.sends.secret.is_empty() { &keys.receives } else { &keys.sends };
    let credential = (!sends.user.is_empty()).then(|| credential(sends, key));
    let domain = mailbox.address.rsplit_once('@').map_or("", |(_, domain)| domain).to_lowercase();
    Some(SmtpAccount { server: server(sends), credential, domain })
}

fn server(server: &MailServer) -> Server {
    let security = match server.security {
        MailSecurity::Tls => Security::Tls,
        MailSecurity::StartTls => Security::StartTls,
        MailSecurity::Plain => Security::Plain,
    };
    Server { host: server.host.clone(), port: server.port, security }
}

fn credential(server: &MailServer, key: &Key) -> Credential {
    let (user, secret) = (server.user.clone(), key.secret.clone());
    match &server.oauth {
        None => Credential::Password { user, password: secret.password },
        Some(client) => Credential::OAuth(OAuth {
            user,
            token_url: client.token_url.clone(),
            client_id: client.client_id.clone(),
            client_secret: secret.client_secret,
            refresh_token: secret.refresh_token,
            scope: client.scope.clone(),
            kept: key.kept,
        }),
    }
}

/// The ways out of a desk: the server of each mailbox, and one for letters of a desk whose mailboxes send nothing.
#[derive(Debug, Clone)]
pub struct Post {
    otherwise: Option<Transport>,
    ways: Arc<Mutex<HashMap<MailboxId, (SmtpAccount, Transport)>>>,
}

impl Post {
    /// With `otherwise` absent, letters wait until a mailbox sends.
    pub fn new(otherwise: Option<Transport>) -> Post {
        Post { otherwise, ways: Arc::default() }
    }

    /// The way out for letters of a mailbox; nothing when there is none yet.
    pub(crate) async fn way(
        &self,
        desk: &Desk,
        mailbox: Option<MailboxId>,
    ) -> Result<Option<Transport>, StoreError> {
        let office = desk.office();
        let Some(mailbox) = mailbox.and_then(|id| office.mailboxes.get(&id)) else {
            return Ok(self.otherwise.clone());
        };
        let Some(account) = smtp_account(mailbox, &desk.keys(mailbox.id).await?) else {
            return Ok(self.otherwise.clone());
        };
        let mut ways = match self.ways.lock() {
            Ok(ways) => ways,
            Err(poisoned) => poisoned.into_inner(),
        };
        if let Some((known, way)) = ways.get(&mailbox.id)
            && is_same(desk.tokens(), known, &account)
        {
            return Ok(Some(way.clone()));
        }
        let way = Transport::Smtp(Box::new(Smtp::new(account.clone(), desk.tokens().clone())));
        ways.insert(mailbox.id, (account, way.clone()));
        Ok(Some(way))
    }
}

fn is_same(tokens: &Tokens, known: &SmtpAccount, now: &SmtpAccount) -> bool {
    let credential = match (&known.credential, &now.credential) {
        (Some(known), Some(now)) => tokens.are_same(known, now),
        (known, now) => known == now,
    };
    credential && SmtpAccount { credential: known.credential.clone(), ..now.clone() } == *known
}
