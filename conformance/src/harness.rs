//! Cases as trials.

use crate::{Broken, Case, Play, Subject, Verdict, all};
use collodi_backend::{BoxFuture, Capabilities};
use futures::FutureExt;
use libtest_mimic::{Failed, Trial};
use std::{any::Any, panic::AssertUnwindSafe, sync::mpsc, thread, time::Duration};

/// After this much real time a case counts as hanging. Longer than every time
/// limit that a backend has of its own.
const PATIENCE: Duration = Duration::from_secs(60);

/// The first descriptor that is not a standard one.
const FIRST_DESCRIPTOR: i32 = 3;

/// Makes a fresh subject of the adapter, gives it to the function, and runs the
/// future to its end.
pub type Run = fn(Play) -> Verdict;

/// One trial a case, named `adapter::group::case`. A case that needs what
/// `capabilities` lacks is ignored, and says what it needs.
///
/// Descriptors that this program was started with are not passed on from here on:
/// they are its starter's, and the cases are about the backend's.
pub fn trials(adapter: &str, capabilities: &Capabilities, run: Run) -> Vec<Trial> {
    close_fds::set_fds_cloexec(FIRST_DESCRIPTOR, &[]);
    all()
        .into_iter()
        .map(|case| trial(adapter, capabilities, case, run))
        .collect()
}

fn trial(adapter: &str, capabilities: &Capabilities, case: Case, run: Run) -> Trial {
    let name = format!("{adapter}::{}", case.id());
    match case.missing(capabilities) {
        Some(need) => Trial::test(name, || Ok(()))
            .with_kind(format!("needs {need}"))
            .with_ignored_flag(true),
        None => Trial::test(name, move || guarded(case, run)),
    }
}

fn guarded(case: Case, run: Run) -> Result<(), Failed> {
    let (tell, told) = mpsc::channel();
    let play = move || {
        // Nobody listens any more when the case took too long.
        let _ = tell.send(std::panic::catch_unwind(|| run(case.play)));
    };
    thread::Builder::new().name(case.id()).spawn(play)?;
    let how = match told.recv_timeout(PATIENCE) {
        Ok(Ok(Ok(()))) => return Ok(()),
        Ok(Ok(Err(broken))) => broken.to_string(),
        Ok(Err(panic)) => panic_text(&*panic),
        Err(_) => format!("no end after {PATIENCE:?}"),
    };
    Err(format!("{how}\nrequirement:{}", case.requirement).into())
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("the case panicked")
        .to_owned()
}

impl Subject {
    /// Plays a case, and kills whatever it leaves behind, also when it fails.
    pub fn put_to(self, play: Play) -> BoxFuture<'static, Verdict> {
        Box::pin(async move {
            let verdict = AssertUnwindSafe(play(self.clone())).catch_unwind().await;
            self.clear().await;
            verdict.unwrap_or_else(|panic| Err(Broken::new(panic_text(&*panic))))
        })
    }
}
