//! Letters that arrive become cases, messages, moves; and what is none of these stays where an administrator sees it.

use atiende_desk::intake::{Arriving, LETTER, take_in};
use atiende_desk::jobs::deliver;
use atiende_desk::view::Delivery;
use atiende_desk::{Post, SeenCase};
use atiende_mail::{Folder, LetterRead, Transport};
use atiende_procedure::office::Change;
use atiende_procedure::*;
use atiende_store::arrivals::{self, Arrival};
use jiff::SignedDuration;

use crate::world::*;

pub const TO: &str = "To: Mesa <mesa@agencia.example>";

/// A desk with its post.
pub struct Mail<'a> {
    pub world: &'a World,
    folder: Folder,
    pub post: Post,
}

/// What somebody writes: heads, a blank line, a body.
pub fn written(from: &str, subject: &str, more: &[&str], body: &str) -> String {
    let id = blake3::hash(format!("{from}{subject}{more:?}{body}").as_bytes()).to_hex();
    let heads = [
        format!("From: {from}"),
        format!("Subject: {subject}"),
        format!(
            "Message-ID: <{}@{}>",
            &id[..16],
            from.rsplit('@').next().unwrap_or_default().trim_end_matches('>')
        ),
        "Date: Tue, 17 Nov 2026 08:00:00 -0500".to_owned(),
        "MIME-Version: 1.0".to_owned(),
        "Content-Type: text/plain; charset=utf-8".to_owned(),
    ];
    let more: String = more.iter().map(|head| format!("{head}\r\n")).collect();
    format!("{}\r\n{more}\r\n{}\r\n", heads.join("\r\n"), body.replace('\n', "\r\n"))
}

