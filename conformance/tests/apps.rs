//! Apps that are fetched, as the driver does it.

#![allow(clippy::unwrap_used)]

use collodi_apps::{Source, template};
use collodi_contain::{Name, Root};
use collodi_driver::{Apps, AppsError, Workspace};
use collodi_host::HostOptions;
use collodi_python::{Layout, Platform};
use collodi_sim::{Behaviour, World};
use collodi_time::{Duration, Instant};
use futures::future::{Either, select};
use std::{collections::BTreeMap, pin::pin, sync::Arc};

/// A world in which git does this, the apps of a workspace there, and its options.
fn stage(git: Behaviour) -> (World, Apps, HostOptions) {
    let world = World::new();
    world.dir("/w/.vatn/python/apps").program("git", git);
    let backends = world.backends();
    let layout = Layout::new(Root::new("/w"), Platform::LINUX_X64);
    let vars = BTreeMap::from([("PATH".to_owned(), "/bin".to_owned())]);
    let options = HostOptions {
        host_vars: Arc::new(vars),
        ..HostOptions::new(layout.clone(), 7)
    };
    let workspace = Workspace::new(layout, backends.files.clone());
    (world, Apps::new(workspace, backends, 7), options)
}

fn source() -> Source {
    Source::parse("https://example.org/owner/greeter").unwrap()
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn entries(world: &World) -> Vec<String> {
    let apps = Root::new("/w/.vatn/python/apps");
    let path = apps.at(collodi_contain::RelPath::root());
    let files = world.backends().files;
    let listed = world.block_on(files.perform(collodi_file::FileOp::List { path }));
    match listed.unwrap().unwrap() {
        collodi_file::FileAnswer::Entries(entries) => {
            entries.into_iter().map(|entry| entry.name).collect()
        }
        _ => Vec::new(),
    }
}

/// A command that does not end is ended, with what it has started, and there is no app.
#[test]
fn git_that_hangs_is_ended() {
    let (world, apps, options) = stage(Behaviour::words("detach:(wait) wait"));
    let (source, name) = (source(), name("greeter"));
    let added = world.block_on(apps.add_repository(&options, &source, &name));
    let error = added.unwrap().unwrap_err();
    assert!(matches!(error, AppsError::TooSlow(_)), "{error}");
    let took = world.backends().clock.now().saturating_since(Instant::ZERO);
    assert_eq!(took.as_secs(), 15 * 60);
    // The command, and what it has started.
    let killed = world.history().matches("git: killed by SIGKILL").count();
    assert_eq!(killed, 2, "{}", world.history());
    assert_eq!(entries(&world), [""; 0]);
}

/// A caller that has gone leaves a folder, which the next work removes; no app ever is half
/// there.
#[test]
fn what_is_given_up_is_removed_by_the_next() {
    let (world, apps, options) = stage(Behaviour::words("wait"));
    let (source, greeter, web) = (source(), name("greeter"), name("web"));
    let given_up = world.block_on(async {
        let adding = pin!(apps.add_repository(&options, &source, &greeter));
        let clock = world.backends().clock;
        let patience = clock.sleep_until(clock.now() + Duration::from_secs(5));
        matches!(select(adding, patience).await, Either::Right(_))
    });
    assert!(given_up.unwrap());
    let folder = ".work-0000000000000007-0";
    assert_eq!(entries(&world), [folder, &format!("{folder}.claim")]);
    let made = world.block_on(apps.add_template(template("vllm").unwrap(), &web));
    made.unwrap().unwrap();
    assert_eq!(entries(&world), ["web"]);
}

/// What a program that was killed has left is removed when the next begins.
#[test]
fn a_start_removes_what_deaths_have_left() {
    let (world, apps, _) = stage(Behaviour::words("wait"));
    world
        .file("/w/.vatn/python/apps/.work-0123-4/x/y.txt", "half")
        .file(
            "/w/.vatn/python/apps/.work-0123-4.claim",
            "77\ngit-work-0123-5\n",
        )
        .file("/w/.vatn/python/apps/.work-89ab-0/x/y.txt", "half")
        .file("/w/.vatn/python/apps/whole/pinokio.json", "{}");
    world.block_on(apps.sweep()).unwrap().unwrap();
    assert_eq!(entries(&world), ["whole"]);
}

/// What another program makes that lives is its own.
#[test]
fn a_start_leaves_what_is_being_made_alone() {
    let (world, apps, options) = stage(Behaviour::words("wait"));
    let (source, greeter) = (source(), name("greeter"));
    let layout = Layout::new(Root::new("/w"), Platform::LINUX_X64);
    let backends = world.backends();
    let workspace = Workspace::new(layout, backends.files.clone());
    let others = Apps::new(workspace, backends, 8);
    let left = world.block_on(async {
        let adding = pin!(apps.add_repository(&options, &source, &greeter));
        let clock = world.backends().clock;
        let sweeping = pin!(async {
            clock
                .sleep_until(clock.now() + Duration::from_secs(5))
                .await;
            others.sweep().await
        });
        match select(adding, sweeping).await {
            Either::Left(_) => None,
            Either::Right((swept, _)) => Some(swept),
        }
    });
    left.unwrap().unwrap().unwrap();
    assert_eq!(entries(&world).len(), 2, "{:?}", entries(&world));
}

/// Where there is no git, that is what is said.
#[test]
fn without_git_there_is_nothing_to_fetch_with() {
    let (world, apps, options) = stage(Behaviour::words("wait"));
    let options = HostOptions {
        host_vars: Arc::new(BTreeMap::from([("PATH".to_owned(), "/nowhere".to_owned())])),
        ..options
    };
    let (source, name) = (source(), name("greeter"));
    let added = world.block_on(apps.add_repository(&options, &source, &name));
    assert_eq!(added.unwrap().unwrap_err(), AppsError::NoGit);
    assert_eq!(entries(&world), [""; 0]);
}
