//! Letters that a mail server hands over one by one: a process of its own lays each into a folder of the data, and the
//! server takes it from there. So handing over costs two writes to the disk, and works while the database does not.
//!
//! Knows nothing of the database: what hands letters over only asks the folder which mailboxes there are.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::intake::Arriving;

/// The folder inside the data folder.
const FOLDER: &str = "letters";

/// Holds a mailbox's name, inside its folder.
const NAME: &str = "name";

/// Letters being written, and those that are whole.
const WRITING: &str = "writing";
const WHOLE: &str = "whole";

/// Ends the name of a letter of which only the beginning was kept.
const CUT: &str = ".cut";

/// Letters taken at once, and their bytes: what fits into memory without harm.
const MOST: usize = 64;
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Why a letter was not laid down.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// No server has made the folder yet.
    #[error("no server has been started on this data yet")]
    NotYet,
    /// The office has no such mailbox.
    #[error("there is no mailbox {name:?}; there are: {}", known.join(", "))]
    NoSuchMailbox {
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// The disk refuses.
    #[error(transparent)]
    Disk(#[from] io::Error),
}

/// The folder of letters that were handed over and not taken yet.
#[derive(Debug, Clone)]
pub struct Spool {
    root: PathBuf,
}

/// A letter that lies there.
#[derive(Debug)]
pub(crate) struct Laid {
    path: PathBuf,
    pub(crate) letter: Arriving,
}

impl Spool {
    /// The one of a data folder.
    pub fn of(data: &Path) -> Spool {
        Spool { root: data.join(FOLDER) }
    }

    /// Lays a letter down for a mailbox, or for none in particular (`""`); when this returns it is on the disk. `name` is
    /// unlike any other and ascends with time, so that letters are taken in their order.
    ///
    /// # Errors
    /// See [`SpoolError`].
    pub fn lay(&self, mailbox: &str, name: &str, letter: &Arriving) -> Result<(), SpoolError> {
        let folder = self.folder(mailbox);
        if !folder.exists() {
            return Err(self.unknown(mailbox)?);
        }
        let name = if letter.cut { format!("{name}{CUT}") } else { name.to_owned() };
        let (writing, whole) = (folder.join(WRITING), folder.join(WHOLE));
        let path = writing.join(&name);
        let mut file = File::create_new(&path)?;
        let written = file.write_all(&letter.bytes).and_then(|()| file.sync_all());
        if let Err(error) = written.and_then(|()| fs::rename(&path, whole.join(&name))) {
            // The first error is the one to tell; what is left over is nobody's letter.
            let _ = fs::remove_file(&path);
            return Err(error.into());
        }
        File::open(whole)?.sync_all()?;
        Ok(())
    }

    fn unknown(&self, name: &str) -> io::Result<SpoolError> {
        if !self.folder("").exists() {
            return Ok(SpoolError::NotYet);
        }
        let names = self.mailboxes()?.into_iter().filter(|name| !name.is_empty());
        Ok(SpoolError::NoSuchMailbox { name: name.to_owned(), known: names.collect() })
    }

    /// Makes the folders of these mailboxes, and of letters for none in particular. A mailbox that is gone keeps its
    /// folder while letters lie in it.
    pub(crate) fn prepare(&self, mailboxes: &BTreeSet<String>) -> io::Result<()> {
        for name in mailboxes.iter().map(String::as_str).chain([""]) {
            let folder = self.folder(name);
            if folder.join(NAME).exists() {
                continue;
            }
            fs::create_dir_all(folder.join(WRITING))?;
            fs::create_dir_all(folder.join(WHOLE))?;
            fs::write(folder.join(NAME), name)?;
        }
        for gone in self.mailboxes()?.difference(mailboxes).filter(|name| !name.is_empty()) {
            let folder = self.folder(gone);
            if is_empty(&folder.join(WHOLE))? && is_empty(&folder.join(WRITING))? {
                fs::remove_dir_all(folder)?;
            }
        }
        Ok(())
    }

    /// The mailboxes that have a folder; the empty name is for none in particular.
    pub(crate) fn mailboxes(&self) -> io::Result<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        for folder in fs::read_dir(&self.root)? {
            if let Some(name) = present(fs::read_to_string(folder?.path().join(NAME)))? {
                names.insert(name);
            }
        }
        Ok(names)
    }

    /// The oldest letters of a mailbox.
    pub(crate) fn laid(&self, mailbox: &str) -> io::Result<Vec<Laid>> {
        let Some(entries) = present(fs::read_dir(self.folder(mailbox).join(WHOLE)))? else {
            return Ok(Vec::new());
        };
        let mut paths = entries.map(|entry| entry.map(|it| it.path())).collect::<io::Result<Vec<_>>>()?;
        paths.sort_unstable();
        let (mut laid, mut bytes) = (Vec::new(), 0);
        for path in paths.into_iter().take(MOST) {
            // Another node that shares the folder may have been faster.
            let Some(letter) = present(fs::read(&path))? else { continue };
            bytes += letter.len() as u64;
            let cut = path.extension().is_some_and(|it| it == &CUT[1..]);
            laid.push(Laid { path, letter: Arriving { bytes: Bytes::from(letter), cut } });
            if bytes > MOST_BYTES {
                break;
            }
        }
        Ok(laid)
    }

    /// Takes letters away that are kept elsewhere by now.
    pub(crate) fn taken(&self, laid: &[Laid]) -> io::Result<()> {
        laid.iter().try_for_each(|laid| present(fs::remove_file(&laid.path)).map(drop))
    }

    /// Named by a hash: a mailbox is called as its administrator likes.
    fn folder(&self, mailbox: &str) -> PathBuf {
        let hash = blake3::hash(mailbox.as_bytes()).to_hex();
        self.root.join(&hash.as_str()[..32])
    }
}

