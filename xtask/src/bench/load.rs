//! Load by wrk, and what it and the kernel say of it.

use std::fmt::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::office::Office;
use crate::run::program;

/// Ticks of `/proc/<pid>/stat` in a second: a constant of Linux's ABI.
const TICKS: f64 = 100.0;

/// What loads whom.
pub(super) struct Load<'a> {
    pub(super) wrk: &'a Path,
    pub(super) office: &'a Office,
    pub(super) duration: Duration,
}

/// What was measured.
#[derive(Debug, Default)]
pub(super) struct Figures {
    per_second: f64,
    half: String,
    ninety_nine: String,
    cpu_millis: f64,
    errors: u64,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Figures { per_second, half, ninety_nine, cpu_millis, errors } = self;
        write!(f, "{per_second:.0} | {half} | {ninety_nine} | {cpu_millis:.2} ms | {errors}")
    }
}

impl Load<'_> {
    /// Pages in turn, by somebody who is signed in.
    pub(super) fn pages(&self, clients: u32, paths: &[String]) -> Result<Figures> {
        let mut script = String::from("local paths = {\n");
        for path in paths {
            writeln!(script, "  {path:?},")?;
        }
        writeln!(script, "}}\nlocal nth = 0\nlocal headers = {{ [\"Cookie\"] = {:?} }}", self.office.cookie)?;
        script.push_str("request = function()\n  nth = nth % #paths + 1\n");
        script.push_str("  return wrk.format(\"GET\", paths[nth], headers)\nend\n");
        self.run(clients, &script)
    }

    /// New cases by the API, each with the details that the procedure asks for.
    pub(super) fn creations(&self, clients: u32) -> Result<Figures> {
        let body = serde_json::json!({
            "subject": "La impresora del piso no imprime",
            "description": "Desde esta mañana sale en blanco cuando imprimo a doble cara.",
            "department": "TH", "site": "BOG", "place": "Piso 2, puesto 2-18", "service": "IMP-FALLA",
            "contact": { "name": "Marta Lucía Ocampo", "email": "usuario@agencia.example", "phone": "2147" },
            "answers": { "impresora": "IMP-0231", "afectados": "Solo a mí" },
        });
        let script = format!(
            "wrk.method = \"POST\"\nwrk.path = \"/api/v1/cases\"\nwrk.body = {:?}\n\
             wrk.headers[\"Content-Type\"] = \"application/json\"\nwrk.headers[\"Authorization\"] = \"Bearer {}\"\n",
            body.to_string(),
            self.office.token
        );
        self.run(clients, &script)
    }

    fn run(&self, clients: u32, script: &str) -> Result<Figures> {
        let file = tempfile::NamedTempFile::with_suffix(".lua")?;
        std::fs::write(file.path(), script)?;
        self.wrk(clients, file.path(), Duration::from_secs(2))?;
        let before = ticks(self.office.process())?;
        let said = self.wrk(clients, file.path(), self.duration)?;
        let spent = ticks(self.office.process())? - before;
        let (mut figures, answers) = read(&said).with_context(|| format!("wrk said:\n{said}"))?;
        figures.cpu_millis = spent / TICKS * 1000.0 / answers.max(1.0);
        Ok(figures)
    }

    fn wrk(&self, clients: u32, script: &Path, duration: Duration) -> Result<String> {
        let mut command = program(self.wrk);
        command.args(["--latency", "--timeout", "30s", "-t", "1", "-c", &clients.to_string()]);
        command.args(["-d", &format!("{}s", duration.as_secs()), "-s"]).arg(script);
        let output = command.arg(format!("http://{}", self.office.address())).output()?;
        ensure!(output.status.success(), "wrk failed: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// Processor time of a process so far, in ticks.
fn ticks(process: u32) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name of the process, in parentheses, may hold blanks.
    let (_, rest) = stat.rsplit_once(')').context("no process")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let (user, system) = (fields.get(11).context("no user time")?, fields.get(12).context("no system time")?);
    Ok(user.parse::<f64>()? + system.parse::<f64>()?)
}

/// What wrk said, and how many answers there were.
fn read(said: &str) -> Option<(Figures, f64)> {
    let after =
        |name: &str| said.lines().find_map(|line| Some(line.trim().strip_prefix(name)?.trim().to_owned()));
    let answers = said.lines().find_map(|line| line.trim().split_once(" requests in ")?.0.parse().ok())?;
    let bad = after("Non-2xx or 3xx responses:").and_then(|count| count.parse().ok()).unwrap_or(0);
    let figures = Figures {
        per_second: after("Requests/sec:")?.parse().ok()?,
        half: after("50%")?,
        ninety_nine: after("99%")?,
        errors: bad,
        ..Figures::default()
    };
    Some((figures, answers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrk_is_understood() {
        let said = "Running 10s test @ http://127.0.0.1:1\n  1 threads and 8 connections\n  Latency Distribution\n\
            \x20    50%    1.58ms\n     75%    1.90ms\n     90%    2.31ms\n     99%    4.02ms\n\
            \x20 49581 requests in 10.00s, 1.02GB read\n  Non-2xx or 3xx responses: 3\nRequests/sec:   4957.32\n";
        let (figures, answers) = read(said).unwrap();
        assert_eq!(
            (figures.half.as_str(), figures.ninety_nine.as_str(), figures.errors),
            ("1.58ms", "4.02ms", 3)
        );
        assert!((figures.per_second - 4957.32).abs() < 0.01 && (answers - 49581.0).abs() < 0.1);
    }
}
