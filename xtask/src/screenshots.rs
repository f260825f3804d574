//! `cargo xtask screenshots`: the main pages as each account sees them, to be looked at.

use anyhow::{Result, anyhow};
use clap::Args;

use crate::run::{cargo, program, run, say, target};
use crate::{install, test, ui};

#[derive(Debug, Args)]
#[command(after_long_help = "\
They go to screenshots/ in cargo's target folder, named by page, account, width and theme.

Examples:
  cargo xtask screenshots
  cargo xtask screenshots --only mesa")]
pub(crate) struct Options {
    /// Only pages whose name holds this
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
}

/// Takes them of a debug build on the sample office.
pub(crate) fn take(options: &Options) -> Result<()> {
    let needed = |why: String| anyhow!("{why}");
    install::node().map_err(needed)?;
    let chromium = install::chromium().map_err(needed)?;
    ui::bundle_if_stale()?;
    run(cargo().args(["build", "--package", "atiende", "--locked"]))?;
    let folder = target().join("screenshots");
    let mut node = program("node");
    node.arg("screenshots.mjs").arg(&folder).args(&options.only).current_dir(test::browser_tests()?);
    run(node.env("ATIENDE_BINARY", target().join("debug/atiende")).env("CHROMIUM", chromium))?;
    say(&format!("the pictures are in {}", folder.display()));
    Ok(())
}
