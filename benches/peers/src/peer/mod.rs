//! The process managers, one file each.

mod circus;
mod collodi;
mod pm2;
mod raw;
mod runit;
mod s6;
mod service;
mod supervisord;

use crate::{
    cli::Cli,
    load::Load,
    site::{self, Site},
    tools::Tools,
};
use anyhow::{Result, bail};

/// What all others are set against.
pub(crate) const FLOOR: &str = "raw";

/// A process manager that is there.
pub(crate) trait Peer {
    fn name(&self) -> &'static str;

    /// Whether the output of children goes through it.
    fn captures(&self) -> bool {
        true
    }

    /// Everything up to the one call that starts the children, again in a site where it was
    /// killed, too.
    ///
    /// # Errors
    ///
    /// When it does not get ready.
    fn ready<'s>(&'s self, site: &'s Site, load: &'s Load) -> Result<Box<dyn Instance + 's>>;
}

/// A process manager at work on its load.
pub(crate) trait Instance {
    /// The one call that starts the children.
    fn go(&mut self) -> Result<()>;

    /// The processes that everything else of the peer descends from.
    fn roots(&self) -> Vec<i32>;

    /// The one call, or the calls, that stop all children.
    fn stop(&mut self) -> Result<()>;

    /// How many living children it says it has; none where it cannot be asked.
    fn known(&self) -> Result<Option<usize>> {
        Ok(None)
    }

    /// Whether so many bytes of a job's flood have been kept, the last line among them.
    fn captured(&self, site: &Site, job: usize, bytes: u64) -> Result<bool> {
        Ok(site::bytes_in(&site.log(job)) >= bytes)
    }
}

/// A process manager by its name, and how to get it.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    obtain: fn(&Tools, &Cli) -> Result<Box<dyn Peer>>,
}

const KINDS: &[Kind] = &[
    Kind {
        name: FLOOR,
        obtain: raw::direct,
    },
    Kind {
        name: "shell",
        obtain: raw::through_a_shell,
    },
    Kind {
        name: "supervisord",
        obtain: supervisord::obtain,
    },
    Kind {
        name: "circus",
        obtain: circus::obtain,
    },
    Kind {
        name: "pm2",
        obtain: pm2::obtain,
    },
    Kind {
        name: "s6",
        obtain: s6::alone,
    },
    Kind {
        name: "s6-log",
        obtain: s6::with_logs,
    },
    Kind {
        name: "runit",
        obtain: runit::alone,
    },
    Kind {
        name: "svlogd",
        obtain: runit::with_logs,
    },
    Kind {
        name: "collodi",
        obtain: collodi::obtain,
    },
];

impl Kind {
    /// Gets the peer, which may take a download.
    ///
    /// # Errors
    ///
    /// When it cannot be had, and why.
    pub(crate) fn obtain(&self, tools: &Tools, cli: &Cli) -> Result<Box<dyn Peer>> {
        (self.obtain)(tools, cli)
    }
}

/// The floor and the peers of these names; all when there are none.
pub(crate) fn chosen(names: &[String]) -> Result<Vec<&'static Kind>> {
    let known = |name: &&String| KINDS.iter().any(|kind| kind.name == name.as_str());
    if let Some(unknown) = names.iter().find(|name| !known(name)) {
        let all: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
        bail!("there is no peer {unknown}; there are {}", all.join(", "));
    }
    let is_chosen = |kind: &&Kind| {
        names.is_empty() || kind.name == FLOOR || names.iter().any(|name| name == kind.name)
    };
    Ok(KINDS.iter().filter(is_chosen).collect())
}

#[cfg(test)]
mod tests {
    use super::{KINDS, chosen};

    #[test]
    fn the_floor_is_always_among_them() {
        let names = |given: &[&str]| -> Option<Vec<&str>> {
            let given: Vec<String> = given.iter().map(ToString::to_string).collect();
            Some(chosen(&given).ok()?.iter().map(|kind| kind.name).collect())
        };
        assert_eq!(names(&["pm2"]), Some(vec!["raw", "pm2"]));
        assert_eq!(names(&["raw"]), Some(vec!["raw"]));
        assert_eq!(names(&["pm3"]), None);
        assert_eq!(names(&[]).unwrap().len(), KINDS.len());
    }
}
