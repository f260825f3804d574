//! Any bytes as a letter, and what it says as somebody's answer. Seeds: `crates/mail/tests/corpus`.

#![no_main]

use atiende_mail::incoming::{
    is_only_thanks, orders, phone_of, remote_support_id, says_solved, take_apart,
};
use libfuzzer_sys::fuzz_target;

#[path = "../../crates/mail/tests/hostile/promises.rs"]
mod promises;

fuzz_target!(|bytes: &[u8]| {
    let Ok(incoming) = take_apart(bytes) else { return };
    promises::hold(&incoming);
    for text in [&incoming.said, &incoming.text, &incoming.subject] {
        is_only_thanks(text);
        says_solved(text);
        remote_support_id(text);
        phone_of(text);
        assert!(text.ends_with(orders(text).1));
    }
});
