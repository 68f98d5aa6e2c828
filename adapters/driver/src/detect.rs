//! What the machine has, asked without a host.

use crate::perform::{Happening, InFlight, What, perform};
use collodi_backend::Backends;
use collodi_command::TreeId;
use collodi_contain::RelPath;
use collodi_host::{HostOptions, own_vars};
use collodi_machine::{Machine as _, Output};
use collodi_python::{Detect, DetectOptions, Input, Toolchain};
use futures::{
    StreamExt as _,
    future::{Either, select},
    stream::SelectAll,
};

/// Finds out what a host with these options would find of Python's tools. Probes that do not
/// answer in time are ended.
pub async fn detect(backends: &Backends, options: &HostOptions) -> Toolchain {
    let mut detect = Detect::new(DetectOptions {
        python_binary: options.python_binary.clone(),
        vars: own_vars(options),
        cwd: options.layout.workspace().at(RelPath::root()),
        tree: TreeId::new(&format!("look-{:016x}", options.seed)),
    });
    let (mut in_flight, mut heard) = (InFlight::default(), SelectAll::new());
    let mut input = Input::Timeout;
    loop {
        // What is stale has been completed already.
        let _ = detect.handle_input(backends.clock.now(), input);
        let deadline = loop {
            match detect.poll_output() {
                Output::Action(id, action) => {
                    heard.push(perform(backends, &mut in_flight, id, action));
                }
                Output::Event(never) => match never {},
                Output::Wait(deadline) => break deadline,
                Output::Done(tools) => return tools,
            }
        };
        let end = async {
            match deadline {
                Some(deadline) => backends.clock.sleep_until(deadline.at).await,
                None => futures::future::pending().await,
            }
        };
        input = match select(heard.next(), Box::pin(end)).await {
            Either::Left((Some(Happening { id, what }), _)) => match what {
                What::Progress(progress) => Input::Progress(id, progress),
                What::Completed(completion) => Input::Completed(id, completion),
            },
            // Nothing is in flight: the time alone goes on.
            Either::Left((None, end)) => {
                end.await;
                Input::Timeout
            }
            Either::Right(((), _)) => Input::Timeout,
        };
    }
}
