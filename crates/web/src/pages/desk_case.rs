//! A case as the desk works on it: the eight activities, all moves and no others, the story by audience, the facts.

use askama::Template;
use atiende_desk::view::queue::QueueRequest;
use atiende_desk::{DeskError, QueueFilter, SeenCase};
use atiende_procedure::permission::Scope;
use atiende_procedure::{Action, ActivityStatus, Audience, Deviation, Lack, Status};

use super::case::{Asked, Fact, Wrong, ahead};
use super::clocks::{self, ClockShown};
use super::form::{blame, refill};
use super::move_forms::{MoveForm, askable, forms, next_sensible, verb};
use super::story::{Item, forwarded, story};
use crate::again::Again;
use crate::app::App;
use crate::frame::{Frame, Markup};
use crate::texts::Texts;

#[derive(Debug, Template)]
#[template(path = "desk_case.html")]
pub(crate) struct DeskCase {
    frame: Frame,
    number: String,
    version: u64,
    subject: String,
    back: &'static str,
    back_label: &'static str,
    kind: String,
    service: String,
    priority: String,
    state: Markup,
    state_more: String,
    expected: String,
    main_move: Option<Offer>,
    moves: Vec<Offer>,
    activities: Vec<DeskActivity>,
    lacks: Vec<LackSaid>,
    deviations: Vec<String>,
    error: Option<String>,
    kept: Again,
    forms: Vec<MoveForm>,
    filters: Vec<StoryFilter>,
    story: Vec<Item>,
    audiences: Vec<AudienceTab>,
    audience: &'static str,
    reaches: String,
    send: String,
    draft: String,
    command: String,
    /// What was promised, and how it stands.
    clocks: Vec<ClockShown>,
    nearest: Option<Markup>,
    sections: Vec<Section>,
    others: Vec<Other>,
}

/// A move in a menu.
#[derive(Debug)]
struct Offer {
    verb: &'static str,
    icon: &'static str,
    label: String,
}

#[derive(Debug)]
struct DeskActivity {
    number: u8,
    class: String,
    icon: &'static str,
    mark: String,
    short: String,
    name: String,
    when: String,
    status: String,
    detail: String,
    now: bool,
    happened: bool,
}

/// Missing evidence, with the move that mends it.
#[derive(Debug)]
struct LackSaid {
    title: String,
    text: String,
    verb: &'static str,
}

#[derive(Debug)]
struct StoryFilter {
    value: &'static str,
    label: String,
    count: usize,
    chosen: bool,
}

#[derive(Debug)]
struct AudienceTab {
    value: &'static str,
    label: String,
    icon: &'static str,
    chosen: bool,
}

/// A panel at the side.
#[derive(Debug)]
struct Section {
    title: String,
    person: String,
    under: String,
    facts: Vec<Fact>,
}

#[derive(Debug)]
struct Other {
    number: String,
    subject: String,
    state: Markup,
}

