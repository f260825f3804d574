//! An office with as many cases as are asked for, served in release.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use atiende_testkit::postgres::Cluster;
use serde_json::Value;

use super::Database;
use crate::install;
use crate::run::{program, target};
use crate::server::{Server, get, post_form};

/// The password of the sample accounts.
const FORM: &str = "email=admin%40agencia.example&password=atiende-demo";

/// The office works an hour longer on Fridays.
const CHANGED: &str = r#"
[office.calendar]
time_zone = "America/Bogota"
holidays = "colombia"
monday = ["07:00-12:00", "13:00-17:00"]
tuesday = ["07:00-12:00", "13:00-17:00"]
wednesday = ["07:00-12:00", "13:00-17:00"]
thursday = ["07:00-12:00", "13:00-17:00"]
friday = ["07:00-12:00", "13:00-17:00"]
"#;

/// Where an office's data is: a folder of its own, and a PostgreSQL beside it when that is measured. Gone when dropped.
pub(super) struct Ground {
    pub(super) folder: tempfile::TempDir,
    /// The options that name it to every command.
    pub(super) place: Vec<String>,
    _cluster: Option<Cluster>,
}

impl Ground {
    /// Beside the build, on a real disk: the folder for temporary files may be memory.
    pub(super) fn new(database: Database) -> Result<Ground> {
        let home: PathBuf = target().join("bench");
        std::fs::create_dir_all(&home)?;
        let folder = tempfile::tempdir_in(home)?;
        let mut place = vec!["--data".to_owned(), folder.path().display().to_string()];
        let cluster = match database {
            Database::Sqlite => None,
            Database::Postgres => {
                install::postgres().map_err(anyhow::Error::msg)?;
                let cluster = Cluster::start_durable()?;
                place
                    .extend(["--database".to_owned(), format!("{}/postgres?sslmode=disable", cluster.url())]);
                Some(cluster)
            }
        };
        Ok(Ground { folder, place, _cluster: cluster })
    }

    /// What a command says there.
    pub(super) fn say(&self, binary: &Path, arguments: &[&str]) -> Result<String> {
        let output = program(binary).args(arguments).args(&self.place).output()?;
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "atiende {} failed: {error}", arguments.join(" "));
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// It, running. Its data goes with it.
pub(super) struct Office {
    server: Server,
    /// What the seeding said of itself.
    pub(super) seeded: String,
    /// A session of the desk's administrator.
    pub(super) cookie: String,
    /// A token of a requester.
    pub(super) token: String,
    /// Pages of cases all over the list.
    pub(super) case_pages: Vec<String>,
    reader: String,
    log: PathBuf,
    ground: Ground,
}

impl Office {
    /// Writes the cases and starts the server.
    pub(super) fn seed(binary: &Path, database: Database, cases: u64) -> Result<Office> {
        let ground = Ground::new(database)?;
        let say = |arguments: &[&str]| ground.say(binary, arguments);
        let seeded = format!("Seeding: {}.", say(&["bench-seed", "--cases", &cases.to_string()])?);
        let token = say(&["token", "create", "--user", "usuario@agencia.example", "--scope", "all"])?;
        let reader = say(&["token", "create", "--user", "admin@agencia.example", "--scope", "read"])?;
        let log = ground.folder.path().join("server.log");
        let server = Server::start(program(binary).arg("serve").args(&ground.place), &log)?;
        let cookie = signed_in(&server.address)?;
        let mut office =
            Office { server, seeded, cookie, token, reader, case_pages: Vec::new(), log, ground };
        for sort in ["changed", "oldest"] {
            let numbers = office.items(&format!("/cases?limit=200&sort={sort}"))?;
            let numbers = numbers.iter().filter_map(|case| case["number"].as_str());
            office.case_pages.extend(numbers.map(|number| format!("/casos/{number}")));
        }
        Ok(office)
    }

    pub(super) fn address(&self) -> &str {
        &self.server.address
    }

    /// Changes the calendar beside the running server, and waits until every open clock was read anew.
    pub(super) fn retimed(&self, binary: &Path) -> Result<String> {
        const DONE: &str = "the clocks of open cases were read anew";
        let told = || std::fs::read_to_string(&self.log).map(|log| log.matches(DONE).count());
        let before = told()?;
        let file = self.ground.folder.path().join("calendar.toml");
        std::fs::write(&file, CHANGED)?;
        self.ground.say(binary, &["load", &file.display().to_string()])?;
        let began = Instant::now();
        while told()? == before {
            ensure!(began.elapsed() < Duration::from_secs(120), "the clocks are not read anew");
            std::thread::sleep(Duration::from_millis(20));
        }
        let took = began.elapsed().as_secs_f64();
        let log = std::fs::read_to_string(&self.log)?;
        let line = log.lines().rfind(|line| line.contains(DONE)).unwrap_or_default();
        let cases = line.rsplit_once("cases=").map_or("", |(_, count)| count);
        let cases: String = cases.chars().filter(char::is_ascii_digit).collect();
        Ok(format!(
            "After a change of the calendar the clocks of {cases} open cases were read anew in {took:.1} s."
        ))
    }

