//! Requests and downloads.

use super::network::server;
use crate::{Broken, Subject, Verdict, case::cases};
use collodi_backend::{Child, Download, DownloadEvent};
use collodi_file::FileErrorKind;
use collodi_web::{
    DownloadSpec, Downloaded, FetchSpec, Fetched, Headers, Target, WebError, WebErrorKind, WebUrl,
};
use std::{sync::Mutex, time::Duration};

cases! {
    /// A request is answered with status, headers and body.
    async fn fetch_gives_the_answer(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        let answer = site.fetch("json:%7B%22a%22:1%7D,etag:v").await?;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers.get("ETag"), Some("\"v\""));
        assert_eq!(answer.body, br#"{"a":1}"#);
        Ok(())
    }

    /// Method, query, headers and body are sent as they are given.
    async fn fetch_sends_all_of_it(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        let mut spec = FetchSpec::get(site.url("echo").with_query("a=b%20c")?);
        spec.method = "PUT".to_owned();
        spec.headers.set("X-Test", "x y");
        spec.headers.set("Content-Type", "text/x");
        spec.body = b"body".to_vec();
        let answer = world.backends().web.fetch(spec).await?;
        assert_eq!(
            String::from_utf8(answer.body)?,
            r#"{"method":"PUT","query":"a=b%20c","content-type":"text/x","x-test":"x y","body":"body"}"#
        );
        Ok(())
    }

    /// User and password in an address are sent as a header; one that is given counts
    /// more.
    async fn fetch_sends_credentials(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        let url = WebUrl::parse(&site.text("echo").replace("://", "://me:pw@"))?;
        let mut spec = FetchSpec::get(url);
        let answer = world.backends().web.fetch(spec.clone()).await?;
        assert!(String::from_utf8(answer.body)?.contains("Basic bWU6cHc="));
        spec.headers.set("Authorization", "Bearer x");
        let answer = world.backends().web.fetch(spec).await?;
        assert!(String::from_utf8(answer.body)?.contains(r#""Bearer x""#));
        Ok(())
    }

    /// Every status is an answer.
    async fn fetch_gives_every_status(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        for status in [204, 304, 404, 500] {
            let answer = site.fetch(&format!("status:{status}")).await?;
            assert_eq!(answer.status, status);
        }
        Ok(())
    }

    /// Redirects are followed, but not for ever.
    async fn fetch_follows_redirects(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        let answer = site.fetch("to:%2Ftext:there%2Fx").await?;
        assert_eq!(answer.body, b"there");
        let around = FetchSpec::get(site.url("around"));
        assert_eq!(kind(world.backends().web.fetch(around).await)?, WebErrorKind::Protocol);
        Ok(())
    }

    /// A body of exactly the limit is read; a longer one is `TooLarge`, also when its
    /// length is not said.
    async fn fetch_has_a_limit(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        for words in ["size:100", "size:100,unmeasured"] {
            let mut spec = FetchSpec::get(site.url(words));
            spec.limit = 100;
            assert_eq!(world.backends().web.fetch(spec.clone()).await?.body.len(), 100);
            spec.limit = 99;
            let longer = world.backends().web.fetch(spec).await;
            assert_eq!(kind(longer)?, WebErrorKind::TooLarge, "{words}");
        }
        Ok(())
    }

    /// A request that takes longer than it may is `TimedOut`.
    async fn fetch_gives_up(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        let mut spec = FetchSpec::get(site.url("size:100,stall:10"));
        spec.timeout = Duration::from_millis(200);
        let late = world.backends().web.fetch(spec).await;
        assert_eq!(kind(late)?, WebErrorKind::TimedOut);
        Ok(())
    }

    /// A body that ends before its length is `Truncated`.
    async fn fetch_notices_a_cut(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        assert_eq!(kind(site.fetch("size:100,cut:10").await)?, WebErrorKind::Truncated);
        Ok(())
    }

    /// Where nothing listens, it is `Connection`; a host without an address is `NoHost`.
    async fn fetch_says_who_is_not_there(world: Subject) -> Verdict {
        let port = world.backends().network.free_port(30_000).await?;
        let web = &world.backends().web;
        let url = WebUrl::parse(&format!("http://127.0.0.1:{port}/"))?;
        assert_eq!(kind(web.fetch(FetchSpec::get(url)).await)?, WebErrorKind::Connection);
        let url = WebUrl::parse("http://no-such-host.invalid/")?;
        assert_eq!(kind(web.fetch(FetchSpec::get(url)).await)?, WebErrorKind::NoHost);
        Ok(())
    }

    /// Errors hold neither the password nor the query of an address.
    async fn errors_keep_secrets(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        let text = site.text("size:100,cut:10").replace("://", "://me:hunter2@");
        let url = WebUrl::parse(&format!("{text}?token=hunter2"))?;
        let fetched = world.backends().web.fetch(FetchSpec::get(url.clone())).await;
        let downloaded = site.run(of(url, Target::Dir(world.root()))).await;
        for error in [fetched.err(), downloaded.err()].into_iter().flatten() {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("hunter2"), "{shown}");
            assert!(shown.contains("cut:10"), "{shown}");
        }
        Ok(())
    }

    /// A download is written to its file, in directories that are made, and leaves
    /// nothing else.
    async fn download_is_whole(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        let file = site.download("size:300000", Target::File(world.at("a/b/model.bin")?)).await?;
        assert_eq!(file.to_string(), format!("downloaded: {} (300000 bytes)", world.at("a/b/model.bin")?));
        assert_eq!(world.read("a/b/model.bin").await?.into_bytes(), flood(300_000));
        site.leaves_nothing("a/b/model.bin").await
    }

    /// In a directory, a file has the name that the server gives it, or that of its
    /// address.
    async fn download_is_named(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        let dir = || Ok::<_, Broken>(Target::Dir(world.at("models")?));
        let file = site.download("size:10,name:given%20name.bin", dir()?).await?;
        assert_eq!(file.path, world.at("models/given name.bin")?);
        let file = site.download("size:10", dir()?).await?;
        assert_eq!(file.path, world.at("models/file.bin")?);
        Ok(())
    }

    /// A name that leads elsewhere is cut down to its last part.
    async fn download_stays_where_it_goes(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        for name in ["..%2F..%2Foutside%2Fevil", "%2Fetc%2Fevil", "..%5C..%5Cevil"] {
            let words = format!("size:10,name:{name}");
            let file = site.download(&words, Target::Dir(world.at("models")?)).await?;
            assert_eq!(file.path, world.at("models/evil")?, "{name}");
        }
        Ok(())
    }

    /// A name that only the server chose takes no other file's place, and is that of no
    /// launcher, script or setting.
    async fn download_takes_no_others_name(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        world.write("models/mine.bin", "mine").await?;
        let dir = || Ok::<_, Broken>(Target::Dir(world.at("models")?));
        for (name, why) in [
            ("mine.bin", WebErrorKind::NameTaken),
            ("pinokio.json", WebErrorKind::ReservedName),
            ("install.js", WebErrorKind::ReservedName),
            ("ENVIRONMENT", WebErrorKind::ReservedName),
            (".bashrc", WebErrorKind::ReservedName),
        ] {
            let failed = site.download(&format!("size:10,name:{name}"), dir()?).await;
            assert_eq!(kind(failed)?, why, "{name}");
        }
        assert_eq!(world.read("models/mine.bin").await?, "mine");
        // The name in the address is the asker's own choice.
        world.write("models/file.bin", "old").await?;
        site.download("size:10", dir()?).await?;
        assert_eq!(world.read("models/file.bin").await?.into_bytes(), flood(10));
        Ok(())
    }

    /// A link that leads out is not followed.
    async fn download_follows_no_link_out(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        let link = format!("link:out:{}", world.outside());
        world.arrange(&[&link]).await?;
        let escaped = site.download("size:10", Target::Dir(world.at("out")?)).await;
        assert_eq!(kind(escaped)?, WebErrorKind::File(FileErrorKind::Escapes));
        Ok(())
    }

    /// A file of the length that the server says is not asked for again.
    async fn download_skips_what_is_there(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        world.write("model.bin", &"x".repeat(100)).await?;
        let file = site.download("size:100", Target::File(world.at("model.bin")?)).await?;
        assert!(file.was_there && file.bytes == 100);
        assert_eq!(world.read("model.bin").await?, "x".repeat(100));
        Ok(())
    }

    /// A file of another length is replaced.
    async fn download_replaces(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        world.write("model.bin", "old").await?;
        let file = site.download("size:100", Target::File(world.at("model.bin")?)).await?;
        assert!(!file.was_there);
        assert_eq!(world.read("model.bin").await?.into_bytes(), flood(100));
        Ok(())
    }

    /// A cut download is `Truncated`; what is there of it is gone on with the next time.
    async fn download_goes_on(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        let target = || Ok::<_, Broken>(Target::File(world.at("model.bin")?));
        let cut = site.download("size:1000,cut:300,first:1", target()?).await;
        assert_eq!(kind(cut)?, WebErrorKind::Truncated);
        assert_eq!(world.read("model.bin.part").await?.into_bytes(), flood(300));
        // What is there is not asked for again: it stays as it is.
        world.write("model.bin.part", &"x".repeat(300)).await?;
        let file = site.download("size:1000,cut:300,first:1", target()?).await?;
        assert_eq!(file.bytes, 1000);
        let rest = flood(1000).split_off(300);
        let expected = [b"x".repeat(300), rest].concat();
        assert_eq!(world.read("model.bin").await?.into_bytes(), expected);
        site.leaves_nothing("model.bin").await
    }

    /// What a server calls a part is not taken for that of another file, and the part of
    /// another address is not gone on with, though the version has the same name.
    async fn download_takes_no_others_part(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        let dir = || Ok::<_, Broken>(Target::Dir(world.at("models")?));
        let file = site.download("size:10,name:model.bin.part", dir()?).await?;
        assert_eq!(file.path, world.at("models/model.bin_part")?);
        let target = || Ok::<_, Broken>(Target::File(world.at("model.bin")?));
        let cut = site.download("size:1000,etag:a,cut:300", target()?).await;
        assert_eq!(kind(cut)?, WebErrorKind::Truncated);
        world.write("model.bin.part", &"x".repeat(300)).await?;
        site.download("size:1000,etag:a", target()?).await?;
        assert_eq!(world.read("model.bin").await?.into_bytes(), flood(1000));
        Ok(())
    }

    /// A part begins anew when the file has changed, when no version was named, and
    /// where the server knows no ranges.
    async fn download_begins_anew(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        for (number, (before, after)) in [
            ("size:1000,etag:a,cut:300", "size:900,etag:b"),
            ("size:1000,unversioned,cut:300", "size:1000,unversioned"),
            ("size:1000,cut:300,first:1,plain", "size:1000,cut:300,first:1,plain"),
            ("size:1000,etag:a,cut:300", "size:200,etag:a"),
        ]
        .into_iter()
        .enumerate()
        {
            let name = format!("{number}.bin");
            let target = || Ok::<_, Broken>(Target::File(world.at(&name)?));
            assert_eq!(kind(site.download(before, target()?).await)?, WebErrorKind::Truncated);
            world.write(&format!("{name}.part"), &"x".repeat(300)).await?;
            let file = site.download(after, target()?).await?;
            let read = world.read(&name).await?;
            assert_eq!(read.len() as u64, file.bytes);
            assert!(!read.contains("xx"), "{after}");
            site.leaves_nothing(&name).await?;
        }
        Ok(())
    }

    /// A server that answers no `HEAD`, or says no length, can be downloaded from.
    async fn download_needs_little(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        for words in ["size:100,headless", "size:100,unmeasured", "size:0", "size:100,headless,unmeasured,unversioned,plain"] {
            let target = Target::File(world.at(words)?);
            let file = site.download(words, target).await?;
            assert_eq!(world.read(words).await?.len() as u64, file.bytes, "{words}");
        }
        Ok(())
    }

    /// A status other than success is the error, and nothing is written.
    async fn download_says_the_status(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        for status in [403, 404, 503] {
            let target = Target::File(world.at("model.bin")?);
            let failed = site.download(&format!("headless,status:{status}"), target).await;
            assert_eq!(kind(failed)?, WebErrorKind::Status(status));
        }
        assert!(world.read("model.bin").await.is_err());
        site.leaves_nothing("model.bin").await
    }

    /// A file longer than the limit is `TooLarge`, also when its length is not said.
    async fn download_has_a_limit(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        for words in ["size:100", "size:100,unmeasured"] {
            let mut spec = of(site.url(words), Target::File(world.at("model.bin")?));
            spec.limit = 99;
            assert_eq!(kind(site.run(spec.clone()).await)?, WebErrorKind::TooLarge, "{words}");
            spec.limit = 100;
            assert_eq!(site.run(spec).await?.bytes, 100);
            world.perform(collodi_file::FileOp::Remove { path: world.at("model.bin")? }).await?;
        }
        Ok(())
    }

    /// A directory is not replaced by a file.
    async fn download_is_a_file(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        world.write("model.bin/inside", "").await?;
        let failed = site.download("size:10", Target::File(world.at("model.bin")?)).await;
        assert_eq!(kind(failed)?, WebErrorKind::File(FileErrorKind::IsADirectory));
        assert_eq!(world.read("model.bin/inside").await?, "");
        Ok(())
    }

    /// Two downloads to one place: the second is `Busy`, and the first is not disturbed.
    async fn download_has_its_place_alone(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        let target = || Ok::<_, Broken>(Target::File(world.at("model.bin")?));
        let mut first = site.begin("size:1000,stall:300", target()?);
        until_there(&mut *first, 300, &site).await?;
        assert_eq!(kind(site.download("size:1000", target()?).await)?, WebErrorKind::Busy);
        assert_eq!(world.read("model.bin.part").await?.into_bytes(), flood(300));
        Ok(())
    }

    /// Dropping a download ends it. What is there stays, and can be gone on with soon.
    async fn download_ends_when_it_is_dropped(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        let target = || Ok::<_, Broken>(Target::File(world.at("model.bin")?));
        let words = "size:1000,stall:300,first:1";
        let mut first = site.begin(words, target()?);
        until_there(&mut *first, 300, &site).await?;
        drop(first);
        let mut ended = site.download(words, target()?).await;
        for _ in 0..1000 {
            if kind_of(&ended) != Some(WebErrorKind::Busy) {
                break;
            }
            site.pause().await;
            ended = site.download(words, target()?).await;
        }
        let file = ended?;
        assert_eq!(file.bytes, 1000);
        assert_eq!(world.read("model.bin").await?.into_bytes(), flood(1000));
        Ok(())
    }

    /// Progress ends with the end, and nothing comes after it.
    async fn download_tells_how_far_it_is(world: Subject) -> Verdict {
        let site = Site::open(&world).await?;
        let mut download = site.begin("size:1000000", Target::Dir(world.root()));
        let (mut told, mut last) = (0, 0);
        loop {
            match download.next_event().await {
                Some(DownloadEvent::Progress { done, total }) => {
                    assert!(done >= last && total == Some(1_000_000));
                    (told, last) = (told + 1, done);
                }
                Some(DownloadEvent::Ended(ended)) => break drop(ended?),
                None => return Err(Broken::new("it has no end")),
            }
        }
        assert!(told > 0);
        assert_eq!(download.next_event().await, None);
        Ok(())
    }
}

/// A server that answers as its paths say.
struct Site<'a> {
    world: &'a Subject,
    base: WebUrl,
    /// Lives as long as the site. Behind a lock, as nobody shares a child.
    _server: Mutex<Box<dyn Child>>,
}

