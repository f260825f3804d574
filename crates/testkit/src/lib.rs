//! What tests need and the product does not: a started PostgreSQL, mail servers, a name server, an authority for tokens.

pub mod dns;
pub mod mail;
pub mod oauth;
pub mod postgres;
pub mod smtp;
