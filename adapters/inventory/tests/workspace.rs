//! A workspace in memory: what is known of it, and what may go.
#![allow(clippy::unwrap_used, reason = "tests")]

use collodi_api::Env;
use collodi_command::{CommandSpec, TreeId};
use collodi_contain::{Name, Root};
use collodi_driver::Workspace;
use collodi_file::{FileAnswer, FileErrorKind, FileOp};
use collodi_inventory::{
    Inventory, Leftover, Unclaimed, end_lost, end_unread, leftovers, may_use, only_of, remove,
};
use collodi_python::{Layout, Platform};
use collodi_sim::{Behaviour, World};
use futures::future;
use insta::assert_snapshot;
use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

const P: &str = "/w/.vatn/python";

fn uses(venv: &str) -> String {
    format!(
        r#"{{"dialect": "vatn", "run": [{{"method": "shell.run", "params": {{"message": "ls", "venv": "{venv}"}}}}]}}"#
    )
}

fn world() -> World {
    let world = World::new();
    world.dir(&format!("{P}/apps")).dir(&format!("{P}/envs"));
    world.free(7 << 30);
    world
}

fn env(world: &World, name: &str, bytes: usize) {
    let file = |path: &str, text: &str| {
        let _ = world.file(&format!("{P}/envs/{name}/{path}"), text);
    };
    file("bin/python", "");
    file("pyvenv.cfg", "home = /usr/bin\nversion_info = 3.12.1\n");
    file("lib/big", &"x".repeat(bytes));
}

fn workspace(world: &World) -> Workspace {
    let layout = Layout::new(Root::new("/w"), Platform::LINUX_X64);
    Workspace::new(layout, world.backends().files)
}

/// All that is known of the environments, a line each.
fn known(world: &World) -> Vec<Env> {
    let (inventory, worker) = Inventory::new(workspace(world), world.backends().clock);
    let asked = async move { inventory.envs(true, &BTreeMap::new()).await.unwrap().envs };
    let (envs, ()) = world.block_on(future::join(asked, worker.work())).unwrap();
    envs
}

fn shown(envs: &[Env]) -> String {
    let mut text = String::new();
    for env in envs {
        let version = env.python_version.as_deref().unwrap_or("-");
        let size = env.size.as_ref().unwrap();
        let note = size.note.as_deref().unwrap_or("whole");
        write!(text, "{} {version} {} bytes, {note}:", env.name, size.bytes).unwrap();
        for user in &env.used_by {
            write!(text, " {} {}", user.kind, user.app.as_deref().unwrap()).unwrap();
        }
        text.push('\n');
    }
    text
}

