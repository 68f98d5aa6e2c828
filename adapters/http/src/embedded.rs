//! A surface with a host of its own, for who mounts it in an app.

use crate::{AllowedHosts, Surface, Token};
use collodi_api::Doctor;
use collodi_backend::Backends;
use collodi_config::Settings;
use collodi_driver::{Apps, Driver, Workspace};
use collodi_host::{Host, HostOptions};
use collodi_inventory::Inventory;
use collodi_settings::SettingsFile;
use futures::future::{self, Either};
use std::{future::Future, io::ErrorKind, sync::Arc};

impl Surface {
    /// A host, all that a surface of it works with, and the future that does the work: it is to be
    /// polled for as long as the surface is served, and ends when the host has shut down.
    ///
    /// The settings are the defaults. There are no tokens but this one, no record of what was
    /// executed and nobody who looks whether the machine is fit, sandboxes are promised
    /// to nobody, there are no webhooks, and `POST /python/shutdown` does nothing: who has better
    /// puts it in the fields.
    pub fn embedded(
        options: HostOptions,
        backends: Backends,
        token: Token,
        allowed_hosts: AllowedHosts,
    ) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let layout = options.layout.clone();
        let settings_file = SettingsFile::of(layout.workspace());
        let workspace = Workspace::new(layout, Arc::clone(&backends.files));
        let apps = Apps::new(workspace.clone(), backends.clone(), options.seed);
        let clock = Arc::clone(&backends.clock);
        let process = Arc::clone(&backends.process);
        let (inventory, worker) = Inventory::new(workspace.clone(), Arc::clone(&clock));
        let (driver, host) = Driver::new(Host::new(options), backends);
        let surface = Self {
            host,
            workspace,
            apps,
            inventory,
            settings: Settings::default(),
            settings_file,
            audit: Arc::new(|_| Box::pin(future::ready(Err(ErrorKind::Unsupported.into())))),
            doctor: Arc::new(|| Box::pin(future::ready(Doctor::default()))),
            hooks: Arc::new(Vec::new),
            holds: |_| Err("there is no sandbox here".to_owned()),
            token,
            keys: Arc::new(|| Box::pin(future::ready(Arc::default()))),
            allowed_hosts,
            process,
            clock,
            may_go_on: Arc::new(|| Box::pin(future::ready(Ok(())))),
            shutdown: Arc::new(|| {}),
        };
        let work = async move {
            let (driven, counted) = (Box::pin(driver.run()), Box::pin(worker.work()));
            // Who counts ends when nobody can ask it any more.
            if let Either::Right(((), driven)) = future::select(driven, counted).await {
                driven.await;
            }
        };
        (surface, work)
    }
}
