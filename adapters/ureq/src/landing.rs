//! Where a download lands.

use collodi_contain::ContainedPath;
use collodi_file::{FileError, FileErrorKind};
use collodi_os::{Landing, Part};
use collodi_web::{
    DownloadSpec, Downloaded, Headers, Known, PART, Target, VALIDATOR, Validator, WebUrl, file_name,
};

/// Where a download lands.
#[derive(Debug)]
pub(crate) struct Place {
    path: ContainedPath,
    landing: Landing,
}

impl Place {
    /// The place that the target and the server's name for the file say.
    pub(crate) fn of(spec: &DownloadSpec, headers: &Headers) -> Result<Self, FileError> {
        let path = match &spec.target {
            Target::File(path) => path.clone(),
            Target::Dir(dir) => {
                let name = file_name(headers.get("content-disposition"), &spec.url);
                let bad = |_| FileError::new(FileErrorKind::Escapes, dir.clone());
                dir.join(&name).map_err(bad)?
            }
        };
        let landing = Landing::open(&path)?;
        Ok(Self { path, landing })
    }

    /// What is known without the part.
    pub(crate) fn known(&self) -> Result<Known, FileError> {
        let complete = self.landing.size()?;
        Ok(Known {
            complete,
            ..Known::default()
        })
    }

    /// The part; nothing when someone else works on it.
    pub(crate) fn part(&self) -> Result<Option<Part<'_>>, FileError> {
        self.landing.part(PART, VALIDATOR)
    }

    pub(crate) fn downloaded(&self, bytes: u64, was_there: bool) -> Downloaded {
        let path = self.path.clone();
        Downloaded {
            path,
            bytes,
            was_there,
        }
    }
}

/// Adds what is known of the part.
pub(crate) fn look_at(known: &mut Known, part: &Part<'_>, url: &WebUrl) -> Result<(), FileError> {
    known.part = part.size()?;
    let note = part.note();
    known.part_is_of = note.and_then(|note| Validator::from_note(&note, url));
    Ok(())
}
