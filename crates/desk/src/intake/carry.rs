//! Carrying out what was decided about a letter: commands through the door, each under an id that follows from the
//! letter, so that a letter taken in hand twice moves a case once.

use atiende_mail::{Incoming, Nature, Order, phone_of, remote_support_id, says_solved};
use atiende_procedure::office::{Change, Profile};
use atiende_procedure::{
    Actor, AttentionMode, Audience, Case, Channel, Command, CommandId, ContractId, DetailsGiven, Kind,
    PersonId, Refusal, Registration,
};
use atiende_store::arrivals::{Arrival, State};
use atiende_store::{StoreError, texts};

use super::course::{Part, reopens};
use super::note::{KindAnswer, Settled};
use super::quotes::Quotes;
use super::sender::Sender;
use super::words::Brought;
use super::{thread, words};
use crate::jobs::command_id;
use crate::view::Viewer;
use crate::{Desk, DeskError};

/// A letter in hand.
pub(super) struct InHand<'a> {
    pub(super) desk: &'a Desk,
    pub(super) arrival: &'a Arrival,
    pub(super) letter: &'a Incoming,
    pub(super) sender: Sender,
    pub(super) quotes: Quotes,
}

/// The steps of one letter, by which its commands are told apart.
#[derive(Clone, Copy)]
pub(super) enum Step {
    Joins,
    Asks,
    Speaks,
    Brings,
}