#[test]
fn what_environments_take_and_who_names_them() {
    let world = world();
    for (name, bytes) in [("alone", 10), ("web", 1000), ("tools", 500)] {
        env(&world, name, bytes);
    }
    let app = |path: &str, text: &str| {
        let _ = world.file(&format!("{P}/apps/{path}"), text);
    };
    app("a/pinokio.json", &uses("web"));
    app("b/scripts/install.json", &uses("tools"));
    app("b/package.json", r#"{"name": "web"}"#);
    app(
        "c/pinokio.js",
        "const venv = 'tools'; module.exports = () => make({venv})",
    );
    app("d/node_modules/x/alone.json", &uses("alone"));
    // By path: the app's own.
    app("e/pinokio.json", &uses("./alone"));
    assert_snapshot!("named", shown(&known(&world)));
    // Which one it is, shows only when it runs.
    app("f/pinokio.json", &uses("{{local.which}}"));
    assert_snapshot!("computed", shown(&known(&world)));
}

#[test]
fn all_who_wait_share_one_look() {
    let world = world();
    env(&world, "web", 10);
    let (inventory, worker) = Inventory::new(workspace(&world), world.backends().clock);
    let asked = async move {
        let none = BTreeMap::new();
        future::join_all((0..5).map(|_| inventory.envs(true, &none))).await
    };
    let (all, ()) = world.block_on(future::join(asked, worker.work())).unwrap();
    assert!(
        all.iter()
            .all(|envs| envs.as_ref().unwrap().envs[0].size.is_some())
    );
    let measured = world
        .history()
        .matches(&format!("measure {P}/envs/web"))
        .count();
    assert_eq!(measured, 1);
}

/// What is not known of an app is no reason to take its environment away.
#[test]
fn what_cannot_be_read_may_use_anything() {
    for failing in [
        format!("list {P}/apps"),
        format!("list {P}/apps/a/scripts"),
        format!("read {P}/apps/a/pinokio.json"),
    ] {
        let world = world();
        env(&world, "web", 10);
        for file in ["a/pinokio.json", "a/scripts/start.json"] {
            let _ = world.file(&format!("{P}/apps/{file}"), "{}");
        }
        assert!(known(&world).iter().all(|env| env.used_by.is_empty()));
        // For sizes, and for each time that scripts are asked.
        for _ in 0..3 {
            world.fail_file(&failing, FileErrorKind::PermissionDenied);
        }
        let envs = known(&world);
        assert!(envs.iter().all(|env| !env.used_by.is_empty()), "{failing}");
    }
}

#[test]
fn an_app_has_for_itself_what_no_other_may_use() {
    let world = world();
    for name in ["own", "shared", "other"] {
        env(&world, name, 10);
    }
    let app = |path: &str, text: &str| {
        let _ = world.file(&format!("{P}/apps/{path}"), text);
    };
    app("a/pinokio.json", &uses("own"));
    app("a/more.json", &uses("shared"));
    app("b/scripts/start.json", &uses("shared"));
    app("b/pinokio.json", &uses("other"));
    let workspace = workspace(&world);
    let only = |app: &str| {
        let name = Name::parse(app).unwrap();
        let only = world.block_on(only_of(&workspace, &name)).unwrap().unwrap();
        only.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        (only("a"), only("b")),
        (vec!["own".into()], vec!["other".into()])
    );
    assert_eq!(only("c"), Vec::<String>::new());
    app("b/late.json", &uses("{{local.which}}"));
    assert_eq!(only("a"), Vec::<String>::new());
}

#[test]
fn one_that_cannot_be_measured_is_told_and_the_others_are_there() {
    let world = world();
    env(&world, "bad", 10);
    env(&world, "good", 10);
    world.fail_file(
        &format!("measure {P}/envs/bad"),
        FileErrorKind::PermissionDenied,
    );
    assert_snapshot!(shown(&known(&world)));
}

#[test]
fn what_may_go_goes_by_steps() {
    let world = world();
    env(&world, "alone", 10);
    env(&world, "web", 10);
    env(&world, "half", 10);
    let file = |path: &str, text: &str| {
        let _ = world.file(&format!("{P}/{path}"), text);
    };
    file("envs/.half.creating", "");
    file("envs/.collodi-77-1", "cut");
    file("state/.collodi-78-2", "being written");
    file("envs/notes.txt", "a person's");
    file("apps/a/pinokio.json", &uses("web"));
    let workspace = workspace(&world);
    let found = leftovers(&workspace, known(&world), |process| process == 78);
    let found = world.block_on(found).unwrap().unwrap();
    let words = found.iter().map(|leftover| match leftover {
        Leftover::Unused(env) => format!("unused {}", env.name),
        Leftover::HalfMade(name) => format!("half-made {name}"),
        Leftover::Temporary(path) => format!("temporary {path}"),
    });
    assert_snapshot!(words.collect::<Vec<_>>().join("\n"));
    // Who looks leaves no trace in the marker.
    let marker = workspace
        .layout()
        .environment(&Name::parse("half").unwrap());
    let read = FileOp::read(marker.marker(), 99);
    let text = world.block_on(workspace.files().perform(read)).unwrap();
    assert_eq!(text.unwrap(), FileAnswer::Bytes(Vec::new()));

    // A deletion that is cut leaves something that is half-made, and the next one ends it.
    let alone = workspace
        .layout()
        .environment(&Name::parse("alone").unwrap());
    world.fail_file(&format!("remove {P}/envs/alone"), FileErrorKind::Other);
    let backends = world.backends();
    assert!(world.block_on(remove(&backends, &alone)).unwrap().is_err());
    assert!(world.block_on(workspace.is_half_made(&alone)).unwrap());
    assert!(!world.block_on(workspace.is_environment(&alone)).unwrap());
    world.block_on(remove(&backends, &alone)).unwrap().unwrap();
    assert!(!world.block_on(workspace.is_half_made(&alone)).unwrap());
    assert_eq!(shown(&known(&world)).lines().count(), 1);
}

/// A maker that was killed leaves its commands, which would go on with what is removed. No tree
/// but one that makes environments is ended by what stands in a marker.
#[test]
fn what_a_maker_left_running_ends_before_its_environment_goes() {
    for (tree, lives) in [("env-0123456789abcdef", false), ("web-01234567", true)] {
        let world = World::new();
        world.program("uv", Behaviour::words("wait"));
        let marker = format!("{P}/envs/.half.creating");
        world.file(&marker, &format!("77\n{tree}\n"));
        let (backends, workspace) = (world.backends(), workspace(&world));
        let half = workspace
            .layout()
            .environment(&Name::parse("half").unwrap());
        let tree = TreeId::new(tree);
        let spec = CommandSpec::new("uv", half.path().clone(), tree.clone());
        let spec = spec.env("PATH", "/bin");
        world.dir(&half.path().absolute());
        let left = world.block_on(async {
            let _child = backends.process.spawn(&spec).await.unwrap();
            remove(&backends, &half).await.unwrap();
            backends.process.tree_members(&tree).await.unwrap()
        });
        assert_eq!(left.unwrap().is_empty(), !lives, "{tree}");
        assert!(!world.block_on(workspace.is_half_made(&half)).unwrap());
    }
}

/// Where no server runs: it lives, uses what its app does, and is ended with its file put aside.
#[test]
fn daemons_that_no_server_can_read_are_seen_and_ended() {
    let world = world();
    world.program("uv", Behaviour::words("wait"));
    let state = format!("{P}/state");
    for id in ["web-01234567", "api-01234567", "old-01234567"] {
        world.file(&format!("{state}/{id}.json"), r#"{"version": 9}"#);
    }
    for odd in ["foo", "new-01234567"] {
        world.dir(&format!("{state}/{odd}.json"));
    }
    let aside = format!("{state}/aside/web-01234567.json");
    world.file(&aside, "older");
    let trees = r#"{"version": 1, "trees": [],
        "daemons": {"web-01234567": "web-tree", "old-01234567": "old-tree"}}"#;
    world.file(&format!("{state}/trees.json"), trees);
    world.file(&format!("{P}/apps/web/pinokio.json"), &uses("tools"));
    for name in ["tools", "other"] {
        env(&world, name, 10);
    }
    let (backends, workspace) = (world.backends(), workspace(&world));
    let tree = TreeId::new("web-tree");
    let cwd = workspace.layout().state();
    let spec = CommandSpec::new("uv", cwd, tree.clone()).env("PATH", "/bin");
    let mut envs = known(&world);
    let gone = world.block_on(async {
        let _child = backends.process.spawn(&spec).await.unwrap();
        let found = Unclaimed::of(&backends, &workspace).await.unwrap().alone;
        let told: Vec<_> = found.iter().map(ToString::to_string).collect();
        let of = |id: &str| format!("{state}/{id}.json is of another version");
        let unknown = "api-01234567 is left as it is, and nobody knows whether it runs";
        let (api, web) = (of("api-01234567"), of("web-01234567"));
        let web = format!("web-01234567 is left as it is: {web}");
        let new = "new-01234567 is left as it is, and nobody knows whether it runs";
        let new = format!("{new}: {state}/new-01234567.json cannot be read: it is a directory");
        assert_eq!(told, [format!("{unknown}: {api}"), new, web]);
        let dormant = Unclaimed::of(&backends, &workspace).await.unwrap().dormant;
        let dormant: Vec<_> = dormant.iter().map(|alone| &alone.file).collect();
        assert_eq!(dormant, [&format!("{state}/old-01234567.json")]);
        may_use(&mut envs, found.iter().map(|alone| &alone.id));
        for alone in &found {
            let is_gone = end_unread(&backends, &workspace, alone).await.unwrap();
            assert_eq!(is_gone, alone.tree.is_some());
        }
        let found = Unclaimed::of(&backends, &workspace).await.unwrap().alone;
        assert_eq!(found.len(), 2, "whoever may live stays known: {found:?}");
        backends.process.tree_members(&tree).await.unwrap()
    });
    assert!(gone.unwrap().is_empty());
    let lives = |name: &str| {
        let env = envs.iter().find(|env| env.name == name).unwrap();
        env.used_by.iter().any(collodi_api::EnvUse::lives)
    };
    assert_eq!((lives("tools"), lives("other")), (true, false));
}

/// Where no server runs: whose file is damaged, empty or gone is seen as long as it lives, and ended.
#[test]
fn daemons_whose_files_say_nothing_are_seen_and_ended() {
    let world = world();
    world.program("uv", Behaviour::words("wait"));
    let state = format!("{P}/state");
    let of = |app: &str| format!("{state}/{app}-01234567.json");
    world.file(&of("torn"), "{\"version\":");
    world.file(&of("none"), "");
    world.file(&of("dead"), "{");
    let trees = r#"{"version": 1, "trees": ["run"], "daemons": {"torn-01234567": "torn",
        "none-01234567": "none", "gone-01234567": "gone", "dead-01234567": "dead"}}"#;
    world.file(&format!("{state}/trees.json"), trees);
    let (backends, workspace) = (world.backends(), workspace(&world));
    world
        .block_on(async {
            let mut children = Vec::new();
            for tree in ["torn", "none", "gone", "run"] {
                let cwd = workspace.layout().state();
                let spec = CommandSpec::new("uv", cwd, TreeId::new(tree)).env("PATH", "/bin");
                children.push(backends.process.spawn(&spec).await.unwrap());
            }
            assert_eq!(
                Unclaimed::of(&backends, &workspace).await.unwrap().alone,
                []
            );
            let found = Unclaimed::of(&backends, &workspace).await.unwrap().lost;
            let told: Vec<_> = found.iter().map(ToString::to_string).collect();
            assert_snapshot!("lost", told.join("\n"));
            for lost in &found {
                assert!(end_lost(&backends, &workspace, lost).await.unwrap());
            }
            assert_eq!(Unclaimed::of(&backends, &workspace).await.unwrap().lost, []);
            let runs = backends.process.tree_members(&TreeId::new("run")).await;
            assert_eq!(runs.unwrap().len(), 1, "it is no daemon");
        })
        .unwrap();
    let is_there = |app: &str| {
        world
            .content(&format!("{state}/aside/{app}-01234567.json"))
            .is_some()
    };
    let aside: Vec<_> = ["torn", "none", "gone", "dead"].map(is_there).into();
    assert_eq!(aside, [true, false, false, false]);
}