    pub(super) fn process(&self) -> u32 {
        self.server.process()
    }

    fn ask(&self, path: &str) -> Result<Value> {
        let answer = get(
            self.address(),
            &format!("/api/v1{path}"),
            &format!("Authorization: Bearer {}\r\n", self.reader),
        )?;
        let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
        // Bodies of the API come whole; a chunked one would begin with its length.
        serde_json::from_str(body).with_context(|| format!("{path}: {head}"))
    }

    fn items(&self, path: &str) -> Result<Vec<Value>> {
        Ok(self.ask(path)?["items"].as_array().cloned().unwrap_or_default())
    }

    /// The queue searched for two words: a room that a sixteenth of all cases names, and a device that some hundreds
    /// name.
    pub(super) fn search(&self) -> Result<(String, String)> {
        let words = "almacen+EQ00000";
        let found = self.hits(words)?;
        ensure!((1..=1_000).contains(&found), "{words} finds {found} cases");
        Ok((
            format!("/mesa?vista=todos&q={words}"),
            format!("search ({}, {found} cases)", words.replace('+', " ")),
        ))
    }

    /// How many cases are found, up to a little more than a thousand.
    fn hits(&self, words: &str) -> Result<usize> {
        let (mut found, mut cursor) = (0, String::new());
        while found <= 1000 {
            let page = self.ask(&format!("/cases?limit=200&q={words}{cursor}"))?;
            found += page["items"].as_array().map_or(0, Vec::len);
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        Ok(found)
    }

    /// Start-up, memory, and what a first and a later visit weigh.
    pub(super) fn weights(&self) -> Result<String> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process()))?;
        let resident = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse::<f64>().ok());
        let cookie = format!("Cookie: {}\r\n", self.cookie);
        let page = get(self.address(), "/mesa", &cookie)?;
        let mut assets: Vec<&str> = page.split('"').filter(|part| part.starts_with("/assets/")).collect();
        assets.iter_mut().for_each(|asset| *asset = asset.split('#').next().unwrap_or_default());
        assets.sort_unstable();
        assets.dedup();
        let assets: f64 = assets.iter().map(|asset| self.size(asset, "", "br")).sum::<Result<f64>>()?;
        let case = self.case_pages.first().map_or("/mesa", String::as_str);
        Ok(format!(
            "Start to first answer {} ms; resident memory {:.0} MB after the load; queue page {:.1} kB compressed with br \
             ({:.1} with gzip, {:.1} plain), case page {:.1} kB; styles, script and icons {assets:.1} kB, once.",
            self.server.start_up.as_millis(),
            resident.unwrap_or_default() / 1024.0,
            self.size("/mesa", &cookie, "br")?,
            self.size("/mesa", &cookie, "gzip")?,
            self.size("/mesa", &cookie, "identity")?,
            self.size(case, &cookie, "br")?,
        ))
    }

    /// The kilobytes that an answer's body takes on the wire.
    fn size(&self, path: &str, headers: &str, coding: &str) -> Result<f64> {
        let url = format!("http://{}{path}", self.address());
        let mut curl = program("curl");
        curl.args([
            "-s",
            "-o",
            "/dev/null",
            "-w",
            "%{size_download}",
            "-H",
            &format!("Accept-Encoding: {coding}"),
        ]);
        let cookie = headers.trim();
        if !cookie.is_empty() {
            curl.args(["-H", cookie]);
        }
        let output = curl.arg(url).output().context("curl is needed to weigh pages")?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().parse::<f64>()? / 1000.0)
    }
}

fn signed_in(address: &str) -> Result<String> {
    let answer = post_form(address, "/entrar", FORM)?;
    let lines = answer.lines().take_while(|line| !line.is_empty());
    let cookies = lines
        .filter_map(|line| line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")));
    let cookie = cookies.filter_map(|(_, value)| value.split(';').next()).next();
    Ok(cookie
        .with_context(|| format!("not signed in: {}", answer.lines().next().unwrap_or_default()))?
        .to_owned())
}
