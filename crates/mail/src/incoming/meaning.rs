//! What a short answer means: only thanks, or that it is solved. When in doubt, neither.

use super::signature;
use super::text::folded;

/// Words of a letter that only thanks.
const MOST_WORDS: usize = 25;

/// Words that carry thanks or assent.
const THANKS: &str = "gracias agradezco agradecemos agradecido agradecida agradecidos ok okay okey vale listo perfecto \
    excelente genial entendido recibido enterado enterada thanks thank thx great perfect acuerdo amable \
    amables graciass grcs cheers";

/// Words that may stand beside them and change nothing.
const AROUND: &str = "mil muchas muchisimas muy super quedo quedamos atento atenta atentos atentas de por la el su tu sus \
    los las todo toda ayuda colaboracion atencion apoyo gestion informacion respuesta pronta oportuna \
    rapida y a ti usted ustedes les le te se lo bien buen buena buenas buenos dia dias tarde tardes \
    noche noches feliz fin semana saludos saludo cordial cordialmente atentamente hola you very much \
    many so lot regards best kind for the your help support again nuevamente nuevo igualmente un una \
    abrazo dios bendiga servicio excelentes tiempo";

/// Before a name.
const TITLES: &str =
    "ingeniero ingeniera ing inge doctor doctora dr dra don senor senora sr sra estimado estimada equipo";

/// Words that look like a name after "gracias," because somebody wrote them large.
const NO_NAMES: &str =
    "no pero sigue falta pendiente urgente aun todavia ya sin error nada igual que cuando continua";

/// Words of a signature that are not written large.
const OF_POSTS: &str = "de del la las los el y e en para a con profesional universitario universitaria especializado \
    especializada tecnico tecnica auxiliar administrativo administrativa asistencial asesor asesora coordinador \
    coordinadora jefe director directora subdirector subdirectora secretario secretaria contratista oficina grupo area \
    gestion subdireccion direccion talento humano tesoreria correspondencia extension ext cel tel celular telefono piso";

/// Lines below the thanks that may be a signature.
const LONGEST_SIGNATURE: usize = 8;

/// Whether an answer only thanks, so that it asks for nothing and reopens nothing. With a signature, with emoji.
pub fn is_only_thanks(said: &str) -> bool {
    let signed = signature::find(said, None);
    let text = signed.said.as_str();
    let unhappy = ['👎', '😠', '😡', '😞', '😢', '😭', '☹', '🙁', '❌', '⚠', '?', '¿'];
    if text.len() > 2_000 || text.contains(unhappy) {
        return false;
    }
    // Nothing but large letters tells no name.
    let mut read = Thanks { names: text.contains(char::is_lowercase), ..Thanks::default() };
    let mut signature = 0;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match read.with(line) {
            Some(further) => read = further,
            None if read.thanked && is_of_signature(line) => signature += 1,
            None => return false,
        }
    }
    read.thanked && read.words <= MOST_WORDS && signature <= LONGEST_SIGNATURE
}

/// What was read so far.
#[derive(Clone, Copy, Default)]
struct Thanks {
    thanked: bool,
    words: usize,
    /// Names may stand in it.
    names: bool,
    named: usize,
}

impl Thanks {
    /// With one more line; `None` when that says something else.
    fn with(mut self, line: &str) -> Option<Thanks> {
        self.thanked |= line.contains(['👍', '🙏', '👌', '🤝']);
        let mut may_name = false;
        for piece in line.split_inclusive(|c: char| !c.is_alphanumeric()) {
            let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
            if !word.is_empty() {
                self.words += 1;
                let plain = folded(word).replace('ñ', "n");
                let large = self.names && word.starts_with(char::is_uppercase);
                if is_one_of(THANKS, &plain) {
                    (self.thanked, may_name) = (true, true);
                } else if is_one_of(TITLES, &plain) {
                    may_name = true;
                } else if may_name && large && self.named < 2 && !is_one_of(NO_NAMES, &plain) {
                    self.named += 1;
                } else if is_one_of(AROUND, &plain) {
                    may_name = false;
                } else {
                    return None;
                }
            }
            may_name &= !piece.ends_with(['.', '!', ';', ':']) || self.named > 0;
        }
        Some(self)
    }
}

/// A name, a post, a number: words written large, and few others.
fn is_of_signature(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let fits = words.all(|word| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let plain = folded(bare);
        let number = bare.contains(|c: char| c.is_ascii_digit());
        let large = bare.starts_with(char::is_uppercase) && !is_one_of(NO_NAMES, &plain);
        bare.is_empty() || number || word.contains('@') || large || is_one_of(OF_POSTS, &plain)
    });
    fits && line.len() <= 80 && line.contains(|c: char| c.is_lowercase() || c.is_ascii_digit())
}

fn is_one_of(words: &str, word: &str) -> bool {
    words.split(' ').any(|own| own == word)
}

fn first_line(text: &str) -> &str {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default()
}

const SOLVED: &str = "solucionado solucionada solucionados solucionadas resuelto resuelta resueltos resueltas solved \
    resolved fixed corregido corregida arreglado arreglada subsanado";

/// Words that may stand before it without changing it.
const BEFORE_SOLVED: &str = "listo lista ok ya el la caso ticket problema incidente incidencia falla requerimiento solicitud \
    servicio queda quedo fue ha sido esta se encuentra totalmente completamente buenas buenos buen dias \
    dia tardes noches hola cordial saludo issue has been is now the";

/// Words right after it that take it back.
const TAKE_BACK: &str = "no parcialmente temporalmente a en provisionalmente casi partially not manana";

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
        if is_one_of(SOLVED, word) {
            return words.next().is_none_or(|next| !is_one_of(TAKE_BACK, next));
        }
        if !is_one_of(BEFORE_SOLVED, word) {
            return false;
        }
    }
    false
}
