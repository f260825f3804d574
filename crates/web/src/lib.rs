//! The screens and the API: what people and programs say becomes commands, what happened becomes pages and JSON.
//!
//! Holds no SQL and no rules: it asks the desk, and shows what it answers.

mod again;
mod api;
mod app;
mod assets;
mod attempt;
mod bodies;
mod download;
mod frame;
mod lenient;
mod listing;
mod metrics;
mod oops;
mod pages;
mod promised;
mod query;
mod refused;
mod reporting;
mod request;
mod routes;
mod security;
mod texts;
mod upload;
mod visitor;

pub use app::WebOptions;
pub use routes::router;