impl InHand<'_> {
    fn id(&self, step: Step) -> CommandId {
        command_id("letter", self.arrival.id, step as u64)
    }

    pub(super) async fn moves(
        &self,
        actor: Actor,
        step: Step,
        case: &Case,
        command: Command,
    ) -> Result<(), DeskError> {
        let viewer = Viewer::new(actor);
        self.desk.execute(viewer, self.id(step), case.number.clone(), None, command).await.map(drop)
    }

    /// Its files, with the letter as it travelled, unless that may quote what its readers may not read.
    pub(super) async fn files(&self) -> Result<Brought, StoreError> {
        let whole = (!self.quotes.inside).then_some((self.arrival.blob, self.arrival.size));
        words::files(self.desk, self.letter, whole).await
    }

    /// The sender as somebody of the directory: who writes from the agency for the first time is added (R7).
    async fn person(&self) -> Result<Option<PersonId>, DeskError> {
        if let Some(another) = self.arrival.requester {
            return Ok(Some(another));
        }
        let from = match (&self.sender, &self.letter.from) {
            (Sender::Person(id), _) => return Ok(Some(*id)),
            (Sender::Newcomer, Some(from)) => from,
            _ => return Ok(None),
        };
        let email = from.address().to_lowercase();
        let profile =
            Profile { name: name_of(from.name(), &email), email: email.clone(), ..Profile::default() };
        let salt = self.desk.ambience().random();
        let (roles, groups) = (Vec::new(), Vec::new());
        let change = Change::SetPerson { id: None, profile, salt, roles, groups, active: true };
        let added = self.desk.administer(Viewer::new(Actor::Clock), self.id(Step::Joins), vec![change]).await;
        let office = match added {
            Ok((office, _)) => office,
            // Two letters of his at once: the other was faster.
            Err(crate::AdministerError::Refused { .. }) => self.desk.office(),
            Err(crate::AdministerError::Store(error)) => return Err(error.into()),
            Err(crate::AdministerError::ReadOnly) => return Err(DeskError::ReadOnly),
        };
        Ok(office.person_by_email(&email).map(|person| person.id))
    }

    /// Registers what he asks for (R7, R9).
    pub(super) async fn request(&self, follows: Option<&Case>) -> Result<Settled, DeskError> {
        if let Some(case) = follows
            && self.quotes.notice.is_some()
            && self.is_empty(&self.spoken().await?)
        {
            return Ok(self.nothing_said(case));
        }
        let Some(person) = self.person().await? else { return Ok(Settled::held("stranger")) };
        let answers = self.quotes.notice.is_some() || self.arrival.requester.is_some();
        let salter = self.desk.ambience().salter();
        let brought = self.files().await?;
        let text = match self.asked(follows).await? {
            Ok(text) => brought.told_in(&text),
            Err(why) => return Ok(Settled::held(why)),
        };
        let text = if text.is_empty() { "(sin texto)".to_owned() } else { text };
        let registration = Registration {
            channel: Channel::Mail,
            requester: person,
            subject: salter.line(&self.subject(person, follows).await?),
            description: salter.text(&text),
            details: self.details(person),
            // What was once answered about it stays out of cases that the desk reads (R10).
            kind: follows.filter(|case| case.security && answers).map(|_| Kind::SecurityIncident),
            service: None,
            impact: None,
            urgency: None,
            attachments: brought.files,
            follows: follows.map(|case| case.id),
        };
        let viewer = Viewer::new(Actor::Person(person));
        let made = self.desk.register_letter(viewer, self.id(Step::Asks), registration).await?;
        Ok(Settled { beside: self.beside(), ..Settled::taken(&made.case) })
    }

    /// What a new case says. Where somebody else asks for it than who wrote it, who that was; and nothing that he quotes of
    /// what the other does not read.
    async fn asked(&self, follows: Option<&Case>) -> Result<Result<String, &'static str>, DeskError> {
        let Some(from) = self.arrival.requester.map(|_| self.arrival.sender.as_str()) else {
            return Ok(Ok(words::text(self.letter)));
        };
        let text = match follows.filter(|_| self.quotes.inside) {
            Some(case) => match self.words_for(case, Audience::Requester, "").await? {
                Ok(own) => own,
                Err(_) => return Ok(Err("refused")),
            },
            None => words::text(self.letter),
        };
        let from = if from.is_empty() { "sin remitente" } else { from };
        Ok(Ok(format!("Correo de {from}:\n\n{text}")))
    }

    /// What a new case is called: one in the wake of a case of his as that is, since his letter is called after a notice.
    async fn subject(&self, person: PersonId, follows: Option<&Case>) -> Result<String, StoreError> {
        let own = |case: &&Case| {
            let takes_part = case.requester == person || case.watchers.contains(&person);
            self.quotes.notice.is_some() && takes_part && !case.security
        };
        let Some(case) = follows.filter(own) else { return Ok(self.bare_subject()) };
        let (id, subject) = (case.id, case.subject);
        let known = self
            .desk
            .db()
            .read(move |r| Ok::<_, StoreError>(texts::of_case(r, id)?.remove(&subject)))
            .await?;
        Ok(known.unwrap_or_else(|| self.bare_subject()))
    }

    /// Its subject without the marks of answers and of the desk.
    pub(super) fn bare_subject(&self) -> String {
        let office = self.desk.office();
        words::subject(self.letter, |inside| thread::is_mark(inside, &office.settings.prefix))
    }

    /// What R9 asks for, as far as the directory, the signature and the text say it.
    fn details(&self, person: PersonId) -> DetailsGiven {
        let salter = self.desk.ambience().salter();
        let office = self.desk.office();
        let profile = office.people.get(&person).map(|person| person.profile.clone()).unwrap_or_default();
        let signed = self.letter.signature.as_deref().and_then(phone_of);
        let phone = signed.or(Some(profile.phone).filter(|phone| !phone.is_empty()));
        let remote = remote_support_id(&self.letter.said);
        DetailsGiven {
            department: profile.department,
            site: profile.site,
            place: salter.line_if_any(Some(&profile.place)),
            contact_name: salter.line_if_any(Some(&profile.name)),
            contact_email: salter.line_if_any(Some(&profile.email)),
            contact_phone: salter.line_if_any(phone.as_deref()),
            has_remote_support: remote.is_some().then_some(true),
            remote_support_id: salter.line_if_any(remote.as_deref()),
            answers: Default::default(),
        }
    }

    /// Who stands beside him in his letter, so that their answers find the case.
    fn beside(&self) -> Vec<String> {
        let his = self.letter.from.as_ref().map(|from| from.address().to_lowercase());
        let all = self.letter.to.iter().chain(&self.letter.cc).map(|it| it.address().to_lowercase());
        let mut others: Vec<String> = all
            .filter(|address| Some(address) != his.as_ref() && !self.desk.is_own_address(address))
            .collect();
        others.sort_unstable();
        others.dedup();
        others.truncate(50);
        others
    }

    /// Goes on with a case, as whoever the sender is in it.
    pub(super) async fn answer(&self, case: &Case, part: Part) -> Result<Settled, DeskError> {
        match part {
            Part::Requester => self.requester(case).await,
            Part::Watcher { joins } => self.watcher(case, joins).await,
            Part::Staff { says, ordered } => self.staff(case, says, ordered).await,
            Part::Provider(contract) => self.provider(case, contract).await,
        }
    }

    async fn requester(&self, case: &Case) -> Result<Settled, DeskError> {
        let actor = Actor::Person(case.requester);
        let text = match self.his_words(case).await? {
            Ok(text) => text,
            Err(why) => return Ok(self.unpublished(case, why)),
        };
        if self.is_empty(&text) {
            return Ok(self.nothing_said(case));
        }
        let done = match reopens(case, self.letter) && !text.is_empty() {
            true => {
                // Its files first: were this cut off between the two, the case would still be there to be reopened.
                self.says(actor, Step::Brings, case, Audience::Requester, "").await?;
                let reason = self.desk.ambience().salter().text(&text);
                self.moves(actor, Step::Speaks, case, Command::Reopen { reason }).await
            }
            false => self.says(actor, Step::Speaks, case, Audience::Requester, &text).await,
        };
        match done {
            Ok(()) => Ok(Settled { beside: self.beside(), ..Settled::taken(case) }),
            // Its time is over: what he asks is asked anew.
            Err(DeskError::Refused(refusal)) if is_over(&refusal) => self.request(Some(case)).await,
            Err(other) => Err(other),
        }
    }

    async fn watcher(&self, case: &Case, joins: bool) -> Result<Settled, DeskError> {
        let Some(person) = self.person().await? else { return Ok(Settled::held("stranger")) };
        if joins {
            // The requester wrote to him too: it is his doing that he takes part.
            let added = Command::AddWatcher { person };
            match self.moves(Actor::Person(case.requester), Step::Brings, case, added).await {
                Ok(()) => {}
                Err(DeskError::Refused(_)) => return self.request(Some(case)).await,
                Err(other) => return Err(other),
            }
        }
        let text = match self.his_words(case).await? {
            Ok(text) => text,
            Err(why) => return Ok(self.unpublished(case, why)),
        };
        if self.is_empty(&text) {
            return Ok(self.nothing_said(case));
        }
        self.says(Actor::Person(person), Step::Speaks, case, Audience::Requester, &text).await?;
        Ok(Settled::taken(case))
    }

    /// Whether it says nothing and brings nothing.
    fn is_empty(&self, text: &str) -> bool {
        text.is_empty() && self.letter.parts.is_empty()
    }

    /// An answer that only sends back what it answers asks for nothing.
    fn nothing_said(&self, case: &Case) -> Settled {
        match (self.quotes.reads_inside, &self.sender) {
            (true, Sender::Person(person)) => Settled::refused(case, *person, "answer-empty", None),
            _ => Settled::recorded("nothing-said", Some(case)),
        }
    }

    /// It may hold what its readers may not read: who reads that himself is told so, else somebody must decide.
    fn unpublished(&self, case: &Case, why: &'static str) -> Settled {
        let Sender::Person(person) = self.sender else { return Settled::held("refused") };
        match self.quotes.reads_inside {
            true => Settled::refused(case, person, why, None),
            false => Settled::held("refused"),
        }
    }

    /// Says something with the letter's files, and the letter itself beside it.
    pub(super) async fn says(
        &self,
        actor: Actor,
        step: Step,
        case: &Case,
        audience: Audience,
        text: &str,
    ) -> Result<(), DeskError> {
        let brought = self.files().await?;
        let body = self.desk.ambience().salter().text_if_any(Some(&brought.told_in(text)));
        let attachments = brought.files;
        if body.is_none() && attachments.is_empty() {
            return Ok(());
        }
        self.moves(actor, step, case, Command::Say { audience, body, attachments }).await
    }

    async fn provider(&self, case: &Case, contract: ContractId) -> Result<Settled, DeskError> {
        let actor = Actor::Provider(contract);
        let text = words::with_invitation(self.letter, &self.spoken().await?);
        if self.is_empty(&text) {
            return Ok(self.nothing_said(case));
        }
        // What a program calls solved nobody has looked at: its words are kept, and a person reads them.
        if self.letter.nature == Nature::Person && says_solved(&self.letter.said) {
            let report = self.desk.ambience().salter().text(&text);
            // How it attended, the agent who checks it says better.
            let report = Command::ReportFromProvider { report, solved: true, mode: AttentionMode::Remote };
            match self.moves(actor, Step::Asks, case, report).await {
                Ok(()) => {
                    if self.letter.parts.is_empty() {
                        return Ok(Settled::taken(case));
                    }
                    self.says(actor, Step::Brings, case, Audience::Provider, "").await?;
                    return Ok(Settled::taken(case));
                }
                // It no longer has the case, or has reported already: what it says is kept all the same.
                Err(DeskError::Refused(_)) => {}
                Err(other) => return Err(other),
            }
        }
        match self.says(actor, Step::Speaks, case, Audience::Provider, &text).await {
            Ok(()) => Ok(Settled::taken(case)),
            Err(DeskError::Refused(_)) => Ok(Settled::held("refused")),
            Err(other) => Err(other),
        }
    }
}

