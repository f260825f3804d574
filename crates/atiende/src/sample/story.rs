//! Stories as they are written in `sample/stories/`.

use std::collections::BTreeMap;

use anyhow::Context;
use atiende_procedure::{Channel, Complexity, Impact, StatusName};
use serde::Deserialize;

/// Everything that can be told.
#[derive(Debug)]
pub(crate) struct Stories {
    pub(crate) all: Vec<Story>,
    pub(crate) common: Common,
}

/// One thing that somebody asks for, and what becomes of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Story {
    /// A code of the catalogue.
    pub(crate) service: String,
    pub(crate) subject: String,
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) answers: BTreeMap<String, String>,
    /// Who asks; anybody when empty.
    #[serde(default)]
    pub(crate) departments: Vec<String>,
    /// `regional`: somebody outside the head office asks.
    #[serde(default)]
    pub(crate) site: Option<Where>,
    /// By which it always enters; otherwise by any that a requester has.
    #[serde(default)]
    pub(crate) channel: Option<Channel>,
    #[serde(default)]
    pub(crate) complexity: Option<Complexity>,
    #[serde(default)]
    pub(crate) impact: Option<Impact>,
    /// The contract to which it goes, by number.
    #[serde(default)]
    pub(crate) contract: Option<String>,
    /// Whether the first level has it before the level of its service.
    #[serde(default)]
    pub(crate) first: bool,
    /// A second case about the same thing.
    #[serde(default)]
    pub(crate) companion: Option<Companion>,
    pub(crate) steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Where {
    Regional,
}

/// A case about what another case already asks for: a colleague's duplicate, or the same person's second letter, which is
/// merged into the first.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Companion {
    pub(crate) subject: String,
    pub(crate) description: String,
    /// Why it is a duplicate; absent, it is merged.
    #[serde(default)]
    pub(crate) duplicate: Option<String>,
}

/// What happens next. The texts say what somebody wrote.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    /// The agent's assessment, to attend by remote connection or on site.
    Remote(String),
    OnSite(String),
    /// The agent writes to the requester.
    Tell(String),
    /// The agent asks, and waits for the answer when work has begun.
    Ask(String),
    Answer(String),
    Note(String),
    WaitVisit(String),
    WaitParts(String),
    Resume,
    /// To the second or third level.
    Second(String),
    Third(String),
    Provider(String),
    FromProvider(String),
    ToProvider(String),
    /// The supervisor's follow-up.
    Follow(String),
    Report(String),
    RemoteReport(String),
    UnsolvedReport(String),
    /// The agent takes the case back from the provider.
    Back(String),
    Solve(String),
    /// Solved by the provider's work.
    ProviderSolved(String),
    Reopen(String),
    Confirm,
    /// Nobody answers and the grace ends.
    Expire,
    /// The desk closes it and says how the requester agreed.
    Close(String),
    Rate(Rating),
    /// The requester lets a colleague follow the case.
    Watch,
    Withdrawn(String),
    /// The administrator cancels it.
    Cancelled(String),
    /// To another service, by its code.
    Reclassify(String),
    Refer(String),
    Acknowledge,
    SendBack(String),
    Conclude(String),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rating {
    pub(crate) score: u8,
    #[serde(default)]
    pub(crate) text: String,
}

/// What recurs from case to case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Common {
    pub(crate) agreed: Vec<String>,
    pub(crate) reassigned: Vec<String>,
    pub(crate) nudges: Vec<String>,
    pub(crate) overdue_follow_ups: Vec<String>,
    pub(crate) ratings: Vec<Ratings>,
}

/// Comments that go with a score.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ratings {
    pub(crate) score: u8,
    pub(crate) texts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chapter {
    stories: Vec<Story>,
}

const CHAPTERS: [&str; 5] = [
    include_str!("../../sample/stories/equipos.toml"),
    include_str!("../../sample/stories/cuentas.toml"),
    include_str!("../../sample/stories/redes.toml"),
    include_str!("../../sample/stories/aplicativos.toml"),
    include_str!("../../sample/stories/seguridad.toml"),
];

impl Stories {
    /// Reads the stories that come with the program.
    pub(crate) fn read() -> anyhow::Result<Stories> {
        let mut all = Vec::new();
        for chapter in CHAPTERS {
            all.extend(toml::from_str::<Chapter>(chapter).context("the sample's stories")?.stories);
        }
        let common = toml::from_str(include_str!("../../sample/stories/comunes.toml"));
        Ok(Stories { all, common: common.context("the sample's common texts")? })
    }
}

impl Story {
    /// Whether a telling of it comes by this state.
    pub(crate) fn comes_by(&self, status: StatusName) -> bool {
        let has = |what: fn(&Step) -> bool| self.steps.iter().any(what);
        match status {
            StatusName::Registered | StatusName::Assigned => !self.begins_referred(),
            StatusName::InProgress => has(|step| matches!(step, Step::Remote(_) | Step::OnSite(_))),
            StatusName::Waiting => {
                self.asks() || has(|step| matches!(step, Step::WaitVisit(_) | Step::WaitParts(_)))
            }
            StatusName::WithProvider => has(|step| matches!(step, Step::Provider(_))),
            StatusName::Solved | StatusName::Closed => {
                has(|step| matches!(step, Step::Solve(_) | Step::ProviderSolved(_)))
            }
            StatusName::Referred => has(|step| matches!(step, Step::Acknowledge)),
            StatusName::Cancelled => has(|step| matches!(step, Step::Withdrawn(_) | Step::Cancelled(_))),
        }
    }

    /// Whether somebody who looks around should find it in this state: what waits, waits for an answer of his, and what
    /// is solved was not solved by telephone.
    pub(crate) fn is_for_show(&self, status: Option<StatusName>) -> bool {
        match status {
            Some(StatusName::Waiting) => self.asks(),
            _ => self.channel.is_none(),
        }
    }

    /// Whether the work waits for an answer.
    fn asks(&self) -> bool {
        let assessed = self.steps.iter().position(|step| matches!(step, Step::Remote(_) | Step::OnSite(_)));
        let asked = self.steps.iter().position(|step| matches!(step, Step::Ask(_)));
        assessed.zip(asked).is_some_and(|(assessed, asked)| assessed < asked)
    }

    fn begins_referred(&self) -> bool {
        self.service.starts_with("SEG-")
    }
}
