//! People of the directory and the groups of agents.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{DepartmentId, GroupId, PersonId, Role, SiteId, SupportLevel};

/// Somebody with a place in the directory. Everyone is a requester; roles say what else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    pub profile: Profile,
    pub roles: BTreeSet<Role>,
    /// Of an agent: the groups to which he belongs.
    pub groups: BTreeSet<GroupId>,
    /// Whether he may sign in and be given work. People are deactivated, never deleted.
    pub active: bool,
}

/// A person's own data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub name: String,
    pub email: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub job: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    /// The usual spot inside the site.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// `es-CO` or `en`; empty for the office's language.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
}

impl Person {
    /// Whether he has this role and may use it.
    pub fn is(&self, role: Role) -> bool {
        self.active && self.roles.contains(&role)
    }
}

/// Agents who share a queue at one level of support (R6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub id: GroupId,
    pub code: String,
    pub name: String,
    pub level: SupportLevel,
    /// Where the group reads mail, if it has an address of its own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub email: String,
    pub active: bool,
}
