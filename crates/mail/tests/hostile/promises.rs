//! What everybody else relies on, whatever the letter was.

use atiende_mail::Incoming;
use atiende_mail::incoming::Nature;

const ELEMENTS: [&str; 51] = [
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
];

const ATTRIBUTES: [&str; 11] =
    ["href", "target", "rel", "src", "data-remote", "alt", "width", "height", "colspan", "rowspan", "start"];

pub(crate) fn hold(incoming: &Incoming) {
    assert!(incoming.subject.chars().count() <= 998);
    assert!(!incoming.subject.contains(char::is_control), "{:?}", incoming.subject);
    assert!(incoming.references.len() <= 200);
    let blocks = [&incoming.quoted, &incoming.signature];
    let texts = [&incoming.text, &incoming.said].into_iter().chain(blocks.into_iter().flatten());
    for text in texts {
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        assert!(!text.contains('\u{E000}'), "{text:?}");
    }
    assert!(incoming.parts.len() <= 10_000);
    for part in &incoming.parts {
        let name = &part.name;
        assert!(!name.trim().is_empty() && name.chars().count() <= 200, "{name:?}");
        assert!(!name.contains(['/', '\\']) && !name.contains(char::is_control), "{name:?}");
        assert!(name != "." && name != "..", "{name:?}");
        assert_eq!(part.media_type, part.media_type.to_lowercase());
        assert!(part.media_type.contains('/') && !part.media_type.contains(char::is_whitespace));
    }
    if let Nature::Bounce(bounce) = &incoming.nature {
        assert!(bounce.recipients.len() <= 100 && bounce.reason.chars().count() <= 500);
    }
    if let Some(html) = &incoming.html {
        harmless(html);
    }
}

/// Reads sanitised HTML as strictly as it is written: elements and attributes of the lists, quoted values, no more.
fn harmless(html: &str) {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (tag, after) = tag(&rest[at + 1..]);
        rest = after;
        let (name, mut attributes) = tag.split_at(tag.find([' ', '>']).unwrap_or(tag.len()));
        assert!(ELEMENTS.contains(&name.trim_start_matches('/')), "<{tag}> in {html}");
        while let Some((name, value)) = attributes.split_once("=\"") {
            let name = name.trim();
            let (value, after) = value.split_once('"').expect("a quoted value");
            attributes = after;
            assert!(ATTRIBUTES.contains(&name), "{name} in <{tag}>");
            let begins = |schemes: &[&str]| {
                let value = value.to_lowercase();
                schemes.iter().any(|scheme| value.starts_with(scheme))
            };
            match name {
                "src" => assert!(begins(&["cid:"]), "<{tag}>"),
                "data-remote" => assert!(begins(&["http://", "https://"]), "<{tag}>"),
                "href" => assert!(begins(&["http:", "https:", "mailto:", "tel:"]), "<{tag}>"),
                _ => {}
            }
        }
        assert!(attributes.trim().is_empty(), "{attributes:?} in <{tag}>");
    }
}

/// A tag up to its end, which does not stand in quotes, and what follows.
fn tag(text: &str) -> (&str, &str) {
    let mut quoted = false;
    let end = text.find(|c| {
        quoted ^= c == '"';
        c == '>' && !quoted
    });
    let end = end.expect("a tag that ends");
    (&text[..end], &text[end + 1..])
}
