//! A PostgreSQL for tests.
//!
//! [`Cluster::start`] runs one in a temporary folder, without waiting for the disk; it ends with the process that
//! started it, however that ends. `cargo xtask test` starts one and passes its address to every test in
//! [`ADDRESS`]; a test run without it starts its own. [`database`] gives a fresh database in it.

use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The environment variable that names a running PostgreSQL: `postgres://user@host:port`, without a database.
pub const ADDRESS: &str = "ATIENDE_TEST_POSTGRES";

const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A PostgreSQL that this process started. Dropping it ends it and removes its folder.
#[derive(Debug)]
pub struct Cluster {
    /// Closing its input, which happens however we end, makes it stop the server.
    guard: Child,
    input: Option<ChildStdin>,
    url: String,
}

/// Starts the server and waits until its input is closed, by us or by our end.
const GUARD: &str = r#"
set -eu
"$BIN/initdb" -D "$DIR/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$DIR/log" 2>&1
"$BIN/postgres" -D "$DIR/data" -p "$PORT" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$DIR" \
    $SETTINGS -c max_connections=400 >>"$DIR/log" 2>&1 &
server=$!
cat >/dev/null || true
kill -QUIT "$server" 2>/dev/null || true
wait "$server" 2>/dev/null || true
rm -rf "$DIR"
"#;

/// For tests, which start from nothing each time.
const HASTY: &str =
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c shared_buffers=64MB";

/// As an office would run it on a small machine: every commit is on the disk before it is answered.
const DURABLE: &str = "-c shared_buffers=1GB -c effective_cache_size=4GB -c max_wal_size=4GB";

impl Cluster {
    /// Starts one on a free port of the loopback.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start; says what was looked for.
    pub fn start() -> Result<Cluster> {
        Cluster::start_with(HASTY)
    }

    /// Starts one whose commits wait for the disk, to measure with.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start; says what was looked for.
    pub fn start_durable() -> Result<Cluster> {
        Cluster::start_with(DURABLE)
    }

    fn start_with(settings: &str) -> Result<Cluster> {
        let bin = programs()?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let folder = std::env::temp_dir().join(format!("atiende-postgres-{}-{port}", std::process::id()));
        let mut guard = guard_command()?;
        make_folder(&folder)?;
        let mut guard = guard
            .env("BIN", &bin)
            .env("DIR", &folder)
            .env("PORT", port.to_string())
            .env("SETTINGS", settings)
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("starting PostgreSQL")?;
        let input = guard.stdin.take();
        let mut cluster = Cluster { guard, input, url: format!("postgres://postgres@127.0.0.1:{port}") };
        cluster.wait(&folder)?;
        Ok(cluster)
    }

    /// Its address, without a database: what [`ADDRESS`] takes.
    pub fn url(&self) -> &str {
        &self.url
    }

    fn wait(&mut self, folder: &Path) -> Result<()> {
        let began = Instant::now();
        loop {
            if postgres::Client::connect(&format!("{}/postgres", self.url), postgres::NoTls).is_ok() {
                return Ok(());
            }
            if self.guard.try_wait()?.is_some() || began.elapsed() > START_TIMEOUT {
                let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
                bail!("PostgreSQL did not start: {log}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.input.take());
        // Its end is its own business; we only wait for it.
        let _ = self.guard.wait();
    }
}

/// Finds the folder with `initdb` and `postgres`: in PATH, or where Debian puts them.
fn programs() -> Result<PathBuf> {
    let in_path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    versions.sort();
    versions
        .into_iter()
        .rev()
        .chain(in_path.unwrap_or_default())
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
        .context("PostgreSQL is not installed: no initdb in PATH or /usr/lib/postgresql/*/bin")
}

fn is_root() -> Result<bool> {
    let id = Command::new("id").arg("-u").output().context("asking who we are")?;
    Ok(id.stdout.trim_ascii() == b"0")
}

/// PostgreSQL refuses to run as root.
fn guard_command() -> Result<Command> {
    let mut command = if is_root()? {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    command.args(["-c", GUARD]);
    Ok(command)
}

fn make_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir(folder)?;
    if is_root()? {
        let owned = Command::new("chown").arg("postgres").arg(folder).status()?;
        anyhow::ensure!(owned.success(), "no user postgres to run PostgreSQL as");
    }
    Ok(())
}

/// The server's address: that of [`ADDRESS`], or of one that this process starts when first asked.
///
/// # Errors
/// When there is none and none can be started.
pub fn server() -> Result<&'static str> {
    static OWN: OnceLock<Result<Cluster>> = OnceLock::new();
    static GIVEN: OnceLock<Option<String>> = OnceLock::new();
    if let Some(url) = GIVEN.get_or_init(|| std::env::var(ADDRESS).ok()) {
        return Ok(url);
    }
    match OWN.get_or_init(Cluster::start) {
        Ok(cluster) => Ok(cluster.url()),
        Err(error) => bail!("{error:#}"),
    }
}

/// The URL of a fresh, empty database. It goes when the server does.
///
/// # Errors
/// When no server can be had.
pub fn database() -> Result<String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let server = server()?.to_owned();
    let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    // The synchronous client must not meet an async test's thread.
    std::thread::spawn(move || {
        let mut client = postgres::Client::connect(&format!("{server}/postgres"), postgres::NoTls)?;
        client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))?;
        client.batch_execute(&format!("CREATE DATABASE {name}"))?;
        Ok(format!("{server}/{name}?sslmode=disable"))
    })
    .join()
    .map_err(|_| anyhow::anyhow!("the thread that makes databases failed"))?
}
