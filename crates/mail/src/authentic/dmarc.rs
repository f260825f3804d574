//! Asks the sender's domain itself: how it says its letters are to be known (DMARC, RFC 7489), and whether this one is
//! signed so (DKIM, RFC 6376) or came from where they come from (SPF, RFC 7208).

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::config::{NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::system_conf::read_system_conf;
use mail_auth::dmarc::verify::DmarcParameters;
use mail_auth::spf::verify::SpfParameters;
use mail_auth::{AuthenticatedMessage, DmarcResult, MessageAuthenticator, SpfOutput};
use mail_parser::{HeaderName, HeaderValue, Message, MessageParser, Protocol, Received};

use super::Authenticity;

/// How long one question to the DNS may take, and all those about one letter.
const A_QUESTION: Duration = Duration::from_secs(2);
const A_LETTER: Duration = Duration::from_secs(8);

/// Signatures that are looked at: each costs a walk over the letter, and whoever forges can write thousands.
const MOST_SIGNATURES: usize = 5;

/// Asks the DNS about senders. Cheap to clone; clones share what was answered.
#[derive(Clone)]
pub struct SenderCheck {
    asks: Option<Arc<MessageAuthenticator>>,
}

impl std::fmt::Debug for SenderCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SenderCheck({})", if self.asks.is_some() { "dns" } else { "off" })
    }
}

/// The DNS gave no answer, this time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the DNS gives no answer about {domain:?}")]
pub struct NoAnswer {
    /// The sender's.
    pub domain: String,
}

/// A resolver that cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("no DNS can be asked: {0}")]
pub struct NoResolver(String);

impl SenderCheck {
    /// Asks nobody: every sender is unknown.
    pub fn off() -> SenderCheck {
        SenderCheck { asks: None }
    }

    /// Asks whom the machine asks (`/etc/resolv.conf`).
    ///
    /// # Errors
    /// When that names nobody.
    pub fn by_system() -> Result<SenderCheck, NoResolver> {
        let (config, options) = read_system_conf().map_err(|error| NoResolver(error.to_string()))?;
        SenderCheck::asking(config, options)
    }

    /// Asks this server.
    ///
    /// # Errors
    /// When no socket can be made.
    pub fn by_server(server: SocketAddr) -> Result<SenderCheck, NoResolver> {
        let mut name_server = NameServerConfig::udp_and_tcp(server.ip());
        for connection in &mut name_server.connections {
            connection.port = server.port();
        }
        let config = ResolverConfig::from_parts(None, Vec::new(), vec![name_server]);
        SenderCheck::asking(config, ResolverOpts::default())
    }

    fn asking(config: ResolverConfig, mut options: ResolverOpts) -> Result<SenderCheck, NoResolver> {
        options.timeout = A_QUESTION;
        options.attempts = 1;
        let authenticator =
            MessageAuthenticator::new(config, options).map_err(|error| NoResolver(error.to_string()))?;
        Ok(SenderCheck { asks: Some(Arc::new(authenticator)) })
    }

    /// Whether the sender of a letter, as it was fetched from its mailbox, is who he says.
    ///
    /// What no server of ours received from outside says nothing: letters between people of one server are seldom
    /// signed.
    ///
    /// # Errors
    /// When the DNS does not answer in time, which says nothing about the sender.
    pub async fn check(&self, letter: &[u8]) -> Result<Authenticity, NoAnswer> {
        let Some(asks) = self.asks.clone() else { return Ok(Authenticity::Unknown) };
        let Some(mut head) = MessageParser::default().parse_headers(letter) else {
            return Ok(Authenticity::Unknown);
        };
        match domains(&head).len() {
            0 => return Ok(Authenticity::Unknown),
            1 => {}
            // Of several no policy holds (RFC 7489 §6.6.1): he chose which of them counts.
            _ => return Ok(Authenticity::Fail),
        }
        let Some(way) = Way::of(&head) else { return Ok(Authenticity::Unknown) };
        let domain = domains(&head).pop_first().unwrap_or_default();
        made_ready(&mut head, letter);
        let signed = AuthenticatedMessage::from_parsed(&head, letter, true);
        let asked = tokio::time::timeout(A_LETTER, ask(&asks, &signed, &way));
        asked.await.ok().flatten().ok_or(NoAnswer { domain })
    }
}

