//! How a tale begins: who asks, by which way, and what he says.

use std::collections::BTreeMap;
use std::sync::Arc;

use atiende_procedure::office::{Person, Service};
use atiende_procedure::{Actor, Channel, DetailsGiven, PersonId, Registration, Text};

use super::cast::Cast;
use super::dice::Dice;
use super::facts::Facts;
use super::phrase::fill;
use super::story::Story;

/// A request about to enter.
pub(crate) struct Opening {
    pub(crate) actor: Actor,
    pub(crate) registration: Registration,
}

/// What goes into an opening.
pub(crate) struct Asked<'a> {
    pub(crate) cast: &'a Cast,
    pub(crate) story: &'a Story,
    pub(crate) service: &'a Service,
    pub(crate) requester: &'a Arc<Person>,
    pub(crate) facts: &'a Facts,
    pub(crate) telling: u64,
}

impl Asked<'_> {
    /// The request with these words; `on_portal` when it comes by no other way. A letter says less than the form, which
    /// asks.
    pub(crate) fn opening(
        &self,
        subject: &str,
        description: &str,
        on_portal: bool,
        dice: &mut Dice,
    ) -> Opening {
        let channel = match self.story.channel {
            _ if on_portal => Channel::Portal,
            Some(channel) => channel,
            None => usual_channel(dice),
        };
        let actor = match channel {
            Channel::Phone | Channel::InPerson => self.front_desk(dice),
            Channel::Planned => self.cast.administrator(),
            _ => self.requester.id,
        };
        let mut details = self.details(dice);
        if channel == Channel::Mail {
            details.has_remote_support = None;
            details.remote_support_id = None;
            if dice.chance(40) {
                details.place = None;
            }
            details.answers.clear();
        }
        let by_form = channel != Channel::Mail;
        let registration = Registration {
            channel,
            requester: self.requester.id,
            subject: self.text(subject, dice),
            description: self.text(description, dice),
            details,
            kind: None,
            service: by_form.then_some(self.service.id),
            impact: self.story.impact.filter(|_| by_form),
            urgency: None,
            attachments: Vec::new(),
            follows: None,
        };
        Opening { actor: Actor::Person(actor), registration }
    }

    /// Who answers the telephone and the counter.
    fn front_desk(&self, dice: &mut Dice) -> PersonId {
        let first = self.cast.office.groups_at(atiende_procedure::SupportLevel::First).next();
        let agent = first.and_then(|group| self.cast.agent(group.id, None, dice));
        agent.unwrap_or(self.cast.administrator())
    }

    fn details(&self, dice: &mut Dice) -> DetailsGiven {
        let profile = &self.requester.profile;
        let remote = dice.chance(35);
        let (a, b, c) = (dice.between(100, 999), dice.between(100, 999), dice.between(100, 999));
        let answers: BTreeMap<_, _> = self
            .story
            .answers
            .iter()
            .map(|(question, answer)| (question.clone(), self.text(answer, dice)))
            .collect();
        let said = |words: &str, dice: &mut Dice| {
            (!words.is_empty()).then(|| Text::new(dice.bytes(), words.to_owned()))
        };
        DetailsGiven {
            department: profile.department,
            site: profile.site,
            place: said(&profile.place, dice),
            contact_name: said(&profile.name, dice),
            contact_email: said(&profile.email, dice),
            contact_phone: said(&profile.phone, dice),
            has_remote_support: Some(remote),
            remote_support_id: remote.then(|| Text::new(dice.bytes(), format!("{a} {b} {c}"))),
            answers,
        }
    }

    fn text(&self, template: &str, dice: &mut Dice) -> Text {
        Text::new(dice.bytes(), fill(template, self.telling, &|word| self.facts.get(word).cloned()))
    }
}

fn usual_channel(dice: &mut Dice) -> Channel {
    match dice.between(1, 100) {
        1..=78 => Channel::Portal,
        79..=88 => Channel::Mail,
        89..=96 => Channel::Phone,
        _ => Channel::InPerson,
    }
}
