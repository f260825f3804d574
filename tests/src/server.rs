//! The real program, started, killed and asked from outside.

use std::fs::File;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::client::Client;
use crate::place::Place;

/// A debug build makes the sample office in a few seconds, and machines are shared.
const START_TIMEOUT: Duration = Duration::from_secs(120);

/// What a command of the program said.
#[derive(Debug)]
pub struct Ran {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

/// A running server. Dropping it kills it.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Host and port.
    pub address: String,
    log: PathBuf,
}

fn binary() -> Result<PathBuf> {
    let named = std::env::var_os("ATIENDE_BINARY")
        .context("ATIENDE_BINARY names no program: run `cargo xtask test`")?;
    Ok(named.into())
}

impl Place {
    /// Runs a command of the program here, and waits for its end.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn run(&self, arguments: &[&str]) -> Result<Ran> {
        let output = Command::new(binary()?).args(arguments).args(self.arguments()).output()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Ran { status: output.status, stdout: text(&output.stdout), stderr: text(&output.stderr) })
    }

    /// Hands something to a command of the program, and waits for its end.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Result<Ran> {
        use std::io::Write;
        let mut child = Command::new(binary()?)
            .args(arguments)
            .args(self.arguments())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        // A command that reads nothing closes it: what it says is what counts.
        let _ = child.stdin.take().context("its input")?.write_all(input);
        let output = child.wait_with_output()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Ran { status: output.status, stdout: text(&output.stdout), stderr: text(&output.stderr) })
    }

    /// Starts a server here, and waits until it is ready.
    ///
    /// # Errors
    /// When it ends or is not ready in time; says what it said.
    pub fn serve(&self, arguments: &[&str]) -> Result<Server> {
        self.serve_in(arguments, &[])
    }

    /// The same with more in its environment.
    ///
    /// # Errors
    /// As [`Place::serve`].
    pub fn serve_in(&self, arguments: &[&str], environment: &[(&str, &std::path::Path)]) -> Result<Server> {
        let address = format!("127.0.0.1:{}", TcpListener::bind("127.0.0.1:0")?.local_addr()?.port());
        let log = self.folder().join("server.log");
        let said = File::options().create(true).append(true).open(&log)?;
        let child = Command::new(binary()?)
            .args(arguments)
            .args(self.arguments())
            .args(["--listen", &address])
            .env("RUST_LOG", "debug")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(said.try_clone()?)
            .stderr(said)
            .spawn()
            .context("starting the server")?;
        let mut server = Server { child, address, log };
        server.wait()?;
        Ok(server)
    }

    /// Somebody of this office with a token that may all that he may.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn client(&self, server: &Server, account: &str) -> Result<Client> {
        self.client_with(server, account, "all")
    }

    /// The same with a scope.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn client_with(&self, server: &Server, account: &str, scope: &str) -> Result<Client> {
        let email = format!("{account}@agencia.example");
        let ran = self.run(&["token", "create", "--user", &email, "--scope", scope])?;
        anyhow::ensure!(ran.status.success(), "no token for {email}: {}", ran.stderr);
        let token = ran.stdout.trim().to_owned();
        anyhow::ensure!(!token.contains(char::is_whitespace), "more than the token: {}", ran.stdout);
        Ok(Client::new(&server.address, Some(token)))
    }
}

impl Server {
    fn wait(&mut self) -> Result<()> {
        let began = Instant::now();
        let asker = Client::new(&self.address, None);
        loop {
            let answer = asker.send(ureq::http::Method::GET, "/readyz", &[], b"");
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended ({status}): {}", self.said());
            }
            if began.elapsed() > START_TIMEOUT {
                bail!("the server is not ready: {}", self.said());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// All that it said.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Whether it still runs.
    pub fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills it at once, as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("it was started by us");
        self.child.wait().expect("it was started by us");
    }

    /// Tells it to stop, and waits until it has.
    ///
    /// # Panics
    /// When it ends badly.
    pub fn stop(mut self) {
        let told = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(told.is_ok_and(|status| status.success()), "it can be told to stop");
        let status = self.child.wait().expect("it was started by us");
        assert!(status.success(), "it ended badly: {}", self.said());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
