//! The machine that a plan is for: the one at hand, or one that `--fact` makes of it.

use crate::failure::{Failure, MISUNDERSTOOD};
use anyhow::Result;
use collodi_api::Assumption;
use collodi_facts::Facts;
use collodi_host::HostOptions;
use collodi_python::{Layout, Os};

/// The systems and processors that can be supposed.
const SYSTEMS: [Os; 3] = [Os::Linux, Os::MacOs, Os::Windows];
/// The makers of cards that scripts ask for.
const MAKERS: [&str; 5] = ["nvidia", "amd", "apple", "intel", "none"];
const PROCESSORS: [&str; 3] = ["x64", "arm64", "ia32"];

/// Tells the options what the machine is: `facts`, and what is supposed besides. What is
/// supposed of cards holds for the card that is supposed, whatever the order.
pub(super) fn settle(
    options: &mut HostOptions,
    mut facts: Facts,
    supposed: &[(String, String)],
) -> Result<()> {
    let mut platform = options.layout.platform();
    let (first, rest): (Vec<_>, Vec<_>) = supposed.iter().partition(|(name, _)| name == "gpu");
    for (name, value) in first.into_iter().chain(rest) {
        match name.as_str() {
            "platform" => platform.os = system(value)?,
            "arch" => platform.arch = processor(value)?,
            "gpu" => suppose(&mut facts, name, maker(value)?)?,
            _ => suppose(&mut facts, name, value)?,
        }
    }
    options.layout = Layout::new(options.layout.workspace().clone(), platform);
    options.facts = Some(facts.variables());
    Ok(())
}

/// What the plan takes for granted because someone said so.
pub(super) fn assumption(supposed: &[(String, String)]) -> Option<Assumption> {
    let pairs = supposed
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    let all = pairs.collect::<Vec<_>>().join(", ");
    (!all.is_empty()).then(|| Assumption {
        script: None,
        step: None,
        list: None,
        text: format!("the machine is not this one, but one with {all}"),
    })
}

fn suppose(facts: &mut Facts, name: &str, value: &str) -> Result<()> {
    let hint = "besides these, platform and arch; --fact gpu=nvidia is a machine with a card";
    facts.suppose(name, value).map_err(|error| {
        Failure::new(format!("--fact {name}={value}: {error}"))
            .hint(hint)
            .status(MISUNDERSTOOD)
            .into()
    })
}

/// The maker of a card, in whatever case; `none` for no card.
fn maker(name: &str) -> Result<&'static str> {
    let known = MAKERS
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(name));
    known.ok_or_else(|| {
        let names = MAKERS.join(", ");
        let names = match collodi_script::nearest(name, MAKERS) {
            Some(meant) => format!("{names}; did you mean {meant:?}?"),
            None => names,
        };
        one_of("gpu", name, &names)
    })
}

fn system(name: &str) -> Result<Os> {
    let known = SYSTEMS.into_iter().find(|os| os.node_name() == name);
    let names = SYSTEMS.map(Os::node_name).join(", ");
    known.ok_or_else(|| one_of("platform", name, &names))
}

fn processor(name: &str) -> Result<&'static str> {
    let known = PROCESSORS.into_iter().find(|known| *known == name);
    known.ok_or_else(|| one_of("arch", name, &PROCESSORS.join(", ")))
}

fn one_of(fact: &str, value: &str, names: &str) -> anyhow::Error {
    Failure::new(format!("--fact {fact}={value}: there is no such {fact}"))
        .hint(format!("it is one of {names}"))
        .status(MISUNDERSTOOD)
        .into()
}
