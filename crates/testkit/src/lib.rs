//! What tests need and the product does not: a started PostgreSQL, mail servers, and a name server.

pub mod dns;
pub mod mail;
pub mod postgres;
