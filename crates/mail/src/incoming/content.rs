//! What a letter says and what comes with it, gathered from the tree of its parts.

use super::markup::{self, Bit};
use super::mime::Entity;
use super::{Invitation, Part, Protection, calendar, forwarded, html, names, render, smime, text, tnef};

/// Letters inside letters, wrappers inside wrappers.
const DEEPEST: usize = 5;

/// Characters of readable text; the rest stays in the raw letter.
const LONGEST_TEXT: usize = 1_000_000;

/// Pictures written into HTML are taken out as long as there are no more files than this.
const MOST_PICTURES: usize = 200;

const ENCRYPTED: &str =
    "[El contenido de este mensaje está cifrado y no se puede leer aquí. Se conserva como adjunto.]";
const CUT_OFF: &str = "[El texto sigue. Todo está en el original.]";
const CUT_SHORT: &str =
    "[El mensaje trae más partes de las que se separan aquí. Todas están en el original.]";

/// What was gathered.
#[derive(Default)]
pub(super) struct Content {
    /// With marks where HTML begins a quotation.
    pub(super) text: String,
    pub(super) html: Option<String>,
    pub(super) parts: Vec<Part>,
    pub(super) protection: Option<Protection>,
    pub(super) invitation: Option<Invitation>,
}

/// A stretch of the letter's words, in one or two forms.
#[derive(Default)]
struct Piece {
    plain: Option<String>,
    html: Option<Vec<Bit>>,
}

#[derive(Default)]
struct Gathering {
    pieces: Vec<Piece>,
    parts: Vec<Part>,
    /// Letters that came as files, for the case that nothing else can be read.
    enclosed: Vec<String>,
    protection: Option<Protection>,
    invitation: Option<Invitation>,
    depth: usize,
    cut_short: bool,
}

/// Gathers a letter's content.
pub(super) fn gather(letter: &Entity) -> Content {
    gather_at(letter, 0)
}

fn gather_at(letter: &Entity, depth: usize) -> Content {
    let mut gathering = Gathering { depth, ..Gathering::default() };
    gathering.take(letter);
    gathering.content()
}

impl Gathering {
    fn take(&mut self, entity: &Entity) {
        self.cut_short |= entity.cut_short;
        match entity.media() {
            "multipart/alternative" => self.alternative(entity),
            "multipart/signed" => self.signed(entity),
            "multipart/encrypted" => {
                self.protection = Some(Protection::Encrypted);
                self.say(ENCRYPTED);
                entity.children.iter().for_each(|child| self.file(child, false));
            }
            "multipart/related" => self.related(entity),
            "multipart/report" => self.report(entity),
            media if media.starts_with("multipart/") => {
                entity.children.iter().for_each(|child| self.take(child));
            }
            "text/plain" if self.is_readable(entity) => self.plain(entity),
            "text/html" if self.is_readable(entity) => {
                let bits = self.markup(&text_of_html(entity));
                self.pieces.push(Piece { plain: None, html: Some(bits) });
            }
            "text/calendar" | "application/ics" => {
                self.invitation = self.invitation.take().or_else(|| calendar::read(&entity.text()));
                self.file(entity, false);
            }
            "message/rfc822" | "message/global" => self.letter(entity, true),
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => self.wrapped(entity),
            "application/ms-tnef" | "application/vnd.ms-tnef" => self.tnef(entity),
            _ if entity.name().is_some_and(|name| name.eq_ignore_ascii_case("winmail.dat")) => {
                self.tnef(entity);
            }
            _ => self.file(entity, false),
        }
    }

    /// Text is read where it stands unless it is said to be a file. One with a name is a file where others came before it.
    fn is_readable(&self, entity: &Entity) -> bool {
        !entity.is_attachment()
            && (entity.name().is_none() || self.pieces.is_empty() && self.parts.is_empty())
    }

    /// HTML in bits, with the pictures written into it as files beside it.
    fn markup(&mut self, html: &str) -> Vec<Bit> {
        let (pictures, bits) =
            markup::read(html).into_iter().partition(|bit| matches!(bit, Bit::Picture { .. }));
        let pictures: Vec<Bit> = pictures;
        for picture in pictures {
            let Bit::Picture { media, id, bytes } = picture else { continue };
            if self.parts.len() < MOST_PICTURES
                && !self.parts.iter().any(|part| part.content_id.as_ref() == Some(&id))
            {
                let name = names::made_up(&media, self.parts.len() + 1);
                self.push(name, &media, Some(id), true, bytes);
            }
        }
        bits
    }

    fn say(&mut self, words: &str) {
        self.pieces.push(Piece { plain: Some(words.to_owned()), html: None });
    }

