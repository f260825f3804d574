//! A case told move by move: who asks for what, and what comes of it. A line that fails tells the story so far.

use std::fmt::Write as _;

use atiende_procedure::office::Office;
use atiende_procedure::permission::{Scope, offered};
use atiende_procedure::*;
use jiff::{SignedDuration, Timestamp};

use crate::office::{RITA, monday, office};

/// A case, its office, and what happened so far.
#[derive(Clone)]
pub(crate) struct Story {
    pub(crate) office: Office,
    pub(crate) now: Timestamp,
    pub(crate) case: Case,
    pub(crate) events: Vec<Recorded>,
    /// The other case of a merge or a duplicate.
    pub(crate) other: Option<Case>,
    told: String,
}

/// What came of a move; says nothing until it is asked.
#[must_use]
pub(crate) struct Outcome<'a> {
    story: &'a mut Story,
    came: Result<Decision, Refusal>,
}

/// Words.
pub(crate) fn text(words: &str) -> Text {
    Text::new([7; 16], words)
}

/// A request by somebody for himself through the portal.
pub(crate) fn request(requester: Actor) -> Registration {
    Registration {
        channel: Channel::Portal,
        requester: requester.person().expect("a person"),
        subject: text("No imprime"),
        description: text("La impresora del segundo piso no imprime."),
        details: DetailsGiven::default(),
        kind: None,
        service: None,
        impact: None,
        urgency: None,
        attachments: Vec::new(),
        follows: None,
    }
}

/// Rita's request, just registered.
pub(crate) fn registered() -> Story {
    Story::begins(RITA, &request(RITA)).expect("Rita may ask for herself")
}

/// Rita's request, on which somebody of a level works.
pub(crate) fn in_progress(agent: Actor, level: SupportLevel) -> Story {
    let mut story = registered();
    story.when(crate::office::DORA, assign_to(level, agent)).gives("assigned");
    story.when(agent, assess()).gives("assessed expected_by");
    story
}

/// Rita's request, with the provider of a contract, sent there by an agent of the second level.
pub(crate) fn with_provider(contract: ContractId) -> Story {
    let mut story = in_progress(crate::office::BETO, SupportLevel::Second);
    story.when(crate::office::BETO, to_provider(contract)).gives("escalated_to_provider");
    story
}

/// Rita's request, solved by Ana.
pub(crate) fn solved() -> Story {
    let mut story = in_progress(crate::office::ANA, SupportLevel::First);
    story.when(crate::office::ANA, solve()).gives("solved");
    story
}

impl Story {
    /// A story from its registration on.
    pub(crate) fn begins(actor: Actor, asked: &Registration) -> Result<Story, Refusal> {
        Story::begins_in(office(), actor, asked)
    }

    /// As [`Self::begins`], in an office of its own.
    pub(crate) fn begins_in(office: Office, actor: Actor, asked: &Registration) -> Result<Story, Refusal> {
        Story::begins_at(office, monday(), actor, asked)
    }

    /// The same at another time.
    pub(crate) fn begins_at(
        office: Office,
        now: Timestamp,
        actor: Actor,
        asked: &Registration,
    ) -> Result<Story, Refusal> {
        let circumstances = Circumstances { actor, now, office: &office, other: None };
        let decision = register(asked, CaseId(1), CaseNumber::new("MS", 2026, 1), &circumstances)?;
        let stamp = |(sequence, event): (u64, &Event)| {
            let event = event.clone();
            Recorded { sequence, at: now, acted: decision.acted, command: CommandId([1; 16]), event }
        };
        let events: Vec<Recorded> = (1..).zip(&decision.events).map(stamp).collect();
        let mut case = Case::found(&events[0]).expect("a registration founds a case");
        events[1..].iter().for_each(|recorded| case.apply(recorded));
        let told = format!("{actor:?} registers");
        Ok(Story { office, now, case, events, other: None, told })
    }

    /// Somebody asks for a move.
    #[expect(clippy::needless_pass_by_value, reason = "a story reads as commands made on the spot")]
    pub(crate) fn when(&mut self, actor: Actor, command: Command) -> Outcome<'_> {
        let came = decide(&self.case, &command, &self.circumstances(actor));
        let _ = write!(self.told, "\n{actor:?} {}: ", command.action());
        match &came {
            Ok(decision) => {
                self.take(decision);
                let _ = write!(self.told, "{} -> {}", names(&decision.events), self.case.status.name());
            }
            Err(refusal) => {
                let _ = write!(self.told, "refused, {refusal:?}");
            }
        }
        Outcome { story: self, came }
    }

    fn take(&mut self, decision: &Decision) {
        for event in &decision.events {
            let sequence = self.case.version + 1;
            let (at, command) = (self.now, CommandId([2; 16]));
            let recorded = Recorded { sequence, at, acted: decision.acted, command, event: event.clone() };
            self.case.apply(&recorded);
            self.events.push(recorded);
        }
    }

    pub(crate) fn circumstances(&self, actor: Actor) -> Circumstances<'_> {
        Circumstances { actor, now: self.now, office: &self.office, other: self.other.as_ref() }
    }

    /// Time passes.
    pub(crate) fn after_hours(&mut self, hours: i64) -> &mut Story {
        self.now = self.now.checked_add(SignedDuration::from_hours(hours)).expect("in range");
        self
    }

    /// Time passes until an instant.
    pub(crate) fn at(&mut self, instant: &str) -> &mut Story {
        self.now = instant.parse().expect("an instant");
        self
    }

    /// The state in which it now is.
    #[track_caller]
    pub(crate) fn is(&mut self, status: StatusName) -> &mut Story {
        assert_eq!(self.case.status.name(), status, "\n{}", self.told);
        self
    }

    /// The moves offered to somebody, in order.
    pub(crate) fn offered(&self, actor: Actor) -> Vec<Action> {
        offered(&self.case, &self.circumstances(actor))
    }

    pub(crate) fn seen_by(&self, actor: Actor) -> bool {
        Scope::of(actor, &self.office).contains(&self.case)
    }

    pub(crate) fn evidence(&self) -> Evidence {
        evidence(&self.case, &self.events, &self.office, self.now)
    }

    pub(crate) fn told(&self) -> &str {
        &self.told
    }

    pub(crate) fn last(&self) -> &Recorded {
        self.events.last().expect("a story has begun")
    }
}

