//! What tests need and the product does not: a started PostgreSQL.

pub mod postgres;
