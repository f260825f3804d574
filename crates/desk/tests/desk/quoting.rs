//! The ways in which programs and people answer a notice and show what they answer.

use atiende_mail::LetterRead;

use crate::answers::NATALY_S;
use crate::intake::{TO, written};

/// Each way, by what it is called, as the letter that comes of it.
pub fn ways(who: &str, notice: &LetterRead) -> Vec<(&'static str, String)> {
    let own = match who {
        NATALY_S => "Paso a las dos por su puesto.",
        _ => "Iremos mañana temprano con otro cable.",
    };
    let head = format!(
        "De: Mesa <mesa@agencia.example>\nEnviado: martes, 17 de noviembre de 2026 8:10\nPara: X\nAsunto: {}\n\n",
        notice.subject
    );
    let to = [format!("To: {}", notice.reply_to), format!("References: <{}>", notice.message_id)];
    let answer = |body: &str| written(who, &format!("RE: {}", notice.subject), &[&to[0], &to[1]], body);
    let handed_on = |body: &str| written(who, &format!("RV: {}", notice.subject), &[TO], body);
    let text = &notice.text;
    let mut ways: Vec<(&'static str, String)> =
        in_plain_text(text, own, &head).into_iter().map(|(way, body)| (way, answer(&body))).collect();
    ways.push(("handed on without a reference", handed_on(&format!("{own}\n\n{head}{text}"))));
    ways.push(("handed on whole", handed_on(text)));
    let plain = "Content-Type: text/plain; charset=utf-8";
    let others = in_other_forms(notice, own).into_iter();
    ways.extend(others.map(|(way, kind, body)| (way, answer(&body).replacen(plain, kind, 1))));
    ways
}

fn marked(text: &str) -> String {
    text.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
}

/// The notice without the line above which one answers, and without any marks.
fn unquoted(text: &str) -> String {
    text.lines().skip(2).map(|line| format!("{}\n", line.trim_start_matches(['>', ' ']))).collect()
}

fn in_plain_text(text: &str, own: &str, head: &str) -> Vec<(&'static str, String)> {
    let wrote = "El mar, 17 nov 2026 a las 8:10, Mesa <mesa@agencia.example> escribió:\n";
    let between: Vec<String> = text
        .lines()
        .map(|line| match line.contains("según") {
            true => format!("> {line}\n{own}"),
            false => format!("> {line}"),
        })
        .collect();
    let wrapped: Vec<String> = marked(text).lines().flat_map(|line| broken(line, 30)).collect();
    let without_top: String = text.lines().skip(2).map(|line| format!("{line}\n")).collect();
    let unquoted = unquoted(text);
    vec![
        ("nothing but the quotation", format!("\n\n{wrote}{}", marked(text))),
        ("nothing but the notice", text.to_owned()),
        ("nothing but the notice, without its top", without_top.clone()),
        ("the notice without any marks", unquoted.clone()),
        ("above", format!("{own}\n\n{wrote}{}", marked(text))),
        ("below", format!("{wrote}{}\n\n{own}", marked(text))),
        ("below, without marks", format!("{wrote}{text}\n\n{own}")),
        ("between", between.join("\n")),
        ("between, broken", wrapped.join("\n") + "\n" + own),
        ("below the notice", format!("{without_top}\n{own}")),
        ("above the notice", format!("{own}\n{without_top}")),
        ("above the notice without marks", format!("{own}\n{unquoted}")),
        ("Outlook", format!("{own}\n\n{head}{text}")),
        ("inside Outlook", format!("{own}\n\n{head}{unquoted}\n{own}")),
        ("Outlook, nothing", format!("\n\n{head}{text}")),
        ("handed on", format!("{own}\n\n---------- Forwarded message ---------\n{head}{text}")),
        ("handed on, nothing", format!("---------- Forwarded message ---------\n{head}{text}")),
        ("an order below", format!("{wrote}{}\n\n@resolver\n{own}", marked(text))),
        (
            "half of a line",
            format!(
                "Como dice la nota, lo cortó la misma usuaria de siempre, según cuentan los del piso.\n{own}"
            ),
        ),
    ]
}

/// Ways, the type of their content, and the body.
fn in_other_forms(notice: &LetterRead, own: &str) -> Vec<(&'static str, &'static str, String)> {
    let html = "Content-Type: text/html; charset=utf-8";
    let mixed = "Content-Type: multipart/mixed; boundary=b";
    let with = |part: &str, bytes: &str| {
        format!(
            "--b\nContent-Type: text/plain; charset=utf-8\n\n{own}\n--b\n{part}\nContent-Disposition: attachment\n\n{bytes}\n--b--"
        )
    };
    let shown = &notice.html;
    let eml = format!("From: mesa@agencia.example\nSubject: x\n\n{}", notice.text);
    let rest = "Content-Type: text/html; name=ATT00001.htm; charset=utf-8";
    let text = "Content-Type: text/plain; name=ATT00001.txt; charset=utf-8";
    vec![
        ("html", html, format!("<p>{own}</p><div>{shown}</div>")),
        ("html below", html, format!("<blockquote type=\"cite\">{shown}</blockquote><p>{own}</p>")),
        ("html, nothing", html, shown.clone()),
        ("the notice as a file", mixed, with("Content-Type: message/rfc822", &eml)),
        ("what follows a picture", mixed, with(rest, shown)),
        ("the text as a file", mixed, with(text, &unquoted(&notice.text))),
    ]
}

/// A line as a program breaks it, with its mark on the first piece alone.
fn broken(line: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.last_mut().unwrap();
        match last.chars().count() + word.chars().count() > width && !last.is_empty() {
            true => lines.push(word.to_owned()),
            false if last.is_empty() => last.push_str(word),
            false => *last = format!("{last} {word}"),
        }
    }
    lines
}
