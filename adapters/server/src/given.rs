//! Files that were named on the command line.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

/// The most bytes of a file of variables or of a policy.
pub(crate) const MOST: u64 = 1 << 20;

/// What is in a regular file of at most so many bytes. Others may never end, and opening a
/// pipe waits for whoever writes to it.
pub(crate) fn bytes(file: &Path, most: u64) -> io::Result<Vec<u8>> {
    let source = open(file)?;
    if !source.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    within(source, most)
}

/// What comes from a source that ends after at most so many bytes.
pub(crate) fn within(source: impl io::Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut some = source.take(most.saturating_add(1));
    some.read_to_end(&mut bytes)?;
    match bytes.len() as u64 > most {
        true => Err(io::Error::other(format!("it has more than {most} bytes"))),
        false => Ok(bytes),
    }
}

/// The same, of a file of text.
pub(crate) fn text(file: &Path, most: u64) -> io::Result<String> {
    String::from_utf8(bytes(file, most)?).map_err(|_| io::Error::other("it is not UTF-8"))
}

fn open(file: &Path) -> io::Result<File> {
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    OpenOptions::new().read(true).custom_flags(flags).open(file)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_never_ends_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::write(at("four"), "1234").unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            at("pipe"),
            rustix::fs::FileType::Fifo,
            0o600.into(),
            0,
        )
        .unwrap();
        let said = |path: &Path, most| text(path, most).map_err(|error| error.to_string());
        assert_eq!(said(&at("four"), 4), Ok("1234".to_owned()));
        assert_eq!(
            said(&at("four"), 3),
            Err("it has more than 3 bytes".to_owned())
        );
        for other in [at("pipe"), dir.path().into(), "/dev/zero".into()] {
            assert_eq!(said(&other, 4), Err("it is not a regular file".to_owned()));
        }
    }
}
