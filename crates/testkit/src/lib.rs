//! What tests need and the product does not: a started PostgreSQL, and mail servers.

pub mod mail;
pub mod postgres;
