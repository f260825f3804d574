//! Where it was measured: a figure without it means nothing.

use crate::run::program;

/// The conditions, as a paragraph.
pub(super) fn said(seconds: u64) -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let processor =
        field(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| "unknown processor".to_owned());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = field(&read("/proc/meminfo"), "MemTotal").unwrap_or_default();
    let kernel = read("/proc/sys/kernel/osrelease");
    let commit = program("git").args(["rev-parse", "--short", "HEAD"]).output();
    let commit =
        commit.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    format!(
        "{processor}, {cores} cores shared with the load tool, {memory} of memory, Linux {}; commit {commit}. wrk for \
         {seconds} s a figure after 2 s of warming; answers uncompressed; commits durable.",
        kernel.trim()
    )
}