pub(crate) async fn page(
    app: &App,
    frame: Frame,
    seen: &SeenCase,
    asked: &Asked,
    wrong: &Wrong,
) -> Result<DeskCase, DeskError> {
    let others = others(app, &frame, seen).await?;
    let t = frame.t;
    let case = &seen.case;
    let open = if wrong.verb.is_empty() { asked.mover.as_str() } else { wrong.verb.as_str() };
    let mut forms = forms(&frame, seen, open);
    let mut error = wrong.general.clone();
    for form in forms.iter_mut().filter(|form| form.verb == wrong.verb) {
        refill(&mut form.fields, &wrong.fields);
        if let Some((name, message)) = &wrong.field
            && !blame(&mut form.fields, name, message)
        {
            error = Some(message.clone());
        }
    }
    let has_form = forms.iter().any(|form| form.verb == wrong.verb)
        || wrong.verb == "mensaje" && seen.may(Action::MessageRequester);
    let kept = Again::to_read(&wrong.fields).unless(has_form || wrong.verb.is_empty());
    let whole = story(&frame, seen);
    let filters = filters(t, &whole, &asked.ver);
    let story = whole.into_iter().filter(|item| fits(item, &asked.ver)).collect();
    let audiences = audiences(t, seen, &asked.para);
    let audience = audiences.iter().find(|tab| tab.chosen).map_or("requester", |tab| tab.value);
    let (back, back_label) = match case.security {
        true => ("/seguridad", "nav-security"),
        false if Scope::of(seen.viewer.actor, &seen.office).desk => ("/mesa", "nav-cases"),
        false => ("/proveedores", "nav-providers"),
    };
    let draft = match wrong.fields.get("body") {
        "" => forwarded(&frame, seen, &asked.reenviar),
        typed => typed.to_owned(),
    };
    let (activities, deviations) = (activities(&frame, seen), deviations(t, seen));
    Ok(DeskCase {
        number: case.number.to_string(),
        version: case.version,
        subject: seen.subject().to_owned(),
        back,
        back_label,
        kind: frame.word("kind", case.kind),
        service: seen.service().map_or_else(String::new, |service| service.name.clone()),
        priority: t.name("case-priority", t.of_word("priority", case.priority().as_str())),
        state: frame.state(case.status.name()),
        state_more: state_more(&frame, seen),
        expected: match case.expected_by.filter(|_| case.status.name().is_open()) {
            Some(at) => t.name("case-expected", &frame.when(&at)),
            None => String::new(),
        },
        main_move: next_sensible(seen).and_then(|action| offer(t, action)),
        moves: askable(seen).filter_map(|action| offer(t, action)).collect(),
        activities,
        lacks: lacks(&frame, seen),
        deviations,
        error,
        kept,
        forms,
        filters,
        story,
        audience,
        reaches: reaches(t, seen, audience),
        send: t.of_word("send", audience).to_owned(),
        audiences,
        draft,
        command: app.desk.ambience().command_id().to_string(),
        clocks: clocks::shown(&frame, seen),
        nearest: clocks::nearest(&frame, &seen.clocks()),
        sections: sections(&frame, seen),
        others,
        frame,
    })
}

fn offer(t: &Texts, action: Action) -> Option<Offer> {
    let (verb, icon) = verb(action)?;
    Some(Offer { verb, icon, label: t.of_word("move", verb).to_owned() })
}

fn state_more(frame: &Frame, seen: &SeenCase) -> String {
    match &seen.case.status {
        Status::Waiting { waiting_for, until, .. } => {
            let what = frame.word("waiting", waiting_for);
            until.map_or(what.clone(), |until| format!("{what}, {}", frame.when(&until)))
        }
        Status::WithProvider { since, .. } => {
            let provider = seen.contract().map_or("", |(_, provider)| provider.name.as_str());
            format!("{provider}, {}", frame.when(since))
        }
        Status::Solved { grace_ends, .. } => frame.t.name("case-grace", &frame.when(grace_ends)),
        Status::Referred { acknowledged: None, .. } => frame.t.get("case-not-acknowledged").to_owned(),
        Status::Cancelled { why, .. } => match why {
            atiende_procedure::Cancellation::Withdrawn => frame.t.get("cancelled-withdrawn").to_owned(),
            _ if !seen.sees_other => frame.t.get("cancelled-elsewhere").to_owned(),
            atiende_procedure::Cancellation::DuplicateOf { number } => {
                frame.t.name("cancelled-duplicate", &number.to_string())
            }
            atiende_procedure::Cancellation::MergedInto { number } => {
                frame.t.name("cancelled-merged", &number.to_string())
            }
        },
        _ => String::new(),
    }
}

