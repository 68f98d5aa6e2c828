//! Landlock rulesets.

use collodi_sandbox::{Access, Domain, Grant};
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
    let grants = domain
        .files
        .iter()
        .flatten()
        .filter_map(|grant| rule(grant, abi));
    let ruleset = grants
        .into_iter()
        .try_fold(ruleset, RulesetCreated::add_rule)?;
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

/// What is not there, or cannot be opened, is not granted.
fn rule(grant: &Grant, abi: ABI) -> Option<PathBeneath<PathFd>> {
    let is_folder = fs::metadata(&grant.path).ok()?.is_dir();
    let rights = rights(grant.access, abi);
    let rights = if is_folder {
        rights
    } else {
        rights & AccessFs::from_file(abi)
    };
    Some(PathBeneath::new(PathFd::new(&grant.path).ok()?, rights))
}

fn rights(access: Access, abi: ABI) -> BitFlags<AccessFs> {
    let device = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::ReadDir | AccessFs::IoctlDev;
    match access {
        Access::Read => AccessFs::from_read(abi),
        Access::Change => {
            AccessFs::from_all(abi)
                & !(AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::IoctlDev)
        }
        Access::Device => device & AccessFs::from_all(abi),
    }
}
