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
}

impl Files {
    /// Opens the folder, and makes it when it is not there.
    pub(crate) fn open(dir: &Path, rotation: Rotation) -> io::Result<Self> {
        make_dir(dir)?;
        let (mut file, size) = open(&dir.join(Rotation::name(0)))?;
        let torn = is_torn(&mut file, size)?;
        let mut files = Self {
            dir: dir.to_owned(),
            rotation,
            file,
            size,
        };
        if torn {
            // What comes next is a line of its own.
            files.append(b"\n")?;
        }
        Ok(files)
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
        self.file.write_all(line)?;
        self.size += line.len() as u64;
        Ok(())
    }

    fn rotate(&mut self) -> io::Result<()> {
        for (from, to) in self.rotation.renames() {
            match fs::rename(self.dir.join(from), self.dir.join(to)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        let name = self.dir.join(Rotation::name(0));
        if self.rotation.files <= 1 {
            fs::remove_file(&name)?;
        }
        (self.file, self.size) = open(&name)?;
        Ok(())
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
