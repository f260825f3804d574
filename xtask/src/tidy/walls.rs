//! The walls between crates: which of ours each may lean on, and what none of them may know. The compiler keeps what the
//! manifests say; this keeps what the manifests may say.

use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::Fault;

/// A crate, what it may lean on of ours, and what of others it may not know.
struct Wall {
    name: &'static str,
    ours: &'static [&'static str],
    never: &'static [&'static str],
}

const DATABASES: [&str; 4] = ["rusqlite", "postgres", "tokio-postgres", "object_store"];

const WALLS: [Wall; 7] = [
    Wall {
        name: "procedure",
        ours: &[],
        never: &[
            "tokio",
            "axum",
            "getrandom",
            "rand",
            "tracing",
            "rustls",
            "askama",
            "futures-util",
            "tempfile",
        ],
    },
    Wall { name: "mail", ours: &["procedure"], never: &["axum", "askama", "getrandom", "rand"] },
    Wall {
        name: "store",
        ours: &["procedure"],
        never: &["axum", "askama", "mail-builder", "getrandom", "rand"],
    },
    Wall {
        name: "desk",
        ours: &["procedure", "mail", "store"],
        never: &["axum", "tower-http", "getrandom", "rand"],
    },
    Wall {
        name: "web",
        ours: &["procedure", "mail", "desk"],
        never: &["mail-builder", "argon2", "getrandom", "rand"],
    },
    Wall { name: "testkit", ours: &[], never: &["axum", "rusqlite"] },
    Wall {
        name: "atiende",
        ours: &["procedure", "mail", "store", "desk", "web"],
        never: &["rusqlite", "postgres"],
    },
];

/// Those that may know a database.
const KEEPERS: [&str; 3] = ["store", "testkit", "atiende"];

/// What no part of the program may bring along.
const BANNED: [(&str, &str); 4] = [
    ("reqwest", "the program calls nobody by HTTP"),
    ("openssl", "rustls is the one TLS here"),
    ("openssl-sys", "rustls is the one TLS here"),
    ("native-tls", "rustls is the one TLS here"),
];

/// Where a wall is broken.
pub(super) fn faults(root: &Path) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    for wall in &WALLS {
        let path = format!("crates/{}/Cargo.toml", wall.name);
        let manifest: Table = read(&root.join(&path))?;
        faults.extend(breaches(wall, &path, &manifest));
    }
    for entry in std::fs::read_dir(root.join("crates")).context("reading crates/")? {
        let name = entry?.file_name();
        if WALLS.iter().all(|wall| name != wall.name) {
            let what = "a crate without a wall: say in walls.rs what it may lean on";
            faults.push(Fault::new("wall", &format!("crates/{}", name.to_string_lossy()), 1, what));
        }
    }
    faults.extend(brought_along(&read(&root.join("Cargo.lock"))?));
    Ok(faults)
}

fn read(path: &Path) -> Result<Table> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("understanding {}", path.display()))
}

fn breaches(wall: &Wall, path: &str, manifest: &Table) -> Vec<Fault> {
    let empty = Table::new();
    let mut tables = vec![manifest];
    let targets = manifest.get("target").and_then(Value::as_table).unwrap_or(&empty);
    tables.extend(targets.values().filter_map(Value::as_table));
    let names = tables.iter().filter_map(|table| table.get("dependencies")?.as_table()).flat_map(Table::keys);
    let breach = |name: &String| {
        let forbidden = match name.strip_prefix("atiende-") {
            Some(own) => !wall.ours.contains(&own),
            None => {
                let database = DATABASES.contains(&name.as_str()) && !KEEPERS.contains(&wall.name);
                database || wall.never.contains(&name.as_str())
            }
        };
        forbidden.then(|| Fault::new("wall", path, 1, format!("{} may not know `{name}`", wall.name)))
    };
    names.filter_map(breach).collect()
}

fn brought_along(lock: &Table) -> Vec<Fault> {
    let packages = lock.get("package").and_then(Value::as_array).into_iter().flatten();
    let names = packages.filter_map(|package| package.get("name")?.as_str());
    let banned = names.filter_map(|name| BANNED.iter().find(|(banned, _)| *banned == name));
    banned
        .map(|(name, why)| Fault::new("banned-crate", "Cargo.lock", 1, format!("`{name}`: {why}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(name: &str, manifest: &str) -> Vec<String> {
        let wall = WALLS.iter().find(|wall| wall.name == name).expect("the crate has a wall");
        let faults = breaches(wall, "Cargo.toml", &toml::from_str(manifest).unwrap());
        faults.into_iter().map(|fault| fault.what).collect()
    }

    #[test]
    fn arrows_point_down_only() {
        assert_eq!(
            broken("store", "[dependencies]\natiende-procedure.workspace = true"),
            Vec::<String>::new()
        );
        assert_eq!(
            broken("store", "[dependencies]\natiende-desk.workspace = true"),
            ["store may not know `atiende-desk`"]
        );
        assert_eq!(
            broken("web", "[dependencies]\natiende-store.workspace = true"),
            ["web may not know `atiende-store`"]
        );
    }

    #[test]
    fn the_rules_know_no_machine() {
        let manifest = "[dependencies]\njiff = \"1\"\n[target.'cfg(unix)'.dependencies]\ntokio = \"1\"\nrusqlite = \"0\"";
        assert_eq!(broken("procedure", manifest).len(), 2);
        assert_eq!(broken("procedure", "[dev-dependencies]\natiende-testkit = \"1\"").len(), 0);
    }

    #[test]
    fn a_banned_crate_is_seen_in_the_lock_file() {
        let lock =
            toml::from_str("[[package]]\nname = \"native-tls\"\n[[package]]\nname = \"rustls\"").unwrap();
        assert_eq!(brought_along(&lock).len(), 1);
    }
}
