//! What becomes of a letter: decided from who wrote it, to which conversation it belongs, and where that case stands.
//! Whether the procedure then allows it is decided behind the door, as for everybody.

use atiende_mail::incoming::Why;
use atiende_mail::{Incoming, Nature, is_only_thanks};
use atiende_procedure::office::Office;
use atiende_procedure::permission::Scope;
use atiende_procedure::{Actor, Audience, Case, ContractId, PersonId, Status, StatusName};

use super::sender::Sender;
use super::thread::Thread;
use crate::notices::{Answer, Notice, Recipient};

/// Why a letter is held about whose sender nobody could be asked.
pub(super) const NO_ANSWER: &str = "no-answer";

/// What sends letters besides people.
const AUTOMATIC: &str = "automatic";
const LIST: &str = "list";

/// Whether what made a case was sent by no person, by the reason that was noted with it.
pub(crate) fn is_machine(reason: &str) -> bool {
    [AUTOMATIC, LIST].contains(&reason)
}

/// All that the decision looks at.
pub(super) struct Facts<'a> {
    pub(super) office: &'a Office,
    pub(super) letter: &'a Incoming,
    pub(super) sender: Sender,
    pub(super) thread: &'a Thread,
    /// The case that the thread names, or the one into which that went.
    pub(super) case: Option<&'a Case>,
    /// The notice that is answered, when it is known.
    pub(super) notice: Option<Notice>,
    /// Whether the sender stood beside the requester in a letter of his.
    pub(super) beside: bool,
    /// Whether the sender is who he says, as far as can be known.
    pub(super) authentic: bool,
    /// It is not known since nobody answered who could tell.
    pub(super) unanswered: bool,
    /// More letters than a person writes came from this address.
    pub(super) flood: bool,
    /// The sender's address is one of the desk's own.
    pub(super) own: bool,
    /// It came by a list that is one of the desk's own addresses, as groups are.
    pub(super) own_list: bool,
    /// An administrator lets it in.
    pub(super) accepted: bool,
}

/// What becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Course {
    /// It asks for something new; with `follows`, in the wake of the case that it names.
    Request { follows: bool },
    /// It goes on with the case.
    Answer(Part),
    /// It tells that a letter of ours did not arrive.
    Bounce,
    /// It is known and nothing follows.
    Record(&'static str),
    /// Somebody must decide.
    Hold(&'static str),
}

/// As what the sender takes part in the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Requester,
    /// Sees what the requester sees; `joins` when he does so from now on.
    Watcher {
        joins: bool,
    },
    /// Works on it; an order is understood only in answer to a letter that was written to him.
    Staff {
        says: Says,
        ordered: bool,
    },
    Provider(ContractId),
}

/// Where the words of whoever works on a case go, by the notice that he answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    To(Audience),
    FollowUp,
    /// It answers a letter of ours, and which is not known.
    Nowhere,
}