impl<'a> Outcome<'a> {
    /// It happened, and brought these events, by name.
    #[track_caller]
    pub(crate) fn gives(self, expected: &str) -> &'a mut Story {
        let Outcome { story, came } = self;
        match came {
            Ok(decision) => assert_eq!(names(&decision.events), expected, "\n{}", story.told),
            Err(refusal) => panic!("expected {expected}, refused with {refusal:?}\n{}", story.told),
        }
        story
    }

    /// It happened in this capacity.
    #[track_caller]
    pub(crate) fn gives_as(self, capacity: Capacity, expected: &str) -> &'a mut Story {
        if let Ok(decision) = &self.came {
            assert_eq!(decision.acted.capacity, capacity, "\n{}", self.story.told);
        }
        self.gives(expected)
    }

    /// It did not happen, for this reason.
    #[track_caller]
    pub(crate) fn refuses(self, expected: Refusal) -> &'a mut Story {
        let Outcome { story, came } = self;
        assert_eq!(came.map(|decision| names(&decision.events)), Err(expected), "\n{}", story.told);
        story
    }

    pub(crate) fn came(self) -> Result<Decision, Refusal> {
        self.came
    }
}

/// The events' stored names.
pub(crate) fn names(events: &[Event]) -> String {
    events.iter().map(name).collect::<Vec<_>>().join(" ")
}

/// An event's stored name.
pub(crate) fn name(event: &Event) -> String {
    let stored = serde_json::to_value(event).expect("events are JSON");
    stored["type"].as_str().expect("with a type").to_owned()
}

/// Somebody's numbers, for assertions that look for him.
pub(crate) fn id(actor: Actor) -> PersonId {
    actor.person().expect("a person")
}

pub(crate) fn assign_to(level: SupportLevel, agent: Actor) -> Command {
    Command::Assign { level, group: None, agent: agent.person(), reason: Some(text("Le corresponde")) }
}

pub(crate) fn assign(level: SupportLevel) -> Command {
    Command::Assign { level, group: None, agent: None, reason: Some(text("Le corresponde")) }
}

pub(crate) fn assess() -> Command {
    let (mode, complexity) = (AttentionMode::Remote, Complexity::Low);
    Command::Assess { mode, complexity, expected_by: None, findings: text("Se revisa por conexión remota") }
}

pub(crate) fn say(audience: Audience) -> Command {
    Command::Say { audience, body: Some(text("Buenos días")), attachments: Vec::new() }
}

pub(crate) fn wait(waiting_for: WaitingFor) -> Command {
    Command::Wait { waiting_for, until: None, reason: text("Falta un dato") }
}

pub(crate) fn to_level(level: SupportLevel) -> Command {
    Command::EscalateToLevel { level, agent: None, reason: text("Es de infraestructura") }
}

pub(crate) fn to_provider(contract: ContractId) -> Command {
    Command::EscalateToProvider { contract, reason: text("Repuesto bajo garantía") }
}

pub(crate) fn follow_up() -> Command {
    Command::FollowUp { note: text("El técnico va mañana") }
}

pub(crate) fn report(solved: bool) -> Command {
    Command::ReportFromProvider { report: text("Se cambió el fusor"), solved, mode: AttentionMode::OnSite }
}

pub(crate) fn take_back() -> Command {
    Command::TakeBack { reason: text("No llegó") }
}

pub(crate) fn solve() -> Command {
    Command::Solve { activities: text("Se reinstaló el controlador"), performed_by: Performer::Agent }
}

pub(crate) fn reopen() -> Command {
    Command::Reopen { reason: text("Sigue igual") }
}

pub(crate) fn close() -> Command {
    Command::Close { agreed: text("Lo dijo por teléfono") }
}

pub(crate) fn rate(score: u8) -> Command {
    Command::Rate { score, comment: None }
}

pub(crate) fn refer() -> Command {
    Command::Refer { reason: text("Parece un acceso indebido") }
}

pub(crate) fn send_back() -> Command {
    Command::SendBack { reason: text("No es de seguridad") }
}

pub(crate) fn conclude() -> Command {
    Command::Conclude { outcome: text("Se cambió la contraseña") }
}

pub(crate) fn cancel() -> Command {
    Command::Cancel { reason: text("Ya no hace falta"), duplicate_of: None }
}
