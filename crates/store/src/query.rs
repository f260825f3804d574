//! A statement that is composed and its values, in the order in which they are named.

use std::fmt::Write;

use crate::value::Value;

/// SQL with `$1`, `$2`, … and what stands for them. Words of a user are always bound, never pushed.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pub(crate) sql: String,
    pub(crate) values: Vec<Value>,
    /// To be planned for these very values.
    pub(crate) planned_anew: bool,
}

impl Query {
    /// Begins with this SQL.
    pub fn new(sql: impl Into<String>) -> Query {
        Query { sql: sql.into(), values: Vec::new(), planned_anew: false }
    }

    /// Has PostgreSQL plan the statement for its values each time. After some runs it would else keep one plan for any
    /// values, and a frequent word and a rare one need different ones.
    #[must_use]
    pub fn planned_anew(mut self) -> Query {
        self.planned_anew = true;
        self
    }

    /// Goes on with this SQL.
    #[must_use]
    pub fn push(mut self, sql: &str) -> Query {
        self.sql.push_str(sql);
        self
    }

    /// Goes on with the next placeholder and its value.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Query {
        self.values.push(value.into());
        // Writing to a String cannot fail.
        let _ = write!(self.sql, "${}", self.values.len());
        self
    }

    /// The value of the next placeholder that the SQL already names.
    #[must_use]
    pub fn with(mut self, value: impl Into<Value>) -> Query {
        self.values.push(value.into());
        self
    }

    /// Goes on with `($n, $n, …)`.
    #[must_use]
    pub fn bind_row(mut self, values: impl IntoIterator<Item = Value>) -> Query {
        self.sql.push('(');
        let mut first = true;
        for value in values {
            if !first {
                self.sql.push_str(", ");
            }
            first = false;
            self = self.bind(value);
        }
        self.sql.push(')');
        self
    }
}
