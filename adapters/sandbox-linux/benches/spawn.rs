//! What a sandbox costs beside bubblewrap itself: start and wait a hundred times, in turns.
//! Bare is `std` starting bubblewrap with the same options from a file; ours looks at the
//! machine, plans, and readies each time anew. Prints a table; read the ratios.
//!
//! `cargo bench -p collodi-sandbox-linux`

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
fn main() -> linux::Done<()> {
    linux::main()
}

#[cfg(target_os = "linux")]
mod linux {
    use collodi_sandbox::{Confinement, Fallback, Job, Lifetime, Place, Profile};
    use collodi_sandbox_linux::{Sandboxes, Tools, helper_main};
    use collodi_spawn::Plan;
    use rustix::{
        fs::{Mode, OFlags, open},
        process::{WaitOptions, waitpid},
    };
    use std::{
        collections::BTreeMap,
        error::Error,
        fs::File,
        os::fd::AsFd as _,
        path::PathBuf,
        process::{Command, Stdio},
        time::{Duration, Instant},
    };

    const ROUNDS: usize = 9;
    const STARTS: u32 = 50;
    const MUCH: usize = 2 << 30;
    const PAGE: usize = 4096;

    pub(super) type Done<T> = Result<T, Box<dyn Error>>;

    pub(super) fn main() -> Done<()> {
        helper_main();
        table("small")?;
        let mut much = vec![0_u8; MUCH];
        much.iter_mut().step_by(PAGE).for_each(|byte| *byte = 1);
        table("with 2 GiB touched")?;
        drop(std::hint::black_box(much));
        Ok(())
    }

    fn table(name: &str) -> Done<()> {
        println!("start and wait, {STARTS} times, median of {ROUNDS}, {name}:");
        let folder = tempfile::tempdir()?;
        let root = Place::parse(folder.path().canonicalize()?.to_str().unwrap_or_default())?;
        let with = Sandboxes::default();
        let without = Sandboxes::new(Tools {
            bwrap: PathBuf::from("/nowhere"),
            ..Tools::default()
        });
        for confinement in [Confinement::Restricted, Confinement::Sandboxed] {
            let profile = Profile::new(confinement, root.clone());
            let fallback = Profile {
                fallback: Some(Fallback::Landlock),
                ..profile.clone()
            };
            let mut times: [Vec<Duration>; 4] = Default::default();
            for _ in 0..ROUNDS {
                let [none, bare, ours, landlock] = &mut times;
                none.push(timed(|| {
                    Ok(Command::new("/bin/true").env_clear().status().map(drop)?)
                })?);
                bare.push(bare_loop(&with, &profile)?);
                ours.push(timed(|| start(&with, &profile))?);
                landlock.push(timed(|| start(&without, &fallback))?);
            }
            let [none, bare, ours, landlock] = times.map(median);
            for (name, time) in [
                ("no sandbox", none),
                ("bubblewrap", bare),
                ("ours", ours),
                ("landlock", landlock),
            ] {
                let ratio = time.as_secs_f64() / bare.as_secs_f64();
                println!(
                    "  {confinement:10} {name:10} {:9.1?} each {ratio:5.2}",
                    time / STARTS
                );
            }
        }
        Ok(())
    }

    fn timed(mut once: impl FnMut() -> Done<()>) -> Done<Duration> {
        let begin = Instant::now();
        for _ in 0..STARTS {
            once()?;
        }
        Ok(begin.elapsed())
    }

    fn start(sandboxes: &Sandboxes, profile: &Profile) -> Done<()> {
        let ready = sandboxes.ready(&job(profile, &BTreeMap::new()))?;
        let null = open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
        let cwd = open(
            profile.root.as_str(),
            OFlags::PATH | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        let started = collodi_spawn::spawn(&Plan {
            program: &ready.program,
            args: &ready.args,
            env: &ready.env,
            cwd: cwd.as_fd(),
            stdio: [null.as_fd(); 3],
            terminal: None,
            limits: &ready.limits,
            cgroup: None,
            kept: &ready.kept(),
            domain: ready.domain(),
        })?;
        waitpid(Some(started.pid), WaitOptions::empty())?;
        if ready.status.has_run() {
            Ok(())
        } else {
            Err("it did not run".into())
        }
    }

    /// The options of ours, but for those that name descriptors, from a file on standard input.
    fn bare_loop(sandboxes: &Sandboxes, profile: &Profile) -> Done<Duration> {
        let env = BTreeMap::new();
        let ready = sandboxes.ready(&job(profile, &env))?;
        let options = ready
            .args
            .get(2)
            .and_then(|number| number.to_str().ok())
            .unwrap_or_default();
        let options = std::fs::read(format!("/proc/self/fd/{options}"))?;
        let mut words: Vec<&[u8]> = options.split(|byte| *byte == 0).collect();
        words.pop();
        let mut kept = Vec::new();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            match word {
                b"--bind-fd" => {
                    let (_, path) = (words.next(), words.next().unwrap_or_default());
                    kept.extend([&b"--bind"[..], path, path]);
                }
                b"--add-seccomp-fd" | b"--json-status-fd" => drop(words.next()),
                word => kept.push(word),
            }
        }
        let mut file = tempfile::tempfile()?;
        std::io::Write::write_all(&mut file, &[kept.join(&0), vec![0]].concat())?;
        timed(|| {
            std::io::Seek::rewind(&mut file)?;
            let stdin: File = file.try_clone()?;
            let status = Command::new("/usr/bin/bwrap")
                .args(["--args", "0", "--", "/bin/true"])
                .env_clear()
                .stdin(Stdio::from(stdin))
                .stdout(Stdio::null())
                .status()?;
            if status.success() {
                Ok(())
            } else {
                Err("bubblewrap failed".into())
            }
        })
    }

    fn job<'a>(profile: &'a Profile, env: &'a BTreeMap<String, String>) -> Job<'a> {
        Job {
            profile,
            cwd: &profile.root,
            program: "/bin/true",
            args: &[],
            env,
            lifetime: Lifetime::Parent,
            terminal: false,
        }
    }

    fn median(mut times: Vec<Duration>) -> Duration {
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    }
}
