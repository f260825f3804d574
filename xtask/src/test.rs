//! `cargo xtask test`: every test, with what they need.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};
use atiende_testkit::postgres::{ADDRESS, Cluster};
use clap::Args;

use crate::count::Count;
use crate::run::{cargo, in_path, program, root, run, say, show, target};
use crate::{install, ui};

#[derive(Debug, Args)]
#[command(after_long_help = "\
It installs PostgreSQL, Dovecot, Postfix and Chromium from Debian when they are not there, starts one PostgreSQL in a folder of its own on
a free port of the loopback, and stops it when it ends, however it ends. What cannot run is called skipped, and why.

Examples:
  cargo xtask test                     everything, as the merge checks do
  cargo xtask test --only workspace    what `cargo test` runs, on both databases
  cargo xtask test --only ends         the real binary, by the API and faults
  cargo xtask test --only browser      the real binary, by Chromium")]
pub(crate) struct Options {
    /// Run one part only
    #[arg(long, value_enum)]
    only: Option<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Each crate's own tests
    Workspace,
    /// End to end: the real binary, by the API, killed and tampered with
    Ends,
    /// End to end: the real binary, by Chromium
    Browser,
}

/// What ran, and what did not.
#[derive(Debug, Default)]
struct Outcome {
    count: Count,
    runners: u32,
    broken: Vec<String>,
    skipped: Vec<String>,
}

impl Outcome {
    fn note(&mut self, what: &str, command: &mut Command) -> Result<()> {
        say(what);
        let (lines, succeeded) = show(command)?;
        let count = Count::read(&lines);
        if !succeeded && count.failed == 0 {
            self.broken.push(format!("{what}: did not run to its end"));
        }
        if succeeded && count.passed == 0 {
            self.broken.push(format!("{what}: no test ran"));
        }
        self.count += count;
        self.runners += 1;
        Ok(())
    }
}

/// Runs them; fails when one failed or could not be built.
pub(crate) fn test(options: &Options) -> Result<()> {
    let wanted = |part| options.only.is_none_or(|only| only == part);
    let mut outcome = Outcome::default();
    let postgres = started(&mut outcome);
    let address = postgres.as_ref().map(|cluster| (ADDRESS, cluster.url().to_owned()));
    if let Err(why) = install::mail_servers() {
        outcome.skipped.push(format!("everything with mail servers: {why}"));
    }
    if wanted(Part::Workspace) {
        outcome.note("the tests of each crate", runner(None).envs(address.clone()))?;
    }
    if wanted(Part::Ends) || wanted(Part::Browser) {
        let bundled = bundled(&mut outcome);
        run(cargo().args(["build", "--package", "atiende", "--locked"]))?;
        let binary = target().join("debug/atiende");
        if wanted(Part::Ends) {
            let mut ends = runner(Some("atiende-tests"));
            outcome.note("end to end, by the API", ends.envs(address).env("ATIENDE_BINARY", &binary))?;
        }
        if wanted(Part::Browser) && bundled {
            browser(&binary, &mut outcome)?;
        }
    }
    close(&outcome)
}

fn close(outcome: &Outcome) -> Result<()> {
    println!();
    for skipped in &outcome.skipped {
        println!("skipped: {skipped}");
    }
    for broken in &outcome.broken {
        println!("broken: {broken}");
    }
    if outcome.runners > 0 {
        println!("{}", outcome.count);
    }
    if outcome.count.failed > 0 || !outcome.broken.is_empty() {
        bail!("not everything holds");
    }
    Ok(())
}

/// One PostgreSQL for all; it stops when it is dropped.
fn started(outcome: &mut Outcome) -> Option<Cluster> {
    if let Ok(address) = std::env::var(ADDRESS) {
        say(&format!("using the PostgreSQL of {ADDRESS}: {address}"));
        return None;
    }
    let cluster = install::postgres().and_then(|()| {
        say("starting PostgreSQL in a folder of its own");
        Cluster::start().map_err(|error| format!("{error:#}"))
    });
    cluster.map_err(|why| outcome.broken.push(format!("everything on PostgreSQL: {why}"))).ok()
}

fn bundled(outcome: &mut Outcome) -> bool {
    if let Err(why) = install::node() {
        outcome.skipped.push(format!("everything in the browser: {why}"));
        return false;
    }
    if let Err(error) = ui::bundle_if_stale() {
        outcome.broken.push(format!("the bundle of ui/: {error:#}"));
        return false;
    }
    true
}

/// Nextest where it is installed, cargo's own runner elsewhere. The end-to-end tests are marked as ignored, because they
/// need a built binary; with a package, only those run.
fn runner(ends: Option<&str>) -> Command {
    let mut command = cargo();
    if in_path("cargo-nextest").is_some() {
        command.args(["nextest", "run", "--no-fail-fast", "--locked"]);
        match ends {
            Some(package) => command.args(["--package", package, "--run-ignored", "only"]),
            None => command.arg("--workspace"),
        };
    } else {
        command.args(["test", "--no-fail-fast", "--locked"]);
        match ends {
            Some(package) => command.args(["--package", package, "--", "--ignored"]),
            None => command.args(["--workspace", "--all-targets"]),
        };
    }
    command
}

fn browser(binary: &Path, outcome: &mut Outcome) -> Result<()> {
    let chromium = match install::chromium() {
        Ok(chromium) => chromium,
        Err(why) => {
            outcome.skipped.push(format!("everything in the browser: {why}"));
            return Ok(());
        }
    };
    let folder = browser_tests()?;
    let mut command = program("node");
    command.args(["--test", "--test-reporter=spec", "--test-concurrency=1", "walks/"]).current_dir(folder);
    outcome.note("end to end, in Chromium", command.env("ATIENDE_BINARY", binary).env("CHROMIUM", chromium))
}

/// The folder of what runs in the browser, with its packages installed.
pub(crate) fn browser_tests() -> Result<std::path::PathBuf> {
    let folder = root().join("tests/browser");
    if !folder.join("node_modules/.package-lock.json").exists() {
        say("installing the packages of tests/browser");
        run(program("npm").args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder))?;
    }
    Ok(folder)
}
