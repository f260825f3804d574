//! A letter to several addresses counts as delivered when one of them took it. What each said is remembered, so that
//! those alone are tried again that asked for it.

use std::collections::BTreeMap;

use atiende_mail::{SendError, Sent};

/// What addresses said for good: nothing for one that took the letter, else why it did not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Heard(BTreeMap<String, Option<String>>);

impl Heard {
    /// As it is kept: a line for each address, with its reason after a blank.
    pub(crate) fn of(kept: Option<&str>) -> Heard {
        let one = |line: &str| match line.split_once(' ') {
            Some((address, why)) => (address.to_owned(), Some(why.to_owned())),
            None => (line.to_owned(), None),
        };
        Heard(kept.unwrap_or_default().lines().map(one).collect())
    }

    pub(crate) fn to_kept(&self) -> String {
        let one = |(address, why): (&String, &Option<String>)| match why {
            Some(why) => format!("{address} {}", one_line(why)),
            None => address.clone(),
        };
        self.0.iter().map(one).collect::<Vec<_>>().join("\n")
    }

    /// Whether nothing needs to be sent to an address any more.
    pub(crate) fn knows(&self, address: &str) -> bool {
        self.0.contains_key(address)
    }

    /// Whether the letter arrived anywhere.
    pub(crate) fn arrived(&self) -> bool {
        self.0.values().any(Option::is_none)
    }

    /// Who refused it and why; nothing when nobody did.
    pub(crate) fn refusals(&self) -> Option<String> {
        let one =
            |(address, why): (&String, &Option<String>)| why.as_ref().map(|why| format!("{address}: {why}"));
        let refusals: Vec<String> = self.0.iter().filter_map(one).collect();
        (!refusals.is_empty()).then(|| refusals.join("; "))
    }
}

fn one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What became of a letter at its addresses.
#[derive(Debug)]
pub(super) struct Became {
    pub(super) heard: Heard,
    /// All of them took it, at the first try.
    pub(super) plainly: bool,
    /// Addresses where it may leave later, and why not now.
    pub(super) later: Vec<(String, String)>,
    /// Addresses at which nobody reads, and what their servers said.
    pub(super) dead: Vec<(String, String)>,
}

impl Became {
    pub(super) fn of(sent: Vec<Sent>, before: Heard) -> Became {
        let plainly = before == Heard::default() && sent.iter().all(|sent| sent.became.is_ok());
        let mut became = Became { heard: before, plainly, later: Vec::new(), dead: Vec::new() };
        let mut refused = Vec::new();
        for Sent { to, became: at } in sent {
            match at {
                Ok(()) => drop(became.heard.0.insert(to, None)),
                Err(SendError::Later(why)) => became.later.push((to, why)),
                Err(SendError::Never(why)) => refused.push((to, why, false)),
                Err(SendError::Address(why)) => refused.push((to, why, true)),
            }
        }
        // What another took was no bad letter of a bad sender.
        let arrived = became.heard.arrived();
        for (to, why, of_address) in refused {
            if of_address || arrived {
                became.dead.push((to.clone(), why.clone()));
            }
            became.heard.0.insert(to, Some(why));
        }
        became
    }

    /// Nothing is tried again: whoever may take it later does not get it.
    pub(super) fn give_up(&mut self) {
        let later = std::mem::take(&mut self.later);
        self.heard.0.extend(later.into_iter().map(|(to, why)| (to, Some(why))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(to: &str, became: Result<(), SendError>) -> Sent {
        Sent { to: to.to_owned(), became }
    }

    #[test]
    fn what_addresses_said_is_read_as_it_was_kept() {
        let answers = vec![
            sent("a@x.example", Ok(())),
            sent("b@x.example", Err(SendError::Never("no\nquiere".to_owned()))),
            sent("c@x.example", Err(SendError::Later("luego".to_owned()))),
        ];
        let became = Became::of(answers, Heard::default());
        let heard = Heard::of(Some(&became.heard.to_kept()));
        assert_eq!(heard.to_kept(), "a@x.example\nb@x.example no quiere");
        assert!(heard.arrived() && heard.knows("b@x.example") && !heard.knows("c@x.example"));
        assert_eq!(heard.refusals().as_deref(), Some("b@x.example: no quiere"));
        assert_eq!(Heard::of(None), Heard::default());
    }

    #[test]
    fn an_address_is_marked_when_the_refusal_is_its_own() {
        let never = || Err(SendError::Never("554 spam".to_owned()));
        let alone = Became::of(vec![sent("b@x.example", never())], Heard::default());
        assert!(alone.dead.is_empty(), "perhaps nobody takes it");
        let both = vec![sent("b@x.example", never()), sent("a@x.example", Ok(()))];
        assert_eq!(Became::of(both, Heard::default()).dead.len(), 1);
        let unknown = Err(SendError::Address("550 5.1.1".to_owned()));
        assert_eq!(Became::of(vec![sent("b@x.example", unknown)], Heard::default()).dead.len(), 1);
    }
}