impl<'a> Site<'a> {
    async fn open(world: &'a Subject) -> Result<Self, Broken> {
        let (port, server) = server(world, "web").await?;
        let base = WebUrl::parse(&format!("http://127.0.0.1:{port}"))?;
        Ok(Self {
            world,
            base,
            _server: Mutex::new(server),
        })
    }

    fn text(&self, words: &str) -> String {
        format!("{}/{words}/file.bin", self.base.as_str())
    }

    /// Words that make no address are those of the site itself.
    fn url(&self, words: &str) -> WebUrl {
        WebUrl::parse(&self.text(words)).unwrap_or_else(|_| self.base.clone())
    }

    async fn fetch(&self, words: &str) -> Result<Fetched, WebError> {
        let spec = FetchSpec::get(self.url(words));
        self.world.backends().web.fetch(spec).await
    }

    fn begin(&self, words: &str, target: Target) -> Box<dyn Download> {
        self.world
            .backends()
            .web
            .download(of(self.url(words), target))
    }

    async fn download(&self, words: &str, target: Target) -> Result<Downloaded, WebError> {
        self.run(of(self.url(words), target)).await
    }

    async fn run(&self, spec: DownloadSpec) -> Result<Downloaded, WebError> {
        let url = spec.url.clone();
        let mut download = self.world.backends().web.download(spec);
        loop {
            match download.next_event().await {
                Some(DownloadEvent::Ended(ended)) => return ended,
                Some(DownloadEvent::Progress { .. }) => {}
                None => return Err(WebError::new(WebErrorKind::Unsupported, url)),
            }
        }
    }

