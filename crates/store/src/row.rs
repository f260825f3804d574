//! What comes out of a statement: rows that become structs.

use jiff::Timestamp;
use rusqlite::types::ValueRef;

use crate::error::{Result, StoreError};
use crate::value::{POSTGRES_EPOCH_MICROS, Value};

/// A row of either engine.
pub enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r postgres::Row),
}

/// What can be read from one column.
pub trait Column: Sized {
    /// Reads column `index`, from 0.
    fn read(row: &Row<'_>, index: usize) -> Result<Self>;
}

/// What can be read from one row.
pub trait Record: Sized {
    /// Reads its columns in order.
    fn from_row(row: &Row<'_>) -> Result<Self>;
}

impl Row<'_> {
    /// The value of column `index`, from 0.
    pub fn get<T: Column>(&self, index: usize) -> Result<T> {
        T::read(self, index)
    }

    fn present<T>(value: Option<T>, index: usize) -> Result<T> {
        value.ok_or_else(|| StoreError::Damaged(format!("column {index} is empty")))
    }
}

fn unexpected(index: usize, found: &ValueRef<'_>) -> StoreError {
    StoreError::Damaged(format!("column {index} holds {}", found.data_type()))
}

/// TIMESTAMPTZ as the microseconds that travel.
struct Micros(i64);

impl<'a> postgres::types::FromSql<'a> for Micros {
    fn from_sql(
        _: &postgres::types::Type,
        raw: &'a [u8],
    ) -> std::result::Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Micros(i64::from_be_bytes(raw.try_into()?)))
    }

    fn accepts(ty: &postgres::types::Type) -> bool {
        *ty == postgres::types::Type::TIMESTAMPTZ
    }
}

macro_rules! plain_column {
    ($type:ty, $($pattern:pat => $value:expr),+) => {
        impl Column for Option<$type> {
            fn read(row: &Row<'_>, index: usize) -> Result<Self> {
                match row {
                    Row::Sqlite(row) => match row.get_ref(index)? {
                        ValueRef::Null => Ok(None),
                        $($pattern => Ok(Some($value)),)+
                        other => Err(unexpected(index, &other)),
                    },
                    Row::Postgres(row) => Ok(row.try_get(index)?),
                }
            }
        }
        impl Column for $type {
            fn read(row: &Row<'_>, index: usize) -> Result<Self> {
                Row::present(row.get::<Option<$type>>(index)?, index)
            }
        }
    };
}

plain_column!(i64, ValueRef::Integer(v) => v);
plain_column!(bool, ValueRef::Integer(v) => v != 0);
plain_column!(Vec<u8>, ValueRef::Blob(v) => v.to_vec());
plain_column!(String, ValueRef::Text(v) => String::from_utf8(v.to_vec()).map_err(StoreError::damaged)?);

impl Column for Option<Timestamp> {
    fn read(row: &Row<'_>, index: usize) -> Result<Self> {
        let micros = match row {
            Row::Sqlite(_) => row.get::<Option<i64>>(index)?,
            Row::Postgres(row) => {
                row.try_get::<_, Option<Micros>>(index)?.map(|micros| micros.0 + POSTGRES_EPOCH_MICROS)
            }
        };
        micros.map(Timestamp::from_microsecond).transpose().map_err(StoreError::damaged)
    }
}

/// Reads a type through another one that is a column already.
macro_rules! columns {
    ($($type:ty: $raw:ty => |$v:ident| $value:expr),+ $(,)?) => {$(
        impl $crate::row::Column for Option<$type> {
            fn read(row: &$crate::row::Row<'_>, index: usize) -> $crate::Result<Self> {
                match row.get::<Option<$raw>>(index)? {
                    Some($v) => Ok(Some($value)),
                    None => Ok(None),
                }
            }
        }
        impl $crate::row::Column for $type {
            fn read(row: &$crate::row::Row<'_>, index: usize) -> $crate::Result<Self> {
                let $v = row.get::<$raw>(index)?;
                Ok($value)
            }
        }
    )+};
}
pub(crate) use columns;

columns! {
    [u8; 32]: Vec<u8> => |v| <[u8; 32]>::try_from(v).map_err(|_| StoreError::damaged("a hash of another length"))?,
    [u8; 16]: Vec<u8> => |v| <[u8; 16]>::try_from(v).map_err(|_| StoreError::damaged("a salt of another length"))?,
    u64: i64 => |v| u64::try_from(v).map_err(StoreError::damaged)?,
}

impl Column for Timestamp {
    fn read(row: &Row<'_>, index: usize) -> Result<Self> {
        Row::present(row.get::<Option<Timestamp>>(index)?, index)
    }
}

/// Whatever a column holds, in its plainest form: see [`Value::plain`].
impl Column for Value {
    fn read(row: &Row<'_>, index: usize) -> Result<Self> {
        use postgres::types::Type;
        Ok(match row {
            Row::Sqlite(sqlite) => match sqlite.get_ref(index)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(v) => Value::Int(v),
                ValueRef::Text(_) => row.get::<String>(index)?.into(),
                ValueRef::Blob(v) => v.into(),
                ValueRef::Real(_) => return Err(StoreError::damaged("a fraction where none can be")),
            },
            Row::Postgres(postgres) => match postgres.columns().get(index).map(postgres::Column::type_) {
                Some(&Type::BOOL) => Value::from(row.get::<Option<bool>>(index)?).plain(),
                Some(&Type::INT8) => row.get::<Option<i64>>(index)?.into(),
                Some(&Type::TIMESTAMPTZ) => Value::from(row.get::<Option<Timestamp>>(index)?).plain(),
                Some(&Type::BYTEA) => row.get::<Option<Vec<u8>>>(index)?.into(),
                _ => row.get::<Option<String>>(index)?.into(),
            },
        })
    }
}

impl<T: Column> Record for T {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        row.get(0)
    }
}

macro_rules! tuple_record {
    ($($name:ident $index:literal),+) => {
        impl<$($name: Column),+> Record for ($($name,)+) {
            fn from_row(row: &Row<'_>) -> Result<Self> {
                Ok(($(row.get::<$name>($index)?,)+))
            }
        }
    };
}
tuple_record!(A 0, B 1);
tuple_record!(A 0, B 1, C 2);
tuple_record!(A 0, B 1, C 2, D 3);

/// Declares a struct that a row becomes; `COLUMNS` names its columns in order.
macro_rules! record {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$fmeta:meta])* $fvis:vis $field:ident: $type:ty),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        $vis struct $name { $($(#[$fmeta])* $fvis $field: $type),+ }

        impl $name {
            /// The columns, in the order of the fields.
            pub(crate) const COLUMNS: &'static str = $crate::row::columns_of!($($field),+);
        }

        impl $crate::row::Record for $name {
            fn from_row(row: &$crate::row::Row<'_>) -> $crate::Result<Self> {
                let mut index = 0..;
                $(let $field = row.get::<$type>(index.next().unwrap_or_default())?;)+
                Ok($name { $($field),+ })
            }
        }
    };
}
pub(crate) use record;

macro_rules! columns_of {
    ($first:ident $(, $rest:ident)*) => { concat!(stringify!($first) $(, ", ", stringify!($rest))*) };
}
pub(crate) use columns_of;
