//! Real mail servers for tests: Dovecot, which is read by IMAP, and Postfix, which takes letters by SMTP and hands them
//! to Dovecot. They run from a temporary folder on free ports of the loopback, as root since they change users, and end
//! with the process that started them.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

/// Whom the SMTP server refuses at once (5xx). Others whom it does not know come back.
pub const REFUSED: &str = "rehusado@agencia.example";

/// The password of every mailbox.
pub const PASSWORD: &str = "clave-de-prueba";

const START_TIMEOUT: Duration = Duration::from_secs(30);

/// The two servers. Dropping them ends them and removes their folder.
#[derive(Debug)]
pub struct MailServer {
    guard: Child,
    input: Option<ChildStdin>,
    folder: PathBuf,
    ports: Ports,
}

#[derive(Debug, Clone, Copy)]
struct Ports {
    imap: u16,
    imaps: u16,
    lmtp: u16,
    auth: u16,
    smtp: u16,
}

/// Starts Postfix, and Dovecot again whenever a line asks for it, until its input is closed.
const GUARD: &str = r#"
set -u
end() { [ -f "$1" ] && kill "$(cat "$1")" 2>/dev/null; }
gone() { for _ in $(seq 100); do [ -f "$1" ] && kill -0 "$(cat "$1")" 2>/dev/null || return 0; sleep 0.05; done; }
dovecot -c "$DIR/dovecot.conf" 2>>"$DIR/log"
postfix -c "$DIR/etc" start >>"$DIR/log" 2>&1
while read -r order; do
    case "$order" in
        stop) end "$DIR/run/master.pid"; gone "$DIR/run/master.pid" ;;
        start) dovecot -c "$DIR/dovecot.conf" 2>>"$DIR/log" ;;
    esac
done
end "$DIR/run/master.pid"
end "$DIR/queue/pid/master.pid"
gone "$DIR/run/master.pid"
gone "$DIR/queue/pid/master.pid"
rm -rf "$DIR"
"#;

impl MailServer {
    /// Starts both with these mailboxes.
    ///
    /// # Errors
    /// When they are not installed, do not start, or we are not root.
    pub fn start(mailboxes: &[&str]) -> Result<MailServer> {
        MailServer::start_with(mailboxes, "")
    }

    /// The same with more lines for Dovecot's settings.
    ///
    /// # Errors
    /// As [`MailServer::start`].
    pub fn start_with(mailboxes: &[&str], dovecot: &str) -> Result<MailServer> {
        let [imap, imaps, lmtp, auth, smtp] = free()?;
        let ports = Ports { imap, imaps, lmtp, auth, smtp };
        let folder = std::env::temp_dir().join(format!("atiende-mail-{}-{}", std::process::id(), ports.imap));
        for inner in ["run", "etc", "queue", "data", "mail"] {
            std::fs::create_dir_all(folder.join(inner))?;
        }
        owned("mail", &folder.join("mail"))?;
        owned("postfix", &folder.join("data"))?;
        certificate(&folder)?;
        let users: String = mailboxes.iter().map(|name| format!("{name}:{{PLAIN}}{PASSWORD}\n")).collect();
        std::fs::write(folder.join("users"), users)?;
        std::fs::write(folder.join("dovecot.conf"), dovecot_settings(&folder, ports) + dovecot)?;
        std::fs::write(folder.join("etc/main.cf"), postfix_settings(&folder, ports, mailboxes))?;
        std::fs::write(folder.join("etc/master.cf"), postfix_services(ports))?;
        let mut guard = Command::new("sh")
            .args(["-c", GUARD])
            .env("DIR", &folder)
            .env("PATH", path())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("starting the mail servers")?;
        let input = guard.stdin.take();
        let mut server = MailServer { guard, input, folder, ports };
        server.wait(ports.imap)?;
        server.wait(ports.smtp)?;
        Ok(server)
    }

    /// Where IMAP is spoken without TLS, or with STARTTLS.
    pub fn imap(&self) -> u16 {
        self.ports.imap
    }

    /// Where IMAP is spoken with TLS.
    pub fn imaps(&self) -> u16 {
        self.ports.imaps
    }

    /// Where SMTP is spoken: without TLS, or with STARTTLS.
    pub fn smtp(&self) -> u16 {
        self.ports.smtp
    }

    /// The certificate of both, in PEM, for `localhost`.
    pub fn certificate(&self) -> PathBuf {
        self.folder.join("cert.pem")
    }

