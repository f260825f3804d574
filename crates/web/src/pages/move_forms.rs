//! The form of each move: only those that this person may make now are shown.

use atiende_desk::SeenCase;
use atiende_procedure::{
    Action, AttentionMode, Complexity, Impact, Kind, Performer, PersonId, Role, SupportLevel, Urgency,
    WaitingFor,
};

use super::form::{Choice, Field, Input};
use crate::frame::Frame;

/// A move's form.
#[derive(Debug)]
pub(crate) struct MoveForm {
    /// The resource to which it is sent.
    pub(crate) verb: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) label: String,
    pub(crate) hint: String,
    pub(crate) button: String,
    pub(crate) fields: Vec<Field>,
    /// How many of the fields share the first row.
    pub(crate) row: usize,
    pub(crate) open: bool,
}

impl MoveForm {
    /// Whether the case ends by it, and nobody can bring it back.
    pub(crate) fn ends(&self) -> bool {
        matches!(self.verb, "cancellations" | "mergers")
    }
}

/// The resource and the icon of a move; none for those that have no form of their own.
pub(crate) fn verb(action: Action) -> Option<(&'static str, &'static str)> {
    Some(match action {
        Action::Classify => ("classifications", "list-check"),
        Action::Assign => ("assignments", "user-check"),
        Action::Take => ("takings", "user"),
        Action::Assess => ("assessments", "tool"),
        Action::Wait => ("waits", "player-pause"),
        Action::Resume => ("resumptions", "player-play"),
        Action::EscalateToLevel => ("escalations", "stairs-up"),
        Action::EscalateToProvider => ("escalations-provider", "building-store"),
        Action::FollowUp => ("follow-ups", "clipboard-check"),
        Action::ReportFromProvider => ("provider-reports", "mail"),
        Action::TakeBack => ("provider-returns", "arrow-back-up"),
        Action::Solve => ("solutions", "circle-check"),
        Action::Confirm => ("confirmations", "check"),
        Action::Reopen => ("reopenings", "rotate-clockwise"),
        Action::Close => ("closures", "check"),
        Action::Rate => ("surveys", "star"),
        Action::Refer => ("referrals", "shield-lock"),
        Action::Acknowledge => ("acknowledgements", "check"),
        Action::SendBack => ("send-backs", "arrow-back-up"),
        Action::Conclude => ("conclusions", "circle-check"),
        Action::Cancel => ("cancellations", "ban"),
        Action::Merge => ("mergers", "git-merge"),
        Action::Watch => ("watchers", "eye"),
        Action::Complete => ("details", "pencil"),
        _ => return None,
    })
}

/// The most sensible next move: what the procedure waits for.
pub(crate) fn next_sensible(seen: &SeenCase) -> Option<Action> {
    let due = seen.case.followed_turn().and_then(|turn| turn.follow_up_due).is_some_and(|due| due < seen.now);
    let assessed =
        seen.case.assessment.as_ref().map(|assessment| assessment.level) == seen.case.status.level();
    let mut order = Vec::new();
    if due {
        order.push(Action::FollowUp);
    }
    order.extend([Action::Acknowledge, Action::Conclude, Action::Take]);
    if !assessed {
        order.push(Action::Assess);
    }
    order.extend([
        Action::Resume,
        Action::Solve,
        Action::Assess,
        Action::FollowUp,
        Action::ReportFromProvider,
        Action::Confirm,
        Action::Rate,
        Action::Assign,
        Action::Close,
    ]);
    order.into_iter().find(|action| seen.may(*action))
}

/// The moves that may be made now; data are completed only where some are missing.
pub(crate) fn askable(seen: &SeenCase) -> impl Iterator<Item = Action> {
    seen.moves.iter().copied().filter(|action| *action != Action::Complete || !seen.missing.is_empty())
}

/// The forms of all moves that may be made now.
pub(crate) fn forms(frame: &Frame, seen: &SeenCase, open: &str) -> Vec<MoveForm> {
    let forms = askable(seen).filter_map(|action| form(frame, seen, action));
    forms.map(|form| MoveForm { open: form.verb == open, ..form }).collect()
}

