//! Where things are: what the command line says, else the environment, else `atiende.toml`, else the defaults.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::Context;
use atiende_mail::SenderCheck;
use atiende_store::Location;
use serde::Deserialize;

use crate::cli::{Listening, LogForm, Place};

const FILE: &str = "atiende.toml";

/// `atiende.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    data: Option<PathBuf>,
    database: Option<String>,
    listen: Option<SocketAddr>,
    public_url: Option<String>,
    log: Option<LogForm>,
    dns: Dns,
    mailbox: Vec<crate::mailboxes::Written>,
}

/// Who is asked about the senders of letters: `"system"`, `"off"`, or a name server such as `"127.0.0.1:53"`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum Dns {
    /// Whom the machine asks.
    #[default]
    System,
    Off,
    Server(SocketAddr),
}

impl TryFrom<String> for Dns {
    type Error = String;
    fn try_from(word: String) -> Result<Dns, String> {
        match word.as_str() {
            "system" => Ok(Dns::System),
            "off" => Ok(Dns::Off),
            server => server.parse().map(Dns::Server).map_err(|_| {
                format!("dns is \"system\", \"off\" or an address such as \"127.0.0.1:53\", not {server:?}")
            }),
        }
    }
}

impl Dns {
    /// Asks nobody when that is all that can be done, and says so.
    pub(crate) fn senders(self) -> SenderCheck {
        let check = match self {
            Dns::Off => Ok(SenderCheck::off()),
            Dns::System => SenderCheck::by_system(),
            Dns::Server(server) => SenderCheck::by_server(server),
        };
        check.unwrap_or_else(|error| {
            tracing::warn!(%error, "the senders of letters are not checked");
            SenderCheck::off()
        })
    }
}

/// What was settled.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) data: PathBuf,
    pub(crate) location: Location,
    pub(crate) listen: SocketAddr,
    /// Without a slash at its end.
    pub(crate) public_url: String,
    pub(crate) log: LogForm,
    /// Who is asked about the senders of letters.
    pub(crate) dns: Dns,
    /// The mailboxes that the file names.
    pub(crate) mailboxes: Vec<crate::mailboxes::Written>,
}

impl Config {
    /// Settles where things are; `data` is the folder when nothing says one.
    ///
    /// # Errors
    /// When the settings file cannot be read or understood.
    pub(crate) fn of(place: &Place, listening: &Listening, data: &str) -> anyhow::Result<Config> {
        let written = written(place.config.as_deref())?;
        let data = place.data.clone().or(written.data).unwrap_or_else(|| PathBuf::from(data));
        let database = place.database.clone().or(written.database);
        let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
        let listen = listening.listen.or(written.listen).unwrap_or(usual);
        let public_url = listening.public_url.clone().or(written.public_url);
        let public_url = public_url.unwrap_or_else(|| format!("http://{listen}"));
        Ok(Config {
            location: Location::of(&data, database.as_deref()),
            data,
            listen,
            public_url: public_url.trim_end_matches('/').to_owned(),
            log: listening.log.or(written.log).unwrap_or(LogForm::Human),
            dns: written.dns,
            mailboxes: written.mailbox,
        })
    }
}

fn written(named: Option<&Path>) -> anyhow::Result<Written> {
    let path = named.unwrap_or(Path::new(FILE));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound && named.is_none() => {
            return Ok(Written::default());
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    toml::from_str(&text).with_context(|| format!("{} cannot be understood", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{Config, Location, Written};
    use crate::cli::{Listening, Place};

    #[test]
    fn the_command_line_comes_before_the_file_and_the_file_before_the_defaults() -> anyhow::Result<()> {
        let folder = std::env::temp_dir().join(format!("atiende-config-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let file = folder.join("atiende.toml");
        std::fs::write(
            &file,
            "data = \"from-file\"\nlisten = \"127.0.0.1:9090\"\npublic_url = \"https://x.example/\"",
        )?;
        let place = Place { config: Some(file.clone()), ..Place::default() };
        let config = Config::of(&place, &Listening::default(), "usual")?;
        assert_eq!(config.location, Location::Folder("from-file".into()));
        assert_eq!(config.listen.port(), 9090);
        assert_eq!(config.public_url, "https://x.example");
        let place = Place { data: Some("from-line".into()), ..place };
        assert_eq!(
            Config::of(&place, &Listening::default(), "usual")?.data,
            std::path::Path::new("from-line")
        );
        std::fs::remove_dir_all(folder)?;
        let missing = Place { config: Some(file), ..Place::default() };
        assert!(Config::of(&missing, &Listening::default(), "usual").is_err());
        Ok(())
    }

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(
            toml::from_str::<Written>("dato = \"x\"").is_err_and(|wrong| wrong.to_string().contains("dato"))
        );
    }
}
