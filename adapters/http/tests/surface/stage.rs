//! A host, its driver and its surface in a folder of their own.

use crate::redact::redact;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header, request::Builder},
};
use collodi_api::AuditPage;
use collodi_audit::{Query, Rotation};
use collodi_backend::{Backends, BoxFuture};
use collodi_config::Settings;
use collodi_contain::{Name, Root};
use collodi_driver::{Apps, Driver, Events, HostHandle, Notice, Workspace};
use collodi_host::{Command, Event, Host, HostOptions, ProcessEvent, RunEvent};
use collodi_http::{AllowedHosts, Key, Keyring, Scope, Surface, Token};
use collodi_inventory::Inventory;
use collodi_ledger::{Audited, Ledger};
use collodi_python::{Layout, Platform};
use collodi_restart::{Policy, StopSequence};
use collodi_settings::SettingsFile;
use collodi_time::WallTime;
use futures::{
    FutureExt as _, StreamExt as _,
    executor::block_on,
    future::{self, Either, RemoteHandle},
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    future::Future,
    io,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;
use tower::ServiceExt as _;

pub(crate) const TOKEN: &str = "a-secret-for-tests";
pub(crate) const HOST: &str = "127.0.0.1:8300";

/// Tokens that were given out once, and let nobody in.
pub(crate) const EXPIRED: &str = "an-expired-token";
pub(crate) const REVOKED: &str = "a-revoked-token";

/// The token of who may do this.
pub(crate) const fn holder(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "a-token-that-reads",
        Scope::Operate => "a-token-that-operates",
        Scope::Admin => "a-token-that-changes",
    }
}

/// A token of each scope, and one that has expired.
fn given_out() -> Keyring {
    let mut keys = Keyring::default();
    let mut add = |name: &str, token: &str, scope, expires| {
        let (name, token) = (Name::parse(name).unwrap(), Token::new(token));
        let long_ago = WallTime::default();
        keys.add(Key::of(&token, name, scope, long_ago, expires))
            .unwrap();
    };
    for scope in Scope::ALL {
        add(scope.as_str(), holder(scope), scope, None);
    }
    add("once", EXPIRED, Scope::Admin, Some(WallTime::default()));
    add("gone", REVOKED, Scope::Admin, None);
    assert!(keys.remove("gone"));
    keys
}

