//! `atiende demo`: the sample office, lived in for a year, on a desk that anybody can try.

use std::sync::Arc;

use atiende_desk::{Ambience, Desk};
use atiende_procedure::permission::Scope;
use atiende_store::backlog;
use jiff::{SignedDuration, Timestamp};

use crate::config::Config;
use crate::sample::{self, Chronicle, Keeping, Stories};
use crate::{cli, load, log, open, serve};

/// The password of every sample account.
const PASSWORD: &str = "atiende-demo";

/// How long ago the office was set up: before the first of its cases.
const SET_UP: SignedDuration = SignedDuration::from_hours(24 * 400);

/// How far back what happened is still told by letters.
const LETTERS: SignedDuration = SignedDuration::from_hours(24 * 3);

const EVERYTHING: Scope = Scope { desk: true, security: true, person: None, contracts: Vec::new() };

/// The sample accounts: the part before `@agencia.example`, and what one sees with it.
const ACCOUNTS: [(&str, &str); 9] = [
    ("usuario", "asks for support and rates it"),
    ("admin", "runs the desk: classifies, assigns, watches the queue"),
    ("agente1", "attends the first level"),
    ("agente2", "attends the second level"),
    ("agente3", "attends the third level"),
    ("supervisor", "follows up what is with providers"),
    ("seguridad", "receives security incidents"),
    ("auditor", "reads everything but security"),
    ("sistema", "administers people and roles"),
];

/// Makes the sample office at the first start, and serves it.
pub(crate) async fn demo(asked: &cli::Demo) -> anyhow::Result<()> {
    let config = Config::of(&asked.place, &asked.listening, "atiende-demo")?;
    log::begin(config.log, "warn,atiende=info");
    let listener = serve::listen(config.listen).await?;
    let desk = open::desk(&config).await?;
    if desk.office().people.is_empty() {
        furnish(&config).await?;
    }
    // Asked apart, so that a first start that was cut short is made up for.
    if desk.db().read(|r| backlog::counts(r, &EVERYTHING)).await?.is_empty() {
        tell(&desk, asked.cases).await?;
    }
    welcome(&config);
    let mail = config.data.join("mail");
    serve::run(listener, desk, &config, Some(mail)).await
}

/// Loads the sample office and sets the accounts' passwords, a little more than a year ago.
pub(crate) async fn furnish(config: &Config) -> anyhow::Result<()> {
    let then = Timestamp::now() - SET_UP;
    let past = Ambience::new(Arc::new(move || then), Arc::new(open::unguessable));
    let desk = open::desk_in(config, past).await?;
    load::apply(&desk, sample::OFFICE_NAME, sample::OFFICE).await?;
    let office = desk.office();
    for (account, _) in ACCOUNTS {
        if let Some(person) = office.person_by_email(&format!("{account}@agencia.example")) {
            desk.set_password(open::operator(), person.id, PASSWORD).await?;
        }
    }
    Ok(())
}

/// Tells the office's last year.
async fn tell(desk: &Desk, cases: usize) -> anyhow::Result<()> {
    desk.refresh_office().await?;
    let (office, now) = (desk.office(), desk.ambience().now());
    let chronicle = Chronicle { cases, now, seed: 20, open_per_mille: 220 };
    let stories = Stories::read()?;
    let told = desk.db().change(move |w| {
        let mut shelf = Keeping { w, office: &office, letters_since: now - LETTERS };
        chronicle.tell(&office, &stories, &mut shelf)
    });
    tracing::info!(cases = told.await?, "the sample office's year was told");
    Ok(())
}

fn welcome(config: &Config) {
    let url = &config.public_url;
    println!("\nAtiende, with a sample office. Nothing in it is real.\n");
    println!("  Portal and desk   {url}/");
    println!("  Letters sent      {url}/demo/mail");
    println!("  API               {url}/api");
    println!("  Data              {}\n", config.data.display());
    println!("  {:<28} what he does", "account");
    for (account, does) in ACCOUNTS {
        println!("  {:<28} {does}", format!("{account}@agencia.example"));
    }
    println!("\n  Password of all of them: {PASSWORD}");
    println!("  Ctrl+C stops it; the next start finds its data again.\n");
}
