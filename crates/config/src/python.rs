//! `[python]` and `[python.limits]`.

use crate::Size;
use alloc::{string::String, vec::Vec};
use collodi_apps::Scheme;
use collodi_env::Glob;

section! {
    /// `[python]`: interpreter, folders, daemons.
    Python {
        /// The only interpreter that is tried; found by itself when absent.
        python_binary: Option<String> = None => "what is found",
        /// The folder of environments; a relative one starts in the workspace.
        envs_dir: String = ".vatn/python/envs".into(),
        /// The folder of apps; a relative one starts in the workspace.
        apps_dir: String = ".vatn/python/apps".into(),
        /// Whether uv is used when it is there.
        prefer_uv: bool = true,
        /// The milliseconds before a daemon is started again, always the same. When absent,
        /// a tenth of a second at first, and twice as long each time.
        restart_delay_ms: Option<u64> = None => "100, and twice as long each time",
        /// How many lines of a process's output are kept.
        max_log_lines: u64 = 500,
        /// The host's variables that children get, in place of the default list. Excludes
        /// apply to these too.
        allowed_env_vars: Option<Vec<Glob>> = None => "the list of the script's dialect",
        /// The schemes by which apps may be fetched: `https`, `http`, `ssh`, `git`. A
        /// repository of this machine is added from its command line alone.
        app_schemes: Vec<Scheme> = alloc::vec![Scheme::Https],
    }
}

section! {
    /// `[python.limits]`: what bounds runs, and the trees of processes that they start.
    Limits {
        /// The most runs at once, with those that scripts start.
        runs: Option<u64> = None => "256",
        /// The most steps of a run, loops included.
        steps: Option<u64> = None => "100000",
        /// How much of a command's output becomes its result; the last of it.
        output: Option<Size> = None => "1 MiB",
        /// The largest file that a script reads.
        file: Option<Size> = None => "16 MiB",
        /// The largest file that is downloaded.
        download: Option<Size> = None => "1 TiB",
        /// The most memory of a tree of processes.
        memory: Option<Size> = None => "no limit",
        /// The most processes and threads of a tree.
        processes: Option<u64> = None => "no limit",
        /// The most processor time of a tree, in hundredths of one processor.
        cpu: Option<u64> = None => "no limit",
        /// The most open files of each process.
        open_files: Option<u64> = None => "the one that the server was started with",
    }
}
