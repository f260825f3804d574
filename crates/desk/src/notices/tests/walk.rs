//! A case walked by the rules alone, with the letters that each step would send.

use std::collections::HashMap;
use std::sync::Arc;

use atiende_mail::{Letter, ThreadKey, read};
use atiende_procedure::office::{Office, Person, Settings};
use atiende_procedure::{
    Actor, AttentionMode, Audience, Case, CaseId, CaseNumber, Channel, Circumstances, Command, CommandId,
    Complexity, Decision, DepartmentId, DetailsGiven, Impact, Kind, Performer, PersonId, Recorded,
    Registration, ServiceId, SiteId, SupportLevel, Text, TextRef, Urgency, WaitingFor, decide, register,
};
use jiff::{SignedDuration, Timestamp};

use super::office::{CONTRACT, REQUESTER, SECOND_AGENT, office};
use crate::links::Secret;
use crate::notices::{Chronicle, Stationery, Told, Written, told, write};

pub(super) struct Walk {
    office: Office,
    now: Timestamp,
    case: Case,
    events: Vec<Recorded>,
    words: HashMap<TextRef, String>,
    pub(super) told: Vec<Told>,
    last: usize,
    secret: Secret,
}

impl Walk {
    /// Marta asks for something; what she does not say is missing.
    pub(super) fn registered(kind: Kind) -> Walk {
        Walk::begun(REQUESTER, kind, CaseNumber::new("MS", 2026, 12))
    }

    /// Somebody registers for Marta, who phoned.
    pub(super) fn registered_by(who: PersonId) -> Walk {
        Walk::begun(who, Kind::Incident, CaseNumber::new("MS", 2026, 14))
    }

    fn begun(who: PersonId, kind: Kind, number: CaseNumber) -> Walk {
        let office = office();
        let now = "2026-11-17T13:12:00Z".parse().expect("an instant");
        let registration = registration(kind);
        let circumstances = Circumstances { actor: Actor::Person(who), now, office: &office, other: None };
        let decision = register(&registration, CaseId(number.sequence()), number, &circumstances)
            .expect("a request that may enter");
        let Decision { acted, mut events, .. } = decision;
        let first =
            Recorded { sequence: 1, at: now, acted, command: CommandId([1; 16]), event: events.remove(0) };
        let case = Case::found(&first).expect("a first event");
        let words = registration.texts().into_iter().map(said).collect();
        let told = told(None, &case, std::slice::from_ref(&first), &office);
        let secret = Secret::new(&[7; 32]);
        let mut walk = Walk { office, now, case, events: vec![first], words, told, last: 0, secret };
        walk.take_in(Decision { acted, events, other: Vec::new() });
        walk.last = 0;
        walk
    }

    pub(super) fn does(&mut self, actor: Actor, command: impl std::borrow::Borrow<Command>) {
        let command = command.borrow();
        self.now += SignedDuration::from_mins(20);
        let circumstances = Circumstances { actor, now: self.now, office: &self.office, other: None };
        let decision = decide(&self.case, command, &circumstances)
            .unwrap_or_else(|refusal| panic!("{command:?}: {refusal:?}"));
        self.words.extend(command.texts().into_iter().map(said));
        self.take_in(decision);
    }

    /// This case becomes part of the other.
    pub(super) fn merges(&mut self, actor: Actor, other: &mut Walk) {
        let command = Command::Merge { into: other.case.id };
        let circumstances =
            Circumstances { actor, now: self.now, office: &self.office, other: Some(&other.case) };
        let decision = decide(&self.case, &command, &circumstances).expect("a merge");
        other.take_in(Decision { acted: decision.acted, events: decision.other.clone(), other: Vec::new() });
        self.take_in(decision);
    }

    fn take_in(&mut self, decision: Decision) {
        let before = self.case.clone();
        let command = CommandId([self.events.len() as u8 + 1; 16]);
        let mut fresh = Vec::new();
        for event in decision.events {
            let sequence = self.case.version + 1;
            let recorded = Recorded { sequence, at: self.now, acted: decision.acted, command, event };
            self.case.apply(&recorded);
            fresh.push(recorded);
        }
        self.last = self.told.len();
        self.told.extend(told(Some(&before), &self.case, &fresh, &self.office));
        self.events.extend(fresh);
    }

    pub(super) fn hours_pass(&mut self, hours: i64) {
        self.now += SignedDuration::from_hours(hours);
    }

    pub(super) fn days_pass(&mut self, days: i64) {
        self.now += SignedDuration::from_hours(24 * days);
    }

    pub(super) fn told_of_last(&self) -> Vec<Told> {
        self.told[self.last..].to_vec()
    }

    pub(super) fn person(&mut self, id: PersonId, change: impl FnOnce(&mut Person)) {
        change(Arc::make_mut(self.office.people.get_mut(&id).expect("somebody")));
    }

    pub(super) fn settings(&mut self, change: impl FnOnce(&mut Settings)) {
        change(Arc::make_mut(&mut self.office.settings));
    }

    pub(super) fn everybody_speaks(&mut self, language: &str) {
        for id in self.office.people.keys().copied().collect::<Vec<_>>() {
            self.person(id, |person| person.profile.language = language.to_owned());
        }
    }

    pub(super) fn threads(&self) -> ThreadKey {
        self.secret.thread_key()
    }

    fn write(&self, told: Told) -> Written {
        let threads = self.threads();
        let with = Stationery {
            office: &self.office,
            public_url: "https://mesa.agencia.example",
            secret: &self.secret,
            threads: &threads,
            mailbox: None,
            payload: "",
        };
        let of = Chronicle { now: &self.case, events: &self.events, words: &self.words };
        write(told, &of, &with).expect("a letter")
    }