fn form(frame: &Frame, seen: &SeenCase, action: Action) -> Option<MoveForm> {
    let (verb, icon) = verb(action)?;
    let t = frame.t;
    let (row, fields) = fields(frame, seen, action);
    Some(MoveForm {
        verb,
        icon,
        label: t.of_word("move", verb).to_owned(),
        hint: t.of_word("move-hint", verb).to_owned(),
        button: t.of_word("move-button", verb).to_owned(),
        fields,
        row,
        open: false,
    })
}

fn fields(frame: &Frame, seen: &SeenCase, action: Action) -> (usize, Vec<Field>) {
    let t = frame.t;
    let area = |name: &str, label: &str| Field::new(Input::Area, name, t.get(label));
    match action {
        Action::Classify => classify(frame, seen),
        Action::Assign => assign(frame, seen),
        Action::Assess => (3, assess(frame)),
        Action::Wait => (
            2,
            vec![
                Field::new(Input::Select, "for", t.get("field-for")).words(t, "waiting", WaitingFor::ALL),
                Field::new(Input::Moment, "until", t.get("field-until")).optional(),
                area("reason", "field-wait-reason"),
            ],
        ),
        Action::EscalateToLevel => {
            let next = seen.case.status.level().and_then(SupportLevel::next).unwrap_or(SupportLevel::Third);
            let agents = Field::new(Input::Select, "assignee", t.get("field-assignee"))
                .options(agents(seen, Some(next)))
                .with_blank(t.get("whole-group"))
                .optional();
            let to = Field::new(Input::Select, "to", t.get("field-to")).words(t, "level-full", &[next]);
            (2, vec![to, agents, area("reason", "field-reason")])
        }
        Action::EscalateToProvider => {
            (0, vec![contract(frame, seen), area("reason", "field-provider-reason")])
        }
        Action::FollowUp => (0, vec![area("note", "field-note")]),
        Action::ReportFromProvider => (
            2,
            vec![
                Field::new(Input::Select, "solved", t.get("field-solved")).options(vec![
                    Choice::new("yes", t.get("yes")),
                    Choice::new("no", t.get("report-not-yet")),
                ]),
                Field::new(Input::Select, "mode", t.get("field-mode")).words(
                    t,
                    "mode",
                    &[AttentionMode::OnSite, AttentionMode::Remote],
                ),
                area("report", "field-report"),
            ],
        ),
        Action::Solve => {
            let mut performers = vec![Performer::Agent];
            if !seen.case.providers.is_empty() {
                performers.push(Performer::Provider);
            }
            let by = Field::new(Input::Select, "performed_by", t.get("field-performed-by"));
            (0, vec![by.words(t, "performer", &performers), area("activities", "field-activities")])
        }
        Action::Close => (0, vec![area("agreed", "field-agreed")]),
        Action::Rate => (
            0,
            vec![
                Field::new(Input::Select, "score", t.get("field-score")).words(t, "rate", &[5, 4, 3, 2, 1]),
                area("comment", "field-comment").optional(),
            ],
        ),
        Action::Conclude => (0, vec![area("outcome", "field-outcome")]),
        Action::Cancel => (0, vec![area("reason", "field-reason")]),
        Action::Merge => {
            (0, vec![Field::new(Input::Line, "into", t.get("field-into")).hint(t.get("field-into-hint"))])
        }
        Action::Watch => (0, vec![Field::new(Input::Email, "email", t.get("field-email"))]),
        Action::Complete => (0, super::case::missing_fields(frame, seen)),
        Action::TakeBack | Action::Reopen | Action::Refer | Action::SendBack => {
            (0, vec![area("reason", "field-reason")])
        }
        _ => (0, Vec::new()),
    }
}

fn classify(frame: &Frame, seen: &SeenCase) -> (usize, Vec<Field>) {
    let t = frame.t;
    let case = &seen.case;
    let kinds: Vec<Kind> = Kind::ALL.iter().copied().filter(|kind| *kind != Kind::SecurityIncident).collect();
    let services = seen.office.services.values().filter(|service| service.active);
    let service = Field::new(Input::Select, "service", t.get("field-service"))
        .options(services.map(|service| Choice::new(&service.code, &service.name)).collect())
        .with_blank(t.get("no-service"))
        .value(seen.service().map_or("", |service| service.code.as_str()))
        .optional();
    let fields = vec![
        service,
        Field::new(Input::Select, "kind", t.get("field-kind"))
            .words(t, "kind", &kinds)
            .value(case.kind.as_str()),
        Field::new(Input::Select, "impact", t.get("field-impact"))
            .words(t, "impact", Impact::ALL)
            .value(case.impact.as_str()),
        Field::new(Input::Select, "urgency", t.get("field-urgency"))
            .words(t, "urgency", Urgency::ALL)
            .value(case.urgency.as_str()),
    ];
    (4, fields)
}

