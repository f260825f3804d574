//! The written procedure as rules: a case, a command and the circumstances go in, events or a refusal come out.
//!
//! Knows nothing of databases, HTTP, mail, threads, clocks or randomness: time and identity are arguments.

pub mod activity;
pub mod actor;
pub mod calendar;
pub mod case;
pub mod command;
pub mod decide;
pub mod event;
pub mod holiday;
pub mod identity;
pub mod missing;
pub mod office;
pub mod permission;
pub mod refusal;
pub mod sla;
pub mod status;
pub mod text;
pub mod vocabulary;

pub use activity::{Activity, ActivityStatus, Deviation, Evidence, Lack, evidence};
pub use actor::{Acted, Actor};
pub use case::{Assessment, Case, ContactRef, Details, ProviderTurn, Solution, Survey};
pub use command::{Command, DetailsGiven, Registration};
pub use decide::{Circumstances, Decision, MOST_ATTACHMENTS, decide, register};
pub use event::{Closing, Event, EvidentialNotice, Recorded, Registered};
pub use identity::*;
pub use missing::missing;
pub use refusal::{Problem, Refusal, RefusalClass};
pub use status::{Acknowledgement, Cancellation, Status, Work};
pub use text::{Attachment, AttachmentRef, BlobHash, Text, TextRef};
pub use vocabulary::{
    Action, AttentionMode, Audience, Capacity, Channel, Complexity, Impact, Kind, Performer, Priority, Role,
    StatusName, SupportLevel, UnknownWord, Urgency, WaitingFor,
};
