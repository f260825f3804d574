//! By what a report tells its numbers apart.

use std::str::FromStr;

use atiende_procedure::office::Office;
use atiende_procedure::sla::ClockName;
use atiende_procedure::{
    AgreementId, ContractId, DepartmentId, Kind, Priority, ServiceId, SiteId, SupportLevel, UnknownWord,
};
use atiende_store::StoreError;
use atiende_store::outcomes::By;
use jiff::civil::Date;

/// By what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GroupBy {
    Month,
    Clock,
    Service,
    Level,
    Department,
    Site,
    Provider,
    Contract,
    Priority,
    Kind,
    Agreement,
}

/// One group of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Group {
    /// By its first day.
    Month(Date),
    /// A word of a vocabulary: its family among the texts, its place in its order, itself.
    Word { family: &'static str, place: usize, word: &'static str },
    /// Something of the office: its code or id, its name.
    Named { key: String, name: String },
    /// The cases that have none.
    Absent,
}

/// In the order of [`GroupBy::ALL`].
const WORDS: [&str; 11] = [
    "month",
    "clock",
    "service",
    "level",
    "department",
    "site",
    "provider",
    "contract",
    "priority",
    "kind",
    "agreement",
];

impl GroupBy {
    pub const ALL: [GroupBy; 11] = [
        GroupBy::Month,
        GroupBy::Clock,
        GroupBy::Service,
        GroupBy::Level,
        GroupBy::Department,
        GroupBy::Site,
        GroupBy::Provider,
        GroupBy::Contract,
        GroupBy::Priority,
        GroupBy::Kind,
        GroupBy::Agreement,
    ];

    /// The word in addresses; also the parameter that narrows a report to one of its groups.
    pub fn as_str(self) -> &'static str {
        WORDS[self as usize]
    }

    pub(super) fn store(self) -> By {
        match self {
            GroupBy::Month => By::Month,
            GroupBy::Clock => By::Clock,
            GroupBy::Service => By::Service,
            GroupBy::Level => By::Level,
            GroupBy::Department => By::Department,
            GroupBy::Site => By::Site,
            GroupBy::Provider | GroupBy::Contract => By::Contract,
            GroupBy::Priority => By::Priority,
            GroupBy::Kind => By::Kind,
            GroupBy::Agreement => By::Agreement,
        }
    }

    /// The group of one of the store's keys.
    pub(super) fn group(self, key: &str, office: &Office) -> Result<Group, StoreError> {
        let damaged = || StoreError::Damaged(format!("no {} has the key {key:?}", self.as_str()));
        let id = || key.parse::<i64>().map_err(|_| damaged());
        let of_words = |family, words: Vec<&'static str>| {
            let place = words.iter().position(|word| *word == key).ok_or_else(damaged)?;
            Ok(Group::Word { family, place, word: words[place] })
        };
        if key.is_empty() || (key == "0" && self != GroupBy::Priority) {
            return Ok(Group::Absent);
        }
        match self {
            GroupBy::Month => {
                let month = id()?;
                let (year, month) = (i16::try_from(month / 100), i8::try_from(month % 100));
                let first =
                    year.ok().zip(month.ok()).and_then(|(year, month)| Date::new(year, month, 1).ok());
                first.map(Group::Month).ok_or_else(damaged)
            }
            GroupBy::Clock => of_words("clock", ClockName::ALL.iter().map(|it| it.as_str()).collect()),
            GroupBy::Level => of_words("level", SupportLevel::ALL.iter().map(|it| it.as_str()).collect()),
            GroupBy::Kind => of_words("kind", Kind::ALL.iter().map(|it| it.as_str()).collect()),
            GroupBy::Priority => {
                let place = usize::try_from(id()?).map_err(|_| damaged())?;
                let word = Priority::ALL.get(place).ok_or_else(damaged)?.as_str();
                Ok(Group::Word { family: "priority", place, word })
            }
            _ => Ok(self.named(id()?, office)),
        }
    }

    /// Something of the office; what it no longer knows goes by its id.
    fn named(self, id: i64, office: &Office) -> Group {
        let found = match self {
            GroupBy::Service => {
                office.services.get(&ServiceId(id)).map(|it| (it.code.clone(), it.name.clone()))
            }
            GroupBy::Department => {
                office.departments.get(&DepartmentId(id)).map(|it| (it.code.clone(), it.name.clone()))
            }
            GroupBy::Site => office.sites.get(&SiteId(id)).map(|it| (it.code.clone(), it.name.clone())),
            GroupBy::Agreement => {
                office.agreements.get(&AgreementId(id)).map(|it| (id.to_string(), it.name.clone()))
            }
            _ => office.contracts.get(&ContractId(id)).map(|contract| {
                let provider = office.providers.get(&contract.provider);
                let name = provider.map_or_else(String::new, |provider| provider.name.clone());
                match self {
                    GroupBy::Provider => (contract.provider.to_string(), name),
                    _ => (id.to_string(), format!("{} · {name}", contract.number)),
                }
            }),
        };
        let (key, name) = found.unwrap_or_else(|| (id.to_string(), id.to_string()));
        Group::Named { key, name }
    }
}

impl FromStr for GroupBy {
    type Err = UnknownWord;
    fn from_str(word: &str) -> Result<GroupBy, UnknownWord> {
        let found = GroupBy::ALL.into_iter().find(|by| by.as_str() == word);
        found.ok_or_else(|| UnknownWord { word: word.to_owned(), known: &WORDS })
    }
}

impl Group {
    /// What stands for it in addresses and in the API; `none` for the cases that have none.
    pub fn key(&self) -> String {
        match self {
            Group::Month(first) => first.strftime("%Y-%m").to_string(),
            Group::Word { word, .. } => (*word).to_owned(),
            Group::Named { key, .. } => key.clone(),
            Group::Absent => "none".to_owned(),
        }
    }

    /// The order of a report: months and words in theirs, what has a name by it, what is absent last.
    pub(super) fn order(&self) -> (bool, usize, String) {
        match self {
            Group::Month(first) => (false, 0, first.to_string()),
            Group::Word { place, .. } => (false, *place, String::new()),
            Group::Named { key, name } => (false, 0, format!("{} {key}", alphabetic(name))),
            Group::Absent => (true, 0, String::new()),
        }
    }
}

/// A name as an alphabet orders it: capitals and accents make no difference, and ñ comes after n.
fn alphabetic(name: &str) -> String {
    let plain = |letter: char| match letter {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' | 'ü' => 'u',
        other => other,
    };
    name.to_lowercase().chars().map(plain).collect::<String>().replace('ñ', "n~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_as_an_alphabet_has_them_and_what_is_absent_last() {
        let named = |name: &str| Group::Named { key: "1".to_owned(), name: name.to_owned() };
        let mut groups = ["Nube", "Ñandú", "Ópera", "Cámara", "Crear", "archivo"].map(named).to_vec();
        groups.insert(0, Group::Absent);
        groups.sort_by_cached_key(Group::order);
        let names: Vec<String> = groups
            .iter()
            .map(|it| if let Group::Named { name, .. } = it { name.clone() } else { it.key() })
            .collect();
        assert_eq!(names, ["archivo", "Cámara", "Crear", "Nube", "Ñandú", "Ópera", "none"]);
    }

    #[test]
    fn every_way_of_grouping_is_read_by_its_own_word() {
        for by in GroupBy::ALL {
            assert_eq!(by.as_str().parse(), Ok(by));
        }
        assert!("color".parse::<GroupBy>().is_err());
    }
}