/// Refused since the case has ended, for the requester or for everybody.
fn is_over(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::GraceOver { .. } | Refusal::AlreadyClosed | Refusal::WrongState { .. })
}

/// The name that he gives himself, else one made of his address.
pub(crate) fn name_of(name: &str, email: &str) -> String {
    if !name.trim().is_empty() && !name.contains('@') {
        return name.trim().chars().take(200).collect();
    }
    let local = email.split('@').next().unwrap_or_default();
    let words = local.split(['.', '_', '-']).filter(|word| !word.is_empty());
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    };
    words.map(capital).collect::<Vec<_>>().join(" ")
}

impl Settled {
    pub(super) fn taken(case: &Case) -> Settled {
        Settled { state: State::Taken, case: Some((case.id, case.number.clone())), ..Settled::held("") }
    }

    pub(super) fn held(reason: &'static str) -> Settled {
        Settled { state: State::Held, reason: reason.to_owned(), ..Settled::default() }
    }

    pub(super) fn recorded(reason: &str, case: Option<&Case>) -> Settled {
        let case = case.map(|case| (case.id, case.number.clone()));
        Settled { state: State::Recorded, reason: reason.to_owned(), case, ..Settled::default() }
    }

    /// The procedure refused what somebody of the desk asked for by mail: he is told so.
    pub(super) fn refused(case: &Case, person: PersonId, why: &str, order: Option<&Order>) -> Settled {
        let answer = KindAnswer { event: case.version, to: person, why: why.to_owned(), order: spelt(order) };
        Settled { answer: Some(answer), ..Settled::recorded("refused", Some(case)) }
    }
}

fn spelt(order: Option<&Order>) -> String {
    match order {
        Some(Order::Note) => "@nota".to_owned(),
        Some(Order::Solve) => "@resolver".to_owned(),
        Some(Order::Escalate { .. }) => "@escalar".to_owned(),
        Some(Order::Unknown(word)) => format!("@{}", word.chars().take(40).collect::<String>()),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_of_an_address_when_there_is_none() {
        assert_eq!(name_of("Marta Ocampo", "x@y.example"), "Marta Ocampo");
        assert_eq!(name_of("marta@y.example", "marta.ocampo@y.example"), "Marta Ocampo");
        assert_eq!(name_of("", "ñato_2@y.example"), "Ñato 2");
    }
}
