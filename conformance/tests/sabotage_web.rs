//! As `sabotage.rs`, for requests and downloads.

#![allow(clippy::unwrap_used, clippy::panic)]

use async_trait::async_trait;
use collodi_backend::{Backends, Download, DownloadEvent, FileSystem, Web};
use collodi_conformance::{Subject, all};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileOp};
use collodi_sim::World;
use collodi_web::{
    DownloadSpec, Downloaded, FetchSpec, Fetched, PART, Target, VALIDATOR, Validator, WebError,
    WebErrorKind, WebUrl,
};
use std::sync::Arc;

/// What the backend does wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wrong {
    KindsAreVague,
    TellsSecrets,
    NoLimit,
    StatusIsGood,
    BodyIsLost,
    QueryIsLost,
    CredentialsAreLost,
    LosesAByte,
    LeavesAPart,
    NameIsIgnored,
    NeverSkips,
    AlwaysSkips,
    NeverGoesOn,
    AlwaysGoesOn,
    DropsNothing,
    NoProgress,
}

/// Which case notices what.
const TABLE: &[(Wrong, &str)] = &[
    (Wrong::StatusIsGood, "fetch_gives_every_status"),
    (Wrong::BodyIsLost, "fetch_gives_the_answer"),
    (Wrong::QueryIsLost, "fetch_sends_all_of_it"),
    (Wrong::CredentialsAreLost, "fetch_sends_credentials"),
    (Wrong::BodyIsLost, "fetch_follows_redirects"),
    (Wrong::KindsAreVague, "fetch_follows_redirects"),
    (Wrong::NoLimit, "fetch_has_a_limit"),
    (Wrong::KindsAreVague, "fetch_gives_up"),
    (Wrong::KindsAreVague, "fetch_notices_a_cut"),
    (Wrong::KindsAreVague, "fetch_says_who_is_not_there"),
    (Wrong::TellsSecrets, "errors_keep_secrets"),
    (Wrong::LosesAByte, "download_is_whole"),
    (Wrong::LeavesAPart, "download_is_whole"),
    (Wrong::NameIsIgnored, "download_is_named"),
    (Wrong::NameIsIgnored, "download_stays_where_it_goes"),
    (Wrong::NameIsIgnored, "download_takes_no_others_part"),
    (Wrong::NameIsIgnored, "download_takes_no_others_name"),
    (Wrong::KindsAreVague, "download_follows_no_link_out"),
    (Wrong::NeverSkips, "download_skips_what_is_there"),
    (Wrong::AlwaysSkips, "download_replaces"),
    (Wrong::NeverGoesOn, "download_goes_on"),
    (Wrong::AlwaysGoesOn, "download_begins_anew"),
    (Wrong::LosesAByte, "download_needs_little"),
    (Wrong::KindsAreVague, "download_says_the_status"),
    (Wrong::NoLimit, "download_has_a_limit"),
    (Wrong::KindsAreVague, "download_is_a_file"),
    (Wrong::KindsAreVague, "download_has_its_place_alone"),
    (Wrong::DropsNothing, "download_ends_when_it_is_dropped"),
    (Wrong::NoProgress, "download_tells_how_far_it_is"),
];

#[test]
fn each_sabotage_is_noticed() {
    let unnoticed: Vec<_> = TABLE
        .iter()
        .filter(|(wrong, id)| passes(*wrong, id))
        .collect();
    assert!(unnoticed.is_empty(), "{unnoticed:#?}");
}

#[test]
fn each_case_is_sabotaged() {
    let cases = all().into_iter().filter(|case| case.group == "web");
    let spared: Vec<_> = cases
        .map(|case| case.name)
        .filter(|name| TABLE.iter().all(|(_, sabotaged)| sabotaged != name))
        .collect();
    assert_eq!(spared, Vec::<&str>::new());
}

fn passes(wrong: Wrong, name: &str) -> bool {
    let found = all()
        .into_iter()
        .find(|case| case.id() == format!("web::{name}"));
    let case = found.unwrap_or_else(|| panic!("no case {name}"));
    let world = World::new();
    world.dir("/tmp/case/root").dir("/tmp/case/outside");
    let good = world.backends();
    let web = Arc::new(Bad {
        wrong,
        good: good.clone(),
    });
    let subject = Subject::new(Backends { web, ..good }, "/tmp/case", "/bin/collodi-child");
    matches!(world.block_on(subject.put_to(case.play)), Ok(Ok(())))
}

/// A web that does one thing wrong.
#[derive(Debug)]
struct Bad {
    wrong: Wrong,
    good: Backends,
}

impl Bad {
    fn error(&self, error: WebError) -> WebError {
        match self.wrong {
            Wrong::KindsAreVague => WebError {
                kind: WebErrorKind::Unsupported,
                ..error
            },
            Wrong::TellsSecrets => {
                let url = error.url.as_str().to_owned();
                error.detail(url)
            }
            _ => error,
        }
    }
}

