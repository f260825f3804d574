//! What becomes of a letter: decided from who wrote it, to which conversation it belongs, and where that case stands.
//! Whether the procedure then allows it is decided behind the door, as for everybody.

use atiende_mail::{Incoming, Nature, is_only_thanks};
use atiende_procedure::office::Office;
use atiende_procedure::permission::Scope;
use atiende_procedure::{Actor, Audience, Case, ContractId, PersonId, Status, StatusName};

use super::sender::Sender;
use super::thread::Thread;
use crate::notices::{Notice, Recipient};

/// Why a letter is held about whose sender nobody could be asked.
pub(super) const NO_ANSWER: &str = "no-answer";

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
}

impl Facts<'_> {
    pub(super) fn course(&self) -> Course {
        if let Some(course) = self.not_for_the_desk() {
            return course;
        }
        match (self.thread, self.case) {
            (Thread::New, _) | (_, None) => self.new_request(false),
            (thread, Some(case)) => match self.part(thread, case) {
                Some(Part::Requester) => self.requester(case),
                Some(part) => Course::Answer(part),
                // What was once answered about it stays out of cases that the desk reads (R10).
                None if case.security && matches!(thread, Thread::Answer(_)) => Course::Hold("no-longer"),
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
        match &self.letter.nature {
            Nature::List if self.own_list => {}
            Nature::Automatic(_) | Nature::List if of_a_case => return Some(Course::Record("automatic")),
            Nature::Automatic(_) => return Some(Course::Hold("automatic")),
            Nature::List => return Some(Course::Hold("list")),
            _ => {}
        }
        let wrong = [
            (self.sender == Sender::Nobody, "no-sender"),
            (self.unanswered, NO_ANSWER),
            (!self.authentic, "not-authentic"),
            (self.flood, "too-many"),
        ];
        wrong.into_iter().find(|(wrong, _)| *wrong).map(|(_, reason)| Course::Hold(reason))
    }

    fn new_request(&self, names_case: bool) -> Course {
        match &self.sender {
            Sender::Person(_) | Sender::Newcomer => Course::Request { follows: names_case },
            Sender::Provider(_) => Course::Hold("provider"),
            Sender::Gone => Course::Hold("inactive"),
            Sender::Stranger | Sender::Nobody => Course::Hold("stranger"),
        }
    }

    /// In the order in which one is the closest: his own case, one that he watches, one on which he works.
    fn part(&self, thread: &Thread, case: &Case) -> Option<Part> {
        match &self.sender {
            Sender::Person(person) if *person == case.requester => Some(Part::Requester),
            Sender::Person(person) if !case.security && case.watchers.contains(person) => {
                Some(Part::Watcher { joins: false })
            }
            Sender::Person(person)
                if self.works_on(*person, case) && self.has_in_hand(*person, thread, case) =>
            {
                let to = Recipient::Person(*person);
                let ordered = matches!(thread, Thread::Answer(answered) if answered.to == to);
                Some(Part::Staff { says: self.says(), ordered })
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

    /// A number that anybody can write makes nobody speak for the desk, but whoever has that case in hand.
    fn has_in_hand(&self, person: PersonId, thread: &Thread, case: &Case) -> bool {
        !matches!(thread, Thread::Mention(_)) || case.status.agent() == Some(person)
    }

    /// An answer goes where the letter that it answers came from: to a colleague's note as a note, to what a provider
    /// wrote as a message to it; else to the requester.
    fn says(&self) -> Says {
        match self.notice {
            Some(Notice::Note | Notice::Promise) => Says::To(Audience::Internal),
            Some(Notice::ProviderWrote | Notice::ProviderReported) => Says::To(Audience::Provider),
            Some(Notice::WithProvider | Notice::FollowUpDue | Notice::ProviderPromise) => Says::FollowUp,
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
