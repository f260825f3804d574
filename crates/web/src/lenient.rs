//! Reading what forms and programs send: a form's field is always text and empty when not filled in, a program sends
//! numbers and nulls. Both become the same typed body.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Something that may be absent, empty, a word or a number.
pub(crate) fn maybe<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
    T::Err: Display,
{
    let word = match Option::<Value>::deserialize(deserializer)? {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(word)) => word,
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(yes)) => yes.to_string(),
        Some(_) => return Err(serde::de::Error::custom("expected a word or a number")),
    };
    match word.trim() {
        "" => Ok(None),
        word => word.parse().map(Some).map_err(serde::de::Error::custom),
    }
}

/// As [`maybe`], of something that must be there.
pub(crate) fn given<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
    T::Err: Display,
{
    maybe(deserializer)?.ok_or_else(|| serde::de::Error::custom("missing"))
}

/// Yes or no as forms and programs say it.
pub(crate) fn yes_no<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    match maybe::<D, String>(deserializer)?.as_deref() {
        None => Ok(None),
        Some("true" | "yes" | "si" | "sí" | "on" | "1") => Ok(Some(true)),
        Some("false" | "no" | "off" | "0") => Ok(Some(false)),
        Some(word) => Err(serde::de::Error::custom(format!("expected true or false, not {word:?}"))),
    }
}

/// The fields of a form. Bytes that are no UTF-8 are refused before they come here.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(pub(crate) BTreeMap<String, String>);

impl Fields {
    /// Keeps a field. No text holds a NUL: PostgreSQL stores none, and nobody types one.
    pub(crate) fn put(&mut self, name: String, value: &str) {
        self.0.insert(name, value.replace('\0', ""));
    }

    /// A field as typed; empty when absent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The fields as a typed body.
    pub(crate) fn body<T: serde::de::DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        let object =
            self.0.iter().map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect();
        serde_json::from_value(Value::Object(object))
    }
}

/// Reads `a=1&b=2`. `None` when the bytes under the escapes are no UTF-8.
pub(crate) fn urlencoded(body: &[u8]) -> Option<Fields> {
    let mut fields = Fields::default();
    for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = unescaped(halves.next().unwrap_or_default())?;
        fields.put(name, &unescaped(halves.next().unwrap_or_default())?);
    }
    Some(fields)
}

fn unescaped(bytes: &[u8]) -> Option<String> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied();
    while let Some(byte) = rest.next() {
        plain.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(plain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_it_was_typed() {
        let fields = urlencoded(b"subject=No+imprime%00+%C3%B1&x=&=").expect("UTF-8");
        assert_eq!(fields.get("subject"), "No imprime ñ");
        assert_eq!(fields.get("x"), "");
    }

    #[test]
    fn broken_utf8_is_no_form() {
        assert!(urlencoded(b"subject=%FF%FE").is_none());
        assert!(urlencoded(b"subject=%4").is_none());
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Body {
        #[serde(default, deserialize_with = "maybe")]
        id: Option<i64>,
        #[serde(default, deserialize_with = "yes_no")]
        solved: Option<bool>,
    }

    #[test]
    fn words_and_numbers_are_the_same_body() {
        let expected = Body { id: Some(7), solved: Some(true) };
        let read = |json: &str| serde_json::from_str::<Body>(json).expect("a body");
        assert_eq!(read(r#"{"id": 7, "solved": true}"#), expected);
        assert_eq!(read(r#"{"id": "7", "solved": "si"}"#), expected);
        assert_eq!(read(r#"{"id": "", "solved": null}"#), Body { id: None, solved: None });
    }
}
