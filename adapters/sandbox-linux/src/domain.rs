//! Landlock rulesets.

use collodi_sandbox::{Access, Domain};
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, PathBeneath,
    PathFd, Ruleset, RulesetAttr as _, RulesetCreated, RulesetCreatedAttr as _, RulesetError,
    Scope,
};
use rustix::fd::OwnedFd;
use std::fs;

/// The version of Landlock that is here, as far as it matters: none is needed beyond 6.
pub(crate) fn version() -> u32 {
    let versions = [ABI::V6, ABI::V5, ABI::V4, ABI::V3, ABI::V2, ABI::V1];
    let mut numbered = versions.into_iter().zip((1..=6).rev());
    let found = numbered.find(|(abi, _)| {
        let files = Some(Vec::new());
        let domain = Domain {
            scopes: *abi as i32 >= 6,
            files,
            tcp: *abi as i32 >= 4,
            withheld: Vec::new(),
        };
        create(&domain, *abi).is_ok()
    });
    found.map_or(0, |(_, number)| number)
}

/// The ruleset of a domain that takes nothing away of files, by its descriptor.
pub(crate) fn scopes() -> Result<Option<OwnedFd>, RulesetError> {
    Ok(create(&Domain::beside_namespaces(), ABI::V6)?.into())
}

/// Holds this thread by a domain, for ever.
pub(crate) fn enter(domain: &Domain, version: u32) -> Result<(), RulesetError> {
    let abi = ABI::from(i32::try_from(version).unwrap_or(0));
    let scopes = domain.scopes && version >= 6;
    let ruleset = create(
        &Domain {
            scopes,
            ..domain.clone()
        },
        abi,
    )?;
    let mut ruleset = ruleset;
    for grant in domain.files.iter().flatten() {
        ruleset = match grant.access {
            Access::ReadOthers => others(ruleset, &grant.path, &domain.withheld, abi)?,
            access => add(ruleset, &grant.path, rights(access, abi), abi)?,
        };
    }
    ruleset.restrict_self().map(drop)
}

/// Everything that is asked for is had, or the ruleset is not made.
fn create(domain: &Domain, abi: ABI) -> Result<RulesetCreated, RulesetError> {
    let mut ruleset = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    if domain.files.is_some() {
        ruleset = ruleset.handle_access(AccessFs::from_all(abi))?;
    }
    if domain.tcp {
        ruleset = ruleset.handle_access(AccessNet::BindTcp | AccessNet::ConnectTcp)?;
    }
    if domain.scopes {
        ruleset = ruleset.scope(Scope::AbstractUnixSocket | Scope::Signal)?;
    }
    ruleset.create()
}

/// Grants reading below a path all but what is withheld: of a folder that has some of it,
/// names alone, and what else is in it. Links are passed over: what they lead to has a path
/// of its own.
fn others(
    mut ruleset: RulesetCreated,
    path: &str,
    withheld: &[String],
    abi: ABI,
) -> Result<RulesetCreated, RulesetError> {
    let mut next = vec![path.to_owned()];
    while let Some(path) = next.pop() {
        let held: Vec<_> = withheld
            .iter()
            .filter(|held| is_below(held, &path))
            .collect();
        if held.is_empty() {
            ruleset = add(ruleset, &path, AccessFs::from_read(abi), abi)?;
        } else if !held.iter().any(|held| **held == path) {
            ruleset = add(ruleset, &path, AccessFs::ReadDir.into(), abi)?;
            next.extend(entries(&path));
        }
    }
    Ok(ruleset)
}

fn is_below(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn entries(path: &str) -> Vec<String> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let real = entries.filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_symlink()));
    real.filter_map(|entry| entry.path().into_os_string().into_string().ok())
        .collect()
}

/// What is not there, or cannot be opened, is not granted.
fn add(
    ruleset: RulesetCreated,
    path: &str,
    rights: BitFlags<AccessFs>,
    abi: ABI,
) -> Result<RulesetCreated, RulesetError> {
    let Ok(kind) = fs::metadata(path) else {
        return Ok(ruleset);
    };
    let rights = if kind.is_dir() {
        rights
    } else {
        rights & AccessFs::from_file(abi)
    };
    match PathFd::new(path) {
        Ok(opened) if !rights.is_empty() => ruleset.add_rule(PathBeneath::new(opened, rights)),
        _ => Ok(ruleset),
    }
}

fn rights(access: Access, abi: ABI) -> BitFlags<AccessFs> {
    let device = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::ReadDir | AccessFs::IoctlDev;
    match access {
        Access::Read | Access::ReadOthers => AccessFs::from_read(abi),
        Access::Change => {
            AccessFs::from_all(abi)
                & !(AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::IoctlDev)
        }
        Access::Device => device & AccessFs::from_all(abi),
    }
}
