//! `cargo xtask bench`: speed, measured from outside with wrk on a release build, with its conditions.

mod conditions;
mod load;
mod mail;
mod office;

use std::time::Duration;

use anyhow::{Result, anyhow};
use clap::{Args, ValueEnum};

use crate::install;
use crate::run::{cargo, run, say, target};
use load::{Figures, Load};
use office::Office;

#[derive(Debug, Args)]
#[command(after_long_help = "\
It builds in release, writes so many made-up cases straight through the store, serves them, and measures with wrk (which
it installs from Debian), signed in. What it prints is Markdown. Commits are durable on both databases.

Examples:
  cargo xtask bench                                       10,000 and 1,000,000 on SQLite, 100,000 on PostgreSQL
  cargo xtask bench --database sqlite --cases 10000       one of them
  cargo xtask bench --only queue --seconds 30             one figure, for longer")]
pub(crate) struct Options {
    /// How many cases [default: 10,000 and 1,000,000 on SQLite, 100,000 on PostgreSQL]
    #[arg(long, value_name = "N")]
    cases: Option<u64>,
    /// One database only
    #[arg(long, value_enum)]
    database: Option<Database>,
    /// One part only
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// Measure this program instead of building one
    #[arg(long, value_name = "FILE")]
    binary: Option<std::path::PathBuf>,
    /// How long each figure is measured
    #[arg(long, value_name = "S", default_value_t = 10)]
    seconds: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The desk's queue
    Queue,
    /// The page of a case
    Case,
    /// The queue, searched for two words
    Search,
    /// What is overdue and due today, with the counts of all views, and the agenda of the month
    Due,
    /// Reading every open clock anew after a change of the calendar
    Retime,
    /// Creating cases by the API
    Create,
    /// Letters taken in, from a mail server and handed over
    Mail,
}

const USUAL: [(Database, u64); 3] =
    [(Database::Sqlite, 10_000), (Database::Sqlite, 1_000_000), (Database::Postgres, 100_000)];

/// Measures, and prints what it measured.
pub(crate) fn bench(options: &Options) -> Result<()> {
    let wrk = install::wrk().map_err(|why| anyhow!("{why}"))?;
    let binary = match &options.binary {
        Some(given) => given.clone(),
        None => {
            say("building in release");
            run(cargo().args(["build", "--release", "--package", "atiende", "--locked"]))?;
            target().join("release/atiende")
        }
    };
    println!("\n{}\n", conditions::said(options.seconds));
    if options.only.is_none_or(|only| only == Part::Mail) {
        for database in [Database::Sqlite, Database::Postgres] {
            if options.database.is_none_or(|only| only == database)
                && let Err(error) = mail::letters(&binary, database)
            {
                println!("\nskipped: letters on {database:?}: {error:#}\n");
            }
        }
    }
    if options.only == Some(Part::Mail) {
        return Ok(());
    }
    for (database, cases) in wanted(options) {
        // One that cannot be had must not hide the others.
        if let Err(error) = measure(options, &wrk, &binary, database, cases) {
            println!("\nskipped: {cases} cases on {database:?}: {error:#}\n");
        }
    }
    Ok(())
}

fn wanted(options: &Options) -> Vec<(Database, u64)> {
    if let Some(cases) = options.cases {
        return vec![(options.database.unwrap_or(Database::Sqlite), cases)];
    }
    USUAL.into_iter().filter(|(database, _)| options.database.is_none_or(|only| only == *database)).collect()
}

fn measure(
    options: &Options,
    wrk: &std::path::Path,
    binary: &std::path::Path,
    database: Database,
    cases: u64,
) -> Result<()> {
    say(&format!("writing {cases} cases into {database:?}"));
    let office = Office::seed(binary, database, cases)?;
    println!("\n### {database:?}, {cases} cases\n\n{}", office.seeded);
    let load = Load { wrk, office: &office, duration: Duration::from_secs(options.seconds) };
    let part = |part| options.only.is_none_or(|only| only == part);
    println!("\n| what | clients | answers/s | p50 | p99 | server CPU/answer | errors |");
    println!("|---|---:|---:|---:|---:|---:|---:|");
    if part(Part::Queue) {
        row("queue page (50 rows)", 8, &load.pages(8, &["/mesa".to_owned()])?);
    }
    if part(Part::Case) {
        row("case page", 8, &load.pages(8, &office.case_pages)?);
    }
    if part(Part::Search) {
        let (path, what) = office.search()?;
        row(&what, 8, &load.pages(8, &[path])?);
    }
    if part(Part::Due) {
        for (view, what) in
            [("vencidos", "overdue, with all counts"), ("vence-hoy", "due today, with all counts")]
        {
            row(what, 8, &load.pages(8, &[format!("/mesa?vista={view}")])?);
        }
        row("agenda of the month, whole desk", 8, &load.pages(8, &["/agenda?de=mesa".to_owned()])?);
    }
    if part(Part::Create) {
        for clients in [1, 8, 64] {
            row("create by API, durable", clients, &load.creations(clients)?);
        }
    }
    if part(Part::Retime) {
        println!("\n{}", office.retimed(binary)?);
    }
    println!("\n{}", office.weights()?);
    Ok(())
}

fn row(what: &str, clients: u32, figures: &Figures) {
    println!("| {what} | {clients} | {figures} |");
}
