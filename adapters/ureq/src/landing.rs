//! Where a download lands.

use collodi_contain::ContainedPath;
use collodi_file::{FileError, FileErrorKind};
use collodi_os::{Landing, Part};
use collodi_web::{
    ChosenName, DownloadSpec, Downloaded, Headers, Known, PART, Target, VALIDATOR, Validator,
    WebErrorKind, WebUrl,
};

/// Why a download cannot land.
#[derive(Debug)]
pub(crate) enum Misplaced {
    /// The server's name for it.
    Name(WebErrorKind),
    File(FileError),
}

/// Where a download lands.
#[derive(Debug)]
pub(crate) struct Place {
    path: ContainedPath,
    landing: Landing,
    chosen: Option<ChosenName>,
}

impl Place {
    /// The place that the target and the server's name for the file say.
    pub(crate) fn of(spec: &DownloadSpec, headers: &Headers) -> Result<Self, Misplaced> {
        let (path, chosen) = match &spec.target {
            Target::File(path) => (path.clone(), None),
            Target::Dir(dir) => {
                let given = headers.get("content-disposition");
                let chosen = ChosenName::of(given, &spec.url).map_err(Misplaced::Name)?;
                let bad = |_| FileError::new(FileErrorKind::Escapes, dir.clone());
                let path = dir.join(&chosen.name).map_err(bad);
                (path.map_err(Misplaced::File)?, Some(chosen))
            }
        };
        let landing = Landing::open(&path).map_err(Misplaced::File)?;
        Ok(Self {
            path,
            landing,
            chosen,
        })
    }

    /// Whether the file may have its name, where this is known.
    pub(crate) fn check(&self, known: &Known) -> Result<(), WebErrorKind> {
        let chosen = self.chosen.as_ref();
        chosen.map_or(Ok(()), |chosen| chosen.check(known))
    }

    /// Gives the part its name. One that only the server chose takes no file's place,
    /// also when that has come meanwhile.
    pub(crate) fn finish(&self, part: Part<'_>) -> Result<(), Misplaced> {
        if !self.chosen.as_ref().is_some_and(|chosen| chosen.by_server) {
            return part.finish().map_err(Misplaced::File);
        }
        part.finish_new().map_err(|error| match error.kind {
            FileErrorKind::AlreadyExists => Misplaced::Name(WebErrorKind::NameTaken),
            _ => Misplaced::File(error),
        })
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
