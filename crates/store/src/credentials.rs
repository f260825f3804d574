//! Passwords, as the strings that Argon2 makes of them.

use atiende_procedure::PersonId;

use crate::error::Result;
use crate::link::{Reader, Writer};
use crate::query::Query;

/// The password of a person, if he has one.
pub fn of(r: &mut Reader<'_>, person: PersonId) -> Result<Option<String>> {
    r.row(&Query::new("SELECT password FROM credentials WHERE person = $1").with(person))
}

/// Sets the password of a person.
pub fn set(w: &mut Writer<'_>, person: PersonId, password: &str) -> Result<()> {
    let query = Query::new(
        "INSERT INTO credentials (person, password) VALUES ($1, $2)
         ON CONFLICT (person) DO UPDATE SET password = excluded.password",
    );
    w.execute(&query.with(person).with(password))?;
    Ok(())
}

/// Whether anybody can sign in at all; before that, the first administrator is made.
pub fn any(r: &mut Reader<'_>) -> Result<bool> {
    Ok(r.row::<i64>(&Query::new("SELECT person FROM credentials LIMIT 1"))?.is_some())
}
