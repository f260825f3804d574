//! Every letter, whole, as its reader gets it; and who gets none.

mod office;
mod walk;

use atiende_procedure::{Actor, Audience, Command, ContractId, Kind, Performer, Role, WaitingFor};
use office::{ADMIN, AGENT, CONTRACT, DEPUTY, GROUP, OFFICER, REQUESTER, SECOND_AGENT, WATCHER};
use walk::{Walk, other_walk};

use super::{Notice, Recipient};

const PERSON: fn(atiende_procedure::PersonId) -> Actor = Actor::Person;

/// A case that meets every notice of the ordinary procedure but those of its other ends.
fn whole_procedure() -> Walk {
    let mut walk = Walk::registered(Kind::Incident);
    walk.does(PERSON(REQUESTER), Command::AddWatcher { person: WATCHER });
    walk.does(PERSON(REQUESTER), walk::place("Piso 2, puesto 14"));
    walk.does(PERSON(AGENT), walk::assign_first(None));
    walk.does(PERSON(REQUESTER), walk.say(Audience::Requester, "Buenos días, ¿a qué hora vienen?"));
    walk.does(PERSON(AGENT), Command::Take);
    walk.does(PERSON(REQUESTER), walk::place("Piso 2, puesto 18"));
    walk.does(PERSON(AGENT), walk.assess());
    walk.does(
        PERSON(AGENT),
        walk.say(Audience::Requester, "Paso por su puesto a las 2.\nGuarde su trabajo."),
    );
    walk.does(PERSON(SECOND_AGENT), walk.say(Audience::Internal, "Ya le pasó a otra del mismo lote."));
    walk.does(PERSON(AGENT), walk.wait(WaitingFor::Requester));
    walk.does(PERSON(AGENT), Command::Resume);
    walk.does(PERSON(AGENT), walk.wait(WaitingFor::Parts));
    walk.does(PERSON(AGENT), walk.escalate_second());
    walk.does(PERSON(SECOND_AGENT), walk.assess());
    walk.does(PERSON(SECOND_AGENT), walk.escalate_provider());
    walk.does(PERSON(SECOND_AGENT), walk.say(Audience::Provider, "El equipo está en el piso 2."));
    walk.does(Actor::Provider(CONTRACT), walk.say(Audience::Provider, "Vamos mañana a las 9."));
    walk.days_pass(5);
    walk.does(Actor::Clock, Command::RemindFollowUp);
    walk.does(Actor::Provider(CONTRACT), walk.report(false));
    walk.does(Actor::Provider(CONTRACT), walk.report(true));
    walk.does(PERSON(SECOND_AGENT), walk.solve(Performer::Provider));
    walk.does(PERSON(REQUESTER), walk.reopen());
    walk.does(PERSON(SECOND_AGENT), walk.assess());
    walk.does(PERSON(SECOND_AGENT), walk.solve(Performer::Agent));
    walk.days_pass(10);
    walk.does(Actor::Clock, Command::CloseByClock);
    walk
}

fn security() -> Walk {
    let mut walk = Walk::registered(Kind::SecurityIncident);
    walk.does(PERSON(OFFICER), Command::Acknowledge);
    walk.does(PERSON(OFFICER), walk.say(Audience::Requester, "No apague el equipo."));
    walk.does(PERSON(OFFICER), Command::SendBack { reason: walk.text("Era un correo de publicidad.") });
    walk.does(PERSON(AGENT), Command::Refer { reason: walk.text("Sí robaron la clave de la bodega.") });
    walk.does(PERSON(OFFICER), Command::Conclude { outcome: walk.text("Se cambiaron las claves.") });
    walk
}

fn with_provider() -> Walk {
    let mut walk = Walk::registered(Kind::Incident);
    walk.does(PERSON(AGENT), walk::assign_first(Some(AGENT)));
    walk.does(PERSON(AGENT), walk.assess());
    walk.does(PERSON(AGENT), walk.escalate_provider());
    walk
}

fn called_off() -> Walk {
    let mut walk = with_provider();
    walk.does(PERSON(AGENT), Command::TakeBack { reason: walk.text("Se arregló solo.") });
    walk
}

