//! Repositories that scripts name: found among the apps, or fetched.

use super::Player;
use crate::variables::variables;
use collodi_api::{Effect, PlannedCommand};
use collodi_command::TreeId;
use collodi_contain::{ContainedPath, Name, RelPath};
use collodi_file::{FileAnswer, FileOp};
use collodi_host::calls::{Address, Deed, GitAddress, git_command, pull};
use collodi_run::{Checkout, ScriptFault};
use collodi_script::StepAt;

/// The largest `.git/config` that is read, in bytes.
const CONFIG_BYTES: u64 = 64 << 10;
/// How many apps are looked at.
const MOST_APPS: usize = 2_000;

/// Whether and where a checkout is.
struct Found {
    name: Option<Name>,
    /// The names in the apps' folder, in lower case.
    taken: Vec<String>,
}

impl Player<'_> {
    /// Where an address leads. With a checkout, a repository is fetched that is not there.
    ///
    /// # Errors
    ///
    /// When it leads nowhere.
    pub(super) async fn resolve(
        &mut self,
        step: &StepAt,
        uri: &str,
        checkout: Option<&Checkout>,
    ) -> Result<ContainedPath, ScriptFault> {
        let host = &self.options.host;
        let app = &self.stack.top.app;
        let address = match Address::read(&host.layout, app, uri, host.local_repositories)? {
            Address::Path(path) => return Ok(path),
            Address::Git(address) => address,
        };
        let found = self.search(&address).await;
        let name = match (&found.name, checkout) {
            (Some(name), Some(checkout)) => {
                self.updates(step, &address, name, checkout).await?;
                name.clone()
            }
            (Some(name), None) => name.clone(),
            (None, Some(checkout)) => self.clones(step, &address, &found, checkout).await?,
            (None, None) => return Err(fault(&address, "no app is a checkout of it")),
        };
        let dir = self.options.host.layout.app(&name).at(RelPath::root());
        dir.join(&address.path)
            .map_err(|_| fault(&address, "the path leads out of the repository"))
    }

    /// Looks for a checkout among the apps.
    async fn search(&mut self, address: &GitAddress) -> Found {
        let apps = self.options.host.layout.apps();
        let entries = match self
            .disk
            .perform(&FileOp::List { path: apps.clone() })
            .await
        {
            Ok(FileAnswer::Entries(entries)) => entries,
            _ => Vec::new(),
        };
        let names = entries.iter().map(|entry| entry.name.to_ascii_lowercase());
        let mut found = Found {
            name: None,
            taken: names.collect(),
        };
        for name in entries
            .iter()
            .filter_map(|entry| Name::parse(&entry.name).ok())
            .take(MOST_APPS)
        {
            let Ok(config) = apps.join(&format!("{name}/.git/config")) else {
                continue;
            };
            let read = self.disk.perform(&FileOp::read(config, CONFIG_BYTES)).await;
            if matches!(read, Ok(FileAnswer::Bytes(bytes)) if address.is_origin_of(&String::from_utf8_lossy(&bytes)))
            {
                found.name = Some(name);
                return found;
            }
        }
        found
    }

    async fn clones(
        &mut self,
        step: &StepAt,
        address: &GitAddress,
        found: &Found,
        checkout: &Checkout,
    ) -> Result<Name, ScriptFault> {
        let no_name = || fault(address, "there is no name for it among the apps");
        let is_taken = |name: &str| found.taken.iter().any(|taken| taken == name);
        let name = address.app_name(is_taken).ok_or_else(no_name)?;
        let apps = self.options.host.layout.apps();
        let dir = apps.join(name.as_str()).map_err(|_| no_name())?;
        let deeds = address.clone_into(checkout, &apps, dir.clone())?;
        self.deeds(step, deeds);
        self.notes.assume("every command succeeds");
        self.disk.assume_dir(&dir);
        // So it is found when it is named again.
        if let Ok(config) = dir.join(".git/config") {
            let text = format!("[remote \"origin\"]\n\turl = {}\n", address.repository());
            self.disk.assume_file(&config, &text);
        }
        let from = self
            .notes
            .words
            .show(&format!("from {}", address.repository()));
        self.cloned.insert(dir.absolute(), from);
        Ok(name)
    }

    async fn updates(
        &mut self,
        step: &StepAt,
        address: &GitAddress,
        name: &Name,
        checkout: &Checkout,
    ) -> Result<(), ScriptFault> {
        let apps = self.options.host.layout.apps();
        let dir = apps.join(name.as_str());
        let dir = dir.map_err(|_| fault(address, "there is no place for it among the apps"))?;
        let mut deeds = address.update(checkout, &dir)?;
        for deed in &mut deeds {
            if let Deed::Pull(read) = deed {
                let head = match self.disk.perform(read).await {
                    Ok(FileAnswer::Bytes(bytes)) => bytes,
                    Ok(_) => Vec::new(),
                    Err(error) => return Err(ScriptFault::File(error)),
                };
                *deed = pull(&head, &dir);
            }
        }
        if !deeds.is_empty() {
            let text = format!("the update of {name} leaves its scripts as they are");
            self.assume(step, text);
            self.deeds(step, deeds);
        }
        Ok(())
    }

    /// Writes down the commands; what they do to files is not known.
    fn deeds(&mut self, step: &StepAt, deeds: Vec<Deed>) {
        for deed in deeds {
            let Deed::Git(args, dir) = deed else { continue };
            let (spec, decided) =
                git_command(&self.options.host, &args, dir, &TreeId::new("plan-git"));
            let words = &mut self.notes.words;
            let env = variables(&spec, &decided, |_, _| None, "given to git", words);
            let line = words.show(&spec.to_string());
            let argv = [&spec.program].into_iter().chain(&spec.args);
            let command = PlannedCommand {
                cwd: words.show(&spec.cwd.absolute()),
                argv: argv.map(|word| words.show(word)).collect(),
                daemon: false,
                restarts: false,
                lives_on: false,
                network: crate::network::fetched(&line),
                line,
                env,
            };
            self.effect(step, Effect::Command(command));
        }
    }
}

fn fault(address: &GitAddress, why: &'static str) -> ScriptFault {
    let uri = address.uri.clone();
    ScriptFault::Address { uri, why }
}
