//! The office's working calendars: its own, and those of sites and contracts that work otherwise.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Office;
use crate::CalendarId;
use crate::calendar::WorkingCalendar;

/// A calendar with a name. The office's own has none: the settings hold it, and its id is [`CalendarId::MAIN`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamedCalendar {
    pub id: CalendarId,
    pub name: String,
    pub calendar: WorkingCalendar,
}

impl Office {
    /// An office of which nothing is known but its hours: enough to read clocks as they were read then.
    pub fn calendars_alone(&self) -> Office {
        let mut office = Office { timed: self.timed, ..Office::default() };
        office.settings.clone_from(&self.settings);
        office.calendars.clone_from(&self.calendars);
        office
    }

    /// The calendar of this id. Calendars are not removed, so an unknown one is of a newer program: then the office's own.
    pub fn calendar(&self, id: CalendarId) -> &WorkingCalendar {
        self.calendars.get(&id).map_or(&self.settings.calendar, |named: &Arc<NamedCalendar>| &named.calendar)
    }
}
