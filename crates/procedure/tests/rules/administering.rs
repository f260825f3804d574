//! The third leaf of the door: people, catalogue, contracts, settings (R8).

use atiende_procedure::office::{
    Change, MailSecurity, MailServer, Mailbox, Office, QuestionForm, Receiving, TokenScope, administer,
};
use atiende_procedure::*;

use crate::office::*;

fn ask(office: &Office, actor: Actor, change: &Change) -> Option<Refusal> {
    let now = Circumstances { actor, now: monday(), office, other: None };
    administer(office, change, &now).err()
}

fn bad(field: &'static str, problem: Problem) -> Option<Refusal> {
    Some(Refusal::BadField { field, problem })
}

#[test]
fn the_system_administrator_changes_the_office_and_nobody_else() {
    let office = office();
    let change = person(None, "nuevo", &[], &[], true);
    assert_eq!(ask(&office, SIXTO, &change), None);
    assert_eq!(ask(&office, Actor::Operator, &change), None);
    let refused = Some(Refusal::NotYourRole { action: Action::Administer });
    for actor in [RITA, ANA, DORA, SAUL, OSCAR, AUDIAS, EX, Actor::Clock, Actor::Provider(C_009)] {
        assert_eq!(ask(&office, actor, &change), refused, "{actor:?}");
    }
}

#[test]
fn anybody_changes_his_own_password_and_tokens() {
    let mut office = office();
    let token = |of: Actor| Change::IssueToken {
        person: crate::story::id(of),
        scope: TokenScope::Read,
        name: "tablero".into(),
        expires: None,
    };
    let refused = Some(Refusal::NotYourRole { action: Action::Administer });
    assert_eq!(ask(&office, RITA, &token(RITA)), None);
    assert_eq!(ask(&office, RITA, &token(ANA)), refused);
    assert_eq!(ask(&office, RITA, &Change::SetPassword { person: crate::story::id(RITA) }), None);
    assert_eq!(ask(&office, RITA, &Change::SetPassword { person: crate::story::id(ANA) }), refused);
    set(&mut office, &token(RITA));
    let token = *office.tokens.keys().next().expect("issued");
    assert_eq!(ask(&office, ANA, &Change::RevokeToken { token }), refused);
    assert_eq!(ask(&office, RITA, &Change::RevokeToken { token }), None);
    set(&mut office, &Change::RevokeToken { token });
    assert_eq!(ask(&office, SIXTO, &Change::RevokeToken { token }), bad("token", Problem::Unknown));
}

#[test]
fn somebody_remains_who_can_administer() {
    let mut office = office();
    let leaves = person(SIXTO.person(), "sixto", &[Role::SystemAdministrator], &[], false);
    let resigns = person(SIXTO.person(), "sixto", &[Role::Auditor], &[], true);
    assert_eq!(ask(&office, SIXTO, &leaves), Some(Refusal::LastAdministrator));
    assert_eq!(ask(&office, Actor::Operator, &resigns), Some(Refusal::LastAdministrator));
    set(&mut office, &person(NADIA.person(), "nadia", &[Role::SystemAdministrator], &[], true));
    assert_eq!(ask(&office, SIXTO, &leaves), None);
}

#[test]
fn a_contract_in_force_keeps_its_supervisor() {
    let mut office = office();
    let saul = |roles: &[Role], active| person(SAUL.person(), "saul", roles, &[], active);
    assert_eq!(ask(&office, SIXTO, &saul(&[], true)), bad("roles", Problem::InUse));
    assert_eq!(ask(&office, SIXTO, &saul(&[Role::ContractSupervisor], false)), bad("roles", Problem::InUse));
    let mut contract = (*office.contracts[&C_009]).clone();
    contract.supervisor = crate::story::id(DELIA);
    contract.deputy = None;
    set(&mut office, &Change::SetContract(Box::new(contract.clone())));
    assert_eq!(ask(&office, SIXTO, &saul(&[], false)), None);
    contract.supervisor = crate::story::id(RITA);
    assert_eq!(
        ask(&office, SIXTO, &Change::SetContract(Box::new(contract))),
        bad("supervisor", Problem::OutOfRange)
    );
}

