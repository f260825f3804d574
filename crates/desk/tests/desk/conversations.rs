//! Letters find their case among people who write to one another and not only to the desk.

use atiende_desk::SeenCase;
use atiende_desk::intake::{Arriving, take_in};
use atiende_procedure::office::Change;
use atiende_procedure::*;
use atiende_store::arrivals::{self, Arrival};

use crate::intake::*;
use crate::world::*;

on_both! {
    async fn who_answers_the_requesters_own_letter_finds_its_case(world: World) {
        let mail = Mail::of(&world);
        let cc = "Cc: Rosalba <persona2@agencia.example>, nueva@agencia.example";
        let letter = written(MARTA_S, "Sin red en el piso 4", &[TO, cc], "No hay red.");
        let id = letter.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().to_owned();
        let first = mail.arrives(&letter).await;
        let number = mail.case_of(&first).await.case.number;
        let answers = |who: &str, body: &str| {
            let references = [format!("In-Reply-To: {id}"), format!("References: {id}")];
            written(who, "RE: Sin red en el piso 4", &[TO, &references[0], &references[1]], body)
        };
        mail.arrives(&answers(MARTA_S, "Olvidé decir que es urgente.")).await;
        mail.arrives(&answers("persona2@agencia.example", "En mi puesto tampoco.")).await;
        mail.arrives(&answers("nueva@agencia.example", "Ni en el mío.")).await;
        // Who answers one of these stands in the conversation as well.
        let hers = answers(MARTA_S, "¿Novedades?");
        let hers_id = hers.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().to_owned();
        mail.arrives(&hers).await;
        let further = [format!("In-Reply-To: {hers_id}"), format!("References: <otra@x.example> {hers_id}")];
        mail.arrives(&written(MARTA_S, "RE: RE: Sin red", &[TO, &further[0], &further[1]], "Ya volvió y se fue.")).await;
        let seen = world.sees(ADMIN, &number).await.unwrap();
        let words: Vec<String> = said(&seen).into_iter().map(|(_, words)| words).collect();
        assert_eq!(
            words,
            ["Olvidé decir que es urgente.", "En mi puesto tampoco.", "Ni en el mío.", "¿Novedades?", "Ya volvió y se fue."]
        );
        assert_eq!(seen.case.watchers.len(), 2);
        // Somebody else who knows the letter's name gets in no more than by its number; an agent speaks for the desk only
        // of what he has in hand.
        let other = mail.case_of(&mail.arrives(&answers("persona4@agencia.example", "A mí también.")).await).await;
        assert_eq!((other.case.requester, other.case.follows), (IVAN, Some(seen.case.id)));
        let stranger = mail.arrives(&answers("x@otra.example", "Déjenme entrar.")).await;
        assert_eq!(stranger.state, "held");
        world.in_progress(&number).await;
        mail.arrives(&answers("persona3@agencia.example", "Vamos a las dos.")).await;
        assert_eq!(said(&world.sees(MARTA, &number).await.unwrap()).len(), 6);
    }

    async fn who_knows_a_letter_of_a_security_case_does_not_bring_it_to_the_desk(world: World) {
        let mail = Mail::of(&world);
        let cc = "Cc: Rosalba <persona2@agencia.example>";
        let letter = written(MARTA_S, "Robaron una clave", &[TO, cc], "Fue ayer.");
        let id = letter.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().to_owned();
        let number = mail.case_of(&mail.arrives(&letter).await).await.case.number;
        world.does(person(ADMIN), &number, Command::Refer { reason: world.text("Es de seguridad.") }).await;
        let reference = format!("References: {id}");
        let hers = mail.arrives(&written(MARTA_S, "RE: Robaron una clave", &[TO, &reference], "Ya la cambié.")).await;
        assert_eq!(hers.state, "taken");
        let other = written("persona2@agencia.example", "RE: Robaron una clave", &[TO, &reference], "La clave era 1234.");
        let other = mail.arrives(&other).await;
        assert_eq!((other.state.as_str(), other.reason.as_str()), ("held", "no-longer"));
    }

    async fn an_empty_answer_asks_for_nothing(world: World) {
        let mail = Mail::of(&world);
        let number = world.registers(MARTA, Kind::Incident).await;
        world.solved(&number).await;
        let solved = mail.newest_to("persona1@").await;
        let outlook = format!(
            "\n\nDe: Mesa <mesa@agencia.example>\nEnviado: martes, 17 de noviembre de 2026 8:10\nPara: Marta\nAsunto: x\n\n{}",
            solved.text
        );
        let to = [format!("To: {}", solved.reply_to), format!("References: <{}>", solved.message_id)];
        let by_outlook = |body: &str| written(MARTA_S, "RE: x", &[&to[0], &to[1]], body);
        for empty in [mail.answer(MARTA_S, &solved, ""), by_outlook(&outlook), by_outlook("Enviado desde mi iPhone")] {
            let empty = mail.arrives(&empty).await;
            assert_eq!((empty.state.as_str(), empty.reason.as_str()), ("recorded", "nothing-said"));
        }
        let seen = world.sees(ADMIN, &number).await.unwrap();
        assert_eq!((seen.case.status.name(), said(&seen).len()), (StatusName::Solved, 0));
        // Below what her program does not mark as quoted it is an answer all the same.
        mail.arrives(&by_outlook(&format!("{outlook}\n\nSigue sin imprimir nada."))).await;
        let seen = world.sees(ADMIN, &number).await.unwrap();
        assert_eq!(seen.case.status.name(), StatusName::Assigned);
        world.does(person(NATALY), &number, world.assess()).await;
        world.does(person(NATALY), &number, world.solve(Performer::Agent)).await;
        world.does(person(MARTA), &number, Command::Confirm).await;
        let empty = mail.arrives(&mail.answer(MARTA_S, &mail.newest_to("persona1@").await, "")).await;
        assert_eq!((empty.state.as_str(), empty.case_id), ("recorded", Some(seen.case.id)), "nor does it make a case");
        // All that somebody says may stand in the subject.
        let other = world.registers(MARTA, Kind::Incident).await;
        mail.arrives(&written(MARTA_S, &format!("El caso {other} es urgente"), &[TO], "")).await;
        let said = said(&world.sees(ADMIN, &other).await.unwrap());
        assert!(said[0].1.contains("es urgente"), "{said:?}");
    }

    async fn what_a_providers_own_desk_answers_is_on_the_case(world: World) {
        let mail = Mail::of(&world);
        let number = world.registers(MARTA, Kind::Incident).await;
        world.with_provider(&number).await;
        let request = mail.newest_to("soporte@rentas.example").await;
        let automatic = |from: &str, body: &str| {
            mail.answer(from, &request, body).replacen("MIME-Version", "Auto-Submitted: auto-generated\r\nMIME-Version", 1)
        };
        mail.arrives(&automatic("casos@rentas.example", "Solucionado. Su caso R-44 pasó a cerrado.")).await;
        let seen = world.sees(ADMIN, &number).await.unwrap();
        assert_eq!(said(&seen), [(Audience::Provider, "Solucionado. Su caso R-44 pasó a cerrado.".to_owned())]);
        assert_eq!(seen.case.status.name(), StatusName::WithProvider, "a program reports nothing");
        let agent = mail.newest_to("persona3@").await;
        assert!(agent.text.contains("R-44"), "{}", agent.text);
        let last = mail.newest_to("soporte@rentas.example").await;
        assert_eq!(last.message_id, request.message_id, "nobody answers a program");
        // Others' programs say nothing in a case, nor does the provider's that holds no token of ours.
        let others = mail.arrives(&automatic("x@otra.example", "Su caso R-45.")).await;
        let bare = written("casos@rentas.example", &format!("Sobre {number}"), &[TO, "Auto-Submitted: auto-replied"], "R-46.");
        let bare = mail.arrives(&bare).await;
        for recorded in [others, bare] {
            assert_eq!((recorded.state.as_str(), recorded.reason.as_str()), ("recorded", "automatic"));
        }
        assert_eq!(said(&world.sees(ADMIN, &number).await.unwrap()).len(), 1);
    }

    async fn a_case_in_the_wake_of_another_has_its_name_and_answers_of_its_own(world: World) {
        let mail = Mail::of(&world);
        // No address of the desk has a plus: tokens stand in subjects alone.
        let mailbox = atiende_procedure::office::Mailbox {
            id: MailboxId(0),
            name: "mesa".to_owned(),
            address: "mesa@agencia.example".to_owned(),
            receives: None,
            sends: None,
            authserv_id: String::new(),
            plus_addresses: false,
            active: true,
        };
        world.administer(vec![Change::SetMailbox(Box::new(mailbox))]).await;
        let number = world.registers(MARTA, Kind::Incident).await;
        world.does(person(ADMIN), &number, Command::Cancel { reason: world.text("No procede."), duplicate_of: None }).await;
        let cancelled = mail.newest_to("persona1@").await;
        assert!(cancelled.subject.matches('[').count() == 2 && !cancelled.reply_to.contains('+'), "{cancelled:?}");
        let anew = mail.case_of(&mail.arrives(&mail.answer(MARTA_S, &cancelled, "Insisto, por favor.")).await).await;
        assert_eq!((anew.subject(), anew.case.follows.is_some()), ("La impresora no imprime", true));
        // A program that brings back the subject alone.
        let receipt = mail.newest_to("persona1@").await;
        mail.arrives(&written(MARTA_S, &format!("RE: {}", receipt.subject), &[TO], "¿Novedades?")).await;
        let seen = world.sees(ADMIN, &anew.case.number).await.unwrap();
        assert_eq!(said(&seen).len(), 1);
        // With the marks of two cases the last is ours, as our subjects end with it.
        let both = format!("RE: {} {}", cancelled.subject, receipt.subject);
        mail.arrives(&written(MARTA_S, &both, &[TO], "¿Y ahora?")).await;
        assert_eq!(said(&world.sees(ADMIN, &anew.case.number).await.unwrap()).len(), 2);
        // Whoever does not see the other case learns nothing of its name.
        let other = written("persona2@agencia.example", &format!("RE: [{number}] Lo mío"), &[TO], "También falla.");
        let other = mail.case_of(&mail.arrives(&other).await).await;
        assert_eq!((other.subject(), other.case.follows.is_some()), ("Lo mío", true));
    }

    async fn no_file_of_a_letter_is_lost_without_a_word(world: World) {
        let mail = Mail::of(&world);
        let part = |name: &str, bytes: &str| {
            format!("--b\nContent-Type: application/octet-stream; name={name}\nContent-Disposition: attachment\n\n{bytes}\n")
        };
        let with = |who: &str, subject: &str, heads: &[&str], parts: &str| {
            let body = format!("--b\nContent-Type: text/plain; charset=utf-8\n\nVan los planos.\n{parts}--b--");
            written(who, subject, heads, &body)
                .replacen("Content-Type: text/plain; charset=utf-8", "Content-Type: multipart/mixed; boundary=b", 1)
        };
        let large = "x".repeat(26 * 1024 * 1024);
        let parts = part("plano.dwg", &large) + &part("vacio.pdf", "") + &part("otro-vacio.pdf", "");
        let seen = mail.case_of(&mail.arrives(&with(MARTA_S, "Planos", &[TO], &parts)).await).await;
        let names = |event: &Event| -> Vec<String> {
            SeenCase::files(event).iter().map(|file| seen.words(file.name).unwrap().to_owned()).collect()
        };
        assert_eq!(names(&seen.events[0].recorded.event), ["plano.dwg", "vacio.pdf", "otro-vacio.pdf", "correo.eml"]);
        assert_eq!(seen.description(), "Van los planos.");
        let many: String = (1..=30).map(|n| part(&format!("foto{n}.jpg"), &format!("{n}"))).collect();
        let seen = mail.case_of(&mail.arrives(&with(MARTA_S, "Fotos", &[TO], &many)).await).await;
        assert_eq!(SeenCase::files(&seen.events[0].recorded.event).len(), MOST_ATTACHMENTS);
        let text = seen.description();
        assert!(text.contains("no cupieron") && !text.contains("foto19.jpg") && text.contains("foto20.jpg"), "{text}");
        assert!(text.ends_with("foto30.jpg."), "{text}");
    }

    async fn who_works_on_cases_reopens_his_own_like_anybody(world: World) {
        let mail = Mail::of(&world);
        let number = world.registers(IVAN, Kind::Incident).await;
        world.solved(&number).await;
        let solved = mail.newest_to("persona4@").await;
        mail.arrives(&mail.answer("persona4@agencia.example", &solved, "Sigue sin imprimir.")).await;
        assert_eq!(world.sees(ADMIN, &number).await.unwrap().case.status.name(), StatusName::Assigned);
    }

    async fn a_letter_that_nobody_could_let_in_is_registered_for_somebody(world: World) {
        let mail = Mail::of(&world);
        let assign = async |arrival: &Arrival, who: PersonId| {
            assert!(world.desk.accept_letter_for(viewer(HERNAN), arrival.id, who).await.is_err(), "he runs no mail");
            assert!(world.desk.accept_letter_for(viewer(ADMIN), arrival.id, PersonId(99)).await.is_err());
            assert!(world.desk.accept_letter_for(viewer(ADMIN), arrival.id, who).await.unwrap());
            take_in(&world.desk).await.unwrap();
            let id = arrival.id;
            world.desk.db().read(move |r| arrivals::by_id(r, id)).await.unwrap().unwrap()
        };
        let provider = mail.arrives(&written("casos@rentas.example", "Mantenimiento", &[TO], "Apagaremos el viernes.")).await;
        assert_eq!((provider.state.as_str(), provider.reason.as_str()), ("held", "provider"));
        let seen = mail.case_of(&assign(&provider, HERNAN).await).await;
        assert_eq!((seen.case.requester, seen.subject()), (HERNAN, "Mantenimiento"));
        assert_eq!(seen.description(), "Correo de casos@rentas.example:\n\nApagaremos el viernes.");
        let nobody = written(MARTA_S, "Sin remitente", &[TO], "Una queja.").replacen("From:", "X-From:", 1);
        let nobody = mail.arrives(&nobody).await;
        assert_eq!((nobody.state.as_str(), nobody.reason.as_str()), ("held", "no-sender"));
        assert_eq!(mail.case_of(&assign(&nobody, MARTA).await).await.case.requester, MARTA);
        // What answers an internal notice gives its reader none of it.
        let number = world.registers(MARTA, Kind::Incident).await;
        world.in_progress(&number).await;
        world.does(person(ADMIN), &number, world.say(Audience::Internal, "Sospechamos de quien lo pidió, y de nadie más.")).await;
        let note = mail.newest_to("persona3@").await;
        world.set_person(NATALY, |person| person.active = false).await;
        let gone = mail.arrives(&mail.answer("persona3@agencia.example", &note, "Ya no trabajo allá.")).await;
        assert_eq!((gone.state.as_str(), gone.reason.as_str()), ("held", "inactive"));
        let seen = mail.case_of(&assign(&gone, ROSALBA).await).await;
        assert!(seen.description().ends_with("Ya no trabajo allá.") && seen.case.follows.is_some());
        let Event::Registered(registered) = &seen.events[0].recorded.event else { panic!() };
        assert!(registered.attachments.is_empty(), "the letter quotes the note");
    }

    async fn what_answered_a_case_of_security_is_registered_for_its_officers(world: World) {
        let mail = Mail::of(&world);
        let number = world.registers(MARTA, Kind::Incident).await;
        world.in_progress(&number).await;
        world.does(person(MARTA), &number, world.say(Audience::Requester, "¿Novedades?")).await;
        let notice = mail.newest_to("persona3@").await;
        world.does(person(ADMIN), &number, Command::Refer { reason: world.text("Robo de claves.") }).await;
        let late = mail.arrives(&mail.answer("persona3@agencia.example", &notice, "La clave era 1234.")).await;
        assert_eq!((late.state.as_str(), late.reason.as_str()), ("held", "no-longer"));
        assert!(world.desk.accept_letter_for(viewer(ADMIN), late.id, NATALY).await.unwrap());
        take_in(&world.desk).await.unwrap();
        let newest = world.desk.queue_seen_by(viewer(CLARA), Default::default()).await.unwrap().rows.remove(0).number;
        let seen = world.sees(CLARA, &newest).await.unwrap();
        assert!(seen.case.security && seen.case.requester == NATALY && seen.description().contains("1234"));
        assert!(world.sees(ADMIN, &newest).await.is_none(), "who lets it in does not read it");
    }

    async fn every_letter_is_reached_page_by_page(world: World) {
        let many = (0..130).map(|n| {
            let letter = written(&format!("x{n}@otra.example"), "Hola", &[TO], "Vendo cosas.");
            Arriving { bytes: letter.into(), cut: false }
        });
        world.desk.receive("soporte", many.collect()).await.unwrap();
        take_in(&world.desk).await.unwrap();
        let held = Some(atiende_desk::intake::State::Held);
        let first = world.desk.mail_page_seen_by(viewer(ADMIN), held, None).await.unwrap();
        let second = world.desk.mail_page_seen_by(viewer(ADMIN), held, first.before).await.unwrap();
        assert_eq!((first.letters.len(), second.letters.len(), second.before), (100, 30, None));
        assert!(first.letters.last().unwrap().letter.id > second.letters[0].letter.id);
    }
}
