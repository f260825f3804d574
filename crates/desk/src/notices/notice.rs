//! The letters that the desk writes. Each has a folder of its name with its subject, its text and its HTML.

use atiende_procedure::Audience;

/// What a letter is about; its word is stored in the outbox and in Message-IDs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Notice {
    /// To the requester: the number, what was understood, what is missing (R9).
    #[default]
    Registered,
    /// To the requester: who attends.
    Attending,
    /// To the requester: when to expect it (R11).
    Expected,
    /// To the requester or the agent in charge: what the other wrote.
    Message,
    /// To the agent in charge: the requester supplied what was missing.
    Completed,
    /// To the requester: what the case waits for.
    Waiting,
    /// To a person who was added to a case.
    Watching,
    /// To the receiving agent or group.
    Assigned,
    /// To the receiving agent or group of the next level: why it comes up (R11).
    Escalated,
    /// To the agent in charge: an internal note.
    Note,
    /// To the provider: the whole request, contact and place (R12).
    ProviderRequest,
    /// To the provider: what the desk wrote to it.
    ProviderMessage,
    /// To the provider: it is no longer to attend.
    CalledOff,
    /// To the contract's supervisor: a case is with his provider (R13).
    WithProvider,
    /// To the agent in charge and the supervisor: what the provider reported (R12).
    ProviderReported,
    /// To the agent in charge: what the provider wrote.
    ProviderWrote,
    /// To the contract's supervisor: a follow-up was not made in time (R13).
    FollowUpDue,
    /// To whom the agreement names: a promise is about to be broken, or was (R3).
    Promise,
    /// The same to the contract's supervisor, of what its provider promised (R12): a follow-up is then due.
    ProviderPromise,
    /// To the requester: what was done and by whom, with the question whether it is well (R14).
    Solved,
    /// To the agent who solved it: it still fails.
    Reopened,
    /// To the requester: it is final now.
    Closed,
    /// To the requester: it is in the hands of security (R10).
    Referred,
    /// To the officers: a security incident has come in (R10).
    Security,
    /// To the requester: an officer has it.
    Acknowledged,
    /// To the requester: it was no security incident and is back at the desk.
    SentBack,
    /// To the requester: how the security incident ended.
    Concluded,
    /// To the requester: it will not be attended by itself.
    Cancelled,
    /// To the agent in charge: the requester no longer wants it, or it became part of another.
    Withdrawn,
    /// To the agent in charge: another case became part of his.
    Absorbed,
    /// To somebody of the desk: what he asked for by mail could not be done.
    OrderRefused,
}

/// What an answer to a notice becomes, of whoever works on the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Answer {
    /// An internal note.
    Note,
    /// His follow-up of a provider's work.
    FollowUp,
    /// A message to the provider.
    Provider,
    /// A message to the requester.
    Requester,
}

impl Notice {
    /// Every notice.
    pub const ALL: &'static [Notice] = &[
        Notice::Registered,
        Notice::Attending,
        Notice::Expected,
        Notice::Message,
        Notice::Completed,
        Notice::Waiting,
        Notice::Watching,
        Notice::Assigned,
        Notice::Escalated,
        Notice::Note,
        Notice::ProviderRequest,
        Notice::ProviderMessage,
        Notice::CalledOff,
        Notice::WithProvider,
        Notice::ProviderReported,
        Notice::ProviderWrote,
        Notice::FollowUpDue,
        Notice::Promise,
        Notice::ProviderPromise,
        Notice::Solved,
        Notice::Reopened,
        Notice::Closed,
        Notice::Referred,
        Notice::Security,
        Notice::Acknowledged,
        Notice::SentBack,
        Notice::Concluded,
        Notice::Cancelled,
        Notice::Withdrawn,
        Notice::Absorbed,
        Notice::OrderRefused,
    ];

    /// Its word, which is also its folder's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Notice::Registered => "registered",
            Notice::Attending => "attending",
            Notice::Expected => "expected",
            Notice::Message => "message",
            Notice::Completed => "completed",
            Notice::Waiting => "waiting",
            Notice::Watching => "watching",
            Notice::Assigned => "assigned",
            Notice::Escalated => "escalated",
            Notice::Note => "note",
            Notice::ProviderRequest => "provider-request",
            Notice::ProviderMessage => "provider-message",
            Notice::CalledOff => "called-off",
            Notice::WithProvider => "with-provider",
            Notice::ProviderReported => "provider-reported",
            Notice::ProviderWrote => "provider-wrote",
            Notice::FollowUpDue => "follow-up-due",
            Notice::Promise => "promise",
            Notice::ProviderPromise => "provider-promise",
            Notice::Solved => "solved",
            Notice::Reopened => "reopened",
            Notice::Closed => "closed",
            Notice::Referred => "referred",
            Notice::Security => "security",
            Notice::Acknowledged => "acknowledged",
            Notice::SentBack => "sent-back",
            Notice::Concluded => "concluded",
            Notice::Cancelled => "cancelled",
            Notice::Withdrawn => "withdrawn",
            Notice::Absorbed => "absorbed",
            Notice::OrderRefused => "order-refused",
        }
    }

    /// For whom its words are meant: who does not read this audience in the case does not get it.
    pub const fn audience(self) -> Audience {
        match self {
            Notice::Registered
            | Notice::Attending
            | Notice::Expected
            | Notice::Message
            | Notice::Waiting
            | Notice::Watching
            | Notice::Solved
            | Notice::Closed
            | Notice::Referred
            | Notice::Acknowledged
            | Notice::SentBack
            | Notice::Concluded
            | Notice::Cancelled => Audience::Requester,
            Notice::ProviderRequest | Notice::ProviderMessage | Notice::CalledOff => Audience::Provider,
            _ => Audience::Internal,
        }
    }

    /// Where the answer of whoever works on the case goes: where the words came from. To a colleague's note as a note, to
    /// what a provider wrote to the provider; the officer's word on a security incident stays among officers until he
    /// writes in the case.
    pub(crate) const fn answer(self) -> Answer {
        match self {
            Notice::Note | Notice::Promise | Notice::Security | Notice::OrderRefused => Answer::Note,
            Notice::ProviderWrote
            | Notice::ProviderReported
            | Notice::ProviderRequest
            | Notice::ProviderMessage
            | Notice::CalledOff => Answer::Provider,
            Notice::WithProvider | Notice::FollowUpDue | Notice::ProviderPromise => Answer::FollowUp,
            _ => Answer::Requester,
        }
    }

    /// The notice of a word.
    pub fn of_word(word: &str) -> Option<Notice> {
        Notice::ALL.iter().copied().find(|notice| notice.as_str() == word)
    }
}
