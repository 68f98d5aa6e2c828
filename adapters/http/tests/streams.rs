//! Streams of events, on the simulator's clock: what comes when, and where a client goes on.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use axum::{
    Router,
    body::{Body, BodyDataStream},
    http::{Request, header},
};
use collodi_contain::Root;
use collodi_driver::{Apps, Driver, Workspace};
use collodi_host::{Command, Host, HostOptions};
use collodi_http::{AllowedHosts, Limits, Surface, Token, router, serve};
use collodi_inventory::Inventory;
use collodi_python::{Layout, Platform};
use collodi_sim::{Behaviour, World};
use collodi_time::Instant;
use futures::{
    FutureExt as _, StreamExt as _,
    channel::{mpsc, oneshot},
    future, stream,
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::{collections::BTreeMap, future::Future, io, sync::Arc, time::Duration};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
use tower::ServiceExt as _;

/// A host in a world of its own, and the way to it.
struct Stage {
    world: World,
    router: Router,
}

/// What a client has of a stream.
struct Client {
    body: BodyDataStream,
    /// The id of the last event.
    last: String,
}

/// One event of a stream, or what stands between two.
#[derive(Debug)]
struct Told {
    name: String,
    data: Value,
}

/// Plays a story to its end in a world in which these lines do these words.
fn play<F: Future<Output = ()>>(lines: &[(&str, &str)], story: impl FnOnce(Stage) -> F) {
    let world = World::new();
    world.program("python3", Behaviour::words("say:Python_3.12"));
    world
        .dir("/w/.vatn/python/apps")
        .dir("/w/.vatn/python/envs");
    for (number, (line, words)) in lines.iter().enumerate() {
        world.line(line, words);
        let script =
            format!(r#"{{"run": [{{"method": "shell.run", "params": {{"message": "{line}"}}}}]}}"#);
        let path = format!("/w/.vatn/python/apps/app{number}/pinokio.json");
        world.file(&path, &script);
    }
    let backends = world.backends();
    let layout = Layout::new(Root::new("/w"), Platform::LINUX_X64);
    let options = HostOptions {
        host_vars: Arc::new(BTreeMap::from([("PATH".to_owned(), "/bin".to_owned())])),
        ..HostOptions::new(layout.clone(), 7)
    };
    let workspace = Workspace::new(layout, backends.files.clone());
    let clock = backends.clock.clone();
    let apps = Apps::new(workspace.clone(), backends.clone(), 7);
    let (inventory, worker) = Inventory::new(workspace.clone(), clock.clone());
    let process = backends.process.clone();
    let (driver, host) = Driver::new(Host::new(options), backends);
    let router = router(Surface {
        host: host.clone(),
        workspace,
        apps,
        inventory,
        may_go_on: Arc::new(|| Box::pin(std::future::ready(Ok(())))),
        hooks: Arc::new(Vec::new),
        doctor: Arc::new(|| Box::pin(async { collodi_api::Doctor::default() })),
        audit: Arc::new(|_| Box::pin(async { Err(std::io::ErrorKind::Unsupported.into()) })),
        settings: collodi_config::Settings::default(),
        settings_file: collodi_settings::SettingsFile::of(&Root::new("/w")),
        holds: |_| Err("there is no sandbox on this machine".to_owned()),
        token: Token::new("secret"),
        keys: Arc::new(|| Box::pin(async { Arc::default() })),
        allowed_hosts: AllowedHosts::bound_to("127.0.0.1:8300".parse().unwrap()),
        process,
        clock,
        shutdown: Arc::new(|| {}),
    });
    let stage = Stage {
        world: world.clone(),
        router,
    };
    let told = async {
        story(stage).await;
        let patience = Duration::from_secs(1);
        host.command(Command::Shutdown(patience)).await.unwrap();
    };
    // Whoever asks has gone with the story.
    let all = future::join3(driver.run(), told, worker.work());
    world.block_on(all).unwrap();
}

fn request(path: &str) -> axum::http::request::Builder {
    Request::builder()
        .uri(path)
        .header(header::HOST, "127.0.0.1:8300")
        .header(header::AUTHORIZATION, "Bearer secret")
}

impl Stage {
    fn now(&self) -> u128 {
        self.world.backends().clock.now().since_origin().as_millis()
    }

    async fn sleep_until(&self, millis: u64) {
        let clock = self.world.backends().clock;
        clock.sleep_until(Instant::from_millis(millis)).await;
    }

    /// Begins a run of an app; its name.
    async fn run(&self, app: &str) -> String {
        let asked = request(&format!("/python/apps/{app}/run"))
            .method("POST")
            .header("prefer", "respond-async");
        let asked = asked.body(Body::empty()).unwrap();
        let answer = self.router.clone().oneshot(asked).await.unwrap();
        assert_eq!(answer.status(), 202);
        let location = answer.headers()["location"].to_str().unwrap();
        location.rsplit('/').next().unwrap().to_owned()
    }

    async fn listen(&self, topics: &str, last: Option<&str>) -> Client {
        let asked = request(&format!("/python/events?topics={topics}"));
        let asked = match last {
            Some(last) => asked.header("last-event-id", last),
            None => asked,
        };
        let asked = asked.body(Body::empty()).unwrap();
        let answer = self.router.clone().oneshot(asked).await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        let mut client = Client {
            body: answer.into_body().into_data_stream(),
            last: String::new(),
        };
        assert_eq!(client.piece().await, "retry: 1000\n\n");
        client
    }
}

impl Client {
    async fn piece(&mut self) -> String {
        let bytes = self.body.next().await.unwrap().unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// The next event.
    async fn next(&mut self) -> Told {
        let text = self.piece().await;
        let field = |name: &str| {
            let mut lines = text.lines();
            let value = lines.find_map(|line| line.strip_prefix(name)).unwrap();
            value.to_owned()
        };
        self.last = field("id: ");
        Told {
            name: field("event: "),
            data: serde_json::from_str(&field("data: ")).unwrap(),
        }
    }

    /// Everything up to an event of which this is true, that one too.
    async fn until(&mut self, is_it: impl Fn(&Told) -> bool) -> Vec<Told> {
        let mut all = Vec::new();
        loop {
            all.push(self.next().await);
            if is_it(&all[all.len() - 1]) {
                return all;
            }
        }
    }
}

fn has_ended(told: &Told) -> bool {
    told.name == "run" && told.data.get("outcome").is_some()
}

/// The numbers of the lines of a log that were told.
fn lines(told: &[Told]) -> Vec<u64> {
    let logs = told.iter().filter(|told| told.name == "log");
    let lines = logs.flat_map(|told| told.data["lines"].as_array().unwrap());
    lines.map(|line| line["seq"].as_u64().unwrap()).collect()
}

#[test]
fn silence_is_told_from_death() {
    play(&[], |stage| async move {
        let mut client = stage.listen("runs", None).await;
        assert_eq!(client.next().await.data["reason"], "start");
        for beat in [15_000, 30_000] {
            assert_eq!(client.piece().await, ": \n\n");
            assert_eq!(stage.now(), beat);
        }
    });
}

#[test]
fn a_line_comes_when_it_is_said() {
    let words = "sleep:70000 say:now sleep:1000 say:again";
    play(&[("talk", words)], |stage| async move {
        let run = stage.run("app0").await;
        let mut client = stage.listen(&format!("logs:{run}"), None).await;
        assert_eq!(client.next().await.name, "reset");
        for _ in 0..4 {
            assert_eq!(client.piece().await, ": \n\n");
        }
        for (text, at) in [("now", 70_000), ("again", 71_000)] {
            let told = client.next().await;
            assert_eq!(told.data["lines"][0]["text"], text);
            assert_eq!(stage.now(), at);
        }
    });
}

#[test]
fn who_comes_back_goes_on_where_it_was() {
    let words = "say:one sleep:1000 say:two sleep:1000 say:three";
    play(&[("talk", words)], |stage| async move {
        let run = stage.run("app0").await;
        let topics = format!("runs,logs:{run}");
        let mut client = stage.listen(&topics, None).await;
        let before = client.until(|told| told.name == "log").await;
        assert_eq!(lines(&before), [0]);
        let last = client.last.clone();
        drop(client);
        stage.sleep_until(5_000).await;
        let mut client = stage.listen(&topics, Some(&last)).await;
        let mut after = client.until(has_ended).await;
        if lines(&after).is_empty() {
            after.extend(client.until(|told| told.name == "log").await);
        }
        assert_eq!(lines(&after), [1, 2]);
        assert!(after.iter().all(|told| told.name != "reset"), "{after:?}");
        let mut client = stage.listen(&topics, Some(&client.last)).await;
        assert_eq!(client.piece().await, ": \n\n", "it has heard everything");
    });
}

#[test]
fn who_was_away_for_too_long_starts_over_and_is_told_so() {
    play(&[("talk", "say:a")], |stage| async move {
        let mut client = stage.listen("runs", None).await;
        client.next().await;
        let last = client.last.clone();
        drop(client);
        for _ in 0..250 {
            let run = stage.run("app0").await;
            let mut client = stage.listen("runs", None).await;
            let this = |told: &Told| told.data["id"] == run.as_str() && has_ended(told);
            client.until(this).await;
        }
        let mut client = stage.listen("runs", Some(&last)).await;
        let told = client.next().await;
        assert_eq!(
            (told.name.as_str(), &told.data["reason"]),
            ("reset", &"missed".into())
        );
        let foreign = format!("f{last}");
        let mut client = stage.listen("runs", Some(&foreign)).await;
        assert_eq!(client.next().await.data["reason"], "restarted");
    });
}

#[test]
fn what_is_followed_and_forgotten_is_gone() {
    play(&[], |stage| async move {
        let mut client = stage.listen("logs:nothing", None).await;
        client.next().await;
        let told = client.next().await;
        assert_eq!(told.name, "gone");
        assert_eq!(told.data["id"], "nothing");
    });
}

/// A client that does not read holds up no run, costs no more the longer it is away, and
/// hears which lines it has missed.
#[test]
fn a_client_that_does_not_read_holds_up_nobody() {
    let flood = "repeat:3000:(say:line) sleep:1000";
    play(&[("flood", flood)], |stage| async move {
        let run = stage.run("app0").await;
        let (mut near, far) = duplex(1024);
        let (close, closing) = oneshot::channel::<()>();
        let (door, arriving) = mpsc::unbounded::<io::Result<TokioIo<_>>>();
        door.unbounded_send(Ok(TokioIo::new(far))).unwrap();
        let served = serve(
            arriving.chain(stream::pending()),
            stage.router.clone(),
            stage.world.backends().clock,
            Limits {
                farewell: Duration::ZERO,
                ..Limits::default()
            },
            closing.map(drop),
        );
        let client = async {
            let asked = format!(
                "GET /python/events?topics=logs:{run} HTTP/1.1\r\nhost: 127.0.0.1:8300\r\n\
                 authorization: Bearer secret\r\n\r\n"
            );
            near.write_all(asked.as_bytes()).await.unwrap();
            let mut watching = stage.listen("runs", None).await;
            watching.until(has_ended).await;
            assert_eq!(stage.now(), 1_000);
            let mut text = String::new();
            while !text.contains("\"seq\":2999") {
                let mut bytes = [0; 512];
                let count = near.read(&mut bytes).await.unwrap();
                assert_ne!(count, 0, "{text}");
                text.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
            }
            assert!(text.contains("event: gap\n"), "{text}");
            drop(close);
        };
        future::join(served, client).await;
    });
}

/// Of a thousand clients a hundred do not read: the others hear every line when it is said, and
/// what a silent one comes back to is what is kept, not what it has missed.
#[test]
fn a_thousand_clients_of_whom_a_hundred_are_silent() {
    let words = "sleep:1000 say:first sleep:1000 repeat:3000:(say:line) sleep:1000 say:last";
    play(&[("flood", words)], |stage| async move {
        let run = stage.run("app0").await;
        let topics = format!("logs:{run}");
        let mut clients = Vec::new();
        for _ in 0..1_000 {
            clients.push(stage.listen(&topics, None).await);
        }
        let mut silent = clients.split_off(900);
        for client in &mut clients {
            let told = client.until(|told| told.name == "log").await;
            assert_eq!(told[told.len() - 1].data["lines"][0]["text"], "first");
        }
        assert_eq!(stage.now(), 1_000);
        let is_last = |told: &Told| {
            let lines = told.data["lines"].as_array();
            lines.is_some_and(|lines| lines.iter().any(|line| line["text"] == "last"))
        };
        // The flood is heard by some of them.
        clients.truncate(10);
        for client in &mut clients {
            client.until(is_last).await;
        }
        assert_eq!(stage.now(), 3_000);
        for client in &mut silent {
            let told = client.until(is_last).await;
            assert!(told.iter().any(|told| told.name == "gap"));
            assert!(lines(&told).len() < 3_000);
        }
    });
}
