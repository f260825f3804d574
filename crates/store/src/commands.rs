//! Which commands were done: a repeat is recognised by its id and answered, not done again.

use atiende_procedure::CommandId;

use crate::error::Result;
use crate::link::{Reader, Writer};
use crate::query::Query;

/// What is kept of a command's answer: which stream it moved, and to where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The case's id; 0 for the office.
    pub stream: i64,
    /// How many events the stream then had; whatever else the answer can be found by.
    pub sequence: u64,
}

/// What a write answers, and how it is found again when the answer was lost.
pub trait Answer: Sized {
    /// By what it is found again.
    fn receipt(&self) -> Receipt;
    /// Finds it again, as it was given: whoever repeats a command learns nothing of what happened since.
    fn recall(r: &mut Reader<'_>, receipt: Receipt) -> Result<Self>;
}

impl Answer for () {
    fn receipt(&self) -> Receipt {
        Receipt { stream: 0, sequence: 0 }
    }
    fn recall(_: &mut Reader<'_>, _: Receipt) -> Result<Self> {
        Ok(())
    }
}

/// A receipt answers itself, for who needs no more.
impl Answer for Receipt {
    fn receipt(&self) -> Receipt {
        *self
    }
    fn recall(_: &mut Reader<'_>, receipt: Receipt) -> Result<Self> {
        Ok(receipt)
    }
}

/// The receipt of a command, if it was done.
pub fn receipt(r: &mut Reader<'_>, command: CommandId) -> Result<Option<Receipt>> {
    let found: Option<(i64, u64)> =
        r.row(&Query::new("SELECT stream, sequence FROM commands WHERE id = $1").with(command.0))?;
    Ok(found.map(|(stream, sequence)| Receipt { stream, sequence }))
}

/// Whether another command was done whose id begins with the same eight bytes: the same key with another content.
pub fn other_of_key(r: &mut Reader<'_>, command: CommandId) -> Result<bool> {
    let (mut first, mut last) = (command.0, command.0);
    first[8..].fill(0);
    last[8..].fill(u8::MAX);
    let query = Query::new("SELECT COUNT(*) FROM commands WHERE id >= $1 AND id <= $2 AND id <> $3");
    let others: Option<i64> = r.row(&query.with(first).with(last).with(command.0))?;
    Ok(others.unwrap_or_default() > 0)
}

/// Notes in the command's own transaction that it was done.
pub(crate) fn note(w: &mut Writer<'_>, command: CommandId, receipt: Receipt) -> Result<()> {
    w.execute(
        &Query::new("INSERT INTO commands (id, stream, sequence) VALUES ($1, $2, $3)")
            .with(command.0)
            .with(receipt.stream)
            .with(receipt.sequence),
    )?;
    Ok(())
}
