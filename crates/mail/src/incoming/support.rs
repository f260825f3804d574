//! Numbers in a text: where to reach a machine from afar, and its owner by telephone.

use super::text::{first_bytes, folded};

/// Bytes of a text in which numbers are looked for.
const LOOKED_AT: usize = 200_000;

/// A run of digits with the single separators between them.
struct Number {
    digits: String,
    start: usize,
    end: usize,
    /// A plus stands before it.
    plus: bool,
    /// Dots stand in it, as in identity cards.
    dotted: bool,
}

/// The runs of digits of a line. A blank, dot, hyphen, slash-free bracket may stand between groups.
fn numbers(line: &str) -> Vec<Number> {
    let bytes = line.as_bytes();
    let mut all: Vec<Number> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        let mut end = at;
        let mut digits = String::new();
        while at < bytes.len() && digits.len() <= 20 {
            match bytes[at] {
                byte if byte.is_ascii_digit() => {
                    digits.push(byte as char);
                    end = at + 1;
                }
                b' ' | b'-' | b'.' | b')' | b'(' if at - end < 2 => {}
                _ => break,
            }
            at += 1;
        }
        let plus = start > 0 && bytes[start - 1] == b'+';
        let dotted = line[start..end].contains('.');
        all.push(Number { digits, start, end, plus, dotted });
        at = at.max(end);
    }
    all
}

/// The number under which a machine is reached by AnyDesk, TeamViewer or RustDesk, such as `AnyDesk 123 456 789`: nine or
/// ten digits soon after the program's name, or after "ID". Telephones and identity cards are none (R9).
pub fn remote_support_id(text: &str) -> Option<String> {
    let text = first_bytes(text, LOOKED_AT);
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let plain = folded(line);
        let Some((program, from)) = program(&plain) else { continue };
        let found = machine(&plain[from..], 60);
        // A card of identity is an ID as well, of ten digits.
        let found = found.filter(|number| program != "ID" || number.len() <= "123 456 789".len());
        // The number often stands below the name.
        let next = || lines[at + 1..].iter().find(|line| !line.trim().is_empty()).map(|line| folded(line));
        let found = found.or_else(|| machine(&next()?, 24));
        if let Some(number) = found {
            return Some(format!("{program} {number}"));
        }
    }
    None
}

fn program(line: &str) -> Option<(&'static str, usize)> {
    let names = [
        ("anydesk", "AnyDesk"),
        ("any desk", "AnyDesk"),
        ("teamviewer", "TeamViewer"),
        ("team viewer", "TeamViewer"),
        ("rustdesk", "RustDesk"),
        ("rust desk", "RustDesk"),
    ];
    let named = names.iter().filter_map(|(word, name)| line.find(word).map(|at| (*name, at + word.len())));
    named.min_by_key(|(_, at)| *at).or_else(|| {
        let word = |at: usize| {
            let before = line[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
            let after = line[at + 2..].chars().next().is_none_or(|c| !c.is_alphanumeric());
            before && after
        };
        let at = line.match_indices("id").map(|(at, _)| at).find(|at| word(*at))?;
        let rest = line[at + 2..].trim_start_matches([':', ' ', '.', '=', '#', '-']);
        let rest = ["es ", "is ", "de conexion", "de acceso", "remoto"]
            .iter()
            .fold(rest, |rest, word| rest.strip_prefix(word).unwrap_or(rest).trim_start_matches([':', ' ']));
        rest.starts_with(|c: char| c.is_ascii_digit()).then_some(("ID", line.len() - rest.len()))
    })
}

/// The first number of nine or ten digits within `near` bytes, grouped by threes.
fn machine(line: &str, near: usize) -> Option<String> {
    let of_people =
        ["cedula", "c.c", "cc ", "cc:", "nit", "tel", "cel", "movil", "ext", "caso", "ticket", "whatsapp"];
    for number in numbers(line) {
        let before = &line[..number.start];
        if number.start > near || of_people.iter().any(|word| before.contains(word)) {
            return None;
        }
        // Ten digits begin with 1 in all three programs; mobile telephones with 3 and landlines with 6.
        let machine = match number.digits.len() {
            9 => !number.digits.starts_with('0'),
            10 => number.digits.starts_with('1'),
            _ => false,
        };
        if machine && !number.plus && !number.dotted {
            return Some(grouped(&number.digits));
        }
    }
    None
}

fn grouped(digits: &str) -> String {
    let first = digits.len() % 3;
    let mut out = digits[..first].to_owned();
    for group in digits.as_bytes()[first..].chunks(3) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(group.iter().map(|byte| *byte as char));
    }
    out
}

/// The first Colombian telephone of a signature: `300 123 4567`, `601 234 5678 ext. 45`, or `ext. 45` alone.
pub fn phone_of(signature: &str) -> Option<String> {
    let mut inner = None;
    for line in first_bytes(signature, 10_000).lines() {
        let plain = folded(line);
        let extension = extension(&plain);
        for number in numbers(&plain) {
            let labelled = plain[..number.start].trim_end_matches(['(', ' ', '+', ':', '.']);
            if let Some(phone) = telephone(&number, labelled) {
                let tail = &plain[number.end..];
                let own = extension.as_ref().filter(|_| tail.contains("ext") || tail.contains(" x"));
                return Some(own.map_or(phone.clone(), |own| format!("{phone} {own}")));
            }
        }
        inner = inner.or(extension);
    }
    inner
}

/// National numbers have ten digits since 2021: mobiles begin with 3, landlines with 60. Seven are an old landline, where
/// something says that it is a telephone.
fn telephone(number: &Number, labelled: &str) -> Option<String> {
    let digits = number.digits.as_str();
    let national = match digits.len() {
        12 | 13 => digits.strip_prefix("57").map(|rest| rest.trim_start_matches('0'))?,
        _ => digits,
    };
    match national.len() {
        10 if national.starts_with('3') || national.starts_with("60") => {
            Some(format!("{} {} {}", &national[..3], &national[3..6], &national[6..]))
        }
        7 | 8 => {
            let says = ["tel", "telefono", "pbx", "fijo", "conmutador", "phone", "fax"];
            let said = says.iter().any(|word| labelled.contains(word));
            let local = &national[national.len() - 7..];
            said.then(|| format!("{} {}", &local[..3], &local[3..]))
        }
        _ => None,
    }
}

/// `ext. 1234`, of two to six digits.
fn extension(line: &str) -> Option<String> {
    let at = line.find("ext")?;
    let before = line[..at].chars().next_back();
    if before.is_some_and(char::is_alphabetic) {
        return None;
    }
    let rest = line[at + 3..].trim_start_matches(|c: char| c.is_alphabetic());
    let rest = rest.trim_start_matches(['.', ':', ' ', ')']);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (2..=6).contains(&digits.len()).then(|| format!("ext. {digits}"))
}