impl Facts<'_> {
    pub(super) fn course(&self) -> Course {
        if let Some(course) = self.not_for_the_desk() {
            return course;
        }
        match (self.thread, self.case) {
            (Thread::New, _) | (_, None) => self.new_request(false),
            // Whoever let it in saw its envelope alone: under a name that may be another's it asks, and moves nothing.
            _ if !self.authentic || self.unanswered => self.new_request(true),
            (thread, Some(case)) => match self.part(thread, case) {
                Some(Part::Requester) => self.requester(case),
                Some(part) => Course::Answer(part),
                // What was once answered about it stays out of cases that the desk reads (R10).
                None if case.security && !matches!(thread, Thread::Mention(_)) => Course::Hold("no-longer"),
                None => self.new_request(true),
            },
        }
    }

    /// Letters that no person wrote to us, or of whom that cannot be known.
    fn not_for_the_desk(&self) -> Option<Course> {
        if let Nature::Bounce(_) = self.letter.nature {
            return Some(Course::Bounce);
        }
        if self.own {
            return Some(Course::Record("own"));
        }
        if self.accepted {
            return None;
        }
        let of_a_case = *self.thread != Thread::New && self.case.is_some();
        match self.machine() {
            Some(_) if of_a_case => return Some(Course::Record(AUTOMATIC)),
            Some(machine) => return Some(Course::Hold(machine)),
            None => {}
        }
        let wrong = [
            (self.sender == Sender::Nobody, "no-sender"),
            (self.unanswered, NO_ANSWER),
            (!self.authentic, "not-authentic"),
            (self.flood, "too-many"),
        ];
        wrong.into_iter().find(|(wrong, _)| *wrong).map(|(_, reason)| Course::Hold(reason))
    }

    /// What sent the letter, when no person did by himself.
    pub(super) fn machine(&self) -> Option<&'static str> {
        match &self.letter.nature {
            Nature::Automatic(why) if !self.of_its_desk(*why) => Some(AUTOMATIC),
            Nature::List if !self.own_list => Some(LIST),
            _ => None,
        }
    }

    /// A provider's own desk answers our request by a program: that is what the provider says (R12). What only tells that
    /// a letter arrived says nothing of the case.
    fn of_its_desk(&self, why: Why) -> bool {
        let tells =
            !matches!(why, Why::ReadReceipt | Why::DeliveryReceipt | Why::Loop | Why::EmptyReturnPath);
        let provider =
            self.case.is_some_and(|case| matches!(self.part(self.thread, case), Some(Part::Provider(_))));
        tells && provider && matches!(self.thread, Thread::Answer(_))
    }

    fn new_request(&self, names_case: bool) -> Course {
        match &self.sender {
            Sender::Person(_) | Sender::Newcomer => Course::Request { follows: names_case },
            Sender::Provider(_) => Course::Hold("provider"),
            Sender::Gone => Course::Hold("inactive"),
            Sender::Stranger | Sender::Nobody => Course::Hold("stranger"),
        }
    }

    /// In the order in which one is the closest: his own case, one that he watches, one on which he works. Whatever else
    /// he is in it, whoever works on it and answers what was written to the desk speaks among the desk.
    fn part(&self, thread: &Thread, case: &Case) -> Option<Part> {
        match &self.sender {
            Sender::Person(person) if self.answers_the_desk(thread) && self.works_on(*person, case) => {
                Some(self.staff(*person, thread))
            }
            Sender::Person(person) if *person == case.requester => Some(Part::Requester),
            Sender::Person(person) if !case.security && case.watchers.contains(person) => {
                Some(Part::Watcher { joins: false })
            }
            Sender::Person(person)
                if self.works_on(*person, case) && self.has_in_hand(*person, thread, case) =>
            {
                Some(self.staff(*person, thread))
            }
            Sender::Person(_) | Sender::Newcomer if self.beside && !case.security => {
                Some(Part::Watcher { joins: true })
            }
            Sender::Provider(contracts) => {
                let answered = match thread {
                    Thread::Answer(answered) => Some(answered.to),
                    _ => None,
                };
                let had = case.providers.iter().rev().map(|turn| turn.contract);
                had.filter(|contract| contracts.contains(contract))
                    .find(|contract| answered.is_none_or(|to| to == Recipient::Provider(*contract)))
                    .map(Part::Provider)
            }
            _ => None,
        }
    }

    /// Whoever sees a case without being of the requester's side works on it.
    fn works_on(&self, person: PersonId, case: &Case) -> bool {
        let scope = Scope::of(Actor::Person(person), self.office);
        Scope { person: None, ..scope }.contains(case)
    }

    /// A number or a name that anybody can write makes nobody speak for the desk, but whoever has that case in hand.
    fn has_in_hand(&self, person: PersonId, thread: &Thread, case: &Case) -> bool {
        matches!(thread, Thread::Answer(_)) || case.status.agent() == Some(person)
    }

    /// The notice that it answers was not for the requester's side, or it is not known which it was.
    fn answers_the_desk(&self, thread: &Thread) -> bool {
        let inside = self.notice.is_none_or(|notice| notice.audience() != Audience::Requester);
        matches!(thread, Thread::Answer(_)) && inside
    }

    fn staff(&self, person: PersonId, thread: &Thread) -> Part {
        let to = Recipient::Person(person);
        let ordered = matches!(thread, Thread::Answer(answered) if answered.to == to);
        Part::Staff { says: self.says(thread), ordered }
    }

    /// An answer goes where the letter that it answers came from. When that is not known it goes nowhere, unless he writes
    /// of his own accord about what he has in hand.
    fn says(&self, thread: &Thread) -> Says {
        match (self.notice.map(Notice::answer), thread) {
            (Some(Answer::Note), _) => Says::To(Audience::Internal),
            (Some(Answer::Provider), _) => Says::To(Audience::Provider),
            (Some(Answer::FollowUp), _) => Says::FollowUp,
            (None, Thread::Answer(_)) => Says::Nowhere,
            _ => Says::To(Audience::Requester),
        }
    }

    /// What is closed stays closed: an answer to it asks anew, and a word of thanks asks nothing.
    fn requester(&self, case: &Case) -> Course {
        let over = matches!(case.status.name(), StatusName::Closed | StatusName::Cancelled);
        match over {
            false => Course::Answer(Part::Requester),
            true if is_only_thanks(&self.letter.said) => Course::Record("thanks"),
            true => Course::Request { follows: true },
        }
    }
}

/// Whether an answer of the requester says that it is not solved.
pub(super) fn reopens(case: &Case, letter: &Incoming) -> bool {
    matches!(case.status, Status::Solved { .. }) && !is_only_thanks(&letter.said)
}
