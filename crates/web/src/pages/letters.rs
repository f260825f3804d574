//! The letters of a demonstration, which go into a folder instead of travelling.

use std::io;

use askama::Template;
use atiende_mail::{Folder, LetterRead};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

use crate::app::App;
use crate::frame::Frame;
use crate::oops::{Oops, shown};
use crate::visitor::{Looker, Visitor};

#[derive(Debug, Template)]
#[template(path = "letters.html")]
struct Letters {
    frame: Frame,
    letters: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    name: String,
    subject: String,
    to: String,
    when: String,
}

#[derive(Debug, Template)]
#[template(path = "letter.html")]
struct Letter {
    frame: Frame,
    name: String,
    subject: String,
    headers: Vec<(String, String)>,
    pieces: Vec<Piece>,
}

/// A stretch of a letter's text; a link is shown as one.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    text: String,
    link: bool,
}

/// The most that are listed.
const MOST: usize = 200;

/// A letter's own styles and nothing else: no scripts, no pictures from elsewhere.
const POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
    style-src 'unsafe-inline'; frame-ancestors 'self'";

pub(crate) async fn list(State(app): State<App>, looker: Looker, visitor: Option<Visitor>) -> Response {
    let frame = frame(&app, &looker, visitor);
    let newest = match of_folder(&app, |folder| folder.newest(MOST)).await {
        Some(Ok(newest)) => newest,
        other => return absent(frame, other.map(|found| found.map(drop))),
    };
    let row = |(name, glance): (String, atiende_mail::Glance)| Row {
        name,
        subject: glance.subject,
        to: glance.to.join(", "),
        when: glance.date.map(|at| frame.when(&at)).unwrap_or_default(),
    };
    let letters = newest.into_iter().map(row).collect();
    shown(&Letters { frame, letters })
}

pub(crate) async fn show(
    State(app): State<App>,
    looker: Looker,
    visitor: Option<Visitor>,
    Path(name): Path<String>,
) -> Response {
    let frame = frame(&app, &looker, visitor);
    let asked = name.clone();
    let letter = match of_folder(&app, move |folder| folder.letter(&asked)).await {
        Some(Ok(Some(letter))) => letter,
        other => return absent(frame, other.map(|found| found.map(drop))),
    };
    let LetterRead { message_id, in_reply_to, from, reply_to, to, subject, text, .. } = letter;
    let headers = [
        ("From", from),
        ("To", to.join(", ")),
        ("Reply-To", reply_to),
        ("Message-ID", message_id),
        ("In-Reply-To", in_reply_to.join(" ")),
    ];
    let headers = headers.map(|(header, value)| (header.to_owned(), value)).into();
    shown(&Letter { frame, name, subject, headers, pieces: pieces(&text) })
}

pub(crate) async fn html(State(app): State<App>, looker: Looker, Path(name): Path<String>) -> Response {
    match of_folder(&app, move |folder| folder.letter(&name)).await {
        Some(Ok(Some(letter))) => {
            ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(letter.html)).into_response()
        }
        other => absent(looker.frame(&app), other.map(|found| found.map(drop))),
    }
}

fn frame(app: &App, looker: &Looker, visitor: Option<Visitor>) -> Frame {
    visitor.map_or_else(|| looker.frame(app), |visitor| visitor.frame(app))
}

/// What a look into the folder finds, on a thread that may wait for the disk; nothing where there is no folder.
async fn of_folder<T, F>(app: &App, look: F) -> Option<io::Result<T>>
where
    T: Send + 'static,
    F: FnOnce(&Folder) -> io::Result<T> + Send + 'static,
{
    let path = app.options.demo_mail.clone()?;
    let looked = tokio::task::spawn_blocking(move || Folder::open(path).and_then(|folder| look(&folder)));
    Some(looked.await.unwrap_or_else(|panic| Err(io::Error::other(panic))))
}

fn absent(frame: Frame, found: Option<io::Result<()>>) -> Response {
    if let Some(Err(error)) = found {
        tracing::error!(%error, "the folder of letters could not be read");
    }
    Oops::not_found(frame).into_response()
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("https://").or_else(|| rest.find("http://")) {
        let (before, link) = rest.split_at(at);
        let (link, after) = link.split_at(link.find(char::is_whitespace).unwrap_or(link.len()));
        pieces.push(Piece { text: before.to_owned(), link: false });
        pieces.push(Piece { text: link.to_owned(), link: true });
        rest = after;
    }
    pieces.push(Piece { text: rest.to_owned(), link: false });
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_a_text_can_be_followed() {
        let pieces = pieces("Véalo: https://a.example/c/1\nAdiós");
        let shown: Vec<(&str, bool)> = pieces.iter().map(|piece| (piece.text.as_str(), piece.link)).collect();
        assert_eq!(shown, [("Véalo: ", false), ("https://a.example/c/1", true), ("\nAdiós", false)]);
    }
}
