//! A folder of `.eml` files. A letter is whole or not there: it is written beside and renamed.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::{Glance, Letter, LetterRead, glance, read};

/// Where letters lie instead of travelling.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

/// Enough of a file for its letter's head.
const HEAD: u64 = 16 * 1024;

impl Folder {
    /// Opens the folder, and makes it when it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<Folder> {
        let path = path.into();
        fs::create_dir_all(&path)?;
        Ok(Folder { path })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts a letter in. The same letter again takes its own place.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn put(&self, letter: &Letter) -> io::Result<()> {
        let name = file_name(letter);
        let beside = self.path.join(format!(".{name}.writing"));
        let mut file = File::create(&beside)?;
        file.write_all(&letter.to_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, self.path.join(&name))?;
        File::open(&self.path)?.sync_all()
    }

    /// The newest letters first, each with the name by which [`Folder::letter`] finds it.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn newest(&self, at_most: usize) -> io::Result<Vec<(String, Glance)>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            names.extend(entry?.file_name().into_string().ok().filter(|name| is_letter(name)));
        }
        names.sort_unstable_by(|a, b| b.cmp(a));
        names.truncate(at_most);
        let mut letters = Vec::with_capacity(names.len());
        for name in names {
            let mut head = Vec::new();
            File::open(self.path.join(&name))?.take(HEAD).read_to_end(&mut head)?;
            letters.extend(glance(&head).map(|glance| (name, glance)));
        }
        Ok(letters)
    }

    /// A letter by its name; `None` when there is none of that name.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn letter(&self, name: &str) -> io::Result<Option<LetterRead>> {
        if !is_letter(name) {
            return Ok(None);
        }
        match fs::read(self.path.join(name)) {
            Ok(bytes) => Ok(read(&bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Begins with the instant, so that names in order are letters in order; ends with the Message-ID, so that a letter
/// sent twice is one file.
fn file_name(letter: &Letter) -> String {
    let (word, _) = letter.message_id.rsplit_once('@').unwrap_or((&letter.message_id, ""));
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '.' { c } else { '-' };
    format!("{:017}-{}.eml", letter.date.as_microsecond(), word.chars().map(plain).collect::<String>())
}

/// A name of ours and of this folder: no way out of it.
fn is_letter(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    name.ends_with(".eml") && !name.starts_with('.') && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::tests::letter;

    #[test]
    fn a_letter_sent_twice_lies_there_once_and_the_newest_comes_first() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(place.path().join("mail")).expect("a folder");
        let later = Letter {
            date: "2026-11-18T00:00:00Z".parse().expect("an instant"),
            message_id: "later@agencia.example".into(),
            subject: "Después".into(),
            ..letter()
        };
        for one in [&letter(), &later, &letter()] {
            folder.put(one).expect("room on the disk");
        }
        let newest = folder.newest(10).expect("a list");
        let subjects: Vec<&str> = newest.iter().map(|(_, glance)| glance.subject.as_str()).collect();
        assert_eq!(subjects, ["Después", letter().subject.as_str()]);
        let again = folder.letter(&newest[1].0).expect("a file").expect("a letter");
        assert_eq!(again.subject, letter().subject);
        assert_eq!(folder.newest(1).expect("a list").len(), 1);
    }

    #[test]
    fn nothing_outside_the_folder_is_read() {
        let place = tempfile::tempdir().expect("a folder");
        fs::write(place.path().join("secret.eml"), letter().to_bytes()).expect("room on the disk");
        let folder = Folder::open(place.path().join("mail")).expect("a folder");
        for name in ["../secret.eml", "/etc/passwd", "..", "", ".eml", "no.eml"] {
            assert_eq!(folder.letter(name).expect("an answer"), None, "{name:?}");
        }
    }
}
