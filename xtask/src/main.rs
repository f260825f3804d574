//! The workshop: what is done to the project rather than by it. `cargo xtask --help` teaches it.

mod bench;
mod count;
mod install;
mod run;
mod screenshots;
mod server;
mod test;
mod tidy;
mod ui;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The workshop of Atiende: what is done to the project rather than by it.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", disable_help_subcommand = true, after_long_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

const EXAMPLES: &str = "\
Before you push:
  cargo fmt && cargo xtask tidy && cargo xtask test

While you work on the rules, which need nothing but Rust:
  cargo test -p atiende-procedure

To see the screens that you changed:
  cargo xtask ui && cargo run -- demo

What the merge checks run is .ci/run.";

#[derive(Debug, Subcommand)]
enum Task {
    /// Run every test, installing or starting what they need
    Test(test::Options),
    /// Measure speed from outside and print a table; a slow answer fails nothing
    Bench(bench::Options),
    /// Check what the compiler does not: sizes, forbidden words, the walls between crates
    Tidy,
    /// Take pictures of the main pages, as each account, wide and narrow, light and dark
    Screenshots(screenshots::Options),
    /// Bundle the styles, scripts and icons of ui/ into ui/dist
    Ui,
}

fn main() -> ExitCode {
    let done = match Cli::parse().task {
        Task::Test(options) => test::test(&options),
        Task::Bench(options) => bench::bench(&options),
        Task::Tidy => tidy::tidy(),
        Task::Screenshots(options) => screenshots::take(&options),
        Task::Ui => ui::bundle(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
