//! The mailboxes that `atiende.toml` names: made or brought up to date in the office when the server starts.

use anyhow::Context;
use atiende_desk::{Desk, MailSecret, MailSecrets};
use atiende_procedure::MailboxId;
use atiende_procedure::office::{MailServer, Mailbox, Receiving};
use serde::Deserialize;

use crate::open::operator;

/// A mailbox with what opens its servers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    name: String,
    address: String,
    receives: Option<Receiving>,
    sends: Option<MailServer>,
    #[serde(default)]
    authserv_id: String,
    #[serde(default = "yes")]
    plus_addresses: bool,
    /// For both servers, unless the sending one has its own.
    #[serde(default)]
    password: String,
    #[serde(default)]
    sending_password: String,
    #[serde(default)]
    client_secret: String,
    #[serde(default)]
    refresh_token: String,
    #[serde(default = "yes")]
    active: bool,
}

fn yes() -> bool {
    true
}

/// Brings the office's mailboxes to what the file says. Those that it does not name stay.
///
/// # Errors
/// When one is refused, or the memory does not answer.
pub(crate) async fn set(desk: &Desk, written: &[Written]) -> anyhow::Result<()> {
    for one in written {
        let known = desk.office().mailbox_by_name(&one.name).cloned();
        let mailbox = one.mailbox(known.as_ref().map_or(MailboxId(0), |mailbox| mailbox.id));
        let id = desk.ambience().command_id();
        let set = async {
            let set = match known.is_some_and(|known| *known == mailbox) {
                true => mailbox.id,
                false => desk.set_mailbox(operator(), id, mailbox, MailSecrets::default()).await?,
            };
            desk.keep_written_mail_secrets(set, one.secrets()).await.map_err(anyhow::Error::from)
        };
        set.await.with_context(|| format!("the mailbox {:?} of the settings file", one.name))?;
    }
    Ok(())
}

impl Written {
    fn mailbox(&self, id: MailboxId) -> Mailbox {
        Mailbox {
            id,
            name: self.name.clone(),
            address: self.address.clone(),
            receives: self.receives.clone(),
            sends: self.sends.clone(),
            authserv_id: self.authserv_id.clone(),
            plus_addresses: self.plus_addresses,
            active: self.active,
        }
    }

    fn secrets(&self) -> MailSecrets {
        let receives = MailSecret {
            password: self.password.clone(),
            client_secret: self.client_secret.clone(),
            refresh_token: self.refresh_token.clone(),
        };
        let sends = match self.sending_password.is_empty() {
            true => MailSecret::default(),
            false => MailSecret { password: self.sending_password.clone(), ..MailSecret::default() },
        };
        MailSecrets { receives, sends }
    }
}
