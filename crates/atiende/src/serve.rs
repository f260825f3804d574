//! `atiende serve`: starts, serves, and stops without dropping what it has in hand.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use atiende_desk::jobs::Jobs;
use atiende_desk::{Desk, Post, Spool};
use atiende_mail::{Folder, Transport};
use atiende_procedure::Role;
use atiende_store::Db;
use atiende_web::WebOptions;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::Config;
use crate::patience::Patient;
use crate::{cli, load, log, mailboxes, open};

/// How long requests in hand may take once it is told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(15);

/// What a new desk begins with, so that it works before the office's own file is loaded.
const START: &str = include_str!("../sample/start.toml");

/// Serves until it is told to stop.
pub(crate) async fn serve(asked: &cli::Serve) -> anyhow::Result<()> {
    let config = Config::of(&asked.place, &asked.listening, "atiende-data")?;
    log::begin(config.log, "info");
    let listener = listen(config.listen).await?;
    let desk = open::desk(&config).await?;
    if desk.office().versions.is_empty() {
        load::apply(&desk, "start.toml", START).await?;
    }
    if let Some(link) = first_administrator(&desk).await? {
        eprintln!(
            "\nNobody administers this desk yet. To become its administrator, open this once:\n  {link}\n"
        );
    }
    tracing::info!(address = %config.listen, url = %config.public_url, "serving");
    run(listener, desk, &config, None).await
}

/// `atiende migrate`.
pub(crate) async fn migrate(place: &cli::Place) -> anyhow::Result<()> {
    let config = Config::of(place, &cli::Listening::default(), "atiende-data")?;
    let db = Db::connect(&config.location).await?;
    let done = db.change(atiende_store::migrate::run).await?;
    let (has, knows) = (db.read(atiende_store::migrate::version).await?, atiende_store::migrate::NEWEST);
    match done.as_slice() {
        [] if has > knows => {
            println!("The schema is of a newer program: it has {has}, this one knows {knows}.");
        }
        [] => println!("The schema is already this program's."),
        done => done.iter().for_each(|name| println!("{name}")),
    }
    Ok(())
}

/// A one-time link for the first administrator, while there is none.
async fn first_administrator(desk: &Desk) -> anyhow::Result<Option<String>> {
    let office = desk.office();
    if office.people.values().any(|person| person.is(Role::SystemAdministrator)) {
        return Ok(None);
    }
    let token = desk.invite(None).await?;
    Ok(Some(format!("{}/invitacion/{token}", desk.public_url())))
}

/// The listening socket: taken first, so that a second server on the same address says so at once.
pub(crate) async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// Serves a desk on a socket until SIGTERM or SIGINT; then takes no more, finishes what it has in hand, and stops.
pub(crate) async fn run(
    listener: TcpListener,
    desk: Desk,
    config: &Config,
    demo_mail: Option<PathBuf>,
) -> anyhow::Result<()> {
    mailboxes::set(&desk, &config.mailboxes).await?;
    let letters = match &demo_mail {
        Some(folder) => Some(Folder::open(folder).context("the folder of letters cannot be opened")?),
        None => None,
    };
    let post = Post::new(letters.map(Transport::Folder));
    let jobs = Jobs::start(&desk, post, Spool::of(&config.data), &node(config));
    let https = desk.public_url().starts_with("https://");
    let telling = desk.clone();
    let router = atiende_web::router(desk, WebOptions { demo_mail, https });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let (told, mut waiting) = tokio::sync::watch::channel(false);
    let stop = async move {
        until_told().await;
        // Who listens to what happens would hold the door open.
        telling.end_live();
        told.send_replace(true);
    };
    // Its own kind of listener tells the service who is there.
    let listener = Patient(listener).tap_io(|_| {});
    let serving = axum::serve(listener, service).with_graceful_shutdown(stop);
    let overdue = async move {
        // An error means that the server ended by itself, and nobody waits here any more.
        if waiting.wait_for(|told| *told).await.is_ok() {
            tracing::info!("stopping");
            tokio::time::sleep(LAST_REQUESTS).await;
        }
    };
    tokio::select! {
        served = serving.into_future() => served.context("the server failed")?,
        () = overdue => tracing::warn!("requests still in hand were cut"),
    }
    jobs.stop().await;
    tracing::info!("stopped");
    Ok(())
}

/// The machine and the folder: nodes that share both do each other's work, and nothing twice.
fn node(config: &Config) -> String {
    let machine = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let folder = std::fs::canonicalize(&config.data).unwrap_or_else(|_| config.data.clone());
    format!("{}:{}", machine.trim(), folder.display())
}

async fn until_told() {
    let mut terminate = signal(SignalKind::terminate()).expect("a process can listen for SIGTERM");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