#[test]
fn addresses_and_codes_are_unique() {
    let office = office();
    assert_eq!(ask(&office, SIXTO, &person(None, "RITA", &[], &[], true)), bad("email", Problem::Taken));
    assert_eq!(ask(&office, SIXTO, &person(RITA.person(), "RITA", &[], &[], true)), None, "his own");
    assert_eq!(
        ask(&office, SIXTO, &person(None, "dos palabras", &[], &[], true)),
        bad("email", Problem::Malformed)
    );
    let mut site = office.sites[&SiteId(1)].clone();
    site.id = SiteId(0);
    assert_eq!(ask(&office, SIXTO, &Change::SetSite(site.clone())), bad("code", Problem::Taken));
    site.code = " ".into();
    assert_eq!(ask(&office, SIXTO, &Change::SetSite(site)), bad("code", Problem::Missing));
}

#[test]
fn what_is_named_exists() {
    let office = office();
    let unknown = person(Some(PersonId(99)), "nadie", &[], &[], true);
    assert_eq!(ask(&office, SIXTO, &unknown), bad("person", Problem::Unknown));
    let no_group = person(None, "nuevo", &[Role::Agent], &[], true);
    assert_eq!(ask(&office, SIXTO, &no_group), bad("groups", Problem::Missing));
    let other_group = person(None, "nuevo", &[Role::Agent], &[GroupId(99)], true);
    assert_eq!(ask(&office, SIXTO, &other_group), bad("groups", Problem::Unknown));
    let mut contract = office.contracts[&C_009].clone();
    std::sync::Arc::make_mut(&mut contract).provider = ProviderId(99);
    let contract = Box::new((*contract).clone());
    assert_eq!(ask(&office, SIXTO, &Change::SetContract(contract)), bad("provider", Problem::Unknown));
    let mut provider = office.providers[&ProviderId(1)].clone();
    provider.emails.clear();
    assert_eq!(ask(&office, SIXTO, &Change::SetProvider(provider)), bad("emails", Problem::Missing));
}

#[test]
fn a_service_and_its_group_are_of_one_level() {
    let office = office();
    let mut service = (*office.services[&COMPUTER]).clone();
    service.level = SupportLevel::Second;
    let refusal = Refusal::GroupNotOfLevel { group: FIRST, level: SupportLevel::Second };
    assert_eq!(ask(&office, SIXTO, &Change::SetService(Box::new(service))), Some(refusal));
    let mut group = office.groups[&FIRST].clone();
    group.level = SupportLevel::Second;
    assert_eq!(ask(&office, SIXTO, &Change::SetGroup(group.clone())), bad("level", Problem::InUse));
    (group.level, group.active) = (SupportLevel::First, false);
    assert_eq!(ask(&office, SIXTO, &Change::SetGroup(group)), bad("active", Problem::InUse));
}

#[test]
fn questions_can_be_answered() {
    let office = office();
    let with = |edit: fn(&mut Vec<office::Question>)| {
        let mut service = (*office.services[&COMPUTER]).clone();
        edit(&mut service.questions);
        ask(&office, SIXTO, &Change::SetService(Box::new(service)))
    };
    assert_eq!(with(|_| ()), None);
    assert_eq!(with(|q| q[1].code = q[0].code.clone()), bad("questions", Problem::Taken));
    assert_eq!(with(|q| q[0].label.clear()), bad("questions", Problem::Missing));
    let no_options = with(|q| q[0].form = QuestionForm::Choice { options: Vec::new() });
    assert_eq!(no_options, bad("questions", Problem::Missing));
}

#[test]
fn settings_stay_within_reason() {
    let office = office();
    let with = |edit: fn(&mut office::Settings)| {
        let mut settings = (*office.settings).clone();
        edit(&mut settings);
        ask(&office, SIXTO, &Change::SetSettings(Box::new(settings)))
    };
    assert_eq!(with(|_| ()), None);
    assert_eq!(with(|s| s.prefix = "mesa".into()), bad("prefix", Problem::Malformed));
    assert_eq!(with(|s| s.grace_days = 61), bad("grace_days", Problem::OutOfRange));
    assert_eq!(with(|s| s.follow_up_days = 0), bad("follow_up_days", Problem::OutOfRange));
    assert_eq!(with(|s| s.rating_days = 0), bad("rating_days", Problem::OutOfRange));
    assert_eq!(with(|s| s.waiting_times.high = u32::MAX), bad("waiting_times", Problem::OutOfRange));
    assert_eq!(with(|s| s.mail_address = "mesa".into()), bad("mail_address", Problem::Malformed));
}

