//! Fills a story's text: `{a|b|c}` becomes one of its options, `{word}` a fact of the case.

use super::dice::mixed;

/// The text of a telling. Groups of the same size choose the same option throughout a telling, so that a subject and its
/// description agree. A word that no fact knows stays as it is written.
pub(crate) fn fill(template: &str, telling: u64, fact: &dyn Fn(&str) -> Option<String>) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        text.push_str(&rest[..open]);
        rest = &rest[open..];
        let Some(close) = closing(rest) else { break };
        let inside = &rest[1..close];
        let options = options(inside);
        match options.as_slice() {
            [word] => match fact(word) {
                Some(known) => text.push_str(&known),
                None => text.push_str(&rest[..=close]),
            },
            options => text.push_str(&fill(options[chosen(telling, options.len())], telling, fact)),
        }
        rest = &rest[close + 1..];
    }
    text.push_str(rest);
    text
}

fn chosen(telling: u64, options: usize) -> usize {
    let size = u64::try_from(options).unwrap_or(1).max(1);
    usize::try_from(mixed(telling ^ (size << 32)) % size).unwrap_or(0)
}

/// Where the brace that opens `text` closes.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    text.char_indices().find_map(|(at, letter)| {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    })
}

/// What stands between the bars that are not inside further braces.
fn options(inside: &str) -> Vec<&str> {
    let mut depth = 0;
    let mut from = 0;
    let mut options = Vec::new();
    for (at, letter) in inside.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            '|' if depth == 0 => {
                options.push(&inside[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    options.push(&inside[from..]);
    options
}

#[cfg(test)]
mod tests {
    use super::fill;

    fn told(template: &str, telling: u64) -> String {
        fill(template, telling, &|word| (word == "n").then(|| "Marta".to_owned()))
    }

    #[test]
    fn facts_are_put_in_and_unknown_words_stay() {
        assert_eq!(told("{n}, en {sitio} {", 1), "Marta, en {sitio} {");
    }

    #[test]
    fn groups_of_one_size_agree_and_every_option_is_told() {
        let seen: std::collections::BTreeSet<String> =
            (0..50).map(|telling| told("{a|b|{n} c}-{1|2|3}", telling)).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["Marta c-3", "a-1", "b-2"]);
    }
}
