//! The catalogue as somebody looks for something in it.

use std::sync::Arc;

use atiende_procedure::office::{Office, Service};
use atiende_store::words::words_of as stems;

/// The services on the portal that fit what was typed, best first, at most so many. A word fits when it begins a word
/// of the service's name, its description or its keywords; in the name it counts for more.
pub fn proposed(office: &Office, typed: &str, most: usize) -> Vec<Arc<Service>> {
    let asked = stems(typed);
    let mut scored: Vec<(usize, &Arc<Service>)> = office
        .services
        .values()
        .filter(|service| service.active && service.on_portal)
        .map(|service| (score(service, &asked), service))
        .filter(|(score, _)| *score > 0)
        .collect();
    scored.sort_by_key(|(score, service)| (usize::MAX - score, service.id));
    scored.into_iter().take(most).map(|(_, service)| service.clone()).collect()
}

fn score(service: &Service, asked: &[String]) -> usize {
    let (name, more) =
        (stems(&service.name), stems(&format!("{} {}", service.description, service.keywords.join(" "))));
    let fits = |words: &[String], stem: &str| words.iter().any(|word| word.starts_with(stem));
    asked.iter().map(|stem| 3 * usize::from(fits(&name, stem)) + 2 * usize::from(fits(&more, stem))).sum()
}