fn activities(frame: &Frame, seen: &SeenCase) -> Vec<DeskActivity> {
    let t = frame.t;
    let version = seen.office.versions.get(&seen.case.procedure);
    let items = seen.evidence.items.iter();
    let told = items.map(|item| {
        let written = version.and_then(|version| version.activities.get(usize::from(item.number) - 1));
        let (class, icon) = match item.status {
            ActivityStatus::Done => ("is-done", "check"),
            ActivityStatus::Current => ("is-now", ""),
            ActivityStatus::Missing => ("is-missing", ""),
            ActivityStatus::NotNeeded => ("is-off", "minus"),
        };
        let still =
            ahead(seen, item).then_some(if item.number == 8 { "activity-ahead" } else { "activity-maybe" });
        let (class, icon) = match still {
            Some("activity-ahead") => ("", ""),
            Some(_) => (class, ""),
            None => (class, icon),
        };
        let control = if item.control_point { " cp" } else { "" };
        let responsible = item.responsible.and_then(|actor| seen.name_of(actor)).unwrap_or_default();
        let when = item.ended_at.or(item.began_at).map_or_else(String::new, |at| frame.when(&at));
        let record =
            item.record.map_or_else(String::new, |event| t.name("activity-record", &event.to_string()));
        let parts = [responsible.to_owned(), when.clone(), record];
        DeskActivity {
            number: item.number,
            class: format!("{class}{control}"),
            icon,
            mark: if item.status == ActivityStatus::Missing {
                "!".to_owned()
            } else {
                item.number.to_string()
            },
            short: written.map_or_else(String::new, |written| written.short.clone()),
            name: written.map_or_else(String::new, |written| written.name.clone()),
            when: match item.status {
                ActivityStatus::NotNeeded => t.get(still.unwrap_or("activity-off")).to_owned(),
                _ => when,
            },
            status: still
                .map_or_else(|| frame.word("activity", item.status), |still| t.get(still).to_owned()),
            detail: parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
            now: item.status == ActivityStatus::Current,
            happened: item.status != ActivityStatus::NotNeeded,
        }
    });
    told.collect()
}

fn lacks(frame: &Frame, seen: &SeenCase) -> Vec<LackSaid> {
    let t = frame.t;
    let items = seen.evidence.items.iter().filter(|item| item.status == ActivityStatus::Missing);
    let said = items.filter_map(|item| item.lacks).map(|lack| {
        let mends = match lack {
            Lack::Assessment => Action::Assess,
            Lack::FollowUp | Lack::DueFollowUp => Action::FollowUp,
            Lack::ProviderTold | Lack::RequesterTold => Action::RecordDelivery,
        };
        let verb = verb(mends).filter(|_| seen.may(mends)).map_or("", |(verb, _)| verb);
        let title = if matches!(lack, Lack::ProviderTold | Lack::RequesterTold) {
            "lack-record"
        } else {
            "lack-control"
        };
        LackSaid { title: t.get(title).to_owned(), text: frame.word("lack", lack), verb }
    });
    said.collect()
}

fn deviations(t: &Texts, seen: &SeenCase) -> Vec<String> {
    let say = |deviation: &Deviation| match deviation {
        Deviation::LevelSkipped { .. } => t.get("deviation-skipped"),
        Deviation::LevelReturned { .. } => t.get("deviation-returned"),
        Deviation::NotFollowedUp => t.get("deviation-not-followed"),
        Deviation::FollowUpLate { .. } => t.get("deviation-follow-up-late"),
        Deviation::OutsideContract { .. } => t.get("deviation-outside-contract"),
        Deviation::RequesterNotTold => t.get("deviation-not-told"),
    };
    seen.evidence.deviations.iter().map(|deviation| say(deviation).to_owned()).collect()
}

fn fits(item: &Item, shown: &str) -> bool {
    match shown {
        "requester" | "internal" | "provider" => {
            item.audience.is_some_and(|audience| audience.as_str() == shown)
        }
        "movimientos" => item.event,
        _ => true,
    }
}

