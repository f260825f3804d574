//! Whoever works on a case answers by mail: an order, a note, words for the requester or the provider. The letter itself
//! stays out of the case: it may quote what its readers may not read.

use atiende_mail::{Order, orders};
use atiende_procedure::{Actor, Audience, Case, Command, Performer, SupportLevel, Text};

use super::carry::{InHand, Step};
use super::course::Says;
use super::note::Settled;
use super::sender::Sender;
use super::words;
use crate::DeskError;

/// What becomes of an answer.
enum Meant {
    Message(Audience),
    FollowUp,
    Solve,
    Escalate(SupportLevel),
}

impl Meant {
    /// Who will read it.
    fn audience(&self) -> Audience {
        match self {
            Meant::Message(audience) => *audience,
            Meant::FollowUp | Meant::Escalate(_) => Audience::Internal,
            Meant::Solve => Audience::Requester,
        }
    }
}

impl InHand<'_> {
    /// Does what somebody of the desk answers; refused, he is told why.
    pub(super) async fn staff(&self, case: &Case, says: Says, ordered: bool) -> Result<Settled, DeskError> {
        let Sender::Person(person) = self.sender else { return Ok(Settled::held("stranger")) };
        let said = self.letter.said.trim().to_owned();
        let own = self.letter.own.text();
        // Below what he quotes, orders stand at the top of what is his.
        let below = orders(&said).0.is_empty() && !orders(&own).0.is_empty();
        let whole = if below { &own } else { &said };
        let (orders, _) = orders(whole);
        let refused = |why: &str| Ok(Settled::refused(case, person, why, orders.first()));
        let meant = match meant(case, says, ordered, &orders) {
            Ok(meant) => meant,
            Err(why) => return refused(why),
        };
        let audience = meant.audience();
        let text = match self.words_for(case, audience, whole).await? {
            Ok(text) => text,
            Err(why) => return refused(why),
        };
        let command = match self.command(meant, atiende_mail::orders(&text).1.trim()).await? {
            Some(command) => command,
            None if orders.is_empty() => return refused("answer-empty"),
            None => return refused("order-empty"),
        };
        let brings = (!matches!(command, Command::Say { .. })).then_some(audience);
        match self.moves(Actor::Person(person), Step::Speaks, case, command).await {
            Ok(()) => {}
            Err(DeskError::Refused(refusal)) => return refused(refusal.code()),
            Err(other) => return Err(other),
        }
        // After it, since what is refused leaves nothing; taken in hand again, it is recalled and the files are brought.
        if let Some(audience) = brings {
            self.says(Actor::Person(person), Step::Brings, case, audience, "").await?;
        }
        Ok(Settled::taken(case))
    }

    /// The command that the answer is; none when it says nothing.
    async fn command(&self, meant: Meant, words: &str) -> Result<Option<Command>, DeskError> {
        let salter = self.desk.ambience().salter();
        let text: Option<Text> = salter.text_if_any(Some(&words::cut(words, words::LONGEST_TEXT)));
        Ok(match meant {
            Meant::Solve => {
                text.map(|activities| Command::Solve { activities, performed_by: Performer::Agent })
            }
            Meant::Escalate(level) => {
                text.map(|reason| Command::EscalateToLevel { level, agent: None, reason })
            }
            Meant::FollowUp => text.map(|note| Command::FollowUp { note }),
            Meant::Message(audience) => {
                let brought = self.files().await?;
                let text = brought.told_in(&words::with_invitation(self.letter, words));
                let (text, attachments) = (salter.text_if_any(Some(&text)), brought.files);
                let says = text.is_some() || !attachments.is_empty();
                says.then_some(Command::Say { audience, body: text, attachments })
            }
        })
    }
}

/// What an answer is meant to be, or why it is nothing.
fn meant(case: &Case, says: Says, ordered: bool, orders: &[Order]) -> Result<Meant, &'static str> {
    let order = match orders {
        [] => None,
        _ if !ordered => return Err("order-without-token"),
        [order] => Some(order),
        _ => return Err("order-not-alone"),
    };
    match (order, says) {
        (Some(Order::Solve), _) => Ok(Meant::Solve),
        (Some(Order::Escalate { to }), _) => level(case, to.as_deref()).map(Meant::Escalate),
        (Some(Order::Unknown(_)), _) => Err("order-unknown"),
        (Some(Order::Note), _) => Ok(Meant::Message(Audience::Internal)),
        (None, Says::FollowUp) if case.followed_turn().is_some() => Ok(Meant::FollowUp),
        (None, Says::FollowUp) => Ok(Meant::Message(Audience::Internal)),
        (None, Says::Nowhere) => Err("answer-unknown"),
        (None, Says::To(audience)) => Ok(Meant::Message(audience)),
    }
}

/// The level to which an order escalates: the next one, unless it names it.
fn level(case: &Case, to: Option<&str>) -> Result<SupportLevel, &'static str> {
    let next = case.status.level().and_then(SupportLevel::next);
    let Some(to) = to else { return next.ok_or("no-level-above") };
    match to.to_lowercase().as_str() {
        "2" | "segundo" | "segundo nivel" | "nivel 2" | "second" => Ok(SupportLevel::Second),
        "3" | "tercer" | "tercero" | "tercer nivel" | "nivel 3" | "third" => Ok(SupportLevel::Third),
        _ => Err("order-unknown-level"),
    }
}
