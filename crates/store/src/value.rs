//! What goes into a statement: one type for both engines.

use jiff::Timestamp;
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, Type};
use rusqlite::types::{ToSqlOutput, ValueRef};

/// Microseconds between 1970 and 2000, from where PostgreSQL counts.
pub(crate) const POSTGRES_EPOCH_MICROS: i64 = 946_684_800_000_000;

/// A value to bind. An instant is INTEGER microseconds in SQLite and TIMESTAMPTZ in PostgreSQL.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
    Bool(bool),
    Instant(Timestamp),
    /// PostgreSQL only: an array of words for its full-text vector.
    Words(Vec<String>),
}

impl Value {
    /// As SQLite holds it: numbers, words, bytes. Two values that are stored alike are then equal.
    pub(crate) fn plain(self) -> Value {
        match self {
            Value::Bool(v) => Value::Int(i64::from(v)),
            Value::Instant(v) => Value::Int(v.as_microsecond()),
            other => other,
        }
    }
}

macro_rules! values {
    ($($from:ty: |$v:ident| $value:expr),+ $(,)?) => {$(
        impl From<$from> for Value {
            fn from($v: $from) -> Self { $value }
        }
        impl From<Option<$from>> for Value {
            fn from(v: Option<$from>) -> Self { v.map_or(Value::Null, |$v| $value) }
        }
    )+};
}
pub(crate) use values;

values! {
    i64: |v| Value::Int(v),
    // What is counted here stays far below 2^63.
    u64: |v| Value::Int(i64::try_from(v).unwrap_or(i64::MAX)),
    &str: |v| Value::Text(v.to_owned()),
    String: |v| Value::Text(v),
    Vec<u8>: |v| Value::Bytes(v),
    &[u8]: |v| Value::Bytes(v.to_vec()),
    [u8; 16]: |v| Value::Bytes(v.to_vec()),
    [u8; 32]: |v| Value::Bytes(v.to_vec()),
    bool: |v| Value::Bool(v),
    Timestamp: |v| Value::Instant(v),
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(v) => ValueRef::Integer(*v),
            Value::Text(v) => ValueRef::Text(v.as_bytes()),
            Value::Bytes(v) => ValueRef::Blob(v),
            Value::Bool(v) => ValueRef::Integer(i64::from(*v)),
            Value::Instant(v) => ValueRef::Integer(v.as_microsecond()),
            Value::Words(_) => return Err(rusqlite::Error::ToSqlConversionFailure("no arrays here".into())),
        }))
    }
}

impl postgres::types::ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(v) if *ty == Type::INT4 => i32::try_from(*v)?.to_sql(ty, out),
            Value::Int(v) => v.to_sql(ty, out),
            Value::Text(v) => v.to_sql(ty, out),
            Value::Bytes(v) => v.to_sql(ty, out),
            Value::Bool(v) => v.to_sql(ty, out),
            Value::Instant(v) => (v.as_microsecond() - POSTGRES_EPOCH_MICROS).to_sql(ty, out),
            Value::Words(v) => v.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}
