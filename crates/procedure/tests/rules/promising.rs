//! What the office may agree, and what it may not: calendars, contracts with documents, settings, edits that cross.

use atiende_procedure::calendar::{CalendarForm, WorkingCalendar};
use atiende_procedure::holiday::{Falls, HolidayRule};
use atiende_procedure::office::{
    Change, Contract, ContractDocument, MOST_DOCUMENTS, NamedCalendar, Office, Settings, Subject, administer,
};
use atiende_procedure::*;

use crate::office::*;

fn ask(office: &Office, change: &Change) -> Option<Refusal> {
    let now = Circumstances { actor: SIXTO, now: monday(), office, other: None };
    administer(office, change, &now).err()
}

fn bad(field: &'static str, problem: Problem) -> Option<Refusal> {
    Some(Refusal::BadField { field, problem })
}

fn calendar_with(rule: HolidayRule) -> WorkingCalendar {
    let mut form = CalendarForm::from(WorkingCalendar::default());
    form.local_holidays = vec![rule];
    form.try_into().expect("a calendar")
}

fn rule(falls: Falls) -> HolidayRule {
    HolidayRule { name: "Día del municipio".into(), falls, from: None, until: None }
}

fn settings(office: &Office, edit: impl FnOnce(&mut Settings)) -> Change {
    let mut settings = (*office.settings).clone();
    edit(&mut settings);
    Change::SetSettings(Box::new(settings))
}

fn contract(office: &Office, edit: impl FnOnce(&mut Contract)) -> Change {
    let mut contract = (*office.contracts[&C_009]).clone();
    edit(&mut contract);
    Change::SetContract(Box::new(contract))
}

fn document(byte: u8) -> ContractDocument {
    let (name, media_type) = ("Contrato.pdf".to_owned(), "application/pdf".to_owned());
    ContractDocument { blob: BlobHash([byte; 32]), name, media_type, size: 9 }
}

#[test]
fn a_holiday_of_the_office_can_fall() {
    let office = office();
    let asked = |rule: HolidayRule| {
        let calendar = calendar_with(rule);
        let named = NamedCalendar { id: CalendarId(0), name: "Otra".into(), calendar: calendar.clone() };
        let of_a_site = ask(&office, &Change::SetCalendar(Box::new(named)));
        assert_eq!(
            of_a_site,
            ask(&office, &settings(&office, |it| it.calendar = calendar)),
            "as the main one"
        );
        of_a_site
    };
    let malformed = bad("local_holidays", Problem::Malformed);
    for (falls, refused) in [
        (Falls::Fixed { month: 2, day: 29 }, false),
        (Falls::Fixed { month: 2, day: 30 }, true),
        (Falls::Monday { month: 13, day: 1 }, true),
        (Falls::Easter { days: -47 }, false),
        (Falls::Easter { days: 300 }, true),
    ] {
        assert_eq!(asked(rule(falls)), malformed.clone().filter(|_| refused), "{falls:?}");
    }
    let fixed = Falls::Fixed { month: 7, day: 28 };
    assert_eq!(asked(HolidayRule { name: " ".into(), ..rule(fixed) }), malformed);
    assert_eq!(asked(HolidayRule { from: Some(2027), until: Some(2026), ..rule(fixed) }), malformed);
    assert_eq!(asked(HolidayRule { from: Some(2026), until: Some(2026), ..rule(fixed) }), None);
}

