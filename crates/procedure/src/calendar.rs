//! When the office works.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Working hours in a time zone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct WorkingCalendar {}

impl WorkingCalendar {
    /// The time zone of the hours.
    pub fn zone(&self) -> &TimeZone {
        const BOGOTA: &TimeZone = &TimeZone::UTC;
        BOGOTA
    }
}