/// An interpreter that makes environments of nothing.
const PYTHON: &str = "#!/bin/sh
if [ \"$1\" = -I ]; then
    mkdir -p \"$4/bin\" && cp \"$0\" \"$4/bin/python\"
else
    echo Python 3.12.1
fi
";

/// A runtime to stand on.
#[derive(Clone, Copy)]
pub(crate) struct Runtime {
    backends: fn() -> Backends,
    spawn: fn(BoxFuture<'static, ()>),
    block_on: fn(BoxFuture<'static, ()>),
}

/// A thread of tokio's.
pub(crate) const TOKIO: Runtime = Runtime {
    backends: collodi_tokio::backends,
    spawn: |task| drop(tokio::spawn(task)),
    block_on: |test| {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().unwrap().block_on(test);
    },
};

/// The smol family asks for no executor: here every task has a thread.
pub(crate) const SMOL: Runtime = Runtime {
    backends: collodi_smol::backends,
    spawn: |task| drop(std::thread::spawn(|| block_on(task))),
    block_on,
};

pub(crate) struct Stage {
    runtime: Runtime,
    pub(crate) router: Router,
    surface: Surface,
    pub(crate) host: HostHandle,
    pub(crate) shutdowns: Arc<AtomicUsize>,
    root: PathBuf,
    /// What answers are compared with.
    description: OnceLock<Value>,
    driver: RemoteHandle<()>,
    _dir: TempDir,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    root: String,
}

impl Runtime {
    /// Plays a test; one that takes so long that it will never end has failed.
    pub(crate) fn play<F>(self, test: fn(Stage) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let clock = (self.backends)().clock;
        (self.block_on)(Box::pin(async move {
            let patience = clock.sleep_until(clock.now() + Duration::from_secs(120));
            let stage = Stage::new(self, |_| {});
            let described = stage.get("/openapi.json").await.body;
            stage.description.set(described).unwrap();
            match future::select(Box::pin(test(stage)), patience).await {
                Either::Left(_) => {}
                Either::Right(_) => panic!("it never ends"),
            }
        }));
    }
}

impl Stage {
    /// One beside it.
    pub(crate) fn another(&self) -> Self {
        self.another_with(|_| {})
    }

    /// One beside it, whose host is made so.
    pub(crate) fn another_with(&self, change: impl FnOnce(&mut HostOptions)) -> Self {
        Self::new(self.runtime, change)
    }

    fn new(runtime: Runtime, change: impl FnOnce(&mut HostOptions)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        program(&root, "python3", PYTHON);
        for dir in ["envs", "apps"] {
            fs::create_dir_all(root.join(".vatn/python").join(dir)).unwrap();
        }
        let text = root.to_str().unwrap();
        let layout = Layout::new(Root::new(text), Platform::LINUX_X64);
        let mut options = options(layout.clone(), text);
        change(&mut options);
        let mut backends = (runtime.backends)();
        let dir_of_audit = root.join("audit");
        let ledger = Ledger::open(
            &dir_of_audit,
            Rotation::default(),
            "life".to_owned(),
            |_| {},
        );
        let ledger = Arc::new(ledger.unwrap());
        let (process, clock) = (backends.process.clone(), backends.clock.clone());
        backends.process = Arc::new(Audited::new(process, clock, ledger.clone()));
        let workspace = Workspace::new(layout, backends.files.clone());
        let clock = backends.clock.clone();
        let apps = Apps::new(workspace.clone(), backends.clone(), options.seed);
        let (inventory, worker) = Inventory::new(workspace.clone(), clock.clone());
        (runtime.spawn)(worker.work().boxed());
        let process = backends.process.clone();
        let (driver, host) = Driver::new(Host::new(options), backends);
        let shutdowns = Arc::new(AtomicUsize::new(0));
        let calls = shutdowns.clone();
        let surface = Surface {
            host: host.clone(),
            workspace,
            apps,
            inventory,
            may_go_on: Arc::new(|| Box::pin(std::future::ready(Ok(())))),
            hooks: Arc::new(Vec::new),
            doctor: Arc::new(|| future::ready(found()).boxed()),
            audit: Arc::new(move |query| future::ready(executed(&ledger, &query)).boxed()),
            settings: Settings::default(),
            settings_file: SettingsFile::of(&Root::new(text)),
            holds: |_| Err("there is no sandbox on this machine".to_owned()),
            token: Token::new(TOKEN),
            keys: Arc::new(|| future::ready(Arc::new(given_out())).boxed()),
            allowed_hosts: AllowedHosts::bound_to(HOST.parse().unwrap()),
            process,
            clock,
            shutdown: Arc::new(move || {
                calls.fetch_add(1, Ordering::Relaxed);
            }),
        };
        let router = collodi_http::router(surface.clone());
        let (task, driver) = driver.run().remote_handle();
        (runtime.spawn)(task.boxed());
        Self {
            runtime,
            router,
            surface,
            host,
            shutdowns,
            root,
            description: OnceLock::new(),
            driver,
            _dir: dir,
        }
    }

    /// The same with these settings.
    pub(crate) fn with_settings(mut self, text: &str) -> Self {
        self.surface.settings = Settings::read(text).unwrap();
        self.router = collodi_http::router(self.surface.clone());
        self
    }

    /// Writes the script of an app.
    pub(crate) fn app(&self, name: &str, script: &str) {
        self.file(&format!("apps/{name}/pinokio.json"), script);
    }

    /// Writes a file below `.vatn/python`.
    pub(crate) fn file(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join(".vatn/python").join(path)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(request(Method::GET, path), "").await
    }

    pub(crate) async fn post(&self, path: &str) -> Answer {
        self.ask(request(Method::POST, path), "").await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.ask(request(Method::DELETE, path), "").await
    }

    pub(crate) async fn post_json(&self, path: &str, body: &Value) -> Answer {
        let asked = request(Method::POST, path).header(header::CONTENT_TYPE, "application/json");
        self.ask(asked, &body.to_string()).await
    }

    pub(crate) async fn ask(&self, request: Builder, body: &str) -> Answer {
        let request = request.body(Body::from(body.to_owned())).unwrap();
        self.send(request).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let asked = (request.method().clone(), request.uri().path().to_owned());
        let answer = self.router.clone().oneshot(request).await.unwrap();
        if let Some(description) = self.description.get() {
            let (method, path) = asked;
            crate::openapi::check(description, &method, &path, answer.status());
        }
        let (head, body) = answer.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let body = match bytes.len() {
            0 => Value::Null,
            _ if is_json(&head.headers) => serde_json::from_slice(&bytes).unwrap(),
            _ => String::from_utf8(bytes.to_vec()).unwrap().into(),
        };
        Answer {
            status: head.status,
            headers: head.headers,
            body,
            root: self.root.to_str().unwrap().to_owned(),
        }
    }

    pub(crate) async fn events(&self) -> Events {
        self.host.events().await.unwrap()
    }

    /// Ends everything, and waits for it.
    pub(crate) async fn end(self) {
        let budget = Duration::from_secs(30);
        self.host.command(Command::Shutdown(budget)).await.unwrap();
        self.driver.await;
    }
}

impl Answer {
    /// The status and the body, without what is new in every test run.
    pub(crate) fn shown(&self) -> String {
        let body = redact(&self.body, &self.root);
        format!(
            "{}\n{}",
            self.status,
            serde_json::to_string_pretty(&body).unwrap()
        )
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self
    }

    pub(crate) fn text(&self, key: &str) -> &str {
        self.body[key].as_str().unwrap()
    }

    /// The short name of the problem.
    pub(crate) fn problem(&self) -> &str {
        self.text("type")
            .strip_prefix("urn:collodi:problem:")
            .unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers[header::CONTENT_TYPE].to_str().unwrap();
    matches!(kind, "application/json" | "application/problem+json")
}

/// A request as our own client makes it.
pub(crate) fn request(method: Method, path: &str) -> Builder {
    anonymous(method, path).header(header::AUTHORIZATION, format!("Bearer {TOKEN}"))
}

/// The same without a token.
pub(crate) fn anonymous(method: Method, path: &str) -> Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, HOST)
}

/// Waits for an event.
pub(crate) async fn heard(events: &mut Events, is_it: impl Fn(&Event) -> bool) {
    loop {
        match events.next().await.expect("the host has shut down") {
            Notice::Event(event) if is_it(&event) => return,
            Notice::Event(_) => {}
            Notice::Missed(_) => panic!("missed events"),
        }
    }
}

/// Whether a run has ended.
pub(crate) fn run_ended(event: &Event) -> bool {
    let what = |what: &RunEvent| matches!(what, RunEvent::Ended(_));
    matches!(event, Event::Run { what: told, .. } if what(told))
}

/// Whether a process has ended for good.
pub(crate) fn process_ended(event: &Event) -> bool {
    let what = |what: &ProcessEvent| matches!(what, ProcessEvent::Ended(_));
    matches!(event, Event::Process { what: told, .. } if what(told))
}

/// Whether a process has said this line.
pub(crate) fn process_said(text: &'static str) -> impl Fn(&Event) -> bool {
    let said =
        move |what: &ProcessEvent| matches!(what, ProcessEvent::Line(line) if line.text == text);
    move |event| matches!(event, Event::Process { what, .. } if said(what))
}

fn options(layout: Layout, root: &str) -> HostOptions {
    // Names of process trees are made of the seed: two tests must not share them.
    static SEED: AtomicU64 = AtomicU64::new(0);
    let number = SEED.fetch_add(1, Ordering::Relaxed);
    let seed = (u64::from(std::process::id()) << 32) | number;
    let path = format!("{root}/bin:/usr/bin:/bin");
    HostOptions {
        epoch: WallTime::since_unix_epoch(Duration::from_secs(1_800_000_000)),
        host_vars: Arc::new(BTreeMap::from([("PATH".to_owned(), path)])),
        prefer_uv: false,
        restart: Policy::fixed(Duration::from_secs(3)),
        stop: StopSequence::term_then_kill(Duration::from_secs(3)),
        ..HostOptions::new(layout, seed)
    }
}

fn found() -> collodi_api::Doctor {
    collodi_api::Doctor {
        findings: vec![collodi_api::Finding {
            about: "git".to_owned(),
            state: collodi_api::FindingState::Warning,
            seen: "not found".to_owned(),
            hint: Some("install git".to_owned()),
        }],
        problems: 0,
        warnings: 1,
    }
}

/// What was executed so far.
fn executed(ledger: &Ledger, query: &Query) -> io::Result<AuditPage> {
    let book = ledger.book()?;
    Ok(collodi_ledger::page(&book, query, |entry| {
        entry.state(Some(ledger.session()), false)
    }))
}

fn program(root: &std::path::Path, name: &str, text: &str) {
    let path = root.join("bin").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}