fn withdrawn() -> Walk {
    let mut walk = Walk::registered(Kind::Incident);
    walk.does(PERSON(REQUESTER), Command::AddWatcher { person: WATCHER });
    walk.does(PERSON(AGENT), walk::assign_first(Some(AGENT)));
    walk.does(
        PERSON(REQUESTER),
        Command::Cancel { reason: walk.text("Ya no hace falta."), duplicate_of: None },
    );
    walk
}

/// Eight working hours go by over a case.
fn promised() -> Walk {
    let mut walk = Walk::registered(Kind::Incident);
    walk.does(PERSON(AGENT), walk::assign_first(Some(AGENT)));
    walk.hours_pass(7);
    walk.does(Actor::Clock, Command::Warn);
    walk
}

/// Two days go by over a case that its provider has.
fn promised_by_provider() -> Walk {
    let mut walk = with_provider();
    walk.days_pass(2);
    walk.does(Actor::Clock, Command::Warn);
    walk
}

/// Two cases that become one: what each of them tells.
fn merged() -> [Walk; 2] {
    let mut walk = Walk::registered(Kind::Incident);
    let mut other = other_walk();
    other.does(PERSON(SECOND_AGENT), walk::assign_first(Some(AGENT)));
    walk.merges(PERSON(SECOND_AGENT), &mut other);
    [walk, other]
}

#[test]
fn every_letter_of_the_desk() {
    let [merged, absorbing] = merged();
    let mut seen = Vec::new();
    let promised = [promised(), promised_by_provider()];
    let alone = [whole_procedure(), with_provider(), security(), called_off(), withdrawn()];
    for walk in alone.into_iter().chain(promised).chain([merged, absorbing]) {
        for told in &walk.told {
            if !seen.contains(&told.notice) && walk.leaves(*told) {
                seen.push(told.notice);
                insta::assert_snapshot!(told.notice.as_str(), walk.shown(*told));
            }
        }
    }
    // A refused order follows from a letter, not from an event: see tests/desk/intake.rs.
    let by_event = Notice::ALL.iter().filter(|notice| **notice != Notice::OrderRefused);
    let never: Vec<_> = by_event.filter(|notice| !seen.contains(notice)).collect();
    assert!(never.is_empty(), "no story tells of {never:?}");
}

#[test]
fn what_letters_say_in_other_circumstances() {
    let mut visit = Walk::registered(Kind::Incident);
    visit.does(PERSON(REQUESTER), Command::AddWatcher { person: WATCHER });
    visit.does(PERSON(AGENT), walk::assign_first(Some(AGENT)));
    visit.does(PERSON(AGENT), visit.assess());
    visit.does(PERSON(AGENT), visit.wait(WaitingFor::Visit));
    let waits = visit.told_of_last();
    visit.does(PERSON(AGENT), Command::Resume);
    visit.does(PERSON(AGENT), visit.wait(WaitingFor::Requester));
    let asks = visit.told_of_last();
    visit.does(PERSON(AGENT), Command::Resume);
    visit.does(PERSON(AGENT), visit.solve(Performer::Agent));
    let solved = visit.told_of_last();
    visit.does(PERSON(AGENT), Command::Close { agreed: visit.text("Por teléfono, el martes.") });
    let closed = visit.told_of_last();
    let mut phone = Walk::registered_by(AGENT);
    let on_behalf = phone.told_of_last();
    phone.does(
        PERSON(ADMIN),
        Command::Cancel { reason: phone.text("Es de otra entidad."), duplicate_of: None },
    );
    let cancelled = phone.told_of_last();
    let mut promised = promised();
    promised.days_pass(2);
    promised.does(Actor::Clock, Command::Warn);
    let broken = promised.told_of_last();
    let [merged, _] = merged();
    let joined = merged.told_of_last();
    let visits = [waits, asks, solved, closed].concat();
    let letters = visits.iter().map(|told| visit.shown_text(*told));
    let letters = letters.chain(
        [on_behalf, cancelled].concat().iter().map(|told| phone.shown_text(*told)).collect::<Vec<_>>(),
    );
    let letters = letters.chain(broken.iter().map(|told| promised.shown_text(*told)).collect::<Vec<_>>());
    let letters = letters.chain(joined.iter().map(|told| merged.shown_text(*told)).collect::<Vec<_>>());
    insta::assert_snapshot!(letters.collect::<Vec<_>>().join("\n==========\n"));
}