    /// Stops the IMAP server.
    ///
    /// # Errors
    /// When it still answers after a while.
    pub fn stop_imap(&mut self) -> Result<()> {
        self.order("stop")?;
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.ports.imap)).is_ok() {
            ensure!(began.elapsed() < START_TIMEOUT, "Dovecot does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Starts the IMAP server again.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_imap(&mut self) -> Result<()> {
        self.order("start")?;
        self.wait(self.ports.imap)
    }

    /// Makes a folder anew, as a server does that was restored: its UIDVALIDITY changes, its letters stay.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn renew(&self, mailbox: &str) -> Result<()> {
        for file in [
            "dovecot-uidlist",
            "dovecot.index",
            "dovecot.index.cache",
            "dovecot.index.log",
            "dovecot-uidvalidity",
        ] {
            let path = self.maildir(mailbox).join(file);
            if path.exists() {
                std::fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// Puts a letter into a mailbox, past SMTP.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn put(&self, mailbox: &str, letter: &[u8]) -> Result<()> {
        static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let home = self.folder.join("mail").join(mailbox);
        let fresh = !home.exists();
        for inner in ["tmp", "new", "cur"] {
            std::fs::create_dir_all(self.maildir(mailbox).join(inner))?;
        }
        if fresh {
            let owned = Command::new("chown").args(["-R", "mail:mail"]).arg(&home).status()?;
            ensure!(owned.success(), "there is no user mail");
        }
        let name = format!("{}.M{count}P{}.test", std::process::id() as u64 + count, std::process::id());
        let (beside, there) =
            (self.maildir(mailbox).join("tmp").join(&name), self.maildir(mailbox).join("new").join(&name));
        std::fs::write(&beside, letter)?;
        owned("mail", &beside)?;
        Ok(std::fs::rename(beside, there)?)
    }

    /// The letters of a mailbox, in any order.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn letters(&self, mailbox: &str) -> Result<Vec<String>> {
        let mut letters = Vec::new();
        for inner in ["new", "cur"] {
            let Ok(entries) = std::fs::read_dir(self.maildir(mailbox).join(inner)) else { continue };
            for entry in entries {
                // One that is being moved is seen the next time.
                if let Ok(bytes) = std::fs::read(entry?.path()) {
                    letters.push(String::from_utf8_lossy(&bytes).into_owned());
                }
            }
        }
        Ok(letters)
    }

    fn maildir(&self, mailbox: &str) -> PathBuf {
        self.folder.join("mail").join(mailbox).join("Maildir")
    }

    fn order(&mut self, order: &str) -> Result<()> {
        use std::io::Write;
        let input = self.input.as_mut().context("the servers were ended")?;
        writeln!(input, "{order}")?;
        Ok(input.flush()?)
    }

    fn wait(&mut self, port: u16) -> Result<()> {
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if self.guard.try_wait()?.is_some() || began.elapsed() > START_TIMEOUT {
                let log = |name: &str| std::fs::read_to_string(self.folder.join(name)).unwrap_or_default();
                bail!(
                    "the mail servers did not start: {}{}{}",
                    log("log"),
                    log("dovecot.log"),
                    log("postfix.log")
                );
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        drop(self.input.take());
        // Its end is its own business; we only wait for it.
        let _ = self.guard.wait();
    }
}

/// Whether the servers can be started here at all; says what is missing.
///
/// # Errors
/// What is missing.
pub fn available() -> Result<()> {
    let id = Command::new("id").arg("-u").output().context("asking who we are")?;
    ensure!(id.stdout.trim_ascii() == b"0", "mail servers change users, so only root starts them");
    for program in ["dovecot", "postfix", "openssl"] {
        let there = std::env::split_paths(&path()).any(|folder| folder.join(program).is_file());
        ensure!(there, "{program} is not installed");
    }
    Ok(())
}

/// Debian keeps servers where a user's path does not look.
fn path() -> std::ffi::OsString {
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    path.push(":/usr/sbin:/sbin");
    path
}

/// Ports that nobody uses, held until all are found: one that is let go may be given again.
fn free() -> Result<[u16; 5]> {
    let mut held = Vec::new();
    let mut ports = [0; 5];
    for port in &mut ports {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}

fn owned(user: &str, path: &Path) -> Result<()> {
    let owned = Command::new("chown").arg(user).arg(path).status()?;
    ensure!(owned.success(), "there is no user {user}, or we are not root");
    Ok(())
}

fn certificate(folder: &Path) -> Result<()> {
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(folder.join("key.pem"))
        .arg("-out")
        .arg(folder.join("cert.pem"))
        .stderr(Stdio::null())
        .status()
        .context("making a certificate")?;
    ensure!(made.success(), "openssl made no certificate");
    Ok(())
}

fn dovecot_settings(folder: &Path, ports: Ports) -> String {
    let dir = folder.display();
    let Ports { imap, imaps, lmtp, auth, .. } = ports;
    format!(
        "base_dir = {dir}/run\nstate_dir = {dir}/run\nlog_path = {dir}/dovecot.log\nprotocols = imap lmtp\n\
         listen = 127.0.0.1\nssl = yes\nssl_cert = <{dir}/cert.pem\nssl_key = <{dir}/key.pem\n\
         disable_plaintext_auth = no\nauth_mechanisms = plain login\nfirst_valid_uid = 1\n\
         mail_location = maildir:~/Maildir\nmail_max_userip_connections = 100\n\
         passdb {{\n  driver = passwd-file\n  args = username_format=%u {dir}/users\n}}\n\
         userdb {{\n  driver = static\n  args = uid=mail gid=mail home={dir}/mail/%u\n}}\n\
         service imap-login {{\n  inet_listener imap {{\n    port = {imap}\n  }}\n\
           inet_listener imaps {{\n    port = {imaps}\n    ssl = yes\n  }}\n}}\n\
         service lmtp {{\n  inet_listener lmtp {{\n    port = {lmtp}\n  }}\n}}\n\
         service auth {{\n  inet_listener {{\n    port = {auth}\n  }}\n}}\n"
    )
}

fn postfix_settings(folder: &Path, ports: Ports, mailboxes: &[&str]) -> String {
    let dir = folder.display();
    let Ports { lmtp, auth, .. } = ports;
    let mut domains: Vec<&str> =
        mailboxes.iter().filter_map(|mailbox| mailbox.split_once('@')).map(|(_, domain)| domain).collect();
    domains.sort_unstable();
    domains.dedup();
    let known: Vec<String> = mailboxes.iter().map(|mailbox| format!("{{{mailbox} = ok}}")).collect();
    format!(
        "compatibility_level = 3.6\nqueue_directory = {dir}/queue\ndata_directory = {dir}/data\n\
         mail_owner = postfix\nsetgid_group = postdrop\nmyhostname = mx.agencia.example\nmydestination =\n\
         inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmaillog_file = {dir}/postfix.log\n\
         maillog_file_prefixes = {dir}\nvirtual_mailbox_domains = {}\nvirtual_mailbox_maps = inline:{{ {} }}\n\
         virtual_transport = lmtp:inet:127.0.0.1:{lmtp}\nrecipient_delimiter = +\n\
         default_transport = error:no way out of the tests\nrelay_transport = error:no way out of the tests\n\
         smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\nsmtpd_sasl_path = inet:127.0.0.1:{auth}\n\
         smtpd_tls_cert_file = {dir}/cert.pem\nsmtpd_tls_key_file = {dir}/key.pem\nsmtpd_tls_security_level = may\n\
         smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination\n\
         smtpd_recipient_restrictions = check_recipient_access inline:{{{REFUSED}=REJECT}}\n\
         smtpd_reject_unlisted_recipient = no\nmessage_size_limit = 100000000\nmailbox_size_limit = 0\n\
         virtual_mailbox_limit = 0\nminimal_backoff_time = 1s\nqueue_run_delay = 1s\n",
        domains.join(", "),
        known.join(", "),
    )
}

/// As `master.cf` has them, each without a jail; letters come in at one port of the loopback.
fn postfix_services(ports: Ports) -> String {
    format!(
        "127.0.0.1:{} inet n - n - - smtpd\n\
         pickup unix n - n 60 1 pickup\ncleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\n\
         tlsmgr unix - - n 1000? 1 tlsmgr\nrewrite unix - - n - - trivial-rewrite\nbounce unix - - n - 0 bounce\n\
         defer unix - - n - 0 bounce\ntrace unix - - n - 0 bounce\nverify unix - - n - 1 verify\n\
         flush unix n - n 1000? 0 flush\nproxymap unix - - n - - proxymap\nerror unix - - n - - error\n\
         retry unix - - n - - error\ndiscard unix - - n - - discard\nlmtp unix - - n - - lmtp\n\
         anvil unix - - n - 1 anvil\nscache unix - - n - 1 scache\npostlog unix-dgram n - n - 1 postlogd\n",
        ports.smtp
    )
}