/// A count is a second old at most, and no older than what is known to have changed.
#[test]
fn environments_are_counted_once_in_a_while() {
    let world = world();
    let (inventory, _worker) = Inventory::new(workspace(&world), world.backends().clock);
    let clock = world.backends().clock;
    let count = |inventory: &Inventory| {
        let inventory = inventory.clone();
        let asked = async move { inventory.env_count().await.unwrap() };
        world.block_on(asked).unwrap()
    };
    assert_eq!(count(&inventory), 0);
    env(&world, "web", 1);
    assert_eq!(count(&inventory), 0);
    let later = clock.now() + Duration::from_secs(1);
    world.block_on(clock.sleep_until(later)).unwrap();
    assert_eq!(count(&inventory), 1);
    env(&world, "tools", 1);
    inventory.recount();
    assert_eq!(count(&inventory), 2);
}

/// What was counted while something was installed is not what it takes.
#[test]
fn an_environment_that_has_changed_is_counted_again() {
    let world = world();
    for name in ["tools", "web"] {
        env(&world, name, 10);
    }
    let (inventory, worker) = Inventory::new(workspace(&world), world.backends().clock);
    let shown = world.clone();
    let asked = async move {
        let sizes = async |wait, changed: &[(&str, u64)]| -> Vec<Option<u64>> {
            let path = |(name, at): &(&str, u64)| (format!("{P}/envs/{name}"), *at);
            let changed = changed.iter().map(path).collect();
            let envs = inventory.envs(wait, &changed).await.unwrap().envs;
            let size = |env: &Env| env.size.as_ref().map(|size| size.bytes);
            envs.iter().map(size).collect()
        };
        let before = sizes(true, &[]).await;
        env(&shown, "web", 1_000);
        assert_eq!(sizes(false, &[]).await, before, "nobody knows of it");
        assert_eq!(sizes(false, &[("web", 1)]).await, [before[0], None]);
        let after = sizes(true, &[("web", 1)]).await;
        assert_eq!(after[0], before[0]);
        assert_eq!(after[1].unwrap() - before[1].unwrap(), 990);
        assert_eq!(sizes(false, &[("web", 1)]).await, after, "it is known");
        assert_eq!(
            sizes(false, &[("tools", 2), ("web", 1)]).await,
            [None, after[1]]
        );
    };
    world.block_on(future::join(asked, worker.work())).unwrap();
}
