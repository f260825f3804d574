//! The office against which cases are held: as it is, and the calendars of each time by which clocks were read.

use std::collections::BTreeMap;
use std::sync::Arc;

use atiende_procedure::office::Office;

use crate::error::Result;
use crate::link::Reader;
use crate::office;

#[derive(Default)]
pub(super) struct Known {
    pub(super) office: Office,
    pub(super) times: BTreeMap<u64, Office>,
}

impl Known {
    /// An office that cannot be read is told of elsewhere; cases are then held against an empty one.
    pub(super) fn load(r: &mut Reader<'_>) -> Result<Known> {
        let office = office::load(r).unwrap_or_default();
        let times = office::calendars(r).unwrap_or_default();
        Ok(Known { office, times })
    }

    /// With what an administrator changed while this looks.
    pub(super) fn newest(self: Arc<Known>, r: &mut Reader<'_>) -> Result<Arc<Known>> {
        match office::version(r)? > self.office.version {
            true => Ok(Arc::new(Known::load(r)?)),
            false => Ok(self),
        }
    }
}
