//! The bundle of `ui/`, for builds that read it from disk.

use std::path::Path;
use std::time::SystemTime;

use anyhow::{Result, anyhow};

use crate::install;
use crate::run::{program, root, run, say};

const SOURCES: [&str; 7] =
    ["package.json", "package-lock.json", "build.mjs", "icons.txt", "favicon.svg", "scripts", "styles"];

/// Makes the bundle anew.
pub(crate) fn bundle() -> Result<()> {
    install::node().map_err(|why| anyhow!("{why}"))?;
    let ui = root().join("ui");
    // npm leaves this file when it has installed everything.
    let installed = newest(&ui.join("node_modules/.package-lock.json"));
    if installed.is_none() || installed < newest(&ui.join("package-lock.json")) {
        say("installing the packages of ui/");
        run(program("npm").args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&ui))?;
    }
    say("bundling ui/ into ui/dist");
    run(program("node").arg("build.mjs").current_dir(&ui))
}

/// Makes the bundle when a source is newer than it.
pub(crate) fn bundle_if_stale() -> Result<()> {
    let ui = root().join("ui");
    let sources = SOURCES.iter().filter_map(|name| newest(&ui.join(name))).max();
    if newest(&ui.join("dist/manifest.json")) > sources { Ok(()) } else { bundle() }
}

/// When a file, or the newest in a folder, was last changed; nothing when it is not there.
fn newest(path: &Path) -> Option<SystemTime> {
    let own = path.metadata().and_then(|about| about.modified()).ok();
    let inner =
        std::fs::read_dir(path).into_iter().flatten().flatten().filter_map(|entry| newest(&entry.path()));
    inner.chain(own).max()
}
