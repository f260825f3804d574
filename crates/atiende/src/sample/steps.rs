//! What each beat of a story asks of the desk, by whom, and how long it takes to come.

use atiende_procedure::{
    Actor, AttentionMode, Audience, Case, Command, Complexity, Performer, PersonId, SupportLevel, WaitingFor,
};

use super::story::Step;
use super::tale::{Beat, Stage, Tale};

type Played = Option<(Actor, Command)>;

impl Tale<'_> {
    /// The move that a beat is; none when nobody can make it.
    pub(super) fn play(&mut self, beat: &Beat, case: &Case, stage: &Stage) -> Played {
        let administrator = Actor::Person(stage.cast.administrator());
        match beat {
            Beat::Told(step) => self.step(step, case, stage),
            Beat::AwaitAnswer => {
                let reason = self.words("Esperamos la respuesta de {n}.", None, stage);
                let command = Command::Wait { waiting_for: WaitingFor::Requester, until: None, reason };
                Some((Actor::Person(case.status.agent()?), command))
            }
            Beat::Classify => {
                let command = Command::Classify {
                    kind: None,
                    service: Some(self.service.id),
                    impact: None,
                    urgency: None,
                };
                Some((administrator, command))
            }
            Beat::Reassign(reason) => {
                let (level, group) = (case.status.level()?, case.status.group()?);
                let agent = stage.cast.agent(group, case.status.agent(), &mut self.dice)?;
                let reason = Some(self.words(reason, None, stage));
                let command = Command::Assign { level, group: Some(group), agent: Some(agent), reason };
                Some((administrator, command))
            }
            Beat::Nudge(words) => Some((self.requester(), self.say(Audience::Requester, words, case, stage))),
            Beat::Duplicate(reason) => {
                let reason = self.words(reason, None, stage);
                Some((administrator, Command::Cancel { reason, duplicate_of: Some(self.partner?) }))
            }
            Beat::Merge => Some((administrator, Command::Merge { into: self.partner? })),
        }
    }

    fn step(&mut self, step: &Step, case: &Case, stage: &Stage) -> Played {
        match step {
            Step::Remote(_)
            | Step::OnSite(_)
            | Step::WaitVisit(_)
            | Step::WaitParts(_)
            | Step::Resume
            | Step::Second(_)
            | Step::Third(_)
            | Step::Provider(_)
            | Step::Back(_)
            | Step::Solve(_)
            | Step::ProviderSolved(_) => self.work(step, case, stage),
            Step::Tell(_)
            | Step::Ask(_)
            | Step::Answer(_)
            | Step::Note(_)
            | Step::FromProvider(_)
            | Step::ToProvider(_) => self.conversation(step, case, stage),
            Step::Follow(_) | Step::Report(_) | Step::RemoteReport(_) | Step::UnsolvedReport(_) => {
                self.contract(step, case, stage)
            }
            Step::Refer(_) | Step::Acknowledge | Step::SendBack(_) | Step::Conclude(_) => {
                self.security(step, case, stage)
            }
            _ => self.ending(step, case, stage),
        }
    }

    /// What the agent in charge does.
    fn work(&mut self, step: &Step, case: &Case, stage: &Stage) -> Played {
        let agent = case.status.agent()?;
        let words = |tale: &mut Self, text: &str| tale.words(text, Some(agent), stage);
        let command = match step {
            Step::Remote(findings) => self.assess(AttentionMode::Remote, findings, case, stage),
            Step::OnSite(findings) => self.assess(AttentionMode::OnSite, findings, case, stage),
            Step::WaitVisit(reason) => {
                let (waiting_for, until) = (WaitingFor::Visit, Some(self.agreed(case, stage)));
                Command::Wait { waiting_for, until, reason: words(self, reason) }
            }
            Step::WaitParts(reason) => {
                let (waiting_for, until) = (WaitingFor::Parts, Some(self.agreed(case, stage)));
                Command::Wait { waiting_for, until, reason: words(self, reason) }
            }
            Step::Resume => Command::Resume,
            Step::Second(reason) => self.escalation(SupportLevel::Second, reason, agent, stage)?,
            Step::Third(reason) => self.escalation(SupportLevel::Third, reason, agent, stage)?,
            Step::Provider(reason) => {
                let contract = stage.cast.contract(self.story.contract.as_deref()?)?.id;
                Command::EscalateToProvider { contract, reason: words(self, reason) }
            }
            Step::Back(reason) => Command::TakeBack { reason: words(self, reason) },
            Step::Solve(done) => {
                Command::Solve { activities: words(self, done), performed_by: Performer::Agent }
            }
            Step::ProviderSolved(done) => {
                Command::Solve { activities: words(self, done), performed_by: Performer::Provider }
            }
            _ => return None,
        };
        Some((Actor::Person(agent), command))
    }

    fn assess(&mut self, mode: AttentionMode, findings: &str, case: &Case, stage: &Stage) -> Command {
        let written = self.story.complexity.unwrap_or(Complexity::Low);
        let harder = case.assessment.is_some() || case.status.level() > Some(self.service.level);
        let complexity = match (written, harder) {
            (Complexity::Low, true) => Complexity::Medium,
            (written, _) => written,
        };
        let findings = self.words(findings, case.status.agent(), stage);
        Command::Assess { mode, complexity, expected_by: None, findings }
    }

    fn escalation(
        &mut self,
        level: SupportLevel,
        reason: &str,
        agent: PersonId,
        stage: &Stage,
    ) -> Option<Command> {
        let group = match self.service.level == level {
            true => self.service.group,
            false => stage.cast.group(level, &mut self.dice)?,
        };
        let to = stage.cast.agent(group, None, &mut self.dice).filter(|_| self.dice.chance(75));
        let to = to.filter(|to| *to != agent);
        Some(Command::EscalateToLevel { level, agent: to, reason: self.words(reason, Some(agent), stage) })
    }

    fn conversation(&mut self, step: &Step, case: &Case, stage: &Stage) -> Played {
        let desk = match case.status.agent() {
            Some(agent) => agent,
            None if case.security => stage.cast.officer(&mut self.dice),
            None => stage.cast.administrator(),
        };
        let desk = Actor::Person(desk);
        match step {
            Step::Tell(words) => Some((desk, self.say(Audience::Requester, words, case, stage))),
            Step::Ask(words) => {
                if case.status.name() == atiende_procedure::StatusName::InProgress {
                    self.await_answer();
                }
                Some((desk, self.say(Audience::Requester, words, case, stage)))
            }
            Step::Answer(words) => {
                Some((self.requester(), self.say(Audience::Requester, words, case, stage)))
            }
            Step::Note(words) => Some((desk, self.say(Audience::Internal, words, case, stage))),
            Step::ToProvider(words) => Some((desk, self.say(Audience::Provider, words, case, stage))),
            Step::FromProvider(words) => {
                let provider = Actor::Provider(case.status.contract()?);
                Some((provider, self.say(Audience::Provider, words, case, stage)))
            }
            _ => None,
        }
    }

    fn contract(&mut self, step: &Step, case: &Case, stage: &Stage) -> Played {
        let contract = case.followed_turn()?.contract;
        let supervisor = stage.cast.supervisor(contract, &mut self.dice)?;
        let (report, solved, mode) = match step {
            Step::Follow(note) => {
                let note = self.words(note, None, stage);
                return Some((Actor::Person(supervisor), Command::FollowUp { note }));
            }
            Step::Report(report) => (report, true, AttentionMode::OnSite),
            Step::RemoteReport(report) => (report, true, AttentionMode::Remote),
            Step::UnsolvedReport(report) => (report, false, AttentionMode::OnSite),
            _ => return None,
        };
        let by_mail = self.dice.chance(70);
        let agent = case.status.agent().filter(|_| !by_mail);
        let actor = agent.map_or(Actor::Provider(contract), Actor::Person);
        Some((actor, Command::ReportFromProvider { report: self.words(report, None, stage), solved, mode }))
    }

    fn security(&mut self, step: &Step, case: &Case, stage: &Stage) -> Played {
        let officer = stage.cast.officer(&mut self.dice);
        let command = match step {
            Step::Refer(reason) => {
                let desk = case.status.agent().unwrap_or(stage.cast.administrator());
                let reason = self.words(reason, None, stage);
                return Some((Actor::Person(desk), Command::Refer { reason }));
            }
            Step::Acknowledge => Command::Acknowledge,
            Step::SendBack(reason) => Command::SendBack { reason: self.words(reason, None, stage) },
            Step::Conclude(outcome) => Command::Conclude { outcome: self.words(outcome, None, stage) },
            _ => return None,
        };
        Some((Actor::Person(officer), command))
    }

    /// What comes after the solution, and ways of ending without one.
    fn ending(&mut self, step: &Step, case: &Case, stage: &Stage) -> Played {
        let administrator = Actor::Person(stage.cast.administrator());
        let command = match step {
            Step::Close(agreed) => {
                let agreed = self.words(agreed, None, stage);
                let agent = case.status.agent().map_or(administrator, Actor::Person);
                return Some((agent, Command::Close { agreed }));
            }
            Step::Cancelled(reason) => {
                let reason = self.words(reason, None, stage);
                return Some((administrator, Command::Cancel { reason, duplicate_of: None }));
            }
            Step::Reclassify(code) => {
                let service = Some(stage.cast.office.service_by_code(code)?.id);
                let command = Command::Classify { kind: None, service, impact: None, urgency: None };
                return Some((case.status.agent().map_or(administrator, Actor::Person), command));
            }
            Step::Withdrawn(reason) => {
                Command::Cancel { reason: self.words(reason, None, stage), duplicate_of: None }
            }
            Step::Reopen(reason) => Command::Reopen { reason: self.words(reason, None, stage) },
            Step::Confirm => Command::Confirm,
            Step::Rate(rating) => {
                let comment = (!rating.text.is_empty()).then(|| self.words(&rating.text, None, stage));
                Command::Rate { score: rating.score, comment }
            }
            Step::Watch => {
                let requester = stage.cast.office.people.get(&self.requester)?;
                Command::AddWatcher { person: stage.cast.colleague(requester, &mut self.dice)?.id }
            }
            _ => return None,
        };
        Some((self.requester(), command))
    }

    fn requester(&self) -> Actor {
        Actor::Person(self.requester)
    }

    fn say(&mut self, audience: Audience, words: &str, case: &Case, stage: &Stage) -> Command {
        let body = Some(self.words(words, case.status.agent(), stage));
        Command::Say { audience, body, attachments: Vec::new() }
    }

    /// From how many working minutes to how many this takes to come.
    pub(super) fn pace(&self, beat: &Beat) -> (u32, u32) {
        let Beat::Told(step) = beat else { return (10, 60) };
        match step {
            Step::Remote(_) | Step::OnSite(_) => (12, 150),
            Step::Tell(_) | Step::Ask(_) | Step::Note(_) | Step::ToProvider(_) => (3, 35),
            Step::Answer(_) | Step::FromProvider(_) => (15, 260),
            Step::WaitVisit(_) | Step::WaitParts(_) | Step::Watch | Step::Reclassify(_) => (5, 40),
            Step::Resume => (180, 1_300),
            Step::Second(_) | Step::Third(_) | Step::Provider(_) | Step::Refer(_) => (15, 140),
            Step::Follow(_) => (200, 950),
            Step::Report(_) | Step::RemoteReport(_) | Step::UnsolvedReport(_) => (240, 1_400),
            Step::Solve(_) | Step::ProviderSolved(_) | Step::Back(_) => (25, 330),
            Step::Reopen(_) | Step::Confirm | Step::Rate(_) => (20, 700),
            Step::Acknowledge => (5, 60),
            Step::Conclude(_) | Step::SendBack(_) => (240, 1_900),
            Step::Close(_) | Step::Expire | Step::Withdrawn(_) | Step::Cancelled(_) => (5, 120),
        }
    }
}
