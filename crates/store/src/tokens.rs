//! The secrets of API tokens. Whose a token is, what it allows and until when stands in the office, as events.

use atiende_procedure::TokenId;

use crate::error::Result;
use crate::link::{Reader, Writer};
use crate::query::Query;
use crate::sessions::SecretHash;

/// Keeps the secret of a token that the office issues in the same transaction.
pub fn keep(w: &mut Writer<'_>, token: TokenId, hash: &SecretHash) -> Result<()> {
    w.execute(&Query::new("INSERT INTO tokens (hash, token) VALUES ($1, $2)").with(*hash).with(token))?;
    Ok(())
}

/// Which token this secret is; whether it is in force, the office says.
pub fn find(r: &mut Reader<'_>, hash: &SecretHash) -> Result<Option<TokenId>> {
    r.row(&Query::new("SELECT token FROM tokens WHERE hash = $1").with(*hash))
}
