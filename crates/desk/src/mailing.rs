//! The office's mailboxes and the servers behind them: how each is reached, with what it is opened, and whether that
//! works.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use atiende_mail::Transport;
use atiende_mail::wire::{
    Credential, ImapAccount, ImapReport, OAuth, Security, Server, Smtp, SmtpAccount, Tokens, WireError,
    try_imap,
};
use atiende_procedure::office::{Change, MailSecurity, MailServer, Mailbox};
use atiende_procedure::{CommandId, MailboxId};
use atiende_store::{Reader, StoreError, mailboxes};
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
        self.db()
            .change(move |w| {
                for (part, secret) in [(RECEIVES, &secrets.receives), (SENDS, &secrets.sends)] {
                    if !secret.is_empty() {
                        let words = serde_json::to_string(secret).unwrap_or_default();
                        mailboxes::keep_secret(w, of.0, part, &words)?;
                    }
                }
                Ok(())
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
        let kept = self.kept(mailbox.id).await?;
        let secrets = merged(given, kept);
        let tokens = Tokens::default();
        let receives = match imap_account(mailbox, &secrets) {
            Some(account) => Some(try_imap(&account, &tokens).await),
            None => None,
        };
        let sends = match smtp_account(mailbox, &secrets) {
            Some(account) => Some(Smtp::new(account, tokens).try_out().await),
            None => None,
        };
        Ok(TriedMailbox { receives, sends })
    }

    /// How a mailbox is read, if it is.
    pub(crate) async fn imap_account(&self, mailbox: &Mailbox) -> Result<Option<ImapAccount>, StoreError> {
        Ok(imap_account(mailbox, &self.kept(mailbox.id).await?))
    }

    async fn kept(&self, mailbox: MailboxId) -> Result<MailSecrets, StoreError> {
        let read = move |r: &mut Reader<'_>, part| -> Result<MailSecret, StoreError> {
            let words = mailboxes::secret(r, mailbox.0, part)?;
            Ok(words.and_then(|words| serde_json::from_str(&words).ok()).unwrap_or_default())
        };
        self.db()
            .read(move |r| Ok(MailSecrets { receives: read(r, RECEIVES)?, sends: read(r, SENDS)? }))
            .await
    }
}

fn merged(given: &MailSecrets, kept: MailSecrets) -> MailSecrets {
    let one = |given: &MailSecret, kept| if given.is_empty() { kept } else { given.clone() };
    MailSecrets { receives: one(&given.receives, kept.receives), sends: one(&given.sends, kept.sends) }
}

fn imap_account(mailbox: &Mailbox, secrets: &MailSecrets) -> Option<ImapAccount> {
    let receives = mailbox.receives.as_ref()?;
    let folder = |name: &String| Some(name.clone()).filter(|name| !name.is_empty());
    Some(ImapAccount {
        server: server(&receives.server),
        credential: credential(&receives.server, &secrets.receives),
        folder: receives.folder.clone(),
        processed: folder(&receives.processed),
        failed: folder(&receives.failed),
    })
}

/// Who gives no password for sending has the same for both.
fn smtp_account(mailbox: &Mailbox, secrets: &MailSecrets) -> Option<SmtpAccount> {
    let sends = mailbox.sends.as_ref()?;
    let secret = if secrets.sends.is_empty() { &secrets.receives } else { &secrets.sends };
    let credential = (!sends.user.is_empty()).then(|| credential(sends, secret));
    Some(SmtpAccount { server: server(sends), credential })
}

fn server(server: &MailServer) -> Server {
    let security = match server.security {
        MailSecurity::Tls => Security::Tls,
        MailSecurity::StartTls => Security::StartTls,
        MailSecurity::Plain => Security::Plain,
    };
    Server { host: server.host.clone(), port: server.port, security }
}

fn credential(server: &MailServer, secret: &MailSecret) -> Credential {
    let (user, secret) = (server.user.clone(), secret.clone());
    match &server.oauth {
        None => Credential::Password { user, password: secret.password },
        Some(client) => Credential::OAuth(OAuth {
            user,
            token_url: client.token_url.clone(),
            client_id: client.client_id.clone(),
            client_secret: secret.client_secret,
            refresh_token: secret.refresh_token,
            scope: client.scope.clone(),
        }),
    }
}

/// The ways out of a desk: the server of each mailbox, and one for letters of a desk whose mailboxes send nothing.
#[derive(Debug, Clone)]
pub struct Post {
    otherwise: Option<Transport>,
    tokens: Tokens,
    ways: Arc<Mutex<HashMap<MailboxId, (SmtpAccount, Transport)>>>,
}

impl Post {
    /// With `otherwise` absent, letters wait until a mailbox sends.
    pub fn new(otherwise: Option<Transport>) -> Post {
        Post { otherwise, tokens: Tokens::default(), ways: Arc::default() }
    }

    /// The tokens that its connections share.
    pub(crate) fn tokens(&self) -> &Tokens {
        &self.tokens
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
        let Some(account) = smtp_account(mailbox, &desk.kept(mailbox.id).await?) else {
            return Ok(self.otherwise.clone());
        };
        let mut ways = match self.ways.lock() {
            Ok(ways) => ways,
            Err(poisoned) => poisoned.into_inner(),
        };
        if let Some((known, way)) = ways.get(&mailbox.id)
            && *known == account
        {
            return Ok(Some(way.clone()));
        }
        let way = Transport::Smtp(Box::new(Smtp::new(account.clone(), self.tokens.clone())));
        ways.insert(mailbox.id, (account, way.clone()));
        Ok(Some(way))
    }
}