    /// Neither the part of a file nor the note about it is there.
    async fn leaves_nothing(&self, name: &str) -> Verdict {
        for ending in [collodi_web::PART, collodi_web::VALIDATOR] {
            let left = format!("{name}{ending}");
            if self.world.read(&left).await.is_ok() {
                return Err(Broken::new(format!("{left} is left")));
            }
        }
        Ok(())
    }

    async fn pause(&self) {
        let clock = &self.world.backends().clock;
        clock
            .sleep_until(clock.now() + Duration::from_millis(5))
            .await;
    }
}

fn of(url: WebUrl, target: Target) -> DownloadSpec {
    let (headers, limit) = (Headers::default(), 1 << 30);
    DownloadSpec {
        url,
        headers,
        target,
        limit,
    }
}

/// Waits until so much is in the part.
async fn until_there(download: &mut dyn Download, bytes: usize, site: &Site<'_>) -> Verdict {
    match download.next_event().await {
        Some(DownloadEvent::Progress { .. }) => {}
        other => return Err(Broken::new(format!("not begun: {other:?}"))),
    }
    let mut more = Box::pin(download.next_event());
    loop {
        let there = site.world.read("model.bin.part").await.unwrap_or_default();
        if there.len() == bytes {
            return Ok(());
        }
        let pause = Box::pin(site.pause());
        match futures::future::select(more, pause).await {
            futures::future::Either::Right(((), rest)) => more = rest,
            futures::future::Either::Left((Some(DownloadEvent::Progress { .. }), _)) => {
                return Ok(());
            }
            futures::future::Either::Left((other, _)) => {
                return Err(Broken::new(format!("ended early: {other:?}")));
            }
        }
    }
}

fn flood(len: usize) -> Vec<u8> {
    collodi_sim::words::flood(0, len)
}

fn kind_of<T>(ended: &Result<T, WebError>) -> Option<WebErrorKind> {
    ended.as_ref().err().map(|error| error.kind)
}

fn kind<T: std::fmt::Debug>(ended: Result<T, WebError>) -> Result<WebErrorKind, Broken> {
    match ended {
        Ok(done) => Err(Broken::new(format!("it succeeded: {done:?}"))),
        Err(error) => Ok(error.kind),
    }
}
