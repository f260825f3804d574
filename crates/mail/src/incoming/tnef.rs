//! winmail.dat (MS-OXTNEF): attachments and text that Outlook puts into a form of its own. The crates for it are
//! unfinished; this reads what an office needs and stops where the bytes stop making sense.

use super::charset;

const SIGNATURE: u32 = 0x223E_9F78;

/// Attributes, files and properties of one that are read.
const MOST: usize = 10_000;
const MOST_FILES: usize = 500;

const ATTACH_RENDER: u32 = 0x0006_9002;
const ATTACH_TITLE: u32 = 0x0001_8010;
const ATTACH_DATA: u32 = 0x0006_800F;
const ATTACH_PROPERTIES: u32 = 0x0006_9005;
const MESSAGE_PROPERTIES: u32 = 0x0006_9003;
const CODEPAGE: u32 = 0x0006_9007;
const BODY: u32 = 0x0002_800C;

/// What was inside.
#[derive(Default)]
pub(super) struct Opened {
    pub(super) body: Option<String>,
    pub(super) html: Option<String>,
    pub(super) files: Vec<File>,
    /// Everything to the end made sense.
    pub(super) whole: bool,
}

#[derive(Default)]
pub(super) struct File {
    /// As written; made safe by whoever keeps it.
    pub(super) name: String,
    pub(super) media_type: Option<String>,
    pub(super) content_id: Option<String>,
    pub(super) bytes: Vec<u8>,
}

/// Opens a winmail.dat; `None` when it is none, or holds nothing that can be read.
pub(super) fn open(bytes: &[u8]) -> Option<Opened> {
    let mut cursor = Cursor { rest: bytes };
    if cursor.u32()? != SIGNATURE {
        return None;
    }
    cursor.u16()?;
    let mut opened = Opened::default();
    let mut codepage = 1252;
    for _ in 0..MOST {
        if cursor.rest.is_empty() {
            opened.whole = true;
            break;
        }
        let Some((id, data)) = attribute(&mut cursor) else { break };
        match id {
            CODEPAGE => codepage = Cursor { rest: data }.u32().unwrap_or(codepage),
            BODY => opened.body = text(data, codepage),
            MESSAGE_PROPERTIES => {
                for property in properties(data) {
                    match property.id {
                        0x1000 => opened.body = property.text(codepage).or(opened.body),
                        0x1013 => opened.html = property.text(codepage).or(opened.html),
                        _ => {}
                    }
                }
            }
            ATTACH_RENDER if opened.files.len() < MOST_FILES => opened.files.push(File::default()),
            _ => {
                if let Some(file) = opened.files.last_mut() {
                    file.take(id, data, codepage);
                }
            }
        }
    }
    let something = opened.body.is_some() || opened.html.is_some() || !opened.files.is_empty();
    something.then_some(opened)
}

impl File {
    fn take(&mut self, id: u32, data: &[u8], codepage: u32) {
        match id {
            ATTACH_TITLE if self.name.is_empty() => self.name = text(data, codepage).unwrap_or_default(),
            ATTACH_DATA => self.bytes = data.to_vec(),
            ATTACH_PROPERTIES => {
                let mut long = None;
                for property in properties(data) {
                    match property.id {
                        0x3707 => long = property.text(codepage),
                        0x3704 if self.name.is_empty() => {
                            self.name = property.text(codepage).unwrap_or_default();
                        }
                        0x370E => self.media_type = property.text(codepage).map(|media| media.to_lowercase()),
                        0x3712 => self.content_id = property.text(codepage),
                        0x3701 if self.bytes.is_empty() => self.bytes = property.data.to_vec(),
                        _ => {}
                    }
                }
                // The short name is of the eight-and-three kind.
                if let Some(long) = long {
                    self.name = long;
                }
            }
            _ => {}
        }
    }
}

/// Level, id, length, data and a checksum that nobody keeps right.
fn attribute<'x>(cursor: &mut Cursor<'x>) -> Option<(u32, &'x [u8])> {
    cursor.take(1)?;
    let id = cursor.u32()?;
    let length = cursor.u32()? as usize;
    let data = cursor.take(length)?;
    cursor.take(2);
    Some((id, data))
}

struct Property<'x> {
    id: u16,
    kind: u16,
    data: &'x [u8],
}

impl Property<'_> {
    fn text(&self, codepage: u32) -> Option<String> {
        match self.kind {
            0x001F => Some(ended(charset::decode(self.data, Some("utf-16le")))),
            _ => text(self.data, codepage),
        }
    }
}

/// Properties in MAPI's form: as far as their kinds are known.
fn properties(data: &[u8]) -> Vec<Property<'_>> {
    let mut cursor = Cursor { rest: data };
    let mut all = Vec::new();
    let count = cursor.u32().unwrap_or(0) as usize;
    for _ in 0..count.min(MOST) {
        let Some(property) = property(&mut cursor) else { break };
        all.push(property);
    }
    all
}

fn property<'x>(cursor: &mut Cursor<'x>) -> Option<Property<'x>> {
    let kind = cursor.u16()?;
    let id = cursor.u16()?;
    if id >= 0x8000 {
        named(cursor)?;
    }
    let single = kind & !0x1000;
    let values = if kind & 0x1000 != 0 { cursor.u32()? as usize } else { 1 };
    let mut data: &[u8] = &[];
    match single {
        0x001E | 0x001F | 0x0102 | 0x000D => {
            let values = if kind & 0x1000 != 0 { values } else { cursor.u32()? as usize };
            for at in 0..values.min(MOST) {
                let length = cursor.u32()? as usize;
                let value = cursor.take(length)?;
                cursor.take((4 - length % 4) % 4);
                if at == 0 {
                    data = value;
                }
            }
        }
        _ => {
            let width: usize = match single {
                0x0002 | 0x0003 | 0x0004 | 0x000A | 0x000B => 4,
                0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => 8,
                0x0048 => 16,
                _ => return None,
            };
            data = cursor.take(width.checked_mul(values)?)?;
        }
    }
    // An object begins with the identifier of its interface.
    let data = if single == 0x000D { data.get(16..).unwrap_or_default() } else { data };
    Some(Property { id, kind: single, data })
}

/// The name of a property that has one: a set, then a number or a word.
fn named(cursor: &mut Cursor) -> Option<()> {
    cursor.take(16)?;
    match cursor.u32()? {
        0 => cursor.take(4)?,
        _ => {
            let length = cursor.u32()? as usize;
            cursor.take(length)?;
            cursor.take((4 - length % 4) % 4)?
        }
    };
    Some(())
}

fn text(data: &[u8], codepage: u32) -> Option<String> {
    let label = match codepage {
        65001 => "utf-8".to_owned(),
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        850 => "cp850".to_owned(),
        other => format!("windows-{other}"),
    };
    Some(ended(charset::decode(data, Some(&label)))).filter(|text| !text.is_empty())
}

/// Texts of C end with a zero.
fn ended(text: String) -> String {
    match text.find('\0') {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

struct Cursor<'x> {
    rest: &'x [u8],
}

impl<'x> Cursor<'x> {
    fn take(&mut self, length: usize) -> Option<&'x [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }
}
