//! Whoever works on a case answers by mail: his words go where the words that he answers came from, and what he quotes goes
//! nowhere.

use atiende_desk::SeenCase;
use atiende_procedure::office::{Change, Group};
use atiende_procedure::*;
use jiff::SignedDuration;

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

    async fn what_is_his_is_told_from_what_he_quotes(world: World) {
        let mail = Mail::of(&world);
        let number = world.registers(MARTA, Kind::Incident).await;
        let reason = Some(world.text("Ojo: esta usuaria siempre exagera lo que le pasa."));
        let assigned = Command::Assign { level: SupportLevel::First, group: None, agent: Some(NATALY), reason };
        world.does(person(ADMIN), &number, assigned).await;
        let notice = mail.newest_to("persona3@").await;
        let quoted: Vec<String> = notice.text.lines().map(|line| format!("> {line}")).collect();
        let (reply_to, reference) = (format!("To: {}", notice.reply_to), format!("References: <{}>", notice.message_id));
        let answers = |body: String| written(NATALY_S, &format!("RE: {}", notice.subject), &[&reply_to, &reference], &body);
        let read = async || all_read(&world.sees(MARTA, &number).await.unwrap());
        // Nothing of his own: nobody hears of it but himself.
        let empty = mail.arrives(&mail.answer(NATALY_S, &notice, "")).await;
        assert_eq!((empty.state.as_str(), empty.reason.as_str()), ("recorded", "refused"));
        assert!(mail.newest_to("persona3@").await.text.contains("no traía nada escrito por usted"));
        // Below the quotation, and between its lines.
        let below = format!("El 17/11/2026 8:10, Mesa escribió:\n{}\n\n¿De qué piso es?", quoted.join("\n"));
        mail.arrives(&answers(below)).await;
        let half = quoted.len() / 2;
        let between = format!("{}\n¿Y desde cuándo?\n{}", quoted[..half].join("\n"), quoted[half..].join("\n"));
        mail.arrives(&answers(between)).await;
        let words: Vec<String> = said(&world.sees(MARTA, &number).await.unwrap()).into_iter().map(|said| said.1).collect();
        assert_eq!(words, ["¿De qué piso es?", "¿Y desde cuándo?"]);
        // A file alone.
        let file = answers(String::new()).replace("Content-Type: text/plain; charset=utf-8", "Content-Type: multipart/mixed; boundary=b");
        let file = file.trim_end().to_owned() + &format!(
            "\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n--b\r\nContent-Type: text/csv; name=guia.csv\r\n\r\na;b\r\n--b--\r\n",
            quoted.join("\r\n")
        );
        assert_eq!(mail.arrives(&file).await.state, "taken");
        assert!(read().await.contains("guia.csv"));
        assert!(!read().await.contains("exagera"), "{}", read().await);
        // What he repeats of the requester's is no secret, nor is what he said himself before.
        world.does(person(NATALY), &number, world.say(Audience::Internal, "Se cambió el fusor de la impresora y se probó.")).await;
        mail.arrives(&answers("Desde ayer saca hojas en blanco: se cambió el fusor de la impresora y se probó.".to_owned())).await;
        assert!(read().await.contains("y se probó"));
    }

    async fn however_an_internal_notice_is_answered_its_words_reach_no_requester(world: World) {
        let mail = Mail::of(&world);
        let group = Change::SetGroup(Group {
            id: GroupId(2), code: "redes".into(), name: "Redes".into(), level: SupportLevel::Second,
            email: "redes@agencia.example".into(), active: true,
        });
        world.administer(vec![group]).await;
        let number = world.registers(MARTA, Kind::Incident).await;
        world.does(person(MARTA), &number, Command::AddWatcher { person: NATALY }).await;
        world.does(person(MARTA), &number, Command::AddWatcher { person: IVAN }).await;
        world.in_progress(&number).await;
        let inside = "El cable lo cortó la misma usuaria de siempre,\nsegún cuentan los del piso.\nLa clave provisional quedó en xk29 tulipán.";
        world.does(person(ADMIN), &number, world.say(Audience::Internal, inside)).await;
        let note = mail.newest_to("persona3@").await;
        world.does(person(NATALY), &number, Command::EscalateToLevel { level: SupportLevel::Second, agent: None, reason: world.text(inside) }).await;
        let escalated = mail.newest_to("redes@").await;
        let mut published = 0;
        for (who, notice) in [(NATALY_S, &note), ("Iván <persona4@agencia.example>", &escalated)] {
            for (style, letter) in crate::quoting::ways(who, notice) {
                world.pass(SignedDuration::from_mins(2));
                let arrival = mail.arrives(&letter).await;
                published += usize::from(arrival.state == "taken");
                let read = all_read(&world.sees(MARTA, &number).await.unwrap());
                for secret in ["cortó la misma", "cuentan los del piso", "xk29", "tulipán", "usuaria"] {
                    assert!(!read.contains(secret), "{style}:\n{letter}\n== is read as\n{read}");
                }
            }
        }
        assert!(published >= 20, "only {published} were understood");
        let seen = world.sees(MARTA, &number).await.unwrap();
        assert!(seen.events.iter().all(|event| SeenCase::files(&event.recorded.event).is_empty()));
    }

    async fn what_comes_with_an_order_stays_with_the_case(world: World) {
        let mail = Mail::of(&world);
        let number = world.registers(MARTA, Kind::Incident).await;
        world.does(person(ADMIN), &number, assign(SupportLevel::First, Some(NATALY))).await;
        let notice = mail.newest_to("persona3@").await;
        let to = [format!("To: {}", notice.reply_to), format!("References: <{}>", notice.message_id)];
        let order = |to: &[String; 2], who: &str, words: &str| {
            let body = format!(
                "--b\nContent-Type: text/plain; charset=utf-8\n\n{words}\n--b\nContent-Type: text/csv; name=evidencia.csv\n\n{words}\n--b--"
            );
            written(who, "RE: x", &[&to[0], &to[1]], &body)
                .replacen("Content-Type: text/plain; charset=utf-8", "Content-Type: multipart/mixed; boundary=b", 1)
        };
        let files = async |who: PersonId| {
            let seen = world.sees(who, &number).await.unwrap();
            seen.events.iter().map(|event| SeenCase::files(&event.recorded.event).len()).sum::<usize>()
        };
        // Refused, it leaves nothing behind.
        let refused = mail.arrives(&order(&to, NATALY_S, "@resolver\nSe cambió el fusor.")).await;
        assert_eq!((refused.reason.as_str(), files(NATALY).await), ("refused", 0));
        world.does(person(NATALY), &number, world.assess()).await;
        mail.arrives(&order(&to, NATALY_S, "@escalar\nEs de la red.")).await;
        assert_eq!((files(NATALY).await, files(MARTA).await), (1, 0), "why it was escalated is internal");
        world.does(person(IVAN), &number, Command::Take).await;
        world.does(person(IVAN), &number, world.assess()).await;
        let reason = world.text("Está en garantía.");
        world.does(person(IVAN), &number, Command::EscalateToProvider { contract: CONTRACT, reason }).await;
        let follows = mail.newest_to("persona5@").await;
        let follows = [format!("To: {}", follows.reply_to), format!("References: <{}>", follows.message_id)];
        mail.arrives(&order(&follows, HERNAN_S, "Vienen el jueves.")).await;
        assert_eq!((files(NATALY).await, files(MARTA).await), (2, 0));
        let back = Command::TakeBack { reason: world.text("Se arregló.") };
        world.does(person(IVAN), &number, back).await;
        let assigned = mail.newest_to("persona4@").await;
        let to = [format!("To: {}", assigned.reply_to), format!("References: <{}>", assigned.message_id)];
        let solved = mail.arrives(&order(&to, "persona4@agencia.example", "@resolver\nSe cambió el cable.")).await;
        assert_eq!(solved.state, "taken");
        let seen = world.sees(MARTA, &number).await.unwrap();
        assert_eq!((seen.case.status.name(), files(MARTA).await), (StatusName::Solved, 1));
        // Taken in hand again it does no more.
        assert_eq!(files(NATALY).await, 3);
    }

    async fn what_he_writes_inside_an_unmarked_quotation_is_his_and_nothing_else_is(world: World) {
        let mail = Mail::of(&world);
        let number = world.registers(MARTA, Kind::Incident).await;
        let reason = Some(world.text("Ojo: esta usuaria siempre exagera.\nYa la visitamos dos veces este mes."));
        let assigned = Command::Assign { level: SupportLevel::First, group: None, agent: Some(NATALY), reason };
        world.does(person(ADMIN), &number, assigned).await;
        let notice = mail.newest_to("persona3@").await;
        let head = "De: Mesa <mesa@agencia.example>\nEnviado: martes, 17 de noviembre de 2026 8:10\nPara: Nataly\nAsunto: x\n\n";
        let to = [format!("To: {}", notice.reply_to), format!("References: <{}>", notice.message_id)];
        let by_outlook = |body: &str| written(NATALY_S, "RE: x", &[&to[0], &to[1]], body);
        let within = |line: &str, by: &str| notice.text.replace("> ", "").replace(line, by);
        let blank = "código IMP-0231.";
        let inside = within(blank, &format!("{blank}\nEso es el fusor: lo cambiamos mañana."));
        mail.arrives(&by_outlook(&format!("Hola, respondo abajo.\n\n{head}{inside}"))).await;
        let words = said(&world.sees(MARTA, &number).await.unwrap()).pop().unwrap().1;
        assert_eq!(words, "Hola, respondo abajo.\n\nEso es el fusor: lo cambiamos mañana.");
        // On a line of the notice it cannot be told.
        let mixed = within("exagera.", "exagera. Es verdad, y van tres.") + "\nLo cambiamos pasado mañana.";
        let mixed = mail.arrives(&by_outlook(&format!("Respondo abajo.\n\n{head}{mixed}"))).await;
        assert_eq!(mixed.reason, "refused");
        // A colleague wrote inside it, and she answers him: his lines are not hers.
        let chain = format!("Va.\n\n{head}{}", within(blank, &format!("{blank}\nNo le creas nada.")));
        let beside = [&to[0], "References: <c1@agencia.example>", "In-Reply-To: <c1@agencia.example>"];
        mail.arrives(&written(NATALY_S, "RE: y", &beside, &chain)).await;
        let seen = world.sees(MARTA, &number).await.unwrap();
        assert_eq!(said(&seen).pop().unwrap().1, "Va.");
        for secret in ["exagera", "visitamos", "creas"] {
            assert!(!all_read(&seen).contains(secret), "{secret}");
        }
    }

    async fn what_an_officer_answers_to_the_alarm_stays_among_officers(world: World) {
        let mail = Mail::of(&world);
        let number = world.registers(MARTA, Kind::SecurityIncident).await;
        let alarm = mail.newest_to("persona6@").await;
        assert!(alarm.text.contains("solo la ven los oficiales de seguridad"), "{}", alarm.text);
        mail.arrives(&mail.answer("persona6@agencia.example", &alarm, "Creo que fue ella misma.")).await;
        assert_eq!(said(&world.sees(CLARA, &number).await.unwrap())[0].0, Audience::Internal);
        world.does(person(MARTA), &number, world.say(Audience::Requester, "¿Apago el equipo?")).await;
        let message = mail.newest_to("persona6@").await;
        assert!(message.text.contains("su respuesta le llega a Marta"), "{}", message.text);
        mail.arrives(&mail.answer("persona6@agencia.example", &message, "No lo apague.")).await;
        let read = all_read(&world.sees(MARTA, &number).await.unwrap());
        assert!(read.contains("No lo apague") && !read.contains("ella misma"), "{read}");
    }
}
