//! Letters that nobody wrote in good faith: whatever the bytes, what comes out keeps its promises, and soon.

#![allow(clippy::unwrap_used, reason = "a test says what it knows")]

mod large;
mod promises;

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use atiende_mail::incoming::{is_only_thanks, orders, phone_of, remote_support_id, says_solved, take_apart};
use proptest::prelude::*;
use proptest::sample::{Index, select};

static CORPUS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "eml"));
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
});

/// Pieces of which letters, and attacks on their readers, are made.
const PIECES: [&[u8]; 30] = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"--limite-7f3a",
    b"--limite-7f3a--\r\n",
    b"\r\n\r\n",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
    b"Content-Type: text/html\r\n\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"=?utf-8?Q?",
    b"?=",
    b"=?",
    b"=3D",
    b"=\r\n",
    b"\xFF\xFE",
    b"\xC3",
    b"\x1B$B",
    b"+A",
    b"<script>",
    b"<img src=x onerror=y>",
    b"<!--",
    b"<a href=\"",
    b"<table><b>",
    b"\"",
    b"<",
    b">",
    b"filename*0*=utf-8''%",
    b"-- \r\n",
];

#[derive(Debug, Clone)]
enum Change {
    Cut(Index, Index),
    Insert(Index, Vec<u8>),
    Repeat(Index, Index, usize),
    Set(Index, u8),
    Graft(Index, Index, Index),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let range = |a: &Index, b: &Index, length: usize| {
            let (a, b) = (a.index(length), b.index(length));
            a.min(b)..a.max(b)
        };
        match self {
            Change::Cut(a, b) => drop(bytes.drain(range(a, b, bytes.len()))),
            Change::Insert(at, piece) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, piece.iter().copied());
            }
            Change::Repeat(a, b, times) => {
                let range = range(a, b, bytes.len());
                let end = range.end;
                let piece = bytes[range].repeat(*times);
                bytes.splice(end..end, piece);
            }
            Change::Set(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Change::Graft(at, other, from) => {
                let other = &CORPUS[other.index(CORPUS.len())];
                let from = from.index(other.len());
                let at = at.index(bytes.len());
                bytes.splice(at..at, other[from..].iter().copied());
            }
        }
    }
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        any::<(Index, Index)>().prop_map(|(a, b)| Change::Cut(a, b)),
        (any::<Index>(), select(&PIECES[..])).prop_map(|(at, piece)| Change::Insert(at, piece.to_vec())),
        (any::<(Index, Index)>(), 1usize..20).prop_map(|((a, b), times)| Change::Repeat(a, b, times)),
        any::<(Index, u8)>().prop_map(|(at, byte)| Change::Set(at, byte)),
        any::<(Index, Index, Index)>().prop_map(|(at, other, from)| Change::Graft(at, other, from)),
    ]
}

fn letter() -> impl Strategy<Value = Vec<u8>> {
    (any::<Index>(), prop::collection::vec(change(), 0..8)).prop_map(|(which, changes)| {
        let mut bytes = CORPUS[which.index(CORPUS.len())].clone();
        changes.iter().for_each(|change| change.apply(&mut bytes));
        bytes
    })
}

/// Fragments of which the dangerous parts of HTML are put together.
const OF_HTML: [&str; 45] = [
    "<",
    ">",
    "\"",
    "'",
    "=",
    "/",
    " ",
    "\n",
    "\t",
    "&lt;",
    "&#60;",
    "&quot;",
    "&#x6A;",
    "javascript:",
    "mail\nto:a@b",
    "java&#09;script:",
    "<script>",
    "</script>",
    "<style>",
    "<img src=",
    "<IMG\nSRC=",
    "<img data-remote=",
    "<a href=",
    "<svg",
    "<math>",
    "<noscript>",
    "<template>",
    "<iframe src=",
    "<form action=",
    "onerror=",
    "onload=alert(1)",
    "https://malo.example/x",
    "//malo.example/x",
    "cid:a",
    "data:text/html,",
    "srcset=",
    "style=\"background:url(",
    "<table>",
    "<td>",
    "<b>",
    "<p>",
    "<!--",
    "-->",
    "<![CDATA[",
    "texto",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        if let Ok(incoming) = take_apart(&bytes) {
            promises::hold(&incoming);
        }
    }

    #[test]
    fn any_bytes_under_a_head(
        head in select(vec!["", "Content-Type: text/html\r\n", "Content-Type: text/plain; charset=utf-7\r\n",
            "Content-Type: application/ms-tnef\r\nX: ", "Content-Type: multipart/mixed; boundary=a\r\n"]),
        body in prop::collection::vec(any::<u8>(), 0..2_000),
    ) {
        let mut bytes = format!("From: a@b.example\r\n{head}\r\n").into_bytes();
        bytes.extend(body);
        promises::hold(&take_apart(&bytes).unwrap());
    }

    #[test]
    fn letters_of_the_corpus_changed(bytes in letter()) {
        if let Ok(incoming) = take_apart(&bytes) {
            promises::hold(&incoming);
            prop_assert_eq!(take_apart(&bytes).unwrap(), incoming);
        }
    }

    #[test]
    fn html_put_together(pieces in prop::collection::vec(select(&OF_HTML[..]), 0..60)) {
        let html = pieces.concat();
        let letter = format!("From: a@b.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}");
        promises::hold(&take_apart(letter.as_bytes()).unwrap());
    }

    #[test]
    fn any_text(text in "(?s)[@a-zA-Z0-9 .\n>:+()ñó👍-]{0,300}|\\PC{0,200}") {
        is_only_thanks(&text);
        says_solved(&text);
        remote_support_id(&text);
        phone_of(&text);
        prop_assert!(text.ends_with(orders(&text).1));
    }
}
