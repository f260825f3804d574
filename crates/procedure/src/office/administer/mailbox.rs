//! Mailboxes: an address serves once, and a server has a name and a port.

use super::checks::{bad, check_email, given, line, named};
use crate::office::{MailSecurity, MailServer, Mailbox, Office, OfficeEvent};
use crate::{Problem, Refusal};

pub(super) fn set_mailbox(office: &Office, mailbox: &Mailbox) -> Result<OfficeEvent, Refusal> {
    let mut mailbox = mailbox.clone();
    named(&mailbox.name)?;
    check_email("address", &mailbox.address)?;
    line("authserv_id", &mailbox.authserv_id)?;
    mailbox.id.0 = given(mailbox.id.0, &office.mailboxes, |id| id.0)?;
    let mut others = office.mailboxes.values().filter(|other| other.id != mailbox.id);
    if others.clone().any(|other| other.name == mailbox.name) {
        return Err(bad("name", Problem::Taken));
    }
    if others.any(|other| other.address.eq_ignore_ascii_case(&mailbox.address)) {
        return Err(bad("address", Problem::Taken));
    }
    if let Some(receives) = &mailbox.receives {
        check_server("receives.host", "receives.port", "receives.user", &receives.server)?;
        if receives.server.user.is_empty() {
            return Err(bad("receives.user", Problem::Missing));
        }
        for (field, folder) in [
            ("receives.folder", &receives.folder),
            ("receives.processed", &receives.processed),
            ("receives.failed", &receives.failed),
        ] {
            line(field, folder)?;
        }
        if receives.folder.trim().is_empty() {
            return Err(bad("receives.folder", Problem::Missing));
        }
        let kept = [&receives.processed, &receives.failed];
        if kept.into_iter().any(|folder| *folder == receives.folder) {
            return Err(bad("receives.processed", Problem::Taken));
        }
    }
    if let Some(server) = &mailbox.sends {
        check_server("sends.host", "sends.port", "sends.user", server)?;
    }
    Ok(OfficeEvent::MailboxSet { mailbox: Box::new(mailbox) })
}

/// A password travels in the open to no other machine.
fn check_server(
    host: &'static str,
    port: &'static str,
    user: &'static str,
    server: &MailServer,
) -> Result<(), Refusal> {
    line(host, &server.host)?;
    line(user, &server.user)?;
    if server.host.trim().is_empty() {
        return Err(bad(host, Problem::Missing));
    }
    if server.port == 0 {
        return Err(bad(port, Problem::OutOfRange));
    }
    let here = ["localhost", "127.0.0.1", "::1"].contains(&server.host.as_str());
    if server.security == MailSecurity::Plain && !here {
        return Err(bad(host, Problem::OutOfRange));
    }
    Ok(())
}
