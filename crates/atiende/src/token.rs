//! `atiende token`: bearer tokens of the API.

use atiende_procedure::TokenId;
use atiende_procedure::office::Change;
use jiff::SignedDuration;

use crate::cli::{Token, TokenCreate, TokenList, TokenRevoke};
use crate::open::operator;
use crate::user::{named, opened, said};

/// Carries out one of the commands about tokens.
pub(crate) async fn token(asked: &Token) -> anyhow::Result<()> {
    match asked {
        Token::Create(asked) => create(asked).await,
        Token::List(asked) => list(asked).await,
        Token::Revoke(asked) => revoke(asked).await,
    }
}

/// Prints the token and nothing else, so that a script can take it.
async fn create(asked: &TokenCreate) -> anyhow::Result<()> {
    let desk = opened(&asked.place).await?;
    let person = named(&desk, &asked.user)?;
    let now = desk.ambience().now();
    let expires = asked.days.map(|days| now + SignedDuration::from_hours(24 * i64::from(days)));
    let issued = desk.issue_token(operator(), person, asked.scope, asked.name.clone(), expires).await;
    let (_, secret) = said(issued)?;
    println!("{secret}");
    Ok(())
}

async fn list(asked: &TokenList) -> anyhow::Result<()> {
    let desk = opened(&asked.place).await?;
    let office = desk.office();
    println!("{:>6}  {:<32} {:<5} {:<25} name", "number", "user", "scope", "until");
    for token in office.tokens.values() {
        let email = office.people.get(&token.person).map_or("", |person| person.profile.email.as_str());
        let until = token.expires.map_or_else(|| "it is revoked".to_owned(), |expires| expires.to_string());
        println!("{:>6}  {email:<32} {:<5} {until:<25} {}", token.id, token.scope, token.name);
    }
    Ok(())
}

async fn revoke(asked: &TokenRevoke) -> anyhow::Result<()> {
    let desk = opened(&asked.place).await?;
    let change = Change::RevokeToken { token: TokenId(asked.id) };
    said(desk.administer(operator(), desk.ambience().command_id(), vec![change]).await)?;
    println!("Token {} was revoked.", asked.id);
    Ok(())
}