impl<'a> Mail<'a> {
    pub fn of(world: &'a World) -> Mail<'a> {
        let folder = Folder::open(world.folder.join("mail")).unwrap();
        let post = Post::new(Some(Transport::Folder(folder.clone())));
        Mail { world, folder, post }
    }

    pub async fn arrives(&self, letter: &str) -> Arrival {
        self.arrives_at("soporte", letter.as_bytes()).await
    }

    pub async fn arrives_at(&self, mailbox: &str, letter: &[u8]) -> Arrival {
        self.world.pass(SignedDuration::from_mins(1));
        let letters = vec![Arriving { bytes: letter.to_vec().into(), cut: false }];
        self.world.desk.receive(mailbox, letters).await.unwrap();
        take_in(&self.world.desk).await.unwrap();
        self.world.desk.db().read(|r| arrivals::newest(r, None, 1)).await.unwrap().pop().unwrap()
    }

    /// The case of a letter, as the desk's administrator or an officer sees it.
    pub async fn case_of(&self, arrival: &Arrival) -> SeenCase {
        assert_eq!(arrival.state, "taken", "{arrival:?}");
        let id = arrival.case_id.unwrap();
        let case =
            self.world.desk.db().read(move |r| atiende_store::cases::load(r, id)).await.unwrap().unwrap();
        self.world.sees(ADMIN, &case.number).await.unwrap()
    }

    /// The newest letter that left for an address, after everything that is due has left.
    pub async fn newest_to(&self, address: &str) -> LetterRead {
        deliver(&self.world.desk, &self.post).await.unwrap();
        let names = self.folder.newest(500).unwrap();
        let mut letters = names.into_iter().map(|(name, _)| self.folder.letter(&name).unwrap().unwrap());
        letters.find(|letter| letter.to.iter().any(|to| to.contains(address))).unwrap()
    }

    /// An answer to a letter as a mail program writes it.
    pub fn answer(&self, from: &str, to: &LetterRead, body: &str) -> String {
        let reply_to = format!("To: {}", to.reply_to);
        let reference = format!("References: <{}>", to.message_id);
        let quoted: Vec<String> = to.text.lines().map(|line| format!("> {line}")).collect();
        let body = format!(
            "{body}\n\nEl mar, 17 nov 2026 a las 8:10, Mesa <mesa@agencia.example> escribió:\n{}",
            quoted.join("\n")
        );
        written(from, &format!("RE: {}", to.subject), &[&reply_to, &reference], &body)
    }
}

pub fn said(seen: &SeenCase) -> Vec<(Audience, String)> {
    let said = |event: &atiende_desk::SeenEvent| match &event.recorded.event {
        Event::Said { audience, body, .. } => {
            Some((*audience, seen.words_if_any(*body).unwrap_or_default().to_owned()))
        }
        _ => None,
    };
    seen.events.iter().filter_map(said).collect()
}

pub const MARTA_S: &str = "Marta <persona1@agencia.example>";

on_both! {
    async fn a_letter_becomes_a_case_with_what_it_says_and_brings(world: World) {
        let mail = Mail::of(&world);
        let letter = "From: Marta <persona1@agencia.example>\r\nTo: mesa@agencia.example\r\nSubject: RV: No imprime\r\n\
            Message-ID: <a1@agencia.example>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
            Content-Type: text/plain; charset=utf-8\r\n\r\nSale en blanco. Mi AnyDesk es 123 456 789.\r\n--b\r\n\
            Content-Type: text/csv; name=datos.csv\r\n\r\na;b\r\n--b--\r\n";
        let arrival = mail.arrives(letter).await;
        let seen = mail.case_of(&arrival).await;
        assert_eq!((seen.subject(), seen.case.channel, seen.case.requester), ("No imprime", Channel::Mail, MARTA));
        assert_eq!(seen.description(), "Sale en blanco. Mi AnyDesk es 123 456 789.");
        let remote = seen.case.details.remote_support_id.and_then(|text| seen.words(text)).unwrap();
        assert!(remote.contains("123 456 789"), "{remote}");
        let Event::Registered(registered) = &seen.events[0].recorded.event else { panic!() };
        let files: Vec<_> = registered.attachments.iter().map(|file| (seen.words(file.name).unwrap(), file.media_type.as_str())).collect();
        assert_eq!(files, [("datos.csv", "text/plain"), ("correo.eml", LETTER)]);
        let receipt = mail.newest_to("persona1@").await;
        assert!(receipt.subject.contains(&seen.case.number.to_string()), "{}", receipt.subject);
        // Again, and at another mailbox: one case.
        for mailbox in ["soporte", "mesa"] {
            assert_eq!(mail.arrives_at(mailbox, letter.as_bytes()).await.id, arrival.id);
        }
    }

    async fn who_writes_from_the_agency_is_added_and_a_stranger_waits(world: World) {
        let mail = Mail::of(&world);
        let new = mail.arrives(&written("olga.ruiz@agencia.example", "Un favor", &[TO], "Necesito un cable.")).await;
        let seen = mail.case_of(&new).await;
        let person = seen.requester().unwrap();
        assert_eq!((person.profile.name.as_str(), person.roles.len()), ("Olga Ruiz", 0));
        let again = mail.arrives(&written("olga.ruiz@agencia.example", "Otro favor", &[TO], "Y un ratón.")).await;
        assert_eq!(mail.case_of(&again).await.case.requester, seen.case.requester);
        let stranger = mail.arrives(&written("x@otra.example", "Hola", &[TO], "Vendo cosas.")).await;
        assert_eq!((stranger.state.as_str(), stranger.reason.as_str()), ("held", "stranger"));
        world.desk.accept_letter(viewer(HERNAN), world.desk.ambience().command_id(), stranger.id).await.unwrap_err();
        let id = world.desk.ambience().command_id();
        world.desk.accept_letter(atiende_desk::Viewer::new(Actor::Operator), id, stranger.id).await.unwrap();
        take_in(&world.desk).await.unwrap();
        let let_in = world.desk.db().read(move |r| arrivals::by_id(r, stranger.id)).await.unwrap().unwrap();
        assert_eq!(mail.case_of(&let_in).await.subject(), "Hola");
    }

    async fn an_answer_finds_its_case_by_what_we_signed(world: World) {
        let mail = Mail::of(&world);
        let number = world.registers(MARTA, Kind::Incident).await;
        let receipt = mail.newest_to("persona1@").await;
        mail.arrives(&mail.answer(MARTA_S, &receipt, "Es en el segundo piso.")).await;
        let by_address = format!("To: {}", receipt.reply_to);
        mail.arrives(&written(MARTA_S, "Otra cosa", &[&by_address], "Y suena raro.")).await;
        let bare = format!("Sobre el caso {number}");
        mail.arrives(&written(MARTA_S, &bare, &[TO], "¿Ya la vieron?")).await;
        let seen = world.sees(ADMIN, &number).await.unwrap();
        let words: Vec<String> = said(&seen).into_iter().map(|(_, words)| words).collect();
        assert_eq!(words, ["Es en el segundo piso.", "Y suena raro.", "¿Ya la vieron?"], "what was quoted is cut");
        // Somebody else who only writes the number asks for something new, which names it to whoever sees both.
        let other = mail.arrives(&written("persona2@agencia.example", &bare, &[TO], "A mí también.")).await;
        let other = mail.case_of(&other).await;
        assert_eq!((other.case.requester, other.case.follows), (ROSALBA, Some(seen.case.id)));
        assert!(other.numbers.contains_key(&seen.case.id));
        let hers = world.sees(ROSALBA, &other.case.number).await.unwrap();
        assert!(hers.numbers.is_empty() && world.sees(ROSALBA, &number).await.is_none());
        // So does one who got hold of a letter that was not his.
        let stolen = mail.arrives(&mail.answer("persona2@agencia.example", &receipt, "Yo sigo.")).await;
        assert_ne!(stolen.case_id, Some(seen.case.id));
        let stolen = mail.arrives(&mail.answer("x@otra.example", &receipt, "Déjenme entrar.")).await;
        assert_eq!((stolen.state.as_str(), said(&world.sees(ADMIN, &number).await.unwrap()).len()), ("held", 3));
    }

    async fn solved_reopens_unless_it_is_thanks_and_closed_asks_anew(world: World) {
        let mail = Mail::of(&world);
        let number = world.registers(MARTA, Kind::Incident).await;
        world.solved(&number).await;
        let solved = mail.newest_to("persona1@").await;
        mail.arrives(&mail.answer(MARTA_S, &solved, "Mil gracias, quedo atenta.")).await;
        let seen = world.sees(ADMIN, &number).await.unwrap();
        assert_eq!((seen.case.status.name(), said(&seen).len()), (StatusName::Solved, 1));
        mail.arrives(&mail.answer(MARTA_S, &solved, "")).await;
        let seen = world.sees(ADMIN, &number).await.unwrap();
        assert_eq!(seen.case.status.name(), StatusName::Solved, "who says nothing says not that it fails");
        mail.arrives(&mail.answer(MARTA_S, &solved, "Gracias, pero sigue igual.")).await;
        let seen = world.sees(ADMIN, &number).await.unwrap();
        assert_eq!(seen.case.status.name(), StatusName::Assigned);
        assert!(seen.case.reopened_at.is_some());
        world.does(person(NATALY), &number, world.assess()).await;
        world.does(person(NATALY), &number, world.solve(Performer::Agent)).await;
        world.does(person(MARTA), &number, Command::Confirm).await;
        let closed = mail.newest_to("persona1@").await;
        let thanks = mail.arrives(&mail.answer(MARTA_S, &closed, "¡Gracias!")).await;
        assert_eq!((thanks.state.as_str(), thanks.reason.as_str()), ("recorded", "thanks"));
        let anew = mail.arrives(&mail.answer(MARTA_S, &closed, "Volvió a fallar.")).await;
        let anew = mail.case_of(&anew).await;
        assert_eq!(anew.case.follows, Some(seen.case.id));
        assert_eq!(world.sees(ADMIN, &number).await.unwrap().case.status.name(), StatusName::Closed);
    }

    async fn who_stood_in_copy_and_answers_joins(world: World) {
        let mail = Mail::of(&world);
        let cc = "Cc: Rosalba <persona2@agencia.example>, otra@agencia.example";
        let first = mail.arrives(&written(MARTA_S, "Sin red", &[TO, cc], "No hay red en el piso.")).await;
        let number = mail.case_of(&first).await.case.number;
        let receipt = mail.newest_to("persona1@").await;
        mail.arrives(&mail.answer("persona2@agencia.example", &receipt, "En mi puesto tampoco.")).await;
        mail.arrives(&mail.answer("otra@agencia.example", &receipt, "Ni en el mío.")).await;
        let seen = world.sees(ADMIN, &number).await.unwrap();
        assert_eq!((seen.case.watchers.len(), said(&seen).len()), (2, 2));
        assert!(seen.case.watchers.contains(&ROSALBA));
    }

    async fn a_provider_answers_and_reports_by_mail(world: World) {
        let mail = Mail::of(&world);
        let number = world.registers(MARTA, Kind::Incident).await;
        world.with_provider(&number).await;
        let request = mail.newest_to("soporte@rentas.example").await;
        mail.arrives(&mail.answer("tecnico@rentas.example", &request, "Vamos mañana a las 9.")).await;
        let seen = world.sees(ADMIN, &number).await.unwrap();
        assert_eq!(said(&seen), [(Audience::Provider, "Vamos mañana a las 9.".to_owned())]);
        assert!(said(&world.sees(MARTA, &number).await.unwrap()).is_empty(), "the requester reads nothing of it");
        let forged = mail.arrives(&mail.answer("x@otra.example", &request, "Solucionado.")).await;
        assert_eq!(forged.state, "held");
        mail.arrives(&mail.answer("soporte@rentas.example", &request, "SOLUCIONADO\nSe cambió el fusor.")).await;
        let seen = world.sees(ADMIN, &number).await.unwrap();
        assert_eq!(seen.case.status.name(), StatusName::InProgress);
        let reports = |event: &&atiende_desk::SeenEvent| matches!(event.recorded.event, Event::ProviderReported { solved: true, .. });
        assert_eq!(seen.events.iter().filter(reports).count(), 1);
    }

    async fn somebody_of_the_desk_answers_by_mail(world: World) {
        let mail = Mail::of(&world);
        let nataly = "Nataly <persona3@agencia.example>";
        let number = world.registers(MARTA, Kind::Incident).await;
        world.does(person(ADMIN), &number, assign(SupportLevel::First, Some(NATALY))).await;
        let notice = mail.newest_to("persona3@").await;
        assert!(notice.text.contains("@resolver"), "{}", notice.text);
        mail.arrives(&mail.answer(nataly, &notice, "Hola, Marta: ¿de qué piso es?")).await;
        mail.arrives(&mail.answer(nataly, &notice, "@nota\nPuede ser el fusor.")).await;
        let seen = world.sees(ADMIN, &number).await.unwrap();
        let words = [(Audience::Requester, "Hola, Marta: ¿de qué piso es?"), (Audience::Internal, "Puede ser el fusor.")];
        assert_eq!(said(&seen), words.map(|(audience, words)| (audience, words.to_owned())));
        let brought = |event: &atiende_desk::SeenEvent| match &event.recorded.event {
            Event::Said { attachments, .. } => attachments.len(),
            _ => 0,
        };
        assert_eq!(seen.events.iter().map(brought).sum::<usize>(), 0, "what he quotes is not for the requester");
        // Not assessed yet: refused, and he is told why.
        let refused = mail.arrives(&mail.answer(nataly, &notice, "@resolver\nCambié el fusor.")).await;
        assert_eq!((refused.state.as_str(), refused.reason.as_str()), ("recorded", "refused"));
        let kind = mail.newest_to("persona3@").await;
        assert!(kind.text.contains("no lo permite en el estado"), "{}", kind.text);
        world.does(person(NATALY), &number, world.assess()).await;
        // With another's letter he may answer, not order.
        let receipt = mail.newest_to("persona1@").await;
        mail.arrives(&mail.answer(nataly, &receipt, "@resolver\nCambié el fusor.")).await;
        assert_eq!(world.sees(ADMIN, &number).await.unwrap().case.status.name(), StatusName::InProgress);
        let kind = mail.newest_to("persona3@").await;
        assert!(kind.text.contains("solo valen al responder el aviso"), "{}", kind.text);
        mail.arrives(&mail.answer(nataly, &notice, "@resolver Cambié el fusor y probé.")).await;
        let seen = world.sees(ADMIN, &number).await.unwrap();
        assert_eq!(seen.case.status.name(), StatusName::Solved);
        assert_eq!(seen.words(seen.case.solution.as_ref().unwrap().activities), Some("Cambié el fusor y probé."));
    }

    async fn machines_are_not_answered_and_what_came_back_is_attached(world: World) {
        let mail = Mail::of(&world);
        let number = world.registers(MARTA, Kind::Incident).await;
        world.solved(&number).await;
        let solved = mail.newest_to("persona1@").await;
        let absent = mail.answer(MARTA_S, &solved, "Estoy de vacaciones.").replacen("From:", "Auto-Submitted: auto-replied\r\nFrom:", 1);
        let absent = mail.arrives(&absent).await;
        assert_eq!((absent.state.as_str(), absent.reason.as_str(), absent.case_id.is_some()), ("recorded", "automatic", true));
        let lonely = written(MARTA_S, "Fuera de la oficina", &["Auto-Submitted: auto-replied", TO], "Vuelvo el lunes.");
        assert_eq!(mail.arrives(&lonely).await.reason, "automatic");
        let seen = world.sees(ADMIN, &number).await.unwrap();
        assert!(seen.case.solution.as_ref().unwrap().told_at.is_some() && seen.case.status.name() == StatusName::Solved);
        let bounce = format!(
            "From: Mail Delivery System <mailer-daemon@mx.example>\r\nReturn-Path: <>\r\nTo: mesa@agencia.example\r\n\
             Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <b1@mx.example>\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
             It could not be delivered.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
             Final-Recipient: rfc822; persona2@agencia.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n\
             Final-Recipient: rfc822; persona1@agencia.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\
             Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n\
             Message-ID: <{}>\r\nSubject: x\r\n\r\nx\r\n--b--\r\n",
            solved.message_id
        );
        let bounced = mail.arrives(&bounce).await;
        assert_eq!((bounced.state.as_str(), bounced.reason.as_str(), bounced.case_id), ("recorded", "bounce", Some(seen.case.id)));
        let seen = world.sees(ADMIN, &number).await.unwrap();
        assert!(seen.case.solution.as_ref().unwrap().told_at.is_none(), "she has not been told");
        assert!(seen.letters.iter().any(|letter| letter.delivery == Delivery::Failed));
        let marked = world.desk.db().read(|r| atiende_store::mailboxes::bounced(r, "persona1@agencia.example")).await.unwrap();
        assert!(marked.is_some_and(|marked| marked.reason.contains("no such user")));
        let other = world.desk.bounced_address("persona2@agencia.example").await.unwrap();
        assert!(other.is_none(), "nobody is marked to whom it was not sent");
        // Sent again, it arrives: she has been told after all.
        let dead = world.desk.undelivered(viewer(ADMIN)).await.unwrap();
        world.desk.deliver_again(dead[0].id).await.unwrap();
        deliver(&world.desk, &mail.post).await.unwrap();
        assert!(world.sees(ADMIN, &number).await.unwrap().case.solution.as_ref().unwrap().told_at.is_some());
        mail.arrives(&mail.answer(MARTA_S, &solved, "Sigue igual.")).await;
        let marked = world.desk.db().read(|r| atiende_store::mailboxes::bounced(r, "persona1@agencia.example")).await.unwrap();
        assert!(marked.is_none(), "who writes is reached");
    }

    async fn what_is_answered_about_a_case_that_went_to_security_stays_out_of_the_desk(world: World) {
        let mail = Mail::of(&world);
        let number = world.registers(MARTA, Kind::Incident).await;
        world.with_provider(&number).await;
        let notice = mail.newest_to("persona3@").await;
        let request = mail.newest_to("soporte@rentas.example").await;
        let receipt = mail.newest_to("persona1@").await;
        let back = Command::TakeBack { reason: world.text("Es de seguridad.") };
        world.does(person(NATALY), &number, back).await;
        world.does(person(ADMIN), &number, Command::Refer { reason: world.text("Robo de claves.") }).await;
        let agent = mail.arrives(&mail.answer("persona3@agencia.example", &notice, "La clave era 1234.")).await;
        assert_eq!((agent.state.as_str(), agent.reason.as_str()), ("held", "no-longer"));
        let provider = mail.arrives(&mail.answer("soporte@rentas.example", &request, "Solucionado.")).await;
        assert_eq!(provider.state, "held");
        let hers = mail.arrives(&mail.answer(MARTA_S, &receipt, "Ya cambié la clave.")).await;
        assert_eq!(hers.state, "taken", "its requester goes on");
        assert!(world.sees(NATALY, &number).await.is_none());
        let officer = mail.newest_to("persona6@").await;
        mail.arrives(&mail.answer("persona6@agencia.example", &officer, "Recibido, gracias.")).await;
        let said = said(&world.sees(CLARA, &number).await.unwrap());
        assert_eq!(said.len(), 2, "{said:?}");
        // Nor does the one who runs the mail see which case it is.
        let seen = world.desk.mail_seen_by(viewer(ADMIN), None).await.unwrap();
        assert!(seen.letters.iter().all(|letter| letter.case.is_none()), "{:?}", seen.letters);
    }

    async fn a_providers_address_in_the_agency_is_not_everybodys(world: World) {
        let mail = Mail::of(&world);
        let provider = atiende_procedure::office::Provider {
            id: ProviderId(1),
            name: "Imprenta".to_owned(),
            emails: vec!["imprenta@agencia.example".to_owned()],
            phone: String::new(),
            active: true,
        };
        world.administer(vec![Change::SetProvider(provider)]).await;
        let anybody = mail.arrives(&written("nueva@agencia.example", "Un favor", &[TO], "Un cable.")).await;
        assert_eq!(anybody.state, "taken");
        let itself = mail.arrives(&written("imprenta@agencia.example", "Hola", &[TO], "¿Qué falta?")).await;
        assert_eq!((itself.state.as_str(), itself.reason.as_str()), ("held", "provider"));
    }

    async fn an_invitation_is_told_in_words(world: World) {
        let mail = Mail::of(&world);
        let letter = "From: Marta <persona1@agencia.example>\r\nTo: mesa@agencia.example\r\nSubject: Visita\r\n\
            Message-ID: <i1@agencia.example>\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n\
            BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Revisar la red\r\n\
            DTSTART;TZID=America/Bogota:20261120T100000\r\nLOCATION:Sala 2\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let seen = mail.case_of(&mail.arrives(letter).await).await;
        let text = seen.description();
        assert!(text.starts_with("Invitación: Revisar la red · 2026-11-20 10:00") && text.contains("Sala 2"), "{text}");
    }

    async fn what_cannot_be_read_is_kept_and_stops_nobody(world: World) {
        let mail = Mail::of(&world);
        let kept = mail.arrives_at("soporte", b"\0\0\0").await;
        assert_eq!(kept.state, "unreadable");
        let cut = vec![Arriving { bytes: written(MARTA_S, "Enorme", &[TO], "…").into(), cut: true }];
        let received = world.desk.receive("soporte", cut).await.unwrap();
        assert!(received[0].fresh && !received[0].readable);
        let next = mail.arrives(&written(MARTA_S, "Normal", &[TO], "Hola.")).await;
        assert_eq!(mail.case_of(&next).await.subject(), "Normal");
        let id = kept.id;
        world.desk.replay_letter(viewer(HERNAN), id).await.unwrap_err();
        world.desk.replay_letter(atiende_desk::Viewer::new(Actor::Operator), id).await.unwrap();
        take_in(&world.desk).await.unwrap();
        let again = world.desk.db().read(move |r| arrivals::by_id(r, id)).await.unwrap().unwrap();
        assert_eq!((again.state.as_str(), again.attempts), ("unreadable", 1));
    }

    async fn who_is_not_who_he_says_gets_no_rights(world: World) {
        let mail = Mail::of(&world);
        let mailbox = atiende_procedure::office::Mailbox {
            id: MailboxId(0),
            name: "soporte".to_owned(),
            address: "soporte@agencia.example".to_owned(),
            receives: None,
            sends: None,
            authserv_id: "mx.agencia.example".to_owned(),
            plus_addresses: true,
            active: true,
        };
        world.administer(vec![Change::SetMailbox(Box::new(mailbox))]).await;
        let number = world.registers(MARTA, Kind::Incident).await;
        let receipt = mail.newest_to("persona1@").await;
        let forged = mail.answer(MARTA_S, &receipt, "Ciérrenlo.");
        let forged = mail.arrives(&format!("Authentication-Results: mx.agencia.example; dmarc=fail\r\n{forged}")).await;
        assert_eq!((forged.state.as_str(), forged.reason.as_str()), ("held", "not-authentic"));
        assert!(said(&world.sees(ADMIN, &number).await.unwrap()).is_empty());
        // Let in by who sees its envelope, it asks for something new and speaks for nobody in the case.
        let id = world.desk.ambience().command_id();
        world.desk.accept_letter(atiende_desk::Viewer::new(Actor::Operator), id, forged.id).await.unwrap();
        take_in(&world.desk).await.unwrap();
        assert!(said(&world.sees(ADMIN, &number).await.unwrap()).is_empty());
        let genuine = mail.answer(MARTA_S, &receipt, "Sigue igual.");
        mail.arrives(&format!("Authentication-Results: mx.agencia.example; dmarc=pass\r\n{genuine}")).await;
        assert_eq!(said(&world.sees(ADMIN, &number).await.unwrap()).len(), 1);
    }

    async fn who_writes_more_than_a_person_is_held_and_administrators_hear_of_it(world: World) {
        let many = (0..65).map(|n| Arriving {
            bytes: written(MARTA_S, &format!("Aviso {n}"), &[TO], "Otra vez.").into(),
            cut: false,
        });
        world.desk.receive("soporte", many.collect()).await.unwrap();
        let other = world.another_node().await;
        let (one, two) = tokio::join!(take_in(&world.desk), take_in(&other));
        assert_eq!(one.unwrap() + two.unwrap(), 65, "each letter is taken in by one node");
        let counts = world.desk.db().read(arrivals::counts).await.unwrap();
        assert_eq!(counts, [("held".to_owned(), 65)], "it came all at once");
        let warning = Mail::of(&world).newest_to("persona7@").await;
        assert!(warning.subject.contains("persona1@agencia.example"), "{}", warning.subject);
        assert_eq!(deliver(&world.desk, &Mail::of(&world).post).await.unwrap(), 0, "they are told once");
    }
}
