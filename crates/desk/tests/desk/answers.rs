//! Whoever works on a case answers by mail: his words go where the words that he answers came from, and what he quotes goes
//! nowhere.

use atiende_desk::SeenCase;
use atiende_procedure::*;

use crate::intake::*;
use crate::world::*;

pub const NATALY_S: &str = "Nataly <persona3@agencia.example>";
const HERNAN_S: &str = "Hernan <persona5@agencia.example>";

/// Everything that a requester reads of a case, names of files included.
pub fn all_read(seen: &SeenCase) -> String {
    let texts = seen.events.iter().flat_map(|event| event.recorded.event.texts());
    texts.filter_map(|(text, _)| seen.words(text)).collect::<Vec<_>>().join("\n")
}

/// The files of the last thing said.
fn last_files(seen: &SeenCase) -> usize {
    let files = |event: &atiende_desk::SeenEvent| match &event.recorded.event {
        Event::Said { attachments, .. } => Some(attachments.len()),
        _ => None,
    };
    seen.events.iter().rev().find_map(files).unwrap()
}

on_both! {
    async fn a_colleagues_note_is_answered_as_a_note_whoever_else_one_is(world: World) {
        let mail = Mail::of(&world);
        let number = world.registers(MARTA, Kind::Incident).await;
        world.in_progress(&number).await;
        world.does(person(MARTA), &number, Command::AddWatcher { person: NATALY }).await;
        world.does(person(ADMIN), &number, world.say(Audience::Internal, "Sospechamos de quien lo pidió.")).await;
        let note = mail.newest_to("persona3@").await;
        assert!(note.text.contains("queda como nota interna"), "{}", note.text);
        mail.arrives(&mail.answer(NATALY_S, &note, "De acuerdo, revisemos en secreto.")).await;
        let seen = world.sees(ADMIN, &number).await.unwrap();
        assert_eq!(said(&seen)[1], (Audience::Internal, "De acuerdo, revisemos en secreto.".to_owned()));
        assert_eq!(last_files(&seen), 0, "the letter quotes the note");
        let read = all_read(&world.sees(MARTA, &number).await.unwrap());
        assert!(!read.contains("secreto") && !read.contains("correo.eml"), "{read}");
        // As a watcher he answers what everybody reads; his letter stays out all the same.
        world.does(person(MARTA), &number, world.say(Audience::Requester, "¿Cuándo vienen?")).await;
        let message = mail.newest_to("persona3@").await;
        mail.arrives(&mail.answer(NATALY_S, &message, "Mañana.")).await;
        let seen = world.sees(MARTA, &number).await.unwrap();
        assert_eq!(said(&seen).last().unwrap(), &(Audience::Requester, "Mañana.".to_owned()));
        assert_eq!(last_files(&seen), 0);
    }

    async fn what_a_provider_wrote_is_answered_to_the_provider(world: World) {
        let mail = Mail::of(&world);
        let number = world.registers(MARTA, Kind::Incident).await;
        world.with_provider(&number).await;
        world.does(person(MARTA), &number, Command::AddWatcher { person: NATALY }).await;
        world.does(Actor::Provider(CONTRACT), &number, world.say(Audience::Provider, "Cobraremos la visita.")).await;
        let wrote = mail.newest_to("persona3@").await;
        mail.arrives(&mail.answer(NATALY_S, &wrote, "Eso no lo cubre la renta.")).await;
        // Also one who answers what was written to the provider, and came to him by another way.
        let request = mail.newest_to("soporte@rentas.example").await;
        mail.arrives(&mail.answer(NATALY_S, &request, "Ya lo hablé con ustedes.")).await;
        let seen = world.sees(ADMIN, &number).await.unwrap();
        let audiences: Vec<Audience> = said(&seen).into_iter().map(|(audience, _)| audience).collect();
        assert_eq!(audiences, [Audience::Provider; 3]);
        assert!(said(&world.sees(MARTA, &number).await.unwrap()).is_empty());
    }

    async fn a_supervisor_who_asked_for_it_follows_it_up(world: World) {
        let mail = Mail::of(&world);
        let number = world.registers(HERNAN, Kind::Incident).await;
        world.does(person(HERNAN), &number, Command::AddWatcher { person: ROSALBA }).await;
        world.with_provider(&number).await;
        let notice = mail.newest_to("persona5@").await;
        assert!(notice.text.contains("queda como el seguimiento"), "{}", notice.text);
        mail.arrives(&mail.answer(HERNAN_S, &notice, "Hablé con ellos: incumplen otra vez.")).await;
        let seen = world.sees(ADMIN, &number).await.unwrap();
        assert!(seen.events.iter().any(|event| matches!(event.recorded.event, Event::FollowedUp { .. })));
        assert!(!all_read(&world.sees(ROSALBA, &number).await.unwrap()).contains("incumplen"));
    }

    async fn an_answer_to_one_knows_not_what_goes_to_nobody(world: World) {
        let mail = Mail::of(&world);
        let number = world.registers(MARTA, Kind::Incident).await;
        world.in_progress(&number).await;
        world.does(person(ADMIN), &number, world.say(Audience::Internal, "Sospechamos de quien lo pidió.")).await;
        let note = mail.newest_to("persona3@").await;
        // Only the first reference came back: that is the thread's, of all letters to her about this case.
        let thread = format!("References: <{}>", note.in_reply_to.first().unwrap());
        let letter = written(NATALY_S, &format!("RE: {}", note.subject), &[TO, &thread], "Revisemos en secreto.");
        let refused = mail.arrives(&letter).await;
        assert_eq!((refused.state.as_str(), refused.reason.as_str()), ("recorded", "refused"));
        let kind = mail.newest_to("persona3@").await;
        assert!(kind.text.contains("no se pudo saber qué aviso respondía"), "{}", kind.text);
        // With the address it is known again.
        let to = format!("To: {}", note.reply_to);
        mail.arrives(&written(NATALY_S, "RE: x", &[&to, &thread], "Revisemos su historial.")).await;
        // What a refusal is answered with is not for the requester either.
        mail.arrives(&mail.answer(NATALY_S, &kind, "Era para usted, Adela.")).await;
        let seen = world.sees(ADMIN, &number).await.unwrap();
        let audiences: Vec<Audience> = said(&seen).into_iter().map(|(audience, _)| audience).collect();
        assert_eq!(audiences, [Audience::Internal; 3]);
    }
}
