//! What somebody wrote inside the notice that he answers, where his mail program marks nothing of it as quoted: whatever
//! stands between its lines and is not of it.

use std::collections::HashSet;

use atiende_mail::Incoming;
use atiende_mail::incoming::ends_letter;

use super::publish::{Words, words};

/// Words in a row that are compared.
const ROW: usize = 4;

/// Lines of so many words at least, and so many of them, by which the notice is recognised.
const TELLING: usize = 4;
const ENOUGH: usize = 2;

/// What was found in what a letter quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Inside {
    /// The notice is not there: nothing can be said.
    Unknown,
    /// The notice, and nothing else.
    Nothing,
    /// Lines that are certainly not of the notice.
    Lines(Vec<String>),
    /// Such lines, and others that are partly of the notice.
    Mixed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    Notice,
    Mixed,
    Own,
}

/// Compares what a letter quotes with the forms of the notice that it answers.
pub(super) fn inside(letter: &Incoming, notice: &[String]) -> Inside {
    let Some(quoted) = &letter.quoted else { return Inside::Nothing };
    let known: HashSet<Words> = notice.iter().flat_map(|form| rows(form)).collect();
    let lines: Vec<&str> = quoted.lines().collect();
    let read: Vec<Vec<String>> = lines.iter().map(|line| words(&without_addresses(line)).collect()).collect();
    let kinds: Vec<Kind> = read.iter().map(|words| kind(words, &known)).collect();
    let of_notice = |at: &usize| kinds[*at] == Kind::Notice;
    let telling = (0..lines.len()).filter(of_notice).filter(|at| read[*at].len() >= TELLING).count();
    let (Some(first), Some(last)) = ((0..lines.len()).find(of_notice), (0..lines.len()).rfind(of_notice))
    else {
        return Inside::Unknown;
    };
    if telling < ENOUGH {
        return Inside::Unknown;
    }
    let own = |from: usize, to: usize| {
        let own = (from..to).filter(|at| kinds[*at] == Kind::Own);
        own.map(|at| lines[at].trim().to_owned()).collect::<Vec<String>>()
    };
    let mut his = own(first, last);
    // Below it all stand signatures and what servers add; unless that is where he says that he answers.
    if !his.is_empty() || letter.said.trim().is_empty() || points_below(&letter.said) {
        let end = (last..lines.len()).find(|at| ends_letter(lines[*at])).unwrap_or(lines.len());
        his.extend(own(last, end));
    }
    match his.is_empty() {
        true => Inside::Nothing,
        false if kinds[first..last].contains(&Kind::Mixed) => Inside::Mixed,
        false => Inside::Lines(his),
    }
}

fn kind(words: &[String], known: &HashSet<Words>) -> Kind {
    let all_known = |size: usize| words.windows(size).all(|row| known.contains(row));
    match words.len() {
        0 => Kind::Blank,
        few if few < ROW => match known.contains(words) {
            true => Kind::Notice,
            false
                if few == ROW - 1 || !words.iter().any(|word| known.contains(std::slice::from_ref(word))) =>
            {
                Kind::Own
            }
            false => Kind::Mixed,
        },
        _ if all_known(ROW) => Kind::Notice,
        _ if words.windows(ROW - 1).any(|row| known.contains(row)) => Kind::Mixed,
        _ => Kind::Own,
    }
}

/// Every row of up to [`ROW`] words.
fn rows(text: &str) -> Vec<Words> {
    let all: Vec<String> = words(text).collect();
    (1..=ROW).flat_map(|size| all.windows(size).map(<[String]>::to_vec).collect::<Vec<_>>()).collect()
}

/// Mail servers write addresses anew, to see who follows them.
fn without_addresses(line: &str) -> String {
    let words = line.split_whitespace().map(|word| match word.find("http") {
        Some(at) if word.contains("://") => &word[..at],
        _ => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

fn points_below(said: &str) -> bool {
    let said = said.to_lowercase();
    let places = [
        "abajo",
        "debajo",
        "entre líneas",
        "entre lineas",
        "en línea",
        "en linea",
        "below",
        "inline",
        "in line",
    ];
    places.iter().any(|place| said.contains(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTICE: &str = "Nataly Guerrero escribió en su caso MS-2026-1, «La impresora no imprime»:\n\n\
        > Buenos días, Marta:\n> ¿De qué piso es la impresora que no imprime?\n> ¿Desde cuándo saca hojas en blanco?\n\n\
        Responder: https://mesa.example/c/MS-2026-1";

    const HEAD: &str = "De: Mesa <mesa@agencia.example>\nEnviado: martes, 17 de noviembre de 2026 8:10\n\
        Para: Marta <marta@agencia.example>\nAsunto: La impresora no imprime\n\n";

    fn read(above: &str, below: &str) -> Inside {
        let letter = format!(
            "From: marta@agencia.example\r\nSubject: RE: x\r\nReferences: <a@b>\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n{above}\n\n{HEAD}{below}"
        );
        inside(&atiende_mail::take_apart(letter.as_bytes()).expect("a letter"), &[NOTICE.to_owned()])
    }

    #[test]
    fn what_is_of_the_notice_is_nobodys_answer() {
        assert_eq!(read("Ya.", NOTICE), Inside::Nothing);
        assert_eq!(read("", NOTICE), Inside::Nothing);
        // Broken anew, without marks, with another address and what the server adds below.
        let changed = NOTICE.replace("> ", "").replace("la impresora que", "la\nimpresora que");
        let changed =
            changed.replace("https://mesa.example/c/MS-2026-1", "https://ojo.example/?u=mesa.example&x=77");
        assert_eq!(read("Ya.", &changed), Inside::Nothing);
        assert_eq!(read("Ya.", &format!("{changed}\n\nAgencia de ejemplo, Calle 1 # 2-3")), Inside::Nothing);
        assert_eq!(
            read("Ya.", "Otra cosa que nadie conoce.\nDe hace tiempo y de otra gente."),
            Inside::Unknown
        );
    }

    #[test]
    fn what_stands_between_its_lines_is_his() {
        let piso = "imprime?\nDel cuarto piso, puesto 12.\n";
        let answered = NOTICE.replacen("no imprime?\n", &format!("no {piso}"), 1);
        let his = |lines: &[&str]| Inside::Lines(lines.iter().map(|line| (*line).to_owned()).collect());
        assert_eq!(read("Respondo abajo.", &answered), his(&["Del cuarto piso, puesto 12."]));
        assert_eq!(read("", &format!("{NOTICE}\nDel cuarto.\n-- \nMarta")), his(&["Del cuarto."]));
        assert_eq!(
            read("Mis respuestas, abajo.", &format!("{NOTICE}\n\nDel cuarto.")),
            his(&["Del cuarto."])
        );
        let same_line = answered.replace("en blanco?", "en blanco? Desde el viernes pasado.");
        assert_eq!(read("", &same_line), Inside::Mixed);
    }
}
