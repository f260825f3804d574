//! Embeds the bundle of `ui/` in release builds; other builds read it from disk, so that checks and tests need no Node.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let ui = here.join("../../ui");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rerun-if-env-changed=ATIENDE_UI_DIST");
    println!("cargo::rerun-if-changed=build.rs");
    let table = out.join("embedded.rs");
    if env::var("PROFILE")? != "release" {
        let dist = fs::canonicalize(&ui)?.join("dist");
        fs::write(
            table,
            format!("const ON_DISK: Option<&str> = Some({dist:?});\nconst FILES: &[(&str, &[u8])] = &[];\n"),
        )?;
        return Ok(());
    }
    let dist = match env::var_os("ATIENDE_UI_DIST") {
        Some(made_elsewhere) => PathBuf::from(made_elsewhere),
        None => bundle(&ui, &out)?,
    };
    let mut entries = String::new();
    let mut names: Vec<_> =
        fs::read_dir(&dist)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    names.sort();
    for path in names {
        let name =
            path.file_name().and_then(|name| name.to_str()).ok_or("a file of the bundle has no name")?;
        entries.push_str(&format!("    ({name:?}, include_bytes!({:?})),\n", fs::canonicalize(&path)?));
    }
    fs::write(
        table,
        format!("const ON_DISK: Option<&str> = None;\nconst FILES: &[(&str, &[u8])] = &[\n{entries}];\n"),
    )?;
    Ok(())
}

/// Runs npm in a copy of `ui/`, so that the source tree stays as it is.
fn bundle(ui: &Path, out: &Path) -> Result<PathBuf, Failure> {
    let work = out.join("ui");
    for name in [
        "package.json",
        "package-lock.json",
        ".npmrc",
        "build.mjs",
        "icons.txt",
        "favicon.svg",
        "scripts",
        "styles",
    ] {
        println!("cargo::rerun-if-changed={}", ui.join(name).display());
        copy(&ui.join(name), &work.join(name))?;
    }
    run(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&work))?;
    let dist = out.join("dist");
    run(Command::new("node").arg("build.mjs").env("ATIENDE_UI_OUT", &dist).current_dir(&work))?;
    Ok(dist)
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    if !from.is_dir() {
        fs::create_dir_all(to.parent().ok_or("a file has a folder")?)?;
        fs::copy(from, to)?;
        return Ok(());
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

fn run(command: &mut Command) -> Result<(), Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|why| {
        format!("could not run {program} ({why}): install Node.js 20 or newer with npm, or set ATIENDE_UI_DIST to a bundle made elsewhere")
    })?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "{program} failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
    .into())
}