/// Nothing when the DNS did not answer.
async fn ask(
    asks: &MessageAuthenticator,
    letter: &AuthenticatedMessage<'_>,
    way: &Way,
) -> Option<Authenticity> {
    let dkim = asks.verify_dkim(letter).await;
    let sender_domain = way.return_path.rsplit_once('@').map_or("", |(_, domain)| domain);
    let spf = match sender_domain {
        "" => SpfOutput::new(String::new()),
        _ => {
            let helo = way.helo.as_deref().unwrap_or(sender_domain);
            let sender = SpfParameters::verify_mail_from(way.from, helo, "localhost", &way.return_path);
            asks.verify_spf(sender).await
        }
    };
    let dmarc = asks.verify_dmarc(DmarcParameters::new(letter, &dkim, sender_domain, &spf)).await;
    match dmarc.result() {
        DmarcResult::Pass => Some(Authenticity::Pass),
        DmarcResult::Fail(_) => Some(Authenticity::Fail),
        DmarcResult::TempError(_) => None,
        DmarcResult::PermError(_) | DmarcResult::None => Some(Authenticity::Unknown),
    }
}

/// The domains of whoever says that he wrote it.
fn domains(head: &Message<'_>) -> BTreeSet<String> {
    let from = head.headers().iter().filter(|header| header.name == HeaderName::From);
    let addresses = from.filter_map(|header| match &header.value {
        HeaderValue::Address(address) => Some(address.iter().collect::<Vec<_>>()),
        _ => None,
    });
    let domain = |address: &mail_parser::Addr<'_>| {
        address.address.as_ref()?.rsplit_once('@').map(|(_, domain)| domain.to_lowercase())
    };
    addresses.flatten().filter_map(domain).collect()
}

/// From where a letter came to our servers, as they wrote it down: what stands below was written by whoever sent it.
struct Way {
    from: IpAddr,
    helo: Option<String>,
    return_path: String,
}

impl Way {
    /// Nothing when it did not come from outside: everybody whom our servers saw was inside or had signed in.
    fn of(head: &Message<'_>) -> Option<Way> {
        let mut return_path = String::new();
        for header in head.headers() {
            match (&header.name, &header.value) {
                // Written by whoever delivers (RFC 5321 §4.4).
                (HeaderName::ReturnPath, value) => {
                    let path = value.as_text().unwrap_or_default();
                    path.trim_matches(['<', '>', ' ']).clone_into(&mut return_path);
                }
                (HeaderName::Received, HeaderValue::Received(received)) => {
                    if signed_in(received) {
                        return None;
                    }
                    if let Some(from) = received.from_ip().filter(|ip| is_outside(*ip)) {
                        let helo = received.helo().or(received.from()).map(ToString::to_string);
                        return Some(Way { from, helo, return_path });
                    }
                }
                _ => {}
            }
        }
        None
    }
}

/// Whether the server knew who handed it over (RFC 3848).
fn signed_in(received: &Received<'_>) -> bool {
    use Protocol::{ESMTPA, ESMTPSA, LMTPA, LMTPSA, UTF8SMTPA, UTF8SMTPSA};
    matches!(received.with(), Some(ESMTPA | ESMTPSA | LMTPA | LMTPSA | UTF8SMTPA | UTF8SMTPSA))
}

fn is_outside(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let shared = ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64;
            !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified() || shared)
        }
        IpAddr::V6(ip) => {
            !(ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local())
        }
    }
}

/// Makes of a head that was read without its body one whose signatures can be checked, and not many of them.
fn made_ready(head: &mut Message<'_>, letter: &[u8]) {
    let Some(root) = head.parts.first_mut() else { return };
    let end = root.headers.last().map_or(0, |header| header.offset_end as usize);
    let rest = letter.get(end..).unwrap_or_default();
    let line = if rest.starts_with(b"\r\n") { 2 } else { usize::from(rest.starts_with(b"\n")) };
    root.offset_body = u32::try_from(end + line).unwrap_or(u32::MAX);
    let mut left = MOST_SIGNATURES;
    root.headers.retain(|header| {
        let signature = header.name == HeaderName::DkimSignature;
        let kept = !signature || left > 0;
        left -= usize::from(signature && kept);
        kept
    });
}
