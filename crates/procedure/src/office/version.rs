//! The written procedure as data: it is governed, versioned and approved (R5, R15, R18).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::VersionId;

/// A version of the written procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcedureVersion {
    pub id: VersionId,
    /// The office's own code for the document.
    pub code: String,
    /// The version's number as the office writes it.
    pub version: String,
    pub name: String,
    pub objective: String,
    pub scope: String,
    pub legal_basis: Vec<String>,
    /// Cases registered from this day on belong to it.
    pub in_force_from: Date,
    /// Exactly eight, in order.
    pub activities: Vec<ActivityText>,
    pub approvals: Vec<Approval>,
    pub change_log: Vec<ChangeLogEntry>,
    #[serde(default)]
    pub documents: Vec<VersionDocument>,
}

/// What the procedure writes about one of its eight activities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityText {
    /// 1 to 8.
    pub number: u8,
    /// Two words or so, under a circle.
    pub short: String,
    pub name: String,
    pub description: String,
    pub responsible: String,
    /// What is checked, where the activity is a control point (R15).
    #[serde(default)]
    pub control_point: Option<String>,
    /// What it leaves behind (R16).
    pub record: String,
}

/// Who prepared, reviewed or approved a version, by office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// `prepared`, `reviewed` or `approved`.
    pub step: String,
    pub office: String,
    pub date: Date,
}

/// A line of the change log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeLogEntry {
    pub version: String,
    pub date: Date,
    pub change: String,
}

/// An associated document (R18).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionDocument {
    pub name: String,
    /// Where it is kept, when it is not attached.
    #[serde(default)]
    pub location: String,
}