fn filters(t: &Texts, story: &[Item], chosen: &str) -> Vec<StoryFilter> {
    let values = [
        ("todo", "show-all"),
        ("requester", "show-requester"),
        ("internal", "show-internal"),
        ("provider", "show-provider"),
        ("movimientos", "show-events"),
    ];
    let is =
        |value: &str| chosen == value || (value == "todo" && !values[1..].iter().any(|(v, _)| *v == chosen));
    let filters = values.into_iter().map(|(value, label)| StoryFilter {
        value,
        label: t.get(label).to_owned(),
        count: story.iter().filter(|item| fits(item, value)).count(),
        chosen: is(value),
    });
    filters.collect()
}

fn audiences(t: &Texts, seen: &SeenCase, chosen: &str) -> Vec<AudienceTab> {
    let tabs = [
        (Audience::Requester, Action::MessageRequester, "user"),
        (Audience::Internal, Action::MessageInternal, "lock"),
        (Audience::Provider, Action::MessageProvider, "building-store"),
    ];
    let offered: Vec<_> = tabs.into_iter().filter(|(_, action, _)| seen.may(*action)).collect();
    let chosen = offered.iter().find(|(audience, ..)| audience.as_str() == chosen).or(offered.first());
    let chosen = chosen.map(|(audience, ..)| *audience);
    let tabs = offered.iter().map(|(audience, _, icon)| AudienceTab {
        value: audience.as_str(),
        label: t.of_word("audience", audience.as_str()).to_owned(),
        icon,
        chosen: Some(*audience) == chosen,
    });
    tabs.collect()
}

fn reaches(t: &Texts, seen: &SeenCase, audience: &str) -> String {
    match audience {
        "internal" => t.get("reaches-internal").to_owned(),
        "provider" => {
            t.name("reaches-provider", seen.contract().map_or("", |(_, provider)| provider.name.as_str()))
        }
        _ => {
            let name = seen.requester().map_or("", |person| person.profile.name.as_str());
            match seen.case.watchers.len() {
                0 => t.name("reaches-requester", name),
                watchers => {
                    format!("{} {}", t.name("reaches-requester", name), t.count("reaches-watchers", watchers))
                }
            }
        }
    }
}

async fn others(app: &App, frame: &Frame, seen: &SeenCase) -> Result<Vec<Other>, DeskError> {
    let filter = QueueFilter { requester: Some(seen.case.requester), ..QueueFilter::default() };
    let request = QueueRequest { filter, limit: 6, ..QueueRequest::default() };
    let page = app.desk.queue_seen_by(seen.viewer, request).await?;
    let rows = page.rows.into_iter().filter(|row| row.number != seen.case.number).take(5);
    let others = rows.map(|row| Other {
        number: row.number.to_string(),
        state: frame.state(row.status),
        subject: row.subject,
    });
    Ok(others.collect())
}

fn sections(frame: &Frame, seen: &SeenCase) -> Vec<Section> {
    let t = frame.t;
    let mut sections = vec![requester(frame, seen), assignment(frame, seen)];
    if let Some((contract, provider)) = seen.contract() {
        let turn = seen.case.providers.last();
        let mut facts = vec![
            Fact::new(t.get("field-contract"), &contract.number),
            Fact::new(
                t.get("role-contract-supervisor"),
                seen.person(contract.supervisor).map_or("", |person| person.profile.name.as_str()),
            ),
        ];
        if let Some(turn) = turn {
            let last = turn.last_follow_up.map(|at| frame.when(&at));
            facts.push(Fact::new(
                t.get("column-last-follow-up"),
                last.unwrap_or_else(|| t.get("providers-none-yet").into()),
            ));
            if let Some(due) = turn.follow_up_due {
                let late = due < seen.now;
                facts.push(Fact { late, ..Fact::new(t.get("column-next-follow-up"), frame.when(&due)) });
            }
        }
        let title = t.get("column-provider").to_owned();
        sections.push(Section {
            title,
            person: provider.name.clone(),
            under: contract.object.clone(),
            facts,
        });
    }
    sections
}