    fn plain(&mut self, entity: &Entity) {
        let mut words = text::clean(text::first_bytes(&entity.text(), 4 * LONGEST_TEXT));
        if entity.content_type.parameter("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed"))
        {
            let deleted =
                entity.content_type.parameter("delsp").is_some_and(|del| del.eq_ignore_ascii_case("yes"));
            words = text::unflowed(&words, deleted);
        }
        if words.trim_start().starts_with("-----BEGIN PGP MESSAGE-----") {
            self.protection = Some(Protection::Encrypted);
            self.say(ENCRYPTED);
            self.push(
                "mensaje.asc".to_owned(),
                "application/pgp-encrypted",
                None,
                false,
                entity.bytes().into_owned(),
            );
            return;
        }
        if let Some(inner) = smime::without_pgp_signature(&words) {
            self.protection = self.protection.or(Some(Protection::Signed));
            words = inner;
        }
        self.say(&words);
    }

    /// The same words in several forms: the plain ones to read, the formatted ones to show.
    fn alternative(&mut self, entity: &Entity) {
        let before = self.pieces.len();
        entity.children.iter().for_each(|child| self.take(child));
        let forms = self.pieces.split_off(before);
        let mut merged = Piece::default();
        for form in forms {
            match form {
                Piece { html: Some(bits), .. } => merged.html.get_or_insert_default().extend(bits),
                Piece { plain: Some(words), .. } => {
                    let plain = merged.plain.get_or_insert_default();
                    if !plain.is_empty() {
                        plain.push_str("\n\n");
                    }
                    plain.push_str(&words);
                }
                _ => {}
            }
        }
        if merged.html.is_some() || merged.plain.is_some() {
            self.pieces.push(merged);
        }
    }

    fn signed(&mut self, entity: &Entity) {
        self.protection = self.protection.or(Some(Protection::Signed));
        for (place, child) in entity.children.iter().enumerate() {
            match place {
                0 => self.take(child),
                _ => self.file(child, false),
            }
        }
    }

    fn related(&mut self, entity: &Entity) {
        let start =
            entity.content_type.parameter("start").map(|id| id.trim_matches(['<', '>', ' ']).to_owned());
        let root = start
            .and_then(|start| {
                entity.children.iter().position(|child| child.content_id().as_ref() == Some(&start))
            })
            .unwrap_or(0);
        for (place, child) in entity.children.iter().enumerate() {
            match place == root || child.media().starts_with("multipart/") {
                true => self.take(child),
                false => self.file(child, !child.is_attachment() && child.content_id().is_some()),
            }
        }
    }

    /// A bounce or a receipt: its first part is for people, the others are for programs.
    fn report(&mut self, entity: &Entity) {
        for (place, child) in entity.children.iter().enumerate() {
            match child.media() {
                _ if place == 0 => self.take(child),
                "message/rfc822" | "message/global" => self.letter(child, false),
                _ => self.file(child, false),
            }
        }
    }

    /// A letter inside this one: kept as a file, and readable where it was not attached as one.
    fn letter(&mut self, entity: &Entity, readable: bool) {
        let bytes = entity.bytes();
        let inner = Entity::read(&bytes);
        let name = entity.name().or_else(|| forwarded::name(&inner.head));
        let name = match name {
            Some(name) if name.to_ascii_lowercase().ends_with(".eml") => name,
            Some(name) => names::safe(&format!("{name}.eml")).unwrap_or(name),
            None => names::made_up("message/rfc822", self.parts.len() + 1),
        };
        let nothing = self.depth >= DEEPEST || inner.head.is_empty();
        if readable && !nothing {
            let words = forwarded::words(&inner.head, &gather_at(&inner, self.depth + 1).text);
            match entity.is_attachment() {
                true => self.enclosed.push(words),
                false => self.say(&words),
            }
        }
        self.push(name, "message/rfc822", entity.content_id(), false, bytes.into_owned());
    }

    fn wrapped(&mut self, entity: &Entity) {
        let bytes = entity.bytes();
        match smime::open(&bytes) {
            smime::Opened::Signed(inner) if self.depth < DEEPEST => {
                self.protection = self.protection.or(Some(Protection::Signed));
                let content = gather_at(&Entity::read(&inner), self.depth + 1);
                self.adopt(content);
            }
            smime::Opened::Enveloped => {
                self.protection = Some(Protection::Encrypted);
                self.say(ENCRYPTED);
                self.file(entity, false);
            }
            _ => self.file(entity, false),
        }
    }

    fn adopt(&mut self, content: Content) {
        let html = content.html.map(|html| self.markup(&html));
        self.pieces.push(Piece { plain: Some(content.text), html });
        self.parts.extend(content.parts);
        self.invitation = self.invitation.take().or(content.invitation);
        if content.protection == Some(Protection::Encrypted) {
            self.protection = content.protection;
        }
    }

    fn tnef(&mut self, entity: &Entity) {
        let Some(opened) = tnef::open(&entity.bytes()) else {
            self.file(entity, false);
            return;
        };
        if !opened.whole {
            self.file(entity, false);
        }
        let silent = self.pieces.iter().all(|piece| piece.html.is_none() && is_blank(piece.plain.as_deref()));
        if silent {
            let html = opened.html.map(|html| self.markup(&html));
            self.pieces.push(Piece { plain: opened.body.map(|body| text::clean(&body)), html });
        }
        for file in opened.files {
            let media = file.media_type.unwrap_or_else(|| "application/octet-stream".to_owned());
            let name =
                names::safe(&file.name).unwrap_or_else(|| names::made_up(&media, self.parts.len() + 1));
            self.push(name, &media, file.content_id, false, file.bytes);
        }
    }

    fn file(&mut self, entity: &Entity, inline: bool) {
        if entity.media().starts_with("multipart/") {
            entity.children.iter().for_each(|child| self.file(child, inline));
            return;
        }
        let media = entity.media();
        let name = entity.name().unwrap_or_else(|| names::made_up(media, self.parts.len() + 1));
        let inline = inline || entity.is_said_inline() && media.starts_with("image/");
        self.push(name, media, entity.content_id(), inline, entity.bytes().into_owned());
    }

    fn push(&mut self, name: String, media: &str, content_id: Option<String>, inline: bool, bytes: Vec<u8>) {
        let content_id = content_id.map(|id| text::one_line(&id, 250)).filter(|id| !id.is_empty());
        self.parts.push(Part { name, media_type: media_type(media), content_id, inline, bytes });
    }

    /// Some programs put the two forms of a text one after the other.
    fn join_twins(&mut self) {
        let mut at = 0;
        while at + 1 < self.pieces.len() {
            let (Piece { plain: Some(plain), html: None }, Piece { plain: None, html: Some(bits) }) =
                (&self.pieces[at], &self.pieces[at + 1])
            else {
                at += 1;
                continue;
            };
            if squeezed(plain) == squeezed(&render::text(bits)) {
                self.pieces[at].html = self.pieces.remove(at + 1).html;
            }
            at += 1;
        }
    }

    fn content(mut self) -> Content {
        let silent = |piece: &Piece| is_blank(piece.plain.as_deref()) && piece.html.is_none();
        if self.pieces.iter().all(silent)
            && let Some(words) = self.enclosed.first().cloned()
        {
            self.say(&words);
        }
        if self.cut_short {
            self.say(CUT_SHORT);
        }
        self.join_twins();
        let mut words = Vec::new();
        let mut shown = Vec::new();
        let formatted = self.pieces.iter().any(|piece| piece.html.is_some());
        for piece in &self.pieces {
            let own = words_of(piece);
            if formatted {
                shown.extend(match &piece.html {
                    Some(bits) => html::sanitised(bits),
                    None => Some(html::of_text(&own)).filter(|_| !own.trim().is_empty()),
                });
            }
            if !own.trim().is_empty() {
                words.push(text::trimmed(&own).to_owned());
            }
        }
        let html = Some(shown.join("\n")).filter(|html| !html.is_empty());
        mark_inline(&mut self.parts, html.as_deref().unwrap_or_default());
        let words = words.join("\n\n");
        let kept = text::first(&words, LONGEST_TEXT);
        Content {
            text: if kept.len() < words.len() { format!("{kept}\n\n{CUT_OFF}") } else { words },
            html,
            parts: self.parts,
            protection: self.protection,
            invitation: self.invitation,
        }
    }
}