#[test]
fn a_contract_has_its_documents_once_and_a_deputy_who_is_another() {
    let office = office();
    let with = |edit: &dyn Fn(&mut Contract)| ask(&office, &contract(&office, edit));
    assert_eq!(with(&|it| it.documents = vec![document(1), document(2)]), None);
    assert_eq!(with(&|it| it.documents = vec![document(1), document(1)]), bad("documents", Problem::Taken));
    let nameless =
        |it: &mut Contract| it.documents = vec![ContractDocument { name: " ".into(), ..document(1) }];
    assert_eq!(with(&nameless), bad("documents", Problem::Missing));
    let two_lines =
        |it: &mut Contract| it.documents = vec![ContractDocument { name: "a\nb".into(), ..document(1) }];
    assert_eq!(with(&two_lines), bad("documents", Problem::Malformed));
    let many = |it: &mut Contract| it.documents = (0..=MOST_DOCUMENTS).map(|n| document(n as u8)).collect();
    assert_eq!(with(&many), bad("documents", Problem::OutOfRange));
    assert_eq!(with(&|it| it.deputy = Some(it.supervisor)), bad("deputy", Problem::Taken));
    assert_eq!(with(&|it| it.deputy = RITA.person()), bad("deputy", Problem::OutOfRange));
    assert_eq!(with(&|it| it.deputy = Some(PersonId(99))), bad("deputy", Problem::Unknown));
}

#[test]
fn a_contract_is_read_by_who_administers_audits_or_supervises() {
    let mut office = office();
    let read_by = |office: &Office, who: Actor| {
        who.person().is_some_and(|id| office.reads_contract(id, &office.contracts[&C_009]))
    };
    for (who, reads) in [
        (SIXTO, true),
        (AUDIAS, true),
        (SAUL, true),
        (DELIA, true),
        (RITA, false),
        (ANA, false),
        (DORA, false),
    ] {
        assert_eq!(read_by(&office, who), reads, "{who:?}");
    }
    let alone = contract(&office, |it| it.deputy = None);
    set(&mut office, &alone);
    assert!(!read_by(&office, DELIA), "who stands in for nobody");
    set(&mut office, &person(AUDIAS.person(), "audias", &[Role::Auditor], &[], false));
    assert!(!read_by(&office, AUDIAS), "who has left");
}

#[test]
fn settings_name_a_head_who_is_there_and_domains_that_are_some() {
    let office = office();
    let with = |edit: &dyn Fn(&mut Settings)| ask(&office, &settings(&office, edit));
    assert_eq!(with(&|it| it.head = DORA.person()), None);
    assert_eq!(with(&|it| it.head = Some(PersonId(99))), bad("head", Problem::Unknown));
    assert_eq!(with(&|it| it.head = EX.person()), bad("head", Problem::Inactive));
    assert_eq!(with(&|it| it.domains = vec!["agencia.gov.co".into(), "sede-2.example".into()]), None);
    for domain in ["", "agencia", "@agencia.example", "agencia..example", "agencia .example"] {
        assert_eq!(
            with(&|it| it.domains = vec![domain.into()]),
            bad("domains", Problem::Malformed),
            "{domain}"
        );
    }
    assert_eq!(with(&|it| it.counter = "Piso 1\nventanilla 3".into()), bad("counter", Problem::Malformed));
}

#[test]
fn who_edits_what_another_has_set_meanwhile_is_told() {
    let mut office = office();
    let seen = office.revision(Subject::Contract(C_009));
    assert_eq!(seen, 1);
    let mine = contract(&office, |it| it.object = "Soporte y repuestos".into()).if_unchanged(seen);
    assert_eq!(ask(&office, &mine), None);
    let theirs = contract(&office, |it| it.penalties = "1 %".into());
    set(&mut office, &theirs);
    assert_eq!(ask(&office, &mine), Some(Refusal::Stale { version: 2 }));
    assert_eq!(ask(&office, &contract(&office, |_| ()).if_unchanged(2)), None, "he has looked again");
    let revisions = office.revisions(Subject::Contract(C_009));
    assert_eq!(revisions.iter().map(|it| it.by).collect::<Vec<_>>(), [Actor::Operator, Actor::Operator]);
    let other = settings(&office, |it| it.unit = "Sistemas".into());
    assert_eq!(ask(&office, &other.if_unchanged(office.revision(Subject::Settings))), None, "another thing");
    let now = Circumstances { actor: RITA, now: monday(), office: &office, other: None };
    let refused = administer(&office, &mine, &now).err();
    assert_eq!(
        refused,
        Some(Refusal::NotYourRole { action: Action::Administer }),
        "who may not is told no more"
    );
}
