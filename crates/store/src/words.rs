//! From Spanish text to the words by which it is found, the same for both engines and for texts and questions.

use frostem::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// Longer ones are no words, and the index need not carry them.
const LONGEST: usize = 100;

/// The words of a text, each once, in order. A code such as `IMP-0231` gives its parts and the whole.
pub fn words_of(text: &str) -> Vec<String> {
    // Accents as letters of their own, as some keyboards send them, would cut words.
    let text: String = text.nfkc().collect();
    let mut words = Vec::new();
    let stemmer = Stemmer::new(Algorithm::Spanish);
    for run in text.split(|c: char| c.is_whitespace() || matches!(c, '@' | '"' | '(' | ')' | ',' | ';')) {
        let parts: Vec<String> = parts_of(run).collect();
        if is_code(run) && parts.len() > 1 {
            add(&mut words, &parts.concat());
        }
        for part in parts {
            add(&mut words, &stem(&stemmer, &part));
        }
    }
    words
}

fn add(words: &mut Vec<String>, word: &str) {
    let word = plain(word);
    if !word.is_empty() && word.len() <= LONGEST && !words.contains(&word) {
        words.push(word);
    }
}

/// A code has digits and is joined by signs: `IMP-0231`, `MS-2026-123`, `10.0.3.7`, `4/07`.
fn is_code(run: &str) -> bool {
    run.chars().any(|c| c.is_ascii_digit()) && run.len() <= LONGEST
}

/// The runs of letters and digits, in small letters.
fn parts_of(run: &str) -> impl Iterator<Item = String> + '_ {
    run.unicode_words()
        .flat_map(|word| word.split(|c: char| !c.is_alphanumeric()))
        .filter(|part| !part.is_empty())
        .map(str::to_lowercase)
}

/// The stem with its accents folded. The stemmer wants accents where they belong, and people often leave them out, so
/// the folded word is stemmed: `conexión` and `conexion`, `impresoras` and `impresora` meet. An ñ is a letter of its
/// own in Spanish, yet who has no key for it writes n: it folds as well, last.
fn stem(stemmer: &Stemmer, word: &str) -> String {
    if word.chars().any(|c| c.is_ascii_digit()) {
        return fold(word);
    }
    stemmer.stem(&fold(word)).into_owned()
}

/// Both engines take letters and digits of ASCII for what they are. Other letters are written by their numbers, and
/// what folding left of signs is dropped, so that no engine cuts a word where we do not.
fn plain(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    for c in word.chars().filter(|c| c.is_alphanumeric()) {
        if c.is_ascii() {
            plain.push(c);
        } else {
            plain.push_str(&format!("u{:x}", u32::from(c)));
        }
    }
    plain
}

/// Small letters without accents: what people type meets what is written.
pub fn fold(word: &str) -> String {
    word.nfkd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::words_of;

    fn meet(one: &str, other: &str) {
        assert_eq!(words_of(one), words_of(other), "{one} and {other}");
    }

    #[test]
    fn forms_of_a_word_meet() {
        meet("impresoras", "impresora");
        meet("conexion", "conexión");
        meet("CONEXIÓN", "conexion");
        meet("pequeña", "pequena");
        meet("contraseñas", "contraseña");
        meet("computadores", "computador");
        meet("solicitudes", "solicitud");
        meet("información", "informacion");
    }

    #[test]
    fn different_words_stay_apart() {
        assert_ne!(words_of("impresora"), words_of("computador"));
        assert_ne!(words_of("red"), words_of("redactar"));
    }

    #[test]
    fn codes_are_found_whole_and_by_part() {
        assert_eq!(words_of("IMP-0231"), ["imp0231", "imp", "0231"]);
        assert_eq!(words_of("el caso MS-2026-4487."), ["el", "cas", "ms20264487", "ms", "2026", "4487"]);
        assert_eq!(words_of("imp0231"), ["imp0231"]);
        assert_eq!(words_of("10.0.3.7"), ["10037", "10", "0", "3", "7"]);
    }

    #[test]
    fn signs_bring_no_words() {
        assert_eq!(words_of("  \"' OR 1=1 -- * "), ["or", "11", "1"]);
        assert!(words_of("-- ¿? *").is_empty());
    }

    #[test]
    fn addresses_are_found_by_part() {
        assert_eq!(words_of("ana.ruiz@agencia.example")[..2], ["ana", "ruiz"].map(str::to_owned));
    }

    #[test]
    fn words_hold_nothing_but_ascii_letters_and_digits() {
        for text in
            ["½ taza", "№ 5", "привет", "日本語 IMP-7", "x²", "ﬁn", "Straße", "e\u{301}l", "a\u{0}b", "🔧 1️⃣"]
        {
            let words = words_of(text);
            assert!(!words.is_empty(), "{text}");
            assert!(words.iter().all(|word| word.chars().all(|c| c.is_ascii_alphanumeric())), "{words:?}");
        }
        meet("él", "e\u{301}l");
    }

    #[test]
    fn what_is_too_long_is_no_word() {
        assert!(words_of(&"x".repeat(500)).is_empty());
    }
}