#[test]
fn every_letter_in_english() {
    let mut walk = whole_procedure();
    walk.everybody_speaks("en");
    let letters: Vec<String> = walk
        .told
        .iter()
        .filter(|told| told.to != Recipient::Person(WATCHER) && told.to != Recipient::Person(DEPUTY))
        .map(|told| walk.shown_text(*told))
        .collect();
    insta::assert_snapshot!(letters.join("\n==========\n"));
}

#[test]
fn who_is_told_of_what() {
    let [merged, absorbing] = merged();
    let stories = [
        ("whole procedure", whole_procedure()),
        ("security", security()),
        ("promised", promised()),
        ("promised by the provider", promised_by_provider()),
        ("called off", called_off()),
        ("withdrawn", withdrawn()),
        ("merged", merged),
        ("absorbing", absorbing),
    ];
    let lists: Vec<String> =
        stories.iter().map(|(name, walk)| format!("# {name}\n{}", walk.list())).collect();
    insta::assert_snapshot!(lists.join("\n"));
}

#[test]
fn a_case_that_went_to_security_tells_nobody_else_even_what_was_waiting_to_leave() {
    let mut walk = Walk::registered(Kind::Incident);
    walk.does(PERSON(REQUESTER), Command::AddWatcher { person: WATCHER });
    walk.does(PERSON(AGENT), walk::assign_first(Some(AGENT)));
    walk.does(PERSON(AGENT), walk.assess());
    walk.does(PERSON(AGENT), walk.escalate_provider());
    walk.does(PERSON(AGENT), walk.say(Audience::Provider, "La clave del servidor estaba en un papel."));
    walk.does(PERSON(AGENT), Command::Refer { reason: walk.text("Robaron la clave.") });
    for told in &walk.told {
        let allowed = match told.to {
            Recipient::Person(id) => id == REQUESTER || id == OFFICER,
            Recipient::Group(_) => false,
            Recipient::Provider(_) => told.notice == Notice::CalledOff,
        };
        assert_eq!(walk.leaves(*told), allowed, "{told:?}");
    }
    let off = walk.told.iter().find(|told| told.notice == Notice::CalledOff).expect("the provider is told");
    let letter = walk.shown(*off);
    assert!(!letter.contains("impresora") && !letter.contains("clave"), "{letter}");
    let officers =
        walk.told.iter().find(|told| told.notice == Notice::Security).expect("the officer is told");
    assert!(!walk.shown(*officers).contains("clave"), "what it says is not sent by mail");
}

#[test]
fn whoever_lost_his_role_or_was_deactivated_gets_nothing() {
    let mut walk = Walk::registered(Kind::Incident);
    walk.does(PERSON(SECOND_AGENT), walk::assign_first(Some(AGENT)));
    let told = *walk.told.iter().find(|told| told.to == Recipient::Person(AGENT)).expect("the agent is told");
    assert!(walk.leaves(told));
    walk.person(AGENT, |person| {
        person.roles.remove(&Role::Agent);
    });
    assert!(!walk.leaves(told));
    walk.person(AGENT, |person| {
        person.roles.insert(Role::Agent);
        person.active = false;
    });
    assert!(!walk.leaves(told));
    walk.does(PERSON(SECOND_AGENT), walk.say(Audience::Internal, "¿Y Nataly?"));
    assert!(!walk.told_of_last().iter().any(|told| told.to == Recipient::Person(AGENT)));
}

#[test]
fn a_watcher_who_was_removed_or_a_provider_who_no_longer_has_it_gets_nothing() {
    let mut walk = Walk::registered(Kind::Incident);
    walk.does(PERSON(REQUESTER), Command::AddWatcher { person: WATCHER });
    walk.does(PERSON(AGENT), walk::assign_first(Some(AGENT)));
    let attending = *walk.told.iter().find(|told| told.to == Recipient::Person(WATCHER)).expect("told");
    assert!(walk.leaves(attending));
    walk.does(PERSON(REQUESTER), Command::RemoveWatcher { person: WATCHER });
    assert!(!walk.leaves(attending));
    walk.does(PERSON(AGENT), walk.assess());
    walk.does(PERSON(AGENT), walk.escalate_provider());
    let request = *walk.told.iter().find(|told| told.notice == Notice::ProviderRequest).expect("told");
    assert!(walk.leaves(request));
    walk.does(PERSON(AGENT), Command::TakeBack { reason: walk.text("Se arregló solo.") });
    assert!(!walk.leaves(request));
}