/// Nothing for what is not there.
fn present<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

fn is_empty(folder: &Path) -> io::Result<bool> {
    Ok(present(fs::read_dir(folder))?.is_none_or(|mut entries| entries.next().is_none()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(words: &'static str) -> Arriving {
        Arriving { bytes: Bytes::from_static(words.as_bytes()), cut: false }
    }

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(ToString::to_string).collect()
    }

    fn read(spool: &Spool, mailbox: &str) -> Vec<String> {
        let laid = spool.laid(mailbox).expect("readable");
        laid.iter().map(|it| String::from_utf8_lossy(&it.letter.bytes).into_owned()).collect()
    }

    #[test]
    fn letters_are_taken_in_the_order_in_which_they_were_laid_down() {
        let data = tempfile::tempdir().expect("a folder");
        let spool = Spool::of(data.path());
        spool.prepare(&names(&["soporte"])).expect("prepared");
        spool.lay("soporte", "2", &letter("segunda")).expect("laid");
        spool.lay("soporte", "1", &letter("primera")).expect("laid");
        spool.lay("", "3", &Arriving { cut: true, ..letter("larga") }).expect("laid");
        assert_eq!(read(&spool, "soporte"), ["primera", "segunda"]);
        let laid = spool.laid("").expect("readable");
        assert!(laid[0].letter.cut);
        spool.taken(&laid).expect("taken");
        spool.taken(&laid).expect("another node was faster");
        assert!(read(&spool, "").is_empty());
    }

    #[test]
    fn a_mailbox_that_is_not_there_takes_nothing_and_one_that_is_gone_loses_nothing() {
        let data = tempfile::tempdir().expect("a folder");
        let spool = Spool::of(data.path());
        assert!(matches!(spool.lay("", "1", &letter("a")), Err(SpoolError::NotYet)));
        spool.prepare(&names(&["soporte", "a/b"])).expect("prepared");
        let error = spool.lay("ventas", "1", &letter("a")).expect_err("unknown").to_string();
        assert_eq!(error, "there is no mailbox \"ventas\"; there are: a/b, soporte");
        spool.lay("a/b", "1", &letter("queda")).expect("laid");
        spool.prepare(&names(&["soporte"])).expect("prepared");
        assert_eq!(read(&spool, "a/b"), ["queda"]);
        spool.taken(&spool.laid("a/b").expect("readable")).expect("taken");
        spool.prepare(&names(&["soporte"])).expect("prepared");
        assert_eq!(spool.mailboxes().expect("readable"), names(&["", "soporte"]));
    }
}