/// The plain form, unless there is none or it only says to look at the other.
fn words_of(piece: &Piece) -> String {
    let plain = piece.plain.as_deref().unwrap_or_default();
    let Some(bits) = &piece.html else { return plain.to_owned() };
    if is_blank(Some(plain)) {
        return render::text(bits);
    }
    let stub = plain.len() < 300 && text::folded(plain).contains("html");
    match stub {
        true => render::text(bits),
        false => plain.to_owned(),
    }
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn is_blank(words: Option<&str>) -> bool {
    words.is_none_or(|words| words.trim().is_empty())
}

/// Type and subtype of a part, when they look like that.
fn media_type(said: &str) -> String {
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$&-^_.+/".contains(c);
    match said.len() <= 127 && said.matches('/').count() == 1 && said.chars().all(token) {
        true => said.to_owned(),
        false => "application/octet-stream".to_owned(),
    }
}

/// HTML says its charset itself where its part does not.
fn text_of_html(entity: &Entity) -> String {
    if entity.content_type.parameter("charset").is_some() {
        return entity.text();
    }
    let bytes = entity.bytes();
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let said = start.split_once("charset=").map(|(_, rest)| {
        let rest = rest.trim_start_matches(['"', '\'', ' ']);
        rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).next().unwrap_or_default()
    });
    super::charset::decode(&bytes, said)
}

/// Pictures that the HTML shows are inline, whatever their disposition says.
fn mark_inline(parts: &mut [Part], html: &str) {
    let shown: std::collections::HashSet<String> = html
        .split("src=\"cid:")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|id| id.replace("&amp;", "&"))
        .collect();
    for part in parts {
        part.inline |= part.content_id.as_ref().is_some_and(|id| shown.contains(id));
    }
}