#[test]
fn who_writes_from_the_agency_becomes_a_requester_and_nothing_else() {
    let mut office = office();
    let clock = Actor::Clock;
    let refused = Some(Refusal::NotYourRole { action: Action::Administer });
    let new = |roles: &[Role], groups: &[GroupId], active| person(None, "nuevo", roles, groups, active);
    assert_eq!(ask(&office, clock, &new(&[], &[], true)), refused, "no domain is the agency's own yet");
    let mut settings = (*office.settings).clone();
    settings.domains = vec!["Agencia.example".into()];
    set(&mut office, &Change::SetSettings(Box::new(settings)));
    assert_eq!(ask(&office, clock, &new(&[], &[], true)), None);
    assert_eq!(ask(&office, clock, &new(&[Role::Auditor], &[], true)), refused);
    assert_eq!(ask(&office, clock, &new(&[], &[FIRST], true)), refused);
    assert_eq!(ask(&office, clock, &new(&[], &[], false)), refused);
    assert_eq!(ask(&office, clock, &person(RITA.person(), "RITA", &[], &[], true)), refused);
}

#[test]
fn a_mailbox_has_one_address_and_tells_its_password_to_no_other_machine_in_the_open() {
    let mut office = office();
    let server = |security| MailServer {
        host: "correo.agencia.example".into(),
        port: 993,
        security,
        user: "soporte".into(),
        oauth: None,
    };
    let mailbox = |edit: &dyn Fn(&mut Mailbox)| {
        let receives = Receiving {
            server: server(MailSecurity::Tls),
            folder: "INBOX".into(),
            processed: "Atendidos".into(),
            failed: String::new(),
        };
        let mut mailbox = Mailbox {
            id: MailboxId(0),
            name: "soporte".into(),
            address: "soporte@agencia.example".into(),
            receives: Some(receives),
            sends: Some(server(MailSecurity::StartTls)),
            authserv_id: String::new(),
            plus_addresses: true,
            active: true,
        };
        edit(&mut mailbox);
        Change::SetMailbox(Box::new(mailbox))
    };
    fn receiving(mailbox: &mut Mailbox) -> &mut Receiving {
        mailbox.receives.as_mut().expect("it receives")
    }
    set(&mut office, &mailbox(&|_| ()));
    assert_eq!(office.mailbox_by_name("soporte").map(|it| it.id), Some(MailboxId(1)));
    let ask = |edit: &dyn Fn(&mut Mailbox)| ask(&office, SIXTO, &mailbox(edit));
    assert_eq!(ask(&|it| it.id = MailboxId(1)), None, "itself");
    assert_eq!(ask(&|_| ()), bad("name", Problem::Taken));
    assert_eq!(ask(&|it| it.name = "otro".into()), bad("address", Problem::Taken));
    let other = |it: &mut Mailbox| (it.name, it.address) = ("otro".into(), "otro@agencia.example".into());
    assert_eq!(ask(&other), None);
    assert_eq!(
        ask(&|it| {
            other(it);
            receiving(it).server.security = MailSecurity::Plain;
        }),
        bad("receives.host", Problem::OutOfRange)
    );
    assert_eq!(
        ask(&|it| {
            other(it);
            receiving(it).processed = "INBOX".into();
        }),
        bad("receives.processed", Problem::Taken)
    );
    assert_eq!(
        ask(&|it| {
            other(it);
            receiving(it).server.user.clear();
        }),
        bad("receives.user", Problem::Missing)
    );
}

#[test]
fn a_version_has_its_eight_activities_in_order() {
    let office = office();
    let mut version = version("3", jiff::civil::date(2027, 1, 1));
    assert_eq!(ask(&office, SIXTO, &Change::SetVersion(Box::new(version.clone()))), None);
    version.activities.swap(2, 3);
    let refusal = ask(&office, SIXTO, &Change::SetVersion(Box::new(version)));
    assert_eq!(refusal, bad("activities", Problem::OutOfRange));
}

#[test]
fn a_destroyed_profile_leaves_somebody_without_a_name_or_address() {
    let mut office = office();
    let recorded = office::OfficeRecorded {
        sequence: office.version + 1,
        at: monday(),
        acted: Acted { by: Actor::Operator, capacity: Capacity::Operator },
        command: CommandId([0; 16]),
        event: office::OfficeEvent::PersonSet {
            person: crate::story::id(NADIA),
            profile: TextRef([0; 32]),
            roles: Vec::new(),
            groups: Vec::new(),
            active: false,
        },
    };
    office.apply(&recorded, None);
    assert!(office.person_by_email("nadia@agencia.example").is_none());
    assert!(office.person_by_email("").is_none(), "and nobody is found by no address");
    assert!(office.person_by_email("RITA@agencia.example ").is_some());
}
