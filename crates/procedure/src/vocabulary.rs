//! The closed vocabularies of the procedure: each word has one stored and API form, in lower snake_case.

/// Declares an enum whose stored and API form is a word.
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every word, in the order of the written procedure.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The stored and API form.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::vocabulary::UnknownWord;
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok($name::$variant),)+
                    _ => Err(crate::vocabulary::UnknownWord { word: word.to_owned(), known: &[$($word),+] }),
                }
            }
        }
    };
}
pub(crate) use vocabulary;

/// A word that is not of the vocabulary asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown word {word:?}, expected one of {known:?}")]
pub struct UnknownWord {
    /// What was written.
    pub word: String,
    /// The words that would have been understood.
    pub known: &'static [&'static str],
}

vocabulary! {
    /// What a case is about (procedure.md, words; R1, R20).
    Kind {
        Incident = "incident",
        ServiceRequest = "service_request",
        Advice = "advice",
        Training = "training",
        PreventiveMaintenance = "preventive_maintenance",
        EquipmentHandOut = "equipment_hand_out",
        EquipmentReturn = "equipment_return",
        /// Leaves this procedure for the security one (R10).
        SecurityIncident = "security_incident",
    }
}

vocabulary! {
    /// The three levels of support (R6).
    SupportLevel { First = "first", Second = "second", Third = "third" }
}

impl SupportLevel {
    /// The level to which this one escalates; the third escalates to providers only (R11).
    pub const fn next(self) -> Option<SupportLevel> {
        match self {
            SupportLevel::First => Some(SupportLevel::Second),
            SupportLevel::Second => Some(SupportLevel::Third),
            SupportLevel::Third => None,
        }
    }

    /// The number of the activity in which this level attends: 3, 4 or 5.
    pub const fn activity(self) -> u8 {
        match self {
            SupportLevel::First => 3,
            SupportLevel::Second => 4,
            SupportLevel::Third => 5,
        }
    }
}

vocabulary! {
    /// How many are affected.
    Impact { Low = "low", Medium = "medium", High = "high" }
}

vocabulary! {
    /// How soon it hurts.
    Urgency { Low = "low", Medium = "medium", High = "high" }
}

vocabulary! {
    /// The order in which cases are attended, from impact × urgency.
    Priority { Low = "low", Medium = "medium", High = "high", Critical = "critical" }
}

impl Priority {
    /// The matrix of ITIL's use: both high is critical, both low is low, the sum decides between.
    pub const fn of(impact: Impact, urgency: Urgency) -> Priority {
        match impact as u8 + urgency as u8 {
            0 => Priority::Low,
            1 | 2 => Priority::Medium,
            3 => Priority::High,
            _ => Priority::Critical,
        }
    }
}

vocabulary! {
    /// How a case is attended (R6, R11).
    AttentionMode { OnSite = "on_site", Remote = "remote", ByProvider = "by_provider" }
}

vocabulary! {
    /// Sets the waiting time that is proposed to the requester (R11).
    Complexity { Low = "low", Medium = "medium", High = "high" }
}

vocabulary! {
    /// The way by which a case entered (R7).
    Channel { Portal = "portal", Mail = "mail", Phone = "phone", InPerson = "in_person", Planned = "planned", Api = "api" }
}

vocabulary! {
    /// For whom words are written. Agents and administrators read all three; internal ones never leave the desk.
    Audience { Requester = "requester", Internal = "internal", Provider = "provider" }
}

vocabulary! {
    /// What a waiting case waits for.
    WaitingFor { Requester = "requester", Visit = "visit", Parts = "parts" }
}

vocabulary! {
    /// Who did the work that solved a case (R14).
    Performer { Agent = "agent", Provider = "provider" }
}

vocabulary! {
    /// What a person may be besides a requester, which everyone with an account is.
    Role {
        Agent = "agent",
        DeskAdministrator = "desk_administrator",
        ContractSupervisor = "contract_supervisor",
        SecurityOfficer = "security_officer",
        /// Reads everything but security cases, changes nothing.
        Auditor = "auditor",
        /// People, catalogue, mailboxes, calendars, contracts; reads no case by that role.
        SystemAdministrator = "system_administrator",
    }
}

vocabulary! {
    /// The place in the procedure from which somebody acted; recorded with every event.
    Capacity {
        Requester = "requester",
        Watcher = "watcher",
        Agent = "agent",
        /// Also when he does what the assigned agent may do.
        DeskAdministrator = "desk_administrator",
        ContractSupervisor = "contract_supervisor",
        SecurityOfficer = "security_officer",
        SystemAdministrator = "system_administrator",
        Provider = "provider",
        /// Time passing: the grace that ends, a follow-up that falls due.
        Clock = "clock",
        /// Whoever runs commands on the machine itself.
        Operator = "operator",
    }
}

vocabulary! {
    /// The state's name; its facts are in [`crate::Status`].
    StatusName {
        Registered = "registered",
        Assigned = "assigned",
        InProgress = "in_progress",
        Waiting = "waiting",
        WithProvider = "with_provider",
        Solved = "solved",
        Closed = "closed",
        Referred = "referred",
        Cancelled = "cancelled",
    }
}

impl StatusName {
    /// Whether work may still be asked for: not solved, closed or cancelled.
    pub const fn is_open(self) -> bool {
        !matches!(self, StatusName::Solved | StatusName::Closed | StatusName::Cancelled)
    }
}

vocabulary! {
    /// What can be done to a case: one word for each row of the procedure's table of moves.
    Action {
        Register = "register",
        Classify = "classify",
        Complete = "complete",
        Assign = "assign",
        Take = "take",
        Assess = "assess",
        MessageRequester = "message_requester",
        MessageInternal = "message_internal",
        MessageProvider = "message_provider",
        Watch = "watch",
        Wait = "wait",
        Resume = "resume",
        EscalateToLevel = "escalate_to_level",
        EscalateToProvider = "escalate_to_provider",
        FollowUp = "follow_up",
        ReportFromProvider = "report_from_provider",
        TakeBack = "take_back",
        Solve = "solve",
        Confirm = "confirm",
        Reopen = "reopen",
        Close = "close",
        Rate = "rate",
        Refer = "refer",
        Acknowledge = "acknowledge",
        SendBack = "send_back",
        Conclude = "conclude",
        Cancel = "cancel",
        Merge = "merge",
        /// The third leaf of the door: people, catalogue, contracts, settings.
        Administer = "administer",
        /// The clock: the grace has ended (R14).
        CloseByClock = "close_by_clock",
        /// The clock: a follow-up fell due and was not made (R13).
        RemindFollowUp = "remind_follow_up",
        Warn = "warn",
        /// The desk itself: a notice that is evidence has left the building (R14).
        RecordDelivery = "record_delivery",
        /// The desk itself: such a notice came back (R14).
        RecordBounce = "record_bounce",
    }
}
