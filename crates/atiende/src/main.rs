//! Atiende, a service desk that carries out a written procedure: the command line, its configuration, start and stop.

mod bench_seed;
mod cli;
mod config;
mod deliver;
mod demo;
mod load;
mod log;
mod mailboxes;
mod open;
mod patience;
mod sample;
mod serve;
mod token;
mod user;
mod verify;

use std::process::ExitCode;

use clap::Parser;
use cli::{Cli, Command};

/// Many short-lived words are made on several threads at once: the system's allocator has them wait for each other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Only the first call of a process can fail, and this is it.
    rustls::crypto::ring::default_provider().install_default().expect("no other provider is installed");
    let asked = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("the system gives threads");
    match runtime.block_on(run(&asked.command)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("atiende: {error:#}");
            // For `verify`, 1 means that something was changed.
            ExitCode::from(if matches!(asked.command, Command::Verify(_)) { 2 } else { 1 })
        }
    }
}

async fn run(command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo(asked) => demo::demo(asked).await?,
        Command::Serve(asked) => serve::serve(asked).await?,
        Command::Migrate(place) => serve::migrate(place).await?,
        Command::User(asked) => user::user(asked).await?,
        Command::Token(asked) => token::token(asked).await?,
        Command::Load(asked) => load::load(asked).await?,
        Command::Deliver(asked) => return Ok(deliver::deliver(asked)),
        Command::Verify(place) => return verify::verify(place).await,
        Command::BenchSeed(asked) => bench_seed::bench_seed(asked).await?,
    }
    Ok(ExitCode::SUCCESS)
}
