#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod agent;
mod download;
mod fetch;
mod landing;
mod listener;
mod names;

use async_trait::async_trait;
use collodi_backend::Download;
use collodi_web::{DownloadSpec, FetchSpec, Fetched, WebError};

/// Sends requests and downloads, each on a thread of its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Web(());

impl Web {
    /// A backend that has nothing in flight.
    pub const fn new() -> Self {
        Self(())
    }
}

#[async_trait]
impl collodi_backend::Web for Web {
    async fn fetch(&self, spec: FetchSpec) -> Result<Fetched, WebError> {
        fetch::fetch(spec).await
    }

    fn download(&self, spec: DownloadSpec) -> Box<dyn Download> {
        Box::new(download::begin(spec))
    }
}
