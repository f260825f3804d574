//! A letter of a case as it came: its HTML inside a frame that may do nothing, its pictures in place, those from
//! elsewhere only when somebody asks for them.

use std::fmt::Write;

use atiende_desk::intake::LETTER;
use atiende_mail::{Incoming, take_apart};
use atiende_procedure::{BlobHash, CaseNumber};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::app::App;
use crate::oops::Oops;
use crate::query::Query;
use crate::visitor::Visitor;

/// The frame's document runs nothing, sends nothing, and fetches nothing from elsewhere.
const ALONE: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; \
    img-src data:; frame-ancestors 'self'";

/// The same with pictures from elsewhere, which tell their senders that the letter was read.
const WITH_PICTURES: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
    style-src 'unsafe-inline'; img-src data: https: http:; frame-ancestors 'self'";

/// Bytes of pictures that are put into the document; the others are files beside it.
const PICTURES: usize = 8 * 1024 * 1024;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    imagenes: String,
}

pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path((number, hash)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let (Ok(number), Ok(hash)) = (number.parse::<CaseNumber>(), hash.parse::<BlobHash>()) else {
        return Oops::not_found(visitor.frame(&app)).into_response();
    };
    let bytes = match app.desk.file_seen_by(visitor.viewer, number, hash).await {
        Ok((file, _, bytes)) if file.media_type == LETTER => bytes,
        Ok(_) => return Oops::not_found(visitor.frame(&app)).into_response(),
        Err(error) => return Oops::to(&app, &visitor, &error).into_response(),
    };
    let pictures = asked.imagenes == "si";
    let frame = visitor.frame(&app);
    let t = frame.t;
    let names = [t.get("mail-from"), t.get("mail-to"), t.get("mail-subject"), t.get("mail-sent")];
    let ask = t.get("mail-show-pictures");
    let made = tokio::task::spawn_blocking(move || {
        take_apart(&bytes).ok().map(|letter| document(&letter, names, pictures, ask))
    });
    match made.await {
        Ok(Some(document)) => {
            let policy = if pictures { WITH_PICTURES } else { ALONE };
            let heads = [(header::CONTENT_SECURITY_POLICY, policy), (header::REFERRER_POLICY, "no-referrer")];
            (heads, Html(document)).into_response()
        }
        _ => Oops::not_found(frame).into_response(),
    }
}

/// The whole document. Everything of the letter in it is escaped, or was sanitised when the letter was taken apart.
fn document(letter: &Incoming, names: [&str; 4], pictures: bool, ask: &str) -> String {
    let mut page = String::from(
        "<!doctype html><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><style>\
         :root{color-scheme:light}body{font:15px/1.5 system-ui,sans-serif;margin:12px;overflow-wrap:anywhere}\
         pre{white-space:pre-wrap;font:inherit}img{max-width:100%;height:auto}\
         dl{display:grid;grid-template-columns:auto 1fr;gap:2px 12px;color:#556070;margin:0 0 12px}dd{margin:0}\
         blockquote{margin:0 0 0 8px;padding-left:8px;border-left:3px solid #b8c4d4}table{max-width:100%}</style><dl>",
    );
    let to: Vec<String> = letter.to.iter().chain(&letter.cc).map(ToString::to_string).collect();
    let from = letter.from.as_ref().map(ToString::to_string).unwrap_or_default();
    let sent = letter.date.map(|date| date.to_string()).unwrap_or_default();
    for (name, value) in names.into_iter().zip([from, to.join(", "), letter.subject.clone(), sent]) {
        // Writing to a String cannot fail.
        let _ = write!(page, "<dt>{}<dd>{}", escaped(name), escaped(&value));
    }
    page.push_str("</dl>");
    match &letter.html {
        Some(html) => {
            if !pictures && html.contains("data-remote=\"") {
                let _ = write!(page, "<p><a href=\"?imagenes=si\">{}</a></p>", escaped(ask));
            }
            let html = in_place(html, letter);
            page.push_str(&if pictures { html.replace("data-remote=\"", "src=\"") } else { html });
        }
        None => {
            let _ = write!(page, "<pre>{}</pre>", escaped(&letter.text));
        }
    }
    page
}

/// The letter's own pictures instead of what names them.
fn in_place(html: &str, letter: &Incoming) -> String {
    let mut html = html.to_owned();
    let mut left = PICTURES;
    for part in &letter.parts {
        let Some(id) = part.content_id.as_deref() else { continue };
        let kind = match infer_picture(&part.bytes) {
            Some(kind) if part.bytes.len() <= left => kind,
            _ => continue,
        };
        let named = format!("src=\"cid:{}\"", escaped(id));
        if html.contains(&named) {
            left -= part.bytes.len();
            html =
                html.replace(&named, &format!("src=\"data:{kind};base64,{}\"", STANDARD.encode(&part.bytes)));
        }
    }
    html
}

/// What the bytes are, whatever the letter calls them.
fn infer_picture(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

fn escaped(words: &str) -> String {
    askama::filters::escape(words, askama::filters::Html).map(|safe| safe.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = ["De", "Para", "Asunto", "Enviado"];

    fn shown(letter: &str, pictures: bool) -> String {
        document(&take_apart(letter.as_bytes()).expect("a letter"), NAMES, pictures, "Mostrar imágenes")
    }

    #[test]
    fn pictures_of_the_letter_are_in_place_and_others_only_when_asked_for() {
        let letter = "From: a@b.example\r\nSubject: <b>x\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n\
            Content-Type: text/html\r\n\r\n<p>Hola<script>alert(1)</script><img src=\"cid:foto\"><img src=\"https://x.example/p.png\"></p>\r\n\
            --b\r\nContent-Type: image/png\r\nContent-ID: <foto>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n";
        let alone = shown(letter, false);
        assert!(alone.contains("src=\"data:image/png;base64,iVBORw0KGgo=\""), "{alone}");
        assert!(
            !alone.contains("src=\"https") && !alone.contains("<script") && alone.contains("?imagenes=si"),
            "{alone}"
        );
        assert!(alone.contains("&#60;b&#62;x") || alone.contains("&lt;b&gt;x"), "{alone}");
        let asked = shown(letter, true);
        assert!(
            asked.contains("src=\"https://x.example/p.png\"") && !asked.contains("?imagenes=si"),
            "{asked}"
        );
    }

    #[test]
    fn a_plain_letter_is_shown_whole() {
        let page = shown("From: a@b.example\r\n\r\nSí.\r\n\r\n> <i>lo citado</i>\r\n", false);
        assert!(page.contains("Sí.") && page.contains("lo citado") && !page.contains("<i>"), "{page}");
    }
}
