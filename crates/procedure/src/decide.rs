//! May it happen, and what then has happened: one file for each command.

use jiff::Timestamp;

use crate::office::Office;
use crate::{Acted, Actor, Case, Event};

/// What a decision needs to know besides the case and the command.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// Who asks.
    pub actor: Actor,
    /// When, to the microsecond.
    pub now: Timestamp,
    /// The office as it is at that moment.
    pub office: &'a Office,
    /// The other case of a merge or a duplicate, when the asker may see it.
    pub other: Option<&'a Case>,
}

/// What a command brought about.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Who did it, and in which capacity.
    pub acted: Acted,
    /// What happened to the case, in order.
    pub events: Vec<Event>,
    /// What happened to the other case of a merge or a duplicate.
    pub other: Vec<Event>,
}
