//! HTML that may be shown to somebody else: nothing that acts, nothing that is fetched.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use super::head::percent_decoded;
use super::markup::Bit;

/// Elements that stay. Everything else is only its content.
const SHOWN: [&str; 51] = [
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
    "figure",
];

/// Bytes of text that are written as one.
const LONGEST_RUN: usize = 2_048;

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(SHOWN))
        .generic_attributes(HashSet::new())
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("img", HashSet::from(["src", "data-remote", "alt", "width", "height"])),
            ("td", HashSet::from(["colspan", "rowspan"])),
            ("th", HashSet::from(["colspan", "rowspan"])),
            ("ol", HashSet::from(["start"])),
        ]))
        .set_tag_attribute_values(HashMap::from([("a", HashMap::from([("target", "_blank")]))]))
        .link_rel(Some("noopener noreferrer nofollow"))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "cid"]))
        .url_relative(UrlRelative::Deny)
        .attribute_filter(|element, attribute, value| {
            let stays = match (element, attribute) {
                ("img", "src") => is_of_letter(value),
                ("img", "data-remote") => remote(value).is_some(),
                ("a", "href") => !is_of_letter(value),
                _ => true,
            };
            stays.then_some(Cow::Borrowed(value))
        });
    builder
});

/// The bits as HTML that is safe to show; `None` when nothing is left to see.
pub(super) fn sanitised(bits: &[Bit]) -> Option<String> {
    let mut written = String::new();
    // Bytes of text since the last tag.
    let mut run = 0;
    for bit in bits {
        if !matches!(bit, Bit::Text(_)) {
            run = 0;
        }
        match bit {
            Bit::Text(text) => run = escape_run(text, run, &mut written),
            Bit::Close(tag) if SHOWN.contains(tag) => {
                written.push_str("</");
                written.push_str(tag);
                written.push('>');
            }
            Bit::Open { tag: "img", attributes } if !is_picture(attributes) => {}
            Bit::Open { tag, attributes } if SHOWN.contains(tag) => open(tag, attributes, &mut written),
            _ => {}
        }
    }
    let clean = SANITISER.clean(&written).to_string().trim().to_owned();
    let seen =
        clean.contains("<img") || bits.iter().any(|bit| matches!(bit, Bit::Text(text) if has_text(text)));
    seen.then_some(clean)
}

/// Plain text as HTML, for a letter that has some parts in each.
pub(super) fn of_text(text: &str) -> String {
    let mut out = String::from("<p>");
    let mut escaped = String::new();
    escape(text.trim(), &mut escaped);
    out.push_str(&escaped.replace('\n', "<br>"));
    out.push_str("</p>");
    out
}

/// Whether there is anything of it to show: its picture, or at least its words.
fn is_picture(attributes: &[(String, String)]) -> bool {
    let source = Bit::attribute(attributes, "src");
    is_of_letter(source) || remote(source).is_some() || !Bit::attribute(attributes, "alt").trim().is_empty()
}

fn has_text(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && c != '\u{A0}')
}

fn open(tag: &str, attributes: &[(String, String)], out: &mut String) {
    out.push('<');
    out.push_str(tag);
    for name in ["href", "alt", "width", "height", "colspan", "rowspan", "start"] {
        let value = Bit::attribute(attributes, name);
        // Browsers leave out what breaks an address over lines; here nobody is to be misled by it.
        let value = if name == "href" { whole(value) } else { value.to_owned() };
        if !value.is_empty() {
            attribute(name, &value, out);
        }
    }
    if tag == "img" {
        let source = &*whole(Bit::attribute(attributes, "src"));
        if is_of_letter(source) {
            let id = String::from_utf8(percent_decoded(&source.trim()[4..]));
            attribute("src", &format!("cid:{}", id.as_deref().unwrap_or_default()), out);
        } else if let Some(remote) = remote(source) {
            attribute("data-remote", &remote, out);
        }
    }
    out.push('>');
}

/// An address without the line breaks and other controls in it.
fn whole(address: &str) -> String {
    let seen: String = address.chars().filter(|c| !c.is_control() && !super::text::is_unseen(*c)).collect();
    seen.trim().to_owned()
}

fn is_of_letter(address: &str) -> bool {
    address.trim_start().get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("cid:"))
}

/// An address that somebody else's machine would be asked for.
fn remote(address: &str) -> Option<Cow<'_, str>> {
    let address = address.trim();
    let begins =
        |scheme: &str| address.get(..scheme.len()).is_some_and(|own| own.eq_ignore_ascii_case(scheme));
    match begins("//") {
        true => Some(Cow::Owned(format!("https:{address}"))),
        false => (begins("http://") || begins("https://")).then_some(Cow::Borrowed(address)),
    }
}

/// Text, with a comment in it now and then: html5ever writes a text in the square of its length when that is full of `&`
/// or `¿`, and begins anew at a comment, which ammonia takes out.
fn escape_run(text: &str, mut run: usize, out: &mut String) -> usize {
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.ceil_char_boundary(LONGEST_RUN - run));
        escape(piece, out);
        run += piece.len();
        if run >= LONGEST_RUN {
            out.push_str("<!---->");
            run = 0;
        }
        rest = after;
    }
    run
}

fn attribute(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape(value, out);
    out.push('"');
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ if (c.is_control() && !matches!(c, '\n' | '\t')) || super::text::is_unseen(c) => {}
            _ => out.push(c),
        }
    }
}
