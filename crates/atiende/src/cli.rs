//! The command line, as `--help` teaches it.

use std::net::SocketAddr;
use std::path::PathBuf;

use atiende_procedure::Role;
use atiende_procedure::office::TokenScope;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// A service desk that carries out a written procedure.
#[derive(Debug, Parser)]
#[command(name = "atiende", version, after_long_help = EXAMPLES, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
To look around, with an invented agency and a year of cases:
  atiende demo

To run a desk:
  atiende serve --data /var/lib/atiende --public-url https://mesa.example.org
  atiende load office.toml --data /var/lib/atiende
  atiende user add ana@example.org --name 'Ana Ríos' --role agent --group N1 --data /var/lib/atiende

Where things are, the first of these that says so:
  --data, --database, --listen, --public-url, --log
  ATIENDE_DATA, ATIENDE_DATABASE, ATIENDE_LISTEN, ATIENDE_PUBLIC_URL, ATIENDE_LOG
  atiende.toml in the current folder, or the file that --config names:
    data = \"/var/lib/atiende\"
    database = \"postgres://atiende@db.example.org/atiende\"
    listen = \"127.0.0.1:8080\"
    public_url = \"https://mesa.example.org\"
    log = \"json\"

Every command works beside a running server.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve a sample office: an invented agency, its people, and a year of cases
    Demo(Demo),
    /// Serve a desk
    Serve(Serve),
    /// Bring the database's schema up to this program's
    Migrate(Place),
    /// Add, list and deactivate people, and set their passwords
    #[command(subcommand)]
    User(User),
    /// Create, list and revoke tokens of the API
    #[command(subcommand)]
    Token(Token),
    /// Make the office what a file says: departments, sites, groups, people, catalogue, providers, contracts
    Load(Load),
    /// Take a letter in from the standard input, as a mail server's pipe hands it over
    Deliver(Deliver),
    /// Check that nothing stored was changed behind the program's back
    #[command(
        after_long_help = "Exits with 0 when all holds, 1 when something was changed, 2 when it could not look."
    )]
    Verify(Place),
    /// Write many made-up cases straight into the database, to measure with
    #[command(hide = true)]
    BenchSeed(BenchSeed),
}

/// Where the data is.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Place {
    /// The folder of the database, files and letters [default: atiende-data; atiende-demo for the demo]
    #[arg(long, value_name = "DIR", env = "ATIENDE_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// A PostgreSQL database instead of the folder's SQLite: postgres://user:password@host/name
    #[arg(long, value_name = "URL", env = "ATIENDE_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<String>,
    /// The settings file [default: atiende.toml, if there is one]
    #[arg(long, value_name = "FILE", env = "ATIENDE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
}

/// How it is served.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Listening {
    /// The address on which to listen [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", env = "ATIENDE_LISTEN")]
    pub(crate) listen: Option<SocketAddr>,
    /// The address by which people reach it [default: the one on which it listens]
    #[arg(long, value_name = "URL", env = "ATIENDE_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,
    /// How to write the log; which parts of it, RUST_LOG says
    #[arg(long, value_enum, env = "ATIENDE_LOG")]
    pub(crate) log: Option<LogForm>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogForm {
    /// Lines for people
    Human,
    /// A JSON object a line
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) listening: Listening,
    /// How many cases to make up, at the first start
    #[arg(long, value_name = "N", default_value_t = 320)]
    pub(crate) cases: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) listening: Listening,
}

#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Add a person and print a one-time link with which he sets his password
    #[command(after_long_help = "\
Example:
  atiende user add ana@example.org --name 'Ana Ríos' --role agent --group N1-MESA")]
    Add(UserAdd),
    /// Set a password, read from the standard input
    #[command(after_long_help = "Example:\n  echo 'a long password' | atiende user passwd ana@example.org")]
    Passwd(UserNamed),
    /// List people, with their roles
    List(UserList),
    /// Take somebody's access away; what he did stays
    Deactivate(UserNamed),
}

#[derive(Debug, Args)]
pub(crate) struct UserAdd {
    /// The person's e-mail address
    pub(crate) email: String,
    /// The full name
    #[arg(long)]
    pub(crate) name: String,
    /// agent, desk_administrator, contract_supervisor, security_officer, auditor or system_administrator; can be repeated
    #[arg(long = "role", value_name = "ROLE")]
    pub(crate) roles: Vec<Role>,
    /// The code of a group, for an agent; can be repeated
    #[arg(long = "group", value_name = "CODE")]
    pub(crate) groups: Vec<String>,
    /// The address by which people reach the desk, for the link
    #[arg(long, value_name = "URL", env = "ATIENDE_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct UserNamed {
    /// The person's e-mail address
    pub(crate) email: String,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct UserList {
    /// Only those with this role
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<Role>,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Create a token and print it, and nothing else
    #[command(after_long_help = "\
Example:
  TOKEN=$(atiende token create --user ana@example.org --scope read)
  curl -H \"Authorization: Bearer $TOKEN\" http://127.0.0.1:8080/api/v1/me")]
    Create(TokenCreate),
    /// List the tokens in force; their secrets are nowhere kept
    List(TokenList),
    /// Revoke a token by the number that the list shows
    Revoke(TokenRevoke),
}

#[derive(Debug, Args)]
pub(crate) struct TokenCreate {
    /// For whom, by e-mail address: the token may what he may
    #[arg(long, value_name = "EMAIL")]
    pub(crate) user: String,
    /// all or read
    #[arg(long)]
    pub(crate) scope: TokenScope,
    /// What it is for
    #[arg(long, default_value = "command line")]
    pub(crate) name: String,
    /// After how many days it ends [default: never]
    #[arg(long, value_name = "DAYS")]
    pub(crate) days: Option<u32>,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct TokenList {
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct TokenRevoke {
    /// The number that the list shows
    pub(crate) id: i64,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
What the file does not name stays as it is; `active = false` retires a thing without deleting it. Loading the same file
again changes nothing. A file with a mistake changes nothing either, and the message says its line.

A small file:
  [office]
  agency = \"Agencia de Caminos Veredales\"
  prefix = \"MS\"

  [[departments]]
  code = \"TH\"
  name = \"Talento Humano\"

A whole one is crates/atiende/sample/office.toml in the sources.")]
pub(crate) struct Load {
    /// The file, in TOML
    pub(crate) file: PathBuf,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Exits with 0 when the letter is on the disk, in the folder `letters` of the data: the server that runs on that data, or
the next one that starts, makes of it what it asks. A letter that cannot be read is kept too, and shown to the
administrators. Exits with 75 when it should be handed over again, with 64 when it is asked wrongly. A letter that was
handed over before changes nothing. The database is not needed.

In Postfix's master.cf:
  atiende unix - n n - 4 pipe flags=DRXhu user=atiende
    argv=/usr/local/bin/atiende deliver --mailbox soporte --data /var/lib/atiende")]
pub(crate) struct Deliver {
    /// The mailbox at which it arrived, by its name
    #[arg(long, value_name = "NAME")]
    pub(crate) mailbox: Option<String>,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct BenchSeed {
    #[arg(long, value_name = "N")]
    pub(crate) cases: usize,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
