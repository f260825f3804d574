//! Asks the sender's domain itself: how it says its letters are to be known (DMARC, RFC 7489), and whether this one is
//! signed so (DKIM, RFC 6376) or came from where they come from (SPF, RFC 7208).

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::config::{NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::system_conf::read_system_conf;
use mail_auth::dkim::Signature;
use mail_auth::dmarc::verify::DmarcParameters;
use mail_auth::spf::verify::SpfParameters;
use mail_auth::{AuthenticatedMessage, DkimOutput, DmarcResult, MessageAuthenticator, SpfOutput, SpfResult};
use mail_parser::{HeaderName, HeaderValue, Message, MessageParser};

use super::Authenticity;
use crate::Mailbox;

/// How long one question to the DNS may take, and all those about one letter.
const A_QUESTION: Duration = Duration::from_secs(2);
const A_LETTER: Duration = Duration::from_secs(8);

/// Signatures that are looked at.
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

/// The DNS gave no answer about a sender, this time.
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

    /// Whether anybody is asked about a letter at all: not about what came from inside.
    pub fn asks_about(&self, letter: &[u8]) -> bool {
        let head = self.asks.as_ref().and_then(|_| MessageParser::default().parse_headers(letter));
        head.is_some_and(|head| Way::of(&head, letter).is_some())
    }

    /// Whether a letter, as it was fetched from its mailbox, is from whom we take for its author.
    ///
    /// What no server of ours received from outside says nothing: letters between people of one server are seldom
    /// signed.
    ///
    /// # Errors
    /// When the DNS does not answer in time: then it is not known whether he is, and he must not be believed.
    pub async fn check(&self, letter: &[u8], author: &Mailbox) -> Result<Authenticity, NoAnswer> {
        let Some(asks) = self.asks.clone() else { return Ok(Authenticity::Unknown) };
        let Some(head) = MessageParser::default().parse_headers(letter) else {
            return Ok(Authenticity::Unknown);
        };
        let Some(way) = Way::of(&head, letter) else { return Ok(Authenticity::Unknown) };
        let domain = author.domain().to_lowercase();
        // Of several no policy holds (RFC 7489 §6.6.1), and whoever reads another author than we do vouches for that one.
        if domains(&head) != BTreeSet::from([domain.clone()]) {
            return Ok(Authenticity::Fail);
        }
        let asking = Asking { asks: &asks, letter, way, domain: &domain };
        let answered = tokio::time::timeout(A_LETTER, asking.ask(head)).await;
        answered.ok().flatten().ok_or(NoAnswer { domain })
    }
}

/// One letter about which the DNS is asked. Only the sender's own domain has a say in what is asked: whoever writes can
/// sign for any domain, also for one whose name server never answers.
struct Asking<'x> {
    asks: &'x MessageAuthenticator,
    letter: &'x [u8],
    way: Way,
    domain: &'x str,
}

