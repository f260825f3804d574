use atiende_procedure::office::Office;
use jiff::Timestamp;

use super::ask;
use super::plan::plan;
use crate::sample::{OFFICE, OFFICE_NAME};

/// The office that a file makes of another.
pub(crate) fn made(name: &str, text: &str, of: &Office) -> anyhow::Result<Office> {
    let form = toml::from_str(text)?;
    let planned = plan(&form, of, Timestamp::UNIX_EPOCH, &mut || [1; 16]);
    planned.map(|(_, office)| office).map_err(|mistake| anyhow::anyhow!("{name}: {}", mistake.message))
}

fn said(text: &str) -> anyhow::Result<super::Asked> {
    ask("office.toml", text, &Office::default(), Timestamp::UNIX_EPOCH, &mut || [1; 16])
}

fn wrong(text: &str) -> String {
    said(text).err().map_or_else(|| "it was accepted".to_owned(), |wrong| wrong.to_string())
}

#[test]
fn the_second_load_changes_nothing() -> anyhow::Result<()> {
    let first = ask(OFFICE_NAME, OFFICE, &Office::default(), Timestamp::UNIX_EPOCH, &mut || [1; 16])?;
    assert!(first.changes.len() > 290, "{}", first.changes.len());
    let office = made(OFFICE_NAME, OFFICE, &Office::default())?;
    let second = ask(OFFICE_NAME, OFFICE, &office, Timestamp::UNIX_EPOCH, &mut || [2; 16])?;
    assert_eq!(second.summaries, Vec::<String>::new());
    Ok(())
}

#[test]
fn only_what_differs_is_changed() -> anyhow::Result<()> {
    let before =
        "departments = [{ code = \"TH\", name = \"Talento\" }, { code = \"FIN\", name = \"Finanzas\" }]";
    let office = made("before.toml", before, &Office::default())?;
    let after = "departments = [{ code = \"TH\", name = \"Talento Humano\" }]\n[office]\nprefix = \"MS\"";
    let asked = ask("after.toml", after, &office, Timestamp::UNIX_EPOCH, &mut || [1; 16])?;
    assert_eq!(asked.summaries, ["~ department TH"]);
    assert_eq!(made("after.toml", after, &office)?.departments.len(), 2);
    Ok(())
}

#[test]
fn mistakes_say_their_line() {
    let twice = "sites = [\n{ code = \"B\", name = \"Uno\" },\n{ code = \"B\", name = \"Dos\" }]";
    assert_eq!(wrong(twice), "office.toml:3: site B is in this file twice");
    let unknown_key = "departments = [\n  { code = \"TH\", name = \"Talento\", nombre = \"x\" },\n]";
    assert!(
        wrong(unknown_key).starts_with("office.toml:2: unknown field `nombre`"),
        "{}",
        wrong(unknown_key)
    );
    let unknown_place = "\n\npeople = [{ email = \"a@b.co\", name = \"A\", site = \"NADA\" }]";
    assert_eq!(
        wrong(unknown_place),
        "office.toml:3: there is no site \"NADA\", in this file or in the office"
    );
    let bad_mail =
        "people = [\n{ email = \"a@b.co\", name = \"A\" },\n{ email = \"sin arroba\", name = \"B\" }]";
    assert_eq!(wrong(bad_mail), "office.toml:3: person sin arroba: email: it is not well formed");
    let calendar =
        "[office.calendar]\ntime_zone = \"America/Bogota\"\nholidays = \"colombia\"\nmonday = [\"9-5\"]";
    assert!(wrong(calendar).contains("write for example 08:00-12:00"), "{}", wrong(calendar));
}

#[test]
fn a_choice_has_options_and_nothing_else_has() {
    let service = |form: &str| {
        format!(
            "groups = [{{ code = \"G\", name = \"G\", level = \"first\" }}]\n[[services]]\ncode = \"A\"\nname = \"A\"\n\
             kind = \"advice\"\nlevel = \"first\"\ngroup = \"G\"\nimpact = \"low\"\nurgency = \"low\"\n\
             questions = [{{ code = \"q\", label = \"¿Q?\", {form} }}]"
        )
    };
    assert!(said(&service("form = \"choice\", options = [\"a\"]")).is_ok());
    assert!(wrong(&service("form = \"choice\"")).contains("only a choice has options"));
    assert!(wrong(&service("form = \"text\", options = [\"a\"]")).contains("only a choice has options"));
}
