//! The written procedure's table of moves once more, as data of the test: what the rules do is held against it.

use atiende_procedure::office::{Office, Person};
use atiende_procedure::*;

/// `desk` is any state of the desk: registered, assigned, in progress, waiting, with a provider.
/// `same` is the state in which the case was.
const TABLE: &str = "
classify             | desk                             | agent administrator                                | same               | classified
complete             | desk referred                    | requester agent administrator officer              | same in_progress   | completed resumed
assign               | desk                             | agent administrator                                | assigned           | assigned
take                 | assigned                         | agent                                              | assigned           | taken
assess               | assigned in_progress             | that_agent administrator                           | in_progress        | assessed expected_by
message_requester    | desk solved closed referred      | requester watcher agent administrator supervisor officer | same in_progress | said resumed
message_internal     | desk solved closed referred      | agent administrator supervisor officer             | same               | said
message_provider     | desk solved closed               | provider agent administrator supervisor            | same               | said
watch                | desk solved closed referred      | requester watcher agent administrator              | same               | watcher_added watcher_removed
wait                 | in_progress                      | that_agent administrator                           | waiting            | waited
resume               | waiting                          | that_agent administrator                           | in_progress        | resumed
escalate_to_level    | in_progress waiting              | that_agent administrator                           | assigned           | escalated_to_level
escalate_to_provider | in_progress waiting              | that_agent administrator                           | with_provider      | escalated_to_provider
follow_up            | assigned in_progress waiting with_provider | its_supervisor that_agent administrator  | same               | followed_up
report_from_provider | with_provider                    | its_provider that_agent administrator              | same in_progress   | provider_reported
take_back            | with_provider                    | that_agent administrator                           | in_progress        | taken_back
solve                | in_progress                      | that_agent administrator                           | solved closed      | solved closed
confirm              | solved                           | requester                                          | closed             | confirmed closed
reopen               | solved                           | requester                                          | assigned           | reopened assigned
close                | solved                           | agent administrator                                | closed             | closed
rate                 | solved closed                    | requester                                          | same               | rated
refer                | desk                             | agent administrator                                | referred           | referred
acknowledge          | referred                         | officer                                            | same               | acknowledged
send_back            | referred                         | officer                                            | registered         | sent_back classified
conclude             | referred                         | officer                                            | closed             | concluded
cancel               | registered assigned              | requester administrator                            | cancelled          | cancelled
cancel               | in_progress waiting with_provider | administrator                                     | cancelled          | cancelled
merge                | desk                             | agent administrator                                | cancelled          | cancelled
close_by_clock       | solved                           | clock                                              | closed             | closed
remind_follow_up     | assigned in_progress waiting with_provider | clock                                    | same               | follow_up_fell_due
warn                 | desk                             | clock                                              | same               | warned
record_delivery      | desk solved closed referred cancelled | clock                                         | same               | delivered
record_bounce        | desk solved closed referred cancelled | clock                                         | same               | bounced
";

/// A row of the table.
pub(crate) struct Row {
    action: &'static str,
    from: Vec<&'static str>,
    by: Vec<&'static str>,
    to: Vec<&'static str>,
    events: Vec<&'static str>,
}

/// The rows, read.
pub(crate) fn rows() -> Vec<Row> {
    let words = |cell: &'static str| cell.split_whitespace().collect::<Vec<_>>();
    let read = |line: &'static str| {
        let mut cells = line.split('|').map(str::trim);
        let mut next = || cells.next().expect("five cells");
        Row {
            action: next(),
            from: words(next()),
            by: words(next()),
            to: words(next()),
            events: words(next()),
        }
    };
    TABLE.lines().filter(|line| !line.is_empty()).map(read).collect()
}

/// The row that allows this move, and as what, if any does.
pub(crate) fn allowing<'a>(
    rows: &'a [Row],
    case: &Case,
    office: &Office,
    actor: Actor,
    action: Action,
) -> Option<(&'a Row, Vec<&'static str>)> {
    rows.iter().filter(|row| row.action == action.as_str() && row.holds_from(case)).find_map(|row| {
        let by: Vec<_> = row.by.iter().copied().filter(|word| is(word, case, office, actor)).collect();
        (!by.is_empty()).then_some((row, by))
    })
}

impl Row {
    fn holds_from(&self, case: &Case) -> bool {
        let status = case.status.name();
        let on_the_desk = matches!(
            status,
            StatusName::Registered
                | StatusName::Assigned
                | StatusName::InProgress
                | StatusName::Waiting
                | StatusName::WithProvider
        );
        self.from.contains(&status.as_str()) || on_the_desk && self.from.contains(&"desk")
    }

    pub(crate) fn leads(&self, before: StatusName, after: StatusName) -> bool {
        self.to.contains(&after.as_str()) || before == after && self.to.contains(&"same")
    }

    pub(crate) fn brings(&self, event: &str) -> bool {
        self.events.contains(&event)
    }
}

/// What somebody who is named so in the table is recorded as.
pub(crate) fn capacity(word: &str) -> &str {
    match word {
        "that_agent" => "agent",
        "administrator" => "desk_administrator",
        "supervisor" | "its_supervisor" => "contract_supervisor",
        "officer" => "security_officer",
        "its_provider" => "provider",
        word => word,
    }
}

fn is(word: &str, case: &Case, office: &Office, actor: Actor) -> bool {
    let person: Option<&Person> = actor
        .person()
        .and_then(|id| office.people.get(&id))
        .map(|person| &**person)
        .filter(|person| person.active);
    let role = |role| person.is_some_and(|person| person.roles.contains(&role));
    let me = |id: PersonId| person.is_some_and(|person| person.id == id);
    let supervises = |id: ContractId| {
        let contract = &office.contracts[&id];
        role(Role::ContractSupervisor) && (me(contract.supervisor) || contract.deputy.is_some_and(me))
    };
    let provides = |id: ContractId| actor == Actor::Provider(id);
    let turns = &case.providers;
    match word {
        "requester" => me(case.requester),
        "clock" => actor == Actor::Clock,
        "officer" => case.security && role(Role::SecurityOfficer),
        // A security case knows nobody else.
        _ if case.security => false,
        "watcher" => case.watchers.iter().any(|id| me(*id)),
        "agent" => role(Role::Agent),
        "that_agent" => role(Role::Agent) && case.status.agent().is_some_and(me),
        "administrator" => role(Role::DeskAdministrator),
        "supervisor" => turns.iter().any(|turn| supervises(turn.contract)),
        "its_supervisor" => turns.last().is_some_and(|turn| supervises(turn.contract)),
        "provider" => turns.iter().any(|turn| provides(turn.contract)),
        "its_provider" => case.status.contract().is_some_and(provides),
        word => panic!("{word:?} is nobody"),
    }
}

/// Who may see a case, told independently of the scope: whoever takes part in it or works at the desk; of a security
/// case its requester and the officers.
pub(crate) fn may_see(case: &Case, office: &Office, actor: Actor) -> bool {
    let takes_part = ["requester", "watcher", "officer", "agent", "administrator", "supervisor", "provider"];
    let audits = actor.person().and_then(|id| office.people.get(&id)).is_some_and(|p| p.is(Role::Auditor));
    takes_part.iter().any(|word| is(word, case, office, actor)) || audits && !case.security
}