#[async_trait]
impl Web for Bad {
    async fn fetch(&self, mut spec: FetchSpec) -> Result<Fetched, WebError> {
        let url = spec.url.as_str().to_owned();
        match self.wrong {
            Wrong::NoLimit => spec.limit = u64::MAX,
            Wrong::QueryIsLost => spec.url = WebUrl::parse(url.split('?').next().unwrap()).unwrap(),
            Wrong::CredentialsAreLost => {
                spec.url = WebUrl::parse(&spec.url.without_credentials()).unwrap();
            }
            _ => {}
        }
        let fetched = self.good.web.fetch(spec).await;
        let mut answer = fetched.map_err(|error| self.error(error))?;
        match self.wrong {
            Wrong::StatusIsGood => answer.status = 200,
            Wrong::BodyIsLost => answer.body.clear(),
            _ => {}
        }
        Ok(answer)
    }

    fn download(&self, mut spec: DownloadSpec) -> Box<dyn Download> {
        match (self.wrong, &spec.target) {
            (Wrong::NoLimit, _) => spec.limit = u64::MAX,
            (Wrong::NameIsIgnored, Target::Dir(dir)) => {
                spec.target = Target::File(dir.join("nameless").unwrap());
            }
            _ => {}
        }
        let bad = Self {
            wrong: self.wrong,
            good: self.good.clone(),
        };
        Box::new(BadDownload {
            bad,
            spec,
            good: None,
            ended: false,
        })
    }
}

#[derive(Debug)]
struct BadDownload {
    bad: Bad,
    spec: DownloadSpec,
    good: Option<Box<dyn Download>>,
    ended: bool,
}

impl Drop for BadDownload {
    fn drop(&mut self) {
        if self.bad.wrong == Wrong::DropsNothing {
            std::mem::forget(self.good.take());
        }
    }
}

#[async_trait]
impl Download for BadDownload {
    async fn next_event(&mut self) -> Option<DownloadEvent> {
        if self.ended {
            return None;
        }
        if self.good.is_none() {
            if let Some(skipped) = self.bad.before(&self.spec).await {
                self.ended = true;
                return Some(DownloadEvent::Ended(Ok(skipped)));
            }
            self.good = Some(self.bad.good.web.download(self.spec.clone()));
        }
        let good = self.good.as_mut()?;
        loop {
            match good.next_event().await {
                Some(DownloadEvent::Progress { .. }) if self.bad.wrong == Wrong::NoProgress => {}
                Some(DownloadEvent::Ended(Err(error))) => {
                    return Some(DownloadEvent::Ended(Err(self.bad.error(error))));
                }
                Some(DownloadEvent::Ended(Ok(file))) => {
                    self.bad.after(&file).await;
                    return Some(DownloadEvent::Ended(Ok(file)));
                }
                other => return other,
            }
        }
    }
}

impl Bad {
    async fn before(&self, spec: &DownloadSpec) -> Option<Downloaded> {
        let Target::File(path) = &spec.target else {
            return None;
        };
        let there = self.read(path, "").await;
        match self.wrong {
            Wrong::NeverSkips => self.remove(path, "").await,
            Wrong::NeverGoesOn => self.remove(path, PART).await,
            Wrong::AlwaysGoesOn if spec.url.as_str().contains("etag:b") => {
                let version = Validator::from_headers(Some("\"b\""), None).unwrap();
                let note = version.note(&spec.url);
                self.write(path, VALIDATOR, note.as_bytes()).await;
            }
            Wrong::AlwaysSkips => {
                let (path, was_there) = (path.clone(), true);
                return there.map(|bytes| Downloaded {
                    path,
                    bytes: bytes.len() as u64,
                    was_there,
                });
            }
            _ => {}
        }
        None
    }

    async fn after(&self, file: &Downloaded) {
        match self.wrong {
            Wrong::LosesAByte => {
                let mut bytes = self.read(&file.path, "").await.unwrap();
                bytes.pop();
                self.write(&file.path, "", &bytes).await;
            }
            Wrong::LeavesAPart => self.write(&file.path, PART, b"left").await,
            _ => {}
        }
    }

    fn files(&self) -> &dyn FileSystem {
        &*self.good.files
    }

    async fn read(&self, path: &ContainedPath, ending: &str) -> Option<Vec<u8>> {
        match self
            .files()
            .perform(FileOp::read(named(path, ending), 1 << 30))
            .await
        {
            Ok(FileAnswer::Bytes(bytes)) => Some(bytes),
            _ => None,
        }
    }

    async fn write(&self, path: &ContainedPath, ending: &str, bytes: &[u8]) {
        let op = FileOp::write(named(path, ending), bytes.to_vec());
        self.files().perform(op).await.unwrap();
    }

    async fn remove(&self, path: &ContainedPath, ending: &str) {
        let path = named(path, ending);
        self.files().perform(FileOp::Remove { path }).await.unwrap();
    }
}

fn named(path: &ContainedPath, ending: &str) -> ContainedPath {
    let name = format!("{}{ending}", path.rel().file_name().unwrap());
    path.parent().unwrap().join(&name).unwrap()
}
