//! Letters too large to store: each would take hours, or all memory, if it were not read in one walk.

use atiende_mail::incoming::{Incoming, take_apart};

use super::promises;

const HEAD: &str = "From: Marta <marta@agencia.example>\r\nSubject: Re: Grande\r\nMIME-Version: 1.0\r\n";

fn read(letter: &str) -> Incoming {
    let incoming = take_apart(letter.as_bytes()).unwrap();
    promises::hold(&incoming);
    incoming
}

fn html(body: &str) -> Incoming {
    read(&format!("{HEAD}Content-Type: text/html; charset=utf-8\r\n\r\n{body}"))
}

#[test]
fn thirty_megabytes_of_attachment() {
    let line = format!("{}\r\n", "QUJD".repeat(19));
    let body = line.repeat(30 * 1024 * 1024 / line.len());
    let incoming = read(&format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nVa el video.\r\n--b\r\nContent-Type: video/mp4\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{body}--b--\r\n"
    ));
    assert_eq!(incoming.text, "Va el video.");
    assert_eq!(incoming.parts[0].bytes.len(), body.len() / 78 * 57);
    assert_eq!(incoming.parts[0].name, "adjunto-1.mp4");
}

#[test]
fn tails_of_ten_thousand_lines() {
    let attributed = "El lun, 2 nov 2026 a las 16:15, Mesa escribió:\n> línea\n".repeat(10_000);
    let incoming =
        read(&format!("{HEAD}Content-Type: text/plain; charset=utf-8\r\n\r\nSigue igual.\n\n{attributed}"));
    assert!(incoming.said.starts_with("Sigue igual."));
    let quoted = "> línea citada\n".repeat(10_000);
    let incoming =
        read(&format!("{HEAD}Content-Type: text/plain; charset=utf-8\r\n\r\nSigue igual.\n\n{quoted}"));
    assert_eq!(incoming.said, "Sigue igual.");
    assert_eq!(incoming.quoted.unwrap().lines().count(), 10_000);
    let heads = "De: Mesa\n".repeat(100_000);
    let incoming = read(&format!("{HEAD}Content-Type: text/plain\r\n\r\n{heads}"));
    assert_eq!(incoming.quoted, None);
    let openings = "El 2 de noviembre\n".repeat(100_000);
    assert_eq!(read(&format!("{HEAD}Content-Type: text/plain\r\n\r\n{openings}")).quoted, None);
}

#[test]
fn text_beyond_measure_says_so() {
    let incoming = read(&format!("{HEAD}Content-Type: text/plain\r\n\r\n{}", "registro ".repeat(1_000_000)));
    assert!(incoming.text.chars().count() < 1_000_100, "{}", incoming.text.len());
    assert!(incoming.text.ends_with("[El texto sigue. Todo está en el original.]"));
}

#[test]
fn a_hundred_thousand_parts() {
    let parts = "--b\r\nContent-Type: image/png\r\n\r\nx\r\n".repeat(100_000);
    let incoming = read(&format!("{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}--b--\r\n"));
    assert_eq!(incoming.parts.len(), 500);
    assert!(incoming.text.contains("más partes"), "{}", incoming.text);
    // Each announces a boundary that never comes.
    let parts = "--b\r\nContent-Type: multipart/mixed; boundary=nunca\r\n\r\nx\r\n".repeat(100_000);
    read(&format!("{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}--b--\r\n"));
}

#[test]
fn parts_inside_parts_without_end() {
    let mut letter = HEAD.to_owned();
    for depth in 0..20_000 {
        letter.push_str(&format!("Content-Type: multipart/mixed; boundary=b{depth}\r\n\r\n--b{depth}\r\n"));
    }
    read(&letter);
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(50_000);
    read(&format!("{HEAD}{nested}Content-Type: text/plain\r\n\r\nfondo"));
    // A wrapper in a wrapper, each of indefinite length.
    let mut wrapped = Vec::from(HEAD.as_bytes());
    wrapped.extend(b"Content-Type: application/pkcs7-mime\r\n\r\n");
    wrapped.extend(b"\x30\x80".repeat(500_000));
    promises::hold(&take_apart(&wrapped).unwrap());
}

#[test]
fn heads_without_end() {
    read(&format!("{HEAD}To: {}\r\n\r\nx", "a@b.example, ".repeat(200_000)));
    read(&format!("{HEAD}References: {}\r\n\r\nx", "<a@b> ".repeat(200_000)));
    read(&format!("{}Subject: {}\r\n\r\nx", "X-A: b\r\n".repeat(300_000), "=?utf-8?Q?a?= ".repeat(100_000)));
    read(&format!("{HEAD}Cc: {}\r\n\r\nx", "(".repeat(2_000_000)));
    read(&format!("{HEAD}X-Y: {}\r\n\r\nx", "=?utf-8?Q?".repeat(500_000)));
    read(&format!("{HEAD}Content-Type: text/plain{}\r\n\r\nx", "; a*0*=utf-8''%41".repeat(200_000)));
}

#[test]
fn html_that_grows() {
    for piece in [
        "<b>",
        "<div>",
        "<p><b><i>",
        "<table><tr><td>",
        "<a href=x>",
        "</b>",
        "<b a=1><p>",
        "<blockquote type=cite>",
        "<!--",
        "<",
        "&",
        "&amp",
        "<a b=\"",
        "<script>",
        "</script",
        "<li><ul>",
        "<font color=",
        "<p>",
        "<br>",
        "<svg><title>",
        "<div style='display:none'>",
        "<select><option>",
        "<img src=cid:",
        "a b ",
    ] {
        html(&piece.repeat(400_000 / piece.len()));
    }
    let attributes: String = (0..200_000).map(|number| format!(" a{number}=1")).collect();
    html(&format!("<p{attributes}>x</p>"));
}