    pub(super) fn leaves(&self, told: Told) -> bool {
        matches!(self.write(told), Written::Letter(..))
    }

    pub(super) fn letter(&self, told: Told) -> Letter {
        match self.write(told) {
            Written::Letter(letter, _) => *letter,
            Written::Withheld(why) => panic!("{told:?} is withheld: {why}"),
        }
    }

    /// The letter as its bytes say it, with the HTML without its head, which is always the same. A letter that is
    /// withheld by now says why.
    pub(super) fn shown(&self, told: Told) -> String {
        let letter = match self.write(told) {
            Written::Letter(letter, _) => letter,
            Written::Withheld(why) => return format!("withheld: {why}"),
        };
        let read = read(&letter.to_bytes()).expect("a letter");
        let (_, body) = read.html.split_once("<body>").expect("a body");
        let lines: Vec<&str> = body.lines().filter(|line| !line.trim().is_empty()).collect();
        format!(
            "To: {}\nReply-To: {}\nMessage-ID: {}\nIn-Reply-To: {}\nSubject: {}\n\n{}\n----- html\n{}",
            read.to.join(", "),
            read.reply_to,
            read.message_id,
            read.in_reply_to.join(" "),
            read.subject,
            read.text,
            lines.join("\n"),
        )
    }

    pub(super) fn shown_text(&self, told: Told) -> String {
        let letter = match self.write(told) {
            Written::Letter(letter, _) => letter,
            Written::Withheld(why) => return format!("{} withheld: {why}", told.notice.as_str()),
        };
        format!("To: {}\nSubject: {}\n\n{}", letter.to[0], letter.subject, letter.text)
    }

    /// Event, notice, recipient: a line each.
    pub(super) fn list(&self) -> String {
        let name = |told: &Told| match told.to {
            super::Recipient::Person(id) => self.office.people[&id].profile.name.clone(),
            super::Recipient::Group(id) => self.office.groups[&id].name.clone(),
            super::Recipient::Provider(id) => format!("contract {}", self.office.contracts[&id].number),
        };
        let line = |told: &Told| format!("{:>2} {} -> {}\n", told.event, told.notice.as_str(), name(told));
        self.told.iter().map(line).collect()
    }

    pub(super) fn text(&self, words: &str) -> Text {
        text(words)
    }

    pub(super) fn say(&self, audience: Audience, words: &str) -> Command {
        Command::Say { audience, body: Some(text(words)), attachments: Vec::new() }
    }

    pub(super) fn assess(&self) -> Command {
        Command::Assess {
            mode: AttentionMode::OnSite,
            complexity: Complexity::Medium,
            expected_by: None,
            findings: text("La revisé por dentro."),
        }
    }

    pub(super) fn wait(&self, waiting_for: WaitingFor) -> Command {
        let until = Some(self.now + SignedDuration::from_hours(26));
        Command::Wait { waiting_for, until, reason: text("¿Me dice el código de la impresora?") }
    }

    pub(super) fn escalate_second(&self) -> Command {
        Command::EscalateToLevel {
            level: SupportLevel::Second,
            agent: Some(SECOND_AGENT),
            reason: text("Es de la red."),
        }
    }

    pub(super) fn escalate_provider(&self) -> Command {
        Command::EscalateToProvider {
            contract: CONTRACT,
            reason: text("Cambiar el fusor, está en garantía."),
        }
    }

    pub(super) fn report(&self, solved: bool) -> Command {
        let report = if solved { "Cambiamos el fusor." } else { "Pedimos el fusor a bodega." };
        Command::ReportFromProvider { report: text(report), solved, mode: AttentionMode::OnSite }
    }

    pub(super) fn solve(&self, performed_by: Performer) -> Command {
        Command::Solve { activities: text("Se cambió el fusor.\nSe imprimió una prueba."), performed_by }
    }

    pub(super) fn reopen(&self) -> Command {
        Command::Reopen { reason: text("Otra vez salen las hojas en blanco.") }
    }
}

/// Another case, of the same requester, into which one can be merged.
pub(super) fn other_walk() -> Walk {
    Walk::begun(REQUESTER, Kind::Incident, CaseNumber::new("MS", 2026, 13))
}

pub(super) fn place(place: &str) -> Command {
    Command::Complete { details: DetailsGiven { place: Some(text(place)), ..DetailsGiven::default() } }
}

pub(super) fn assign_first(agent: Option<PersonId>) -> Command {
    Command::Assign { level: SupportLevel::First, group: None, agent, reason: None }
}

fn said(text: &Text) -> (TextRef, String) {
    (text.reference(), text.body().to_owned())
}

fn text(words: &str) -> Text {
    Text::new([0; 16], words)
}

fn registration(kind: Kind) -> Registration {
    Registration {
        channel: Channel::Portal,
        requester: REQUESTER,
        subject: text("La impresora <no> imprime & suena"),
        description: text("Desde ayer la impresora del piso 2 saca hojas en blanco.\nSuena duro."),
        details: DetailsGiven {
            department: Some(DepartmentId(1)),
            site: Some(SiteId(1)),
            contact_phone: Some(text("ext. 2014")),
            has_remote_support: Some(true),
            answers: [("code".to_owned(), text("IMP-0231")), ("paper".to_owned(), text("yes"))].into(),
            ..DetailsGiven::default()
        },
        kind: Some(kind),
        service: Some(ServiceId(1)),
        impact: Some(Impact::Medium),
        urgency: Some(Urgency::High),
        attachments: Vec::new(),
        follows: None,
    }
}
