//! Keys with which this desk signs links and threads: made once, shared by its nodes.

use crate::error::{Result, StoreError};
use crate::link::Writer;
use crate::query::Query;

/// The key of this name: the one that is kept, or else `fresh`, which then is kept.
pub fn get_or_set(w: &mut Writer<'_>, name: &str, fresh: &[u8; 32]) -> Result<[u8; 32]> {
    let query = Query::new("INSERT INTO secrets (name, secret) VALUES ($1, $2) ON CONFLICT DO NOTHING");
    w.execute(&query.with(name).with(*fresh))?;
    let kept = w.row(&Query::new("SELECT secret FROM secrets WHERE name = $1").with(name))?;
    kept.ok_or_else(|| StoreError::damaged("a secret is missing"))
}
