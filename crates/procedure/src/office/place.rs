//! Where the agency's people work.

use serde::{Deserialize, Serialize};

use crate::{CalendarId, DepartmentId, SiteId};

/// A part of the agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    pub id: DepartmentId,
    pub code: String,
    pub name: String,
    pub active: bool,
}

/// A place with an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    pub id: SiteId,
    pub code: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub municipality: String,
    /// For example a PDET subregion.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// When it works; absent for the office's own hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarId>,
    pub active: bool,
}
