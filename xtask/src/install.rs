//! What tests and measurements need from the system: looked for, and installed from Debian when it is not there.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::run::{in_path, program, run, say};

/// Something outside the project that is needed, and why it is not there.
pub(crate) type Needed<T> = std::result::Result<T, String>;

/// A folder with PostgreSQL's programs.
pub(crate) fn postgres() -> Needed<()> {
    let there = || in_path("initdb").is_some() || !versions("/usr/lib/postgresql").is_empty();
    wanted("PostgreSQL", "postgresql", || there().then_some(()))
}

/// The mail servers of the tests. Another mail server of this machine stays: then theirs are not installed.
pub(crate) fn mail_servers() -> Needed<()> {
    for (name, package, program) in [
        ("Dovecot", "dovecot-imapd", "dovecot"),
        ("Dovecot's LMTP", "dovecot-lmtpd", "dovecot"),
        ("Postfix", "postfix", "postfix"),
    ] {
        let there = || match package {
            "dovecot-lmtpd" => Path::new("/usr/lib/dovecot/lmtp").exists(),
            _ => in_path(program).is_some() || Path::new("/usr/sbin").join(program).exists(),
        };
        wanted(name, package, || there().then_some(()))?;
    }
    Ok(())
}

/// Chromium's program: that of CHROMIUM, or the system's.
pub(crate) fn chromium() -> Needed<PathBuf> {
    if let Some(given) = std::env::var_os("CHROMIUM").map(PathBuf::from) {
        return if given.is_file() {
            Ok(given)
        } else {
            Err(format!("CHROMIUM names no program: {}", given.display()))
        };
    }
    wanted("Chromium", "chromium", || in_path("chromium"))
}

/// The load tool.
pub(crate) fn wrk() -> Needed<PathBuf> {
    wanted("wrk", "wrk", || in_path("wrk"))
}

/// Node and npm, which are asked for and not installed: everybody has a version of his own.
pub(crate) fn node() -> Needed<()> {
    match (in_path("node"), in_path("npm")) {
        (Some(_), Some(_)) => Ok(()),
        _ => Err("Node.js with npm is not installed (20 or newer)".to_owned()),
    }
}

fn versions(folder: &str) -> Vec<PathBuf> {
    let entries =
        std::fs::read_dir(folder).map(|entries| entries.flatten().map(|entry| entry.path()).collect());
    let folders: Vec<PathBuf> = entries.unwrap_or_default();
    folders.into_iter().filter(|path| path.join("bin/initdb").is_file()).collect()
}

fn wanted<T>(name: &str, package: &str, find: impl Fn() -> Option<T>) -> Needed<T> {
    if let Some(found) = find() {
        return Ok(found);
    }
    say(&format!("{name} is not installed: installing Debian's package {package}"));
    debian(package).map_err(|error| format!("{name} is not installed, and cannot be: {error:#}"))?;
    find().ok_or_else(|| format!("{name} is not there, although Debian's package {package} was installed"))
}

/// Installs a package of Debian, by sudo where we are not root.
fn debian(package: &str) -> Result<()> {
    ensure!(Path::new("/usr/bin/apt-get").exists(), "this is no Debian; install it by hand");
    let root = program("id").arg("-u").output().context("asking who we are")?.stdout.trim_ascii() == b"0";
    ensure!(root || in_path("sudo").is_some(), "we are not root and there is no sudo");
    let apt = |arguments: &[&str]| {
        let mut command = if root { program("apt-get") } else { program("sudo") };
        if !root {
            // Asks for no password: nobody may be there to answer.
            command.args(["-n", "apt-get"]);
        }
        run(command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    if package == "postfix" {
        // Without this answer it would serve the whole machine.
        let answer =
            "echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections";
        let mut command = if root { program("sh") } else { program("sudo") };
        if !root {
            command.args(["-n", "sh"]);
        }
        run(command.args(["-c", answer]))?;
    }
    apt(&["update", "-qq"])?;
    // What another server of this machine would have to give way for is not installed.
    apt(&["install", "-qq", "-y", "--no-install-recommends", "--no-remove", package])
}