fn requester(frame: &Frame, seen: &SeenCase) -> Section {
    let t = frame.t;
    let details = &seen.case.details;
    let office = &seen.office;
    let mut facts = Vec::new();
    let mut add = |label: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            facts.push(Fact::new(label, value));
        }
    };
    let words = |text| seen.words_if_any(text).map(str::to_owned);
    add(t.get("field-site"), details.site.and_then(|id| office.sites.get(&id)).map(|site| site.name.clone()));
    add(t.get("field-place"), words(details.place));
    add(t.get("field-contact-name"), words(details.contact.name));
    add(t.get("field-contact-phone"), words(details.contact.phone));
    add(t.get("field-contact-email"), words(details.contact.email));
    add(t.get("field-remote-support-id"), words(details.remote_support_id));
    for question in seen.service().iter().flat_map(|service| &service.questions) {
        let answer = details.answers.get(&question.code).and_then(|text| seen.words(*text));
        add(&question.label, answer.map(|answer| said_answer(t, answer).to_owned()));
    }
    let watchers = seen.case.watchers.iter().filter_map(|id| seen.person(*id));
    let watchers: Vec<_> = watchers.map(|person| person.profile.name.as_str()).collect();
    add(t.get("case-watchers"), Some(watchers.join(", ")));
    // What an ended case lacked is asked for no more.
    let missing = seen.missing.iter().filter(|_| seen.case.status.name().is_open());
    for name in missing {
        let asked = name
            .strip_prefix("answers.")
            .and_then(|code| seen.service()?.questions.iter().find(|question| question.code == code));
        let label = match (asked, t.of_word("field", &name.replace('.', "-"))) {
            (Some(question), _) => question.label.as_str(),
            (None, "") => name,
            (None, label) => label,
        };
        facts.push(Fact { late: true, ..Fact::new(label, t.get("case-lacks")) });
    }
    let department = details.department.and_then(|id| office.departments.get(&id));
    Section {
        title: t.get("story-requester").to_owned(),
        person: seen.requester().map_or_else(String::new, |person| person.profile.name.clone()),
        under: department.map_or_else(String::new, |department| department.name.clone()),
        facts,
    }
}

fn assignment(frame: &Frame, seen: &SeenCase) -> Section {
    let t = frame.t;
    let case = &seen.case;
    let mut facts = vec![
        Fact::new(t.get("case-opened"), frame.when(&case.opened_at)),
        Fact::new(t.get("field-channel"), frame.word("channel", case.channel)),
    ];
    let mut add =
        |label: &str, value: Option<String>| facts.extend(value.map(|value| Fact::new(label, value)));
    add(t.get("column-agent"), seen.agent().map(|person| person.profile.name.clone()));
    add(t.get("field-group"), seen.group().map(|group| group.name.clone()));
    add(t.get("field-level"), case.status.level().map(|level| frame.word("level-full", level)));
    add(t.get("field-mode"), case.assessment.as_ref().map(|assessment| frame.word("mode", assessment.mode)));
    add(
        t.get("field-complexity"),
        case.assessment.as_ref().map(|assessment| frame.word("complexity", assessment.complexity)),
    );
    add(
        t.get("nav-procedure"),
        seen.office
            .versions
            .get(&case.procedure)
            .map(|version| t.name("procedure-version", &version.version)),
    );
    add(t.get("case-survey"), case.survey.as_ref().map(|survey| frame.word("rate", survey.score)));
    Section { title: t.get("case-assignment").to_owned(), person: String::new(), under: String::new(), facts }
}

/// Yes and no in words; anything else as it was written.
pub(crate) fn said_answer<'a>(t: &'a Texts, answer: &'a str) -> &'a str {
    match answer {
        "yes" => t.get("yes"),
        "no" => t.get("no"),
        answer => answer,
    }
}