impl Asking<'_> {
    /// Nothing when the DNS did not answer about something that could have been a proof.
    async fn ask(&self, mut head: Message<'_>) -> Option<Authenticity> {
        let signatures = signatures(&head, self.letter, self.domain);
        made_ready(&mut head, self.letter);
        let bare = without_signatures(&head, &[]);
        let bare = AuthenticatedMessage::from_parsed(&bare, self.letter, true);
        let (nobody, none) = ("", SpfOutput::new(String::new()));
        // Without a proof it fails where there is a policy.
        match self.says(&bare, &[], nobody, &none).await? {
            Authenticity::Fail => {}
            other => return Some(other),
        }
        let (mut counting, mut unanswered) = (Vec::new(), false);
        for (header, signature) in signatures {
            let proof = DkimOutput::pass().with_signature(&signature);
            match self.says(&bare, &[proof], nobody, &none).await {
                Some(Authenticity::Pass) => counting.push(header),
                Some(_) => {}
                None => unanswered = true,
            }
        }
        let signed = without_signatures(&head, &counting);
        let signed = AuthenticatedMessage::from_parsed(&signed, self.letter, true);
        let dkim = self.asks.verify_dkim(&signed).await;
        if self.says(&signed, &dkim, nobody, &none).await == Some(Authenticity::Pass) {
            return Some(Authenticity::Pass);
        }
        let spf = self.spf(&bare, &mut unanswered).await;
        match self.says(&signed, &dkim, self.way.path_domain(), &spf).await? {
            Authenticity::Pass => Some(Authenticity::Pass),
            _ if unanswered => None,
            _ => Some(Authenticity::Fail),
        }
    }

    /// Whether it came from where the domain of its return path sends, when that would count.
    async fn spf(&self, letter: &AuthenticatedMessage<'_>, unanswered: &mut bool) -> SpfOutput {
        let (path, domain) = (&self.way.return_path, self.way.path_domain());
        let none = SpfOutput::new(domain.to_owned());
        if domain.is_empty() {
            return none;
        }
        let proof = SpfOutput::new(domain.to_owned()).with_result(SpfResult::Pass);
        match self.says(letter, &[], domain, &proof).await {
            Some(Authenticity::Pass) => {}
            said => {
                *unanswered |= said.is_none();
                return none;
            }
        }
        let (from, helo) = (self.way.from, &self.way.helo);
        self.asks.verify_spf(SpfParameters::verify_mail_from(from, helo, "localhost", path)).await
    }

    /// What the sender's policy says to these proofs; nothing when the DNS did not answer.
    async fn says(
        &self,
        letter: &AuthenticatedMessage<'_>,
        dkim: &[DkimOutput<'_>],
        path_domain: &str,
        spf: &SpfOutput,
    ) -> Option<Authenticity> {
        let asked = DmarcParameters::new(letter, dkim, path_domain, spf);
        match self.asks.verify_dmarc(asked).await.result() {
            DmarcResult::Pass => Some(Authenticity::Pass),
            DmarcResult::Fail(_) => Some(Authenticity::Fail),
            DmarcResult::TempError(_) => None,
            DmarcResult::PermError(_) | DmarcResult::None => Some(Authenticity::Unknown),
        }
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
    helo: String,
    return_path: String,
}

impl Way {
    /// Nothing when it did not come from outside: everybody whom our servers saw was inside or had signed in.
    fn of(head: &Message<'_>, letter: &[u8]) -> Option<Way> {
        let mut return_path = String::new();
        for header in head.headers() {
            match &header.name {
                // Written by whoever delivers (RFC 5321 §4.4).
                HeaderName::ReturnPath => {
                    let path = header.value.as_text().unwrap_or_default();
                    path.trim_matches(['<', '>', ' ']).clone_into(&mut return_path);
                }
                HeaderName::Received => {
                    let line = letter.get(header.offset_start as usize..header.offset_end as usize);
                    let hop = Hop::of(&String::from_utf8_lossy(line.unwrap_or_default()));
                    if hop.signed_in() {
                        return None;
                    }
                    if let Some(from) = hop.from.filter(|ip| is_outside(*ip)) {
                        return Some(Way { from, helo: hop.helo, return_path });
                    }
                }
                _ => {}
            }
        }
        None
    }

    fn path_domain(&self) -> &str {
        self.return_path.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

/// `from NAME (… [ADDRESS]) by SERVER with PROTOCOL …`: NAME is whatever he who sent it says, but one word.
struct Hop {
    helo: String,
    from: Option<IpAddr>,
    /// In small letters.
    with: String,
}

impl Hop {
    fn of(line: &str) -> Hop {
        let line = line.to_lowercase().replace("ipv6:", "");
        let mut words = line.split_whitespace().peekable();
        let (mut helo, mut from) = (String::new(), None);
        if words.next_if_eq(&"from").is_some() {
            let name = words.next().unwrap_or_default();
            name.trim_matches(['[', ']']).clone_into(&mut helo);
            from = address(name);
            // The address that the server saw is the last one, but for what Exim was told.
            let told = |word: &str| {
                ["helo=", "ident="].iter().any(|it| word.trim_start_matches('(').starts_with(it))
            };
            let seen = words.by_ref().take_while(|word| *word != "by").filter(|word| !told(word));
            from = seen.filter_map(address).last().or(from);
        }
        let with = words.skip_while(|word| *word != "with").nth(1).unwrap_or_default();
        Hop { helo, from, with: with.trim_matches(|c: char| !c.is_alphanumeric()).to_owned() }
    }

    /// Whether the server knew who handed it over (RFC 3848).
    fn signed_in(&self) -> bool {
        matches!(self.with.as_str(), "esmtpa" | "esmtpsa" | "lmtpa" | "lmtpsa" | "utf8smtpa" | "utf8smtpsa")
    }
}

/// The last address in a word, whatever is around it.
fn address(word: &str) -> Option<IpAddr> {
    let pieces = word.split(|c: char| !(c.is_ascii_hexdigit() || c == '.' || c == ':')).rev();
    let read = |piece: &str| piece.parse().ok().or(piece.parse::<SocketAddr>().ok().map(|it| it.ip()));
    pieces.filter_map(read).next()
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

/// Makes of a head that was read without its body one whose signatures can be checked.
fn made_ready(head: &mut Message<'_>, letter: &[u8]) {
    let Some(root) = head.parts.first_mut() else { return };
    let end = root.headers.last().map_or(0, |header| header.offset_end as usize);
    let rest = letter.get(end..).unwrap_or_default();
    let line = if rest.starts_with(b"\r\n") { 2 } else { usize::from(rest.starts_with(b"\n")) };
    root.offset_body = u32::try_from(end + line).unwrap_or(u32::MAX);
}

/// Where signatures stand that may be of the sender's domain or of one beside it, those of his own first, and not many:
/// each costs a walk over the letter, and whoever forges can write thousands.
fn signatures(head: &Message<'_>, letter: &[u8], domain: &str) -> Vec<(u32, Signature)> {
    let headers = head.headers().iter().filter(|header| header.name == HeaderName::DkimSignature);
    let read = headers.filter_map(|header| {
        let value = letter.get(header.offset_start as usize..header.offset_end as usize)?;
        Some((header.offset_field, Signature::parse(value).ok()?))
    });
    let of_domain = |signature: &Signature| signature.d.eq_ignore_ascii_case(domain);
    let (mut own, mut beside) = (Vec::new(), Vec::new());
    for (header, signature) in read {
        if of_domain(&signature) && own.len() < MOST_SIGNATURES {
            own.push((header, signature));
        } else if is_beside(&signature.d, domain) && beside.len() < MOST_SIGNATURES {
            beside.push((header, signature));
        }
    }
    own.extend(beside);
    own.truncate(MOST_SIGNATURES);
    own
}

/// Whether two domains end alike, as they must to belong to one organisation.
fn is_beside(one: &str, other: &str) -> bool {
    let end = |domain: &str| domain.to_lowercase().rsplit('.').take(2).map(str::to_owned).collect::<Vec<_>>();
    end(one) == end(other)
}

/// The same head with these signatures alone.
fn without_signatures<'x>(head: &Message<'x>, but: &[u32]) -> Message<'x> {
    let mut head = head.clone();
    if let Some(root) = head.parts.first_mut() {
        let kept = |name: &HeaderName<'_>, at: u32| *name != HeaderName::DkimSignature || but.contains(&at);
        root.headers.retain(|header| kept(&header.name, header.offset_field));
    }
    head
}
