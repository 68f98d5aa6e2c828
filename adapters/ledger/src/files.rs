//! The files of a folder.

use collodi_audit::{Book, LeftOpen, MAX_LINE_BYTES, Rotation};
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

/// The file that is written to.
#[derive(Debug)]
pub(crate) struct Files {
    dir: PathBuf,
    rotation: Rotation,
    file: File,
    size: u64,
    /// Whether its last line has no end. It gets one with the next: a full disk has no room for it.
    is_torn: bool,
}

impl Files {
    /// Opens the folder, and makes it when it is not there.
    pub(crate) fn open(dir: &Path, rotation: Rotation) -> io::Result<Self> {
        make_dir(dir)?;
        let (mut file, size) = open(&dir.join(Rotation::name(0)))?;
        let is_torn = is_torn(&mut file, size)?;
        Ok(Self {
            dir: dir.to_owned(),
            rotation,
            file,
            size,
            is_torn,
        })
    }

    /// What has not ended, by those files that can be read.
    pub(crate) fn left_open(&self) -> LeftOpen {
        let mut left = LeftOpen::default();
        for name in self.rotation.names() {
            if let Ok(bytes) = read_file(&self.dir.join(name), self.rotation) {
                left.read(&bytes);
            }
        }
        left
    }

    /// Adds a line, to a new file when it is time for one.
    pub(crate) fn append(&mut self, line: &[u8]) -> io::Result<()> {
        if self.rotation.is_due(self.size, line.len() as u64) {
            self.rotate()?;
        }
        if self.is_torn {
            self.write(b"\n")?;
            self.is_torn = false;
        }
        self.write(line)
    }

    /// Of what cannot be written the file may have the first half.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let written = self.file.write_all(bytes);
        if written.is_ok() {
            self.size += bytes.len() as u64;
        } else if let Ok(metadata) = self.file.metadata() {
            self.is_torn |= metadata.len() > self.size;
            self.size = metadata.len();
        }
        written
    }

    fn rotate(&mut self) -> io::Result<()> {
        let name = self.dir.join(Rotation::name(0));
        // Without one a new file could not be made the last time: what is kept does not go for that.
        if name.exists() {
            self.make_way(&name)?;
        }
        (self.file, self.size) = open(&name)?;
        self.is_torn = false;
        Ok(())
    }

    fn make_way(&self, name: &Path) -> io::Result<()> {
        for (from, to) in self.rotation.renames() {
            match fs::rename(self.dir.join(from), self.dir.join(to)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        match self.rotation.files {
            0 | 1 => fs::remove_file(name),
            _ => Ok(()),
        }
    }
}

/// All that the files of a folder say. A folder that is not there says nothing.
///
/// # Errors
///
/// When a file that is there cannot be read.
pub fn read(dir: &Path, rotation: Rotation) -> io::Result<Book> {
    let mut book = Book::default();
    for name in rotation.names() {
        match read_file(&dir.join(name), rotation) {
            Ok(bytes) => book.read(&bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(book)
}

/// The bytes of a file; of one that is much larger than it can be, the first.
fn read_file(path: &Path, rotation: Rotation) -> io::Result<Vec<u8>> {
    let file = regular(OpenOptions::new().read(true), path)?;
    let most = rotation.file_bytes.saturating_add(MAX_LINE_BYTES as u64);
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens a regular file, and waits for nobody.
fn regular(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => {
            Err(io::Error::other(format!("{} is no file", path.display())))
        }
        _ => options.open(path),
    }
}

fn open(path: &Path) -> io::Result<(File, u64)> {
    let mut options = OpenOptions::new();
    options.append(true).read(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = regular(&mut options, path)?;
    let size = file.metadata()?.len();
    Ok((file, size))
}

/// Whether the last line has no end.
fn is_torn(file: &mut File, size: u64) -> io::Result<bool> {
    if size == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

fn make_dir(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_full_disk_has_torn_is_no_part_of_the_next_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(Rotation::name(0));
        let mut files = Files::open(dir.path(), Rotation::default()).unwrap();
        files.append(b"one\n").unwrap();
        // The disk takes the first half, and says that it is full.
        let there = std::mem::replace(&mut files.file, File::open(&path).unwrap());
        fs::write(&path, "one\ntw").unwrap();
        assert!(files.append(b"two\n").is_err());
        files.file = there;
        files.append(b"three\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntw\nthree\n");
    }
}