#[test]
fn internal_words_reach_neither_requester_nor_provider() {
    let walk = whole_procedure();
    for told in &walk.told {
        let outside = matches!(told.to, Recipient::Provider(_))
            || told.to == Recipient::Person(REQUESTER)
            || told.to == Recipient::Person(WATCHER);
        if outside && walk.leaves(*told) {
            let letter = walk.shown(*told);
            for secret in ["Ya le pasó a otra", "La revisé por dentro", "Es de la red"] {
                assert!(!letter.contains(secret), "{told:?}: {letter}");
            }
        }
    }
}

#[test]
fn solved_and_closed_at_once_is_one_letter_without_the_question() {
    let mut walk = Walk::registered(Kind::Incident);
    walk.settings(|settings| settings.grace_days = 0);
    walk.does(PERSON(AGENT), walk::assign_first(Some(AGENT)));
    walk.does(PERSON(AGENT), walk.assess());
    walk.does(PERSON(AGENT), walk.solve(Performer::Agent));
    let told = walk.told_of_last();
    assert_eq!(told.len(), 1, "{told:?}");
    let letter = walk.shown(told[0]);
    assert!(letter.contains("El caso quedó cerrado") && !letter.contains("¿Quedó bien?"), "{letter}");
}

#[test]
fn a_letter_sent_again_later_is_the_same_letter() {
    let mut walk = Walk::registered(Kind::Incident);
    walk.does(PERSON(AGENT), walk::assign_first(Some(AGENT)));
    let told = walk.told_of_last();
    let first: Vec<String> = told.iter().map(|told| walk.shown(*told)).collect();
    walk.does(PERSON(AGENT), walk.assess());
    walk.days_pass(3);
    let again: Vec<String> = told.iter().map(|told| walk.shown(*told)).collect();
    assert_eq!(first, again);
}

#[test]
fn whoever_works_on_a_case_is_told_where_his_answer_goes() {
    let outside = |told: &super::Told| {
        [REQUESTER, WATCHER].map(Recipient::Person).contains(&told.to)
            || matches!(told.to, Recipient::Provider(_))
    };
    for walk in [whole_procedure(), security(), with_provider(), promised(), promised_by_provider()] {
        for told in walk.told.iter().filter(|told| walk.leaves(**told)) {
            let letter = walk.shown_text(*told);
            assert_eq!(letter.contains("Si responde este correo"), !outside(told), "{told:?}: {letter}");
        }
    }
    let mut security = security();
    security.does(PERSON(REQUESTER), security.say(Audience::Requester, "¿Qué hago con el equipo?"));
    let officers = security.told_of_last();
    let letter =
        security.shown(*officers.iter().find(|told| told.to == Recipient::Person(OFFICER)).expect("told"));
    assert!(letter.contains("su respuesta le llega a") && !letter.contains("@nota"), "{letter}");
}

#[test]
fn an_answer_comes_back_to_its_thread() {
    let walk = whole_procedure();
    let solved = *walk.told.iter().find(|told| told.notice == Notice::Solved).expect("told");
    let letter = walk.letter(solved);
    let thread = walk.threads().thread_of_address(letter.reply_to.address());
    assert_eq!(thread, Some(format!("ms-2026-12.{}.p1", solved.event)));
    let word = walk.threads().word_of_message_id(&letter.references[0]);
    assert_eq!(word.as_deref(), Some("ms-2026-12.p1"));
}

#[test]
fn words_of_the_outbox_are_read_as_they_were_written() {
    for notice in Notice::ALL {
        assert_eq!(Notice::of_word(notice.as_str()), Some(*notice));
    }
    let recipients = [Recipient::Person(AGENT), Recipient::Provider(ContractId(9)), Recipient::Group(GROUP)];
    for recipient in recipients {
        assert_eq!(Recipient::of_word(&recipient.to_string()), Some(recipient));
    }
    for bad in ["", "p", "x1", "p1x", "é1"] {
        assert_eq!(Recipient::of_word(bad), None, "{bad:?}");
    }
}
