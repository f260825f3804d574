//! A server of our own, to be looked at and measured from outside.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const START_TIMEOUT: Duration = Duration::from_secs(120);

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// Host and port.
    pub(crate) address: String,
    /// From the start of the process to its first answer.
    pub(crate) start_up: Duration,
}

impl Server {
    /// Starts a command that takes `--listen`, and waits until it is ready.
    ///
    /// # Errors
    /// When it ends, or is not ready in time.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Server> {
        let address = format!("127.0.0.1:{}", TcpListener::bind("127.0.0.1:0")?.local_addr()?.port());
        let log = std::fs::File::create(log).context("making the server's log")?;
        command.args(["--listen", &address]).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let began = Instant::now();
        let child = command.spawn().context("starting the server")?;
        let mut server = Server { child, address, start_up: Duration::ZERO };
        loop {
            if get(&server.address, "/readyz", "").is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")) {
                server.start_up = began.elapsed();
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                bail!("the server ended at its start ({status})");
            }
            if began.elapsed() > START_TIMEOUT {
                bail!("the server was not ready in {} s", START_TIMEOUT.as_secs());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing is left to do when it is already gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks by HTTP/1.1 on a connection of its own and gives the whole answer, head and body, as it came.
pub(crate) fn get(address: &str, path: &str, headers: &str) -> Result<String> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n");
    ask(address, &request)
}

/// Sends a form and gives the whole answer.
pub(crate) fn post_form(address: &str, path: &str, form: &str) -> Result<String> {
    let length = form.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nConnection: close\r\n"
    );
    let form_type = "Content-Type: application/x-www-form-urlencoded";
    ask(address, &format!("{head}{form_type}\r\nContent-Length: {length}\r\n\r\n{form}"))
}

fn ask(address: &str, request: &str) -> Result<String> {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