fn assign(frame: &Frame, seen: &SeenCase) -> (usize, Vec<Field>) {
    let t = frame.t;
    let proposed = seen.service().map(|service| service.level);
    let level = seen.case.status.level().or(proposed).unwrap_or(SupportLevel::First);
    let groups = seen.office.groups.values().filter(|group| group.active);
    let group_label = |level| format!(" ({})", t.of_word("level", SupportLevel::as_str(level)));
    let group = Field::new(Input::Select, "group", t.get("field-group"))
        .options(
            groups.map(|g| Choice::new(&g.code, format!("{}{}", g.name, group_label(g.level)))).collect(),
        )
        .with_blank(t.get("proposed-group"))
        .optional();
    let agent = Field::new(Input::Select, "assignee", t.get("field-assignee"))
        .options(agents(seen, None))
        .with_blank(t.get("whole-group"))
        .optional();
    let level = Field::new(Input::Select, "level", t.get("field-level"))
        .words(t, "level-full", SupportLevel::ALL)
        .value(level.as_str());
    let reason = Field::new(Input::Area, "reason", t.get("field-reason"));
    let first = matches!(seen.case.status, atiende_procedure::Status::Registered);
    (3, vec![level, group, agent, if first { reason.optional() } else { reason }])
}

fn assess(frame: &Frame) -> Vec<Field> {
    let t = frame.t;
    let modes = [AttentionMode::OnSite, AttentionMode::Remote, AttentionMode::ByProvider];
    vec![
        Field::new(Input::Select, "mode", t.get("field-mode")).words(t, "mode", &modes),
        Field::new(Input::Select, "complexity", t.get("field-complexity")).words(
            t,
            "complexity",
            Complexity::ALL,
        ),
        Field::new(Input::Moment, "expected_by", t.get("field-expected-by"))
            .hint(t.get("field-expected-by-hint"))
            .optional(),
        Field::new(Input::Area, "findings", t.get("field-findings")),
    ]
}

/// The contracts in force that are for cases like this one at its level.
fn contract(frame: &Frame, seen: &SeenCase) -> Field {
    let today = seen.office.settings.calendar.day_of(seen.now);
    let level = seen.case.status.level().unwrap_or(SupportLevel::First);
    let name = |provider| seen.office.providers.get(&provider).map_or("", |provider| provider.name.as_str());
    let options = seen.office.contracts_for(seen.case.service, level, today).map(|contract| {
        let parts = [contract.number.as_str(), name(contract.provider), contract.object.as_str()];
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        Choice::new(contract.id, parts.join(" · "))
    });
    let options: Vec<Choice> = options.collect();
    let none = if options.is_empty() { frame.t.get("contract-none") } else { "" };
    Field::new(Input::Select, "contract", frame.t.get("field-contract")).options(options).hint(none)
}

/// The active agents, of a level when one is named, with their groups.
fn agents(seen: &SeenCase, level: Option<SupportLevel>) -> Vec<Choice> {
    let office = &seen.office;
    let groups = |person: &atiende_procedure::office::Person| {
        let groups = person.groups.iter().filter_map(|id| office.groups.get(id));
        let of_level = groups.filter(|group| level.is_none_or(|level| group.level == level));
        of_level.map(|group| group.name.clone()).collect::<Vec<_>>()
    };
    let mut agents: Vec<(String, PersonId, Vec<String>)> = office
        .people
        .values()
        .filter(|person| person.is(Role::Agent))
        .map(|person| (person.profile.name.clone(), person.id, groups(person)))
        .filter(|(_, _, groups)| !groups.is_empty())
        .collect();
    agents.sort();
    agents
        .into_iter()
        .map(|(name, id, groups)| Choice::new(id, format!("{name} · {}", groups.join(", "))))
        .collect()
}
