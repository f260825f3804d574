//! What a short answer means: only thanks, or that it is solved. When in doubt, neither.

use super::signature;
use super::text::folded;

/// Words of a letter that only thanks.
const MOST_WORDS: usize = 25;

/// Words that carry thanks or assent.
const THANKS: [&str; 29] = [
    "gracias",
    "agradezco",
    "agradecemos",
    "agradecido",
    "agradecida",
    "agradecidos",
    "ok",
    "okay",
    "okey",
    "vale",
    "listo",
    "perfecto",
    "excelente",
    "genial",
    "entendido",
    "recibido",
    "enterado",
    "enterada",
    "thanks",
    "thank",
    "thx",
    "great",
    "perfect",
    "acuerdo",
    "amable",
    "amables",
    "graciass",
    "grcs",
    "cheers",
];

/// Words that may stand beside them and change nothing.
const AROUND: [&str; 88] = [
    "mil",
    "muchas",
    "muchisimas",
    "muy",
    "super",
    "quedo",
    "quedamos",
    "atento",
    "atenta",
    "atentos",
    "atentas",
    "de",
    "por",
    "la",
    "el",
    "su",
    "tu",
    "sus",
    "los",
    "las",
    "todo",
    "toda",
    "ayuda",
    "colaboracion",
    "atencion",
    "apoyo",
    "gestion",
    "informacion",
    "respuesta",
    "pronta",
    "oportuna",
    "rapida",
    "y",
    "a",
    "ti",
    "usted",
    "ustedes",
    "les",
    "le",
    "te",
    "se",
    "lo",
    "bien",
    "buen",
    "buena",
    "buenas",
    "buenos",
    "dia",
    "dias",
    "tarde",
    "tardes",
    "noche",
    "noches",
    "feliz",
    "fin",
    "semana",
    "saludos",
    "saludo",
    "cordial",
    "cordialmente",
    "atentamente",
    "hola",
    "you",
    "very",
    "much",
    "many",
    "so",
    "lot",
    "regards",
    "best",
    "kind",
    "for",
    "the",
    "your",
    "help",
    "support",
    "again",
    "nuevamente",
    "nuevo",
    "igualmente",
    "un",
    "una",
    "abrazo",
    "dios",
    "bendiga",
    "servicio",
    "excelentes",
    "tiempo",
];

/// Before a name.
const TITLES: [&str; 16] = [
    "ingeniero",
    "ingeniera",
    "ing",
    "inge",
    "doctor",
    "doctora",
    "dr",
    "dra",
    "don",
    "senor",
    "senora",
    "sr",
    "sra",
    "estimado",
    "estimada",
    "equipo",
];

/// Words that look like a name after "gracias," because somebody wrote them large.
const NO_NAMES: [&str; 16] = [
    "no",
    "pero",
    "sigue",
    "falta",
    "pendiente",
    "urgente",
    "aun",
    "todavia",
    "ya",
    "sin",
    "error",
    "nada",
    "igual",
    "que",
    "cuando",
    "continua",
];

/// Whether an answer only thanks, so that it asks for nothing and reopens nothing. With a signature, with emoji.
pub fn is_only_thanks(said: &str) -> bool {
    let said = signature::find(said, None);
    let text = said.signature.as_deref().and_then(|own| said.said.strip_suffix(own)).unwrap_or(&said.said);
    // Where the closing formula is itself the thanks, the signature took them along.
    let text = if text.trim().is_empty() { first_line(&said.said) } else { text };
    let unhappy = ['👎', '😠', '😡', '😞', '😢', '😭', '☹', '🙁', '❌', '⚠', '?', '¿'];
    if text.len() > 2_000 || text.contains(unhappy) || text.contains(|c: char| c.is_numeric()) {
        return false;
    }
    let mut thanked = text.contains(['👍', '🙏', '👌', '🤝']);
    let mut named = 0;
    let mut count = 0;
    let mut may_name = false;
    for piece in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
        if !word.is_empty() {
            count += 1;
            let plain = folded(word).replace('ñ', "n");
            let large = word.starts_with(char::is_uppercase);
            if THANKS.contains(&plain.as_str()) {
                (thanked, may_name) = (true, true);
            } else if TITLES.contains(&plain.as_str()) {
                may_name = true;
            } else if may_name
                && large
                && named < 2
                && !is_said_large(text)
                && !NO_NAMES.contains(&plain.as_str())
            {
                named += 1;
            } else if AROUND.contains(&plain.as_str()) {
                may_name = false;
            } else {
                return false;
            }
        }
        may_name &= !piece.ends_with(['.', '!', ';', ':', '\n']) || named > 0;
    }
    thanked && count <= MOST_WORDS
}

fn first_line(text: &str) -> &str {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default()
}

/// Nothing but large letters tells no name.
fn is_said_large(text: &str) -> bool {
    !text.contains(char::is_lowercase)
}

const SOLVED: [&str; 16] = [
    "solucionado",
    "solucionada",
    "solucionados",
    "solucionadas",
    "resuelto",
    "resuelta",
    "resueltos",
    "resueltas",
    "solved",
    "resolved",
    "fixed",
    "corregido",
    "corregida",
    "arreglado",
    "arreglada",
    "subsanado",
];

/// Words that may stand before it without changing it.
const BEFORE_SOLVED: [&str; 41] = [
    "listo",
    "lista",
    "ok",
    "ya",
    "el",
    "la",
    "caso",
    "ticket",
    "problema",
    "incidente",
    "incidencia",
    "falla",
    "requerimiento",
    "solicitud",
    "servicio",
    "queda",
    "quedo",
    "fue",
    "ha",
    "sido",
    "esta",
    "se",
    "encuentra",
    "totalmente",
    "completamente",
    "buenas",
    "buenos",
    "buen",
    "dias",
    "dia",
    "tardes",
    "noches",
    "hola",
    "cordial",
    "saludo",
    "issue",
    "has",
    "been",
    "is",
    "now",
    "the",
];

/// Words right after it that take it back.
const TAKE_BACK: [&str; 10] = [
    "no",
    "parcialmente",
    "temporalmente",
    "a",
    "en",
    "provisionalmente",
    "casi",
    "partially",
    "not",
    "manana",
];

/// Whether the first line that is not empty says that it is solved, as a provider answers (R12).
pub fn says_solved(said: &str) -> bool {
    let line = folded(first_line(super::text::first_bytes(said, 4_000)));
    let sentence =
        line.split_inclusive(['.', '!', '?', ';']).find(|part| part.contains(char::is_alphanumeric));
    let sentence = sentence.unwrap_or_default();
    if sentence.contains(['?', '¿']) {
        return false;
    }
    let mut words = sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    for word in words.by_ref() {
        if SOLVED.contains(&word) {
            return words.next().is_none_or(|next| !TAKE_BACK.contains(&next));
        }
        if !BEFORE_SOLVED.contains(&word) {
            return false;
        }
    }
    false
}
