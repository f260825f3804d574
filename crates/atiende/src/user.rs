//! `atiende user`: people, from the machine itself.

use std::io::{BufRead, IsTerminal};

use anyhow::{Context, bail};
use atiende_desk::{AdministerError, Desk};
use atiende_procedure::PersonId;
use atiende_procedure::office::{Change, Person, Profile};

use crate::cli::{Listening, Place, User, UserAdd, UserList, UserNamed};
use crate::config::Config;
use crate::load::sentence;
use crate::open::{self, operator};

/// Carries out one of the commands about people.
pub(crate) async fn user(asked: &User) -> anyhow::Result<()> {
    match asked {
        User::Add(asked) => add(asked).await,
        User::Passwd(asked) => passwd(asked).await,
        User::List(asked) => list(asked).await,
        User::Deactivate(asked) => deactivate(asked).await,
    }
}

async fn add(asked: &UserAdd) -> anyhow::Result<()> {
    let listening = Listening { public_url: asked.public_url.clone(), ..Listening::default() };
    let desk = open::desk(&Config::of(&asked.place, &listening, "atiende-data")?).await?;
    let office = desk.office();
    let group = |code: &String| {
        let found = office.group_by_code(code).map(|group| group.id);
        found.with_context(|| format!("there is no group {code}; `atiende load` makes groups"))
    };
    let groups = asked.groups.iter().map(group).collect::<anyhow::Result<Vec<_>>>()?;
    let profile = Profile { name: asked.name.clone(), email: asked.email.clone(), ..Profile::default() };
    let change = Change::SetPerson {
        id: None,
        profile,
        salt: open::salt(),
        roles: asked.roles.clone(),
        groups,
        active: true,
    };
    administer(&desk, change).await?;
    let person = named(&desk, &asked.email)?;
    let token = desk.invite(Some(person)).await?;
    println!("{} can set a password here, once:", asked.email);
    println!("  {}/invitacion/{token}", desk.public_url());
    Ok(())
}

async fn passwd(asked: &UserNamed) -> anyhow::Result<()> {
    let desk = opened(&asked.place).await?;
    let person = named(&desk, &asked.email)?;
    let mut password = String::new();
    let input = std::io::stdin();
    if input.is_terminal() {
        eprint!("New password of {}, then Enter: ", asked.email);
    }
    input.lock().read_line(&mut password).context("the password cannot be read")?;
    let password = password.trim_end_matches(['\r', '\n']);
    said(desk.set_password(operator(), person, password).await)?;
    println!("The password of {} was set, and his sessions ended.", asked.email);
    Ok(())
}

async fn list(asked: &UserList) -> anyhow::Result<()> {
    let desk = opened(&asked.place).await?;
    let office = desk.office();
    let wanted =
        |person: &&std::sync::Arc<Person>| asked.role.is_none_or(|role| person.roles.contains(&role));
    for person in office.people.values().filter(wanted) {
        let roles: Vec<_> = person.roles.iter().map(|role| role.as_str()).collect();
        let roles = if person.active { roles.join(", ") } else { "deactivated".to_owned() };
        println!("{:<40} {:<36} {roles}", person.profile.email, person.profile.name);
    }
    Ok(())
}

async fn deactivate(asked: &UserNamed) -> anyhow::Result<()> {
    let desk = opened(&asked.place).await?;
    let id = named(&desk, &asked.email)?;
    let person = desk.office().people[&id].clone();
    let change = Change::SetPerson {
        id: Some(id),
        profile: person.profile.clone(),
        salt: open::salt(),
        roles: person.roles.iter().copied().collect(),
        groups: person.groups.iter().copied().collect(),
        active: false,
    };
    administer(&desk, change).await?;
    desk.revoke_sessions(id, None).await?;
    println!("{} can no longer sign in; what he did stays.", asked.email);
    Ok(())
}

/// Opens the desk of a command that serves nothing.
pub(crate) async fn opened(place: &Place) -> anyhow::Result<Desk> {
    open::existing(&Config::of(place, &Listening::default(), "atiende-data")?).await
}

/// The person with an e-mail address.
pub(crate) fn named(desk: &Desk, email: &str) -> anyhow::Result<PersonId> {
    let person = desk.office().person_by_email(email).map(|person| person.id);
    person.with_context(|| format!("there is nobody with the address {email}"))
}

async fn administer(desk: &Desk, change: Change) -> anyhow::Result<()> {
    said(desk.administer(operator(), desk.ambience().command_id(), vec![change]).await.map(drop))
}

/// A refusal in words for the terminal.
pub(crate) fn said<T>(answer: Result<T, AdministerError>) -> anyhow::Result<T> {
    match answer {
        Err(AdministerError::Refused { refusal, .. }) => bail!("{}", sentence(&refusal)),
        answer => Ok(answer?),
    }
}
