//! What the office has settled about how it works.

use serde::{Deserialize, Serialize};

use crate::calendar::WorkingCalendar;
use crate::{Complexity, PersonId};

/// The office's settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The agency's name, on every page and mail.
    pub agency: String,
    /// The name of the unit that runs the desk.
    pub unit: String,
    /// The letters of a case's number: 1 to 12 capital letters or digits (R4).
    pub prefix: String,
    /// When the office works, and in which time zone.
    pub calendar: WorkingCalendar,
    /// Working days in which a solved case may be reopened; 0 closes at once.
    pub grace_days: u32,
    /// Days after the solution in which the service may be rated.
    pub rating_days: u32,
    /// Working days between follow-ups of a case that is with a provider (R13).
    pub follow_up_days: u32,
    pub waiting_times: WaitingTimes,
    /// Where requests by mail go, and from where notices come.
    pub mail_address: String,
    #[serde(default)]
    pub phone: String,
    /// Where one may come in person.
    #[serde(default)]
    pub counter: String,
    /// The agency's own mail domains: their people become requesters by writing.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Whom warnings reach when a promise is broken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<PersonId>,
    /// Whether warnings wait for the office's hours.
    #[serde(default, skip_serializing_if = "is_not")]
    pub quiet_hours: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_not(it: &bool) -> bool {
    !*it
}

/// The waiting time proposed by complexity, in working minutes (R11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingTimes {
    pub low: u32,
    pub medium: u32,
    pub high: u32,
    /// Added when the case was escalated to whoever assesses it.
    pub escalated: u32,
}

impl WaitingTimes {
    /// Working minutes for a complexity, and for a case that was escalated.
    pub fn minutes(&self, complexity: Complexity, escalated: bool) -> u32 {
        let own = match complexity {
            Complexity::Low => self.low,
            Complexity::Medium => self.medium,
            Complexity::High => self.high,
        };
        own + if escalated { self.escalated } else { 0 }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            agency: String::new(),
            unit: String::new(),
            prefix: "MS".to_owned(),
            calendar: WorkingCalendar::default(),
            grace_days: 2,
            rating_days: 30,
            follow_up_days: 2,
            waiting_times: WaitingTimes { low: 4 * 60, medium: 16 * 60, high: 40 * 60, escalated: 4 * 60 },
            mail_address: String::new(),
            phone: String::new(),
            counter: String::new(),
            domains: Vec::new(),
            head: None,
            quiet_hours: false,
        }
    }
}
