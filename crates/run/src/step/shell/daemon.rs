//! Daemons: what a script says about them, and how the host gets them.

use super::{
    Phase, Shell, Step,
    whole::{to_u32, to_u64},
};
use crate::{
    Action, DaemonSpec, DaemonStarted, Event, Keep, Probe, Readiness, Restart,
    context::Context,
    outcome::FailureKind,
    params::{Fault, Params, at, missing, wrong},
};
use alloc::{boxed::Box, format, string::String, sync::Arc, vec::Vec};
use collodi_machine::ActionId;
use collodi_pattern::Pattern;
use collodi_restart::{GiveUp, RestartClass, Rule, Startup, Verdict};
use collodi_time::Duration;
use collodi_value::{Object, Value};
use collodi_web::WebUrl;

/// The wait between two looks whether a daemon is up, when the script does not say.
const INTERVAL: Duration = Duration::from_millis(250);

/// How long a daemon has to be up, when the script does not say: models are large.
const PATIENCE: Duration = Duration::from_secs(600);

/// What a script says about a command as a daemon.
#[derive(Clone, Debug)]
pub(super) struct Daemon {
    name: Option<String>,
    depends_on: Vec<String>,
    ready: Option<Ready>,
    restart: Arc<Restart>,
}

/// How it is found out that it is up. A command needs the shape of the daemon's.
#[derive(Clone, Debug)]
struct Ready {
    look: Look,
    interval: Duration,
    startup: Startup,
}

#[derive(Clone, Debug)]
enum Look {
    At(Probe),
    Command(String),
}

impl Daemon {
    /// A shell of a script that serves is started again when it fails; a daemon of its own
    /// step only when the script says so.
    pub(super) fn read(cx: &Context, params: Params<'_>, is_daemon: bool) -> Result<Self, Fault> {
        let default = match is_daemon {
            true => RestartClass::Never,
            false => RestartClass::OnFailure,
        };
        let step = cx.step_at_hand();
        let named = params.text("id")?;
        let name = named.or_else(|| step.and_then(|step| step.id.clone()));
        Ok(Self {
            name,
            depends_on: params.texts("dependsOn")?,
            ready: Ready::read(params)?,
            restart: Arc::new(cx.options.overrides.over_restart(restart(params, default)?)),
        })
    }
}

fn restart(params: Params<'_>, default: RestartClass) -> Result<Restart, Fault> {
    let class = match (params.get("autoRestart"), params.flag("autoRestart")) {
        (None, _) => default,
        (Some(_), true) => RestartClass::Always,
        (Some(_), false) => RestartClass::Never,
    };
    let value = match params.get("restart") {
        None => return Ok(Restart::of(class)),
        Some(Value::String(text)) => return Ok(Restart::of(class_of("restart", text)?)),
        Some(value @ Value::Object(_)) => value,
        Some(other) => return Err(wrong("restart", "a policy", other)),
    };
    let inner = Params::new(value);
    read_restart(inner, class).map_err(|fault| fault.within("restart"))
}

fn read_restart(params: Params<'_>, class: RestartClass) -> Result<Restart, Fault> {
    let class = match params.text("policy")? {
        Some(text) => class_of("policy", &text)?,
        None if class == RestartClass::Never => RestartClass::OnFailure,
        None => class,
    };
    Ok(Restart {
        delay: millis(params, "delay")?,
        growth_percent: percent(params, "factor", 100.0)?,
        longest: millis(params, "maxDelay")?,
        jitter_percent: percent(params, "jitter", 1.0)?,
        stable_after: millis(params, "stableAfter")?,
        give_up: give_up(params)?,
        rules: rules(params)?,
        ..Restart::of(class)
    })
}

fn class_of(key: &str, text: &str) -> Result<RestartClass, Fault> {
    text.parse().map_err(|_| {
        let expected = "never, on-failure, always or unless-stopped";
        wrong(key, expected, &Value::from(text))
    })
}

fn give_up(params: Params<'_>) -> Result<Option<GiveUp>, Fault> {
    let Some(value) = params.get("giveUp") else {
        return Ok(None);
    };
    let inner = Params::new(value);
    let count = match value {
        Value::Object(_) => inner
            .number("restarts")
            .map_err(|fault| fault.within("giveUp"))?,
        _ => params.number("giveUp")?,
    };
    let count = to_u32(count.ok_or_else(|| missing("giveUp", "a number of `restarts`"))?);
    let window = millis(inner, "within").map_err(|fault| fault.within("giveUp"))?;
    Ok(Some(match window {
        Some(window) => GiveUp::Rate { count, window },
        None => GiveUp::Consecutive(count),
    }))
}

/// `{"78": "leave", "SIGKILL": "restart"}`, in the order in which they are written.
fn rules(params: Params<'_>) -> Result<Vec<Rule>, Fault> {
    let rules = params.object("rules")?;
    let rule = |(on, then): (&str, &Value)| {
        let broken = |expected| wrong(on, expected, then).within("rules");
        let verdict = match then.as_str() {
            Some("restart") => Verdict::Restart,
            Some("restart-now") => Verdict::RestartNow,
            Some("leave") => Verdict::Leave,
            _ => return Err(broken("restart, restart-now or leave")),
        };
        let on = on.parse().map_err(|_| {
            broken("an exit code, a range of codes, a signal, `signal`, `spawn` or `readiness` as its name")
        })?;
        Ok(Rule { on, then: verdict })
    };
    rules.iter().map(rule).collect()
}

impl Ready {
    fn read(params: Params<'_>) -> Result<Option<Self>, Fault> {
        let Some(value) = params.get("ready") else {
            return Ok(None);
        };
        if value.as_object().is_none() {
            return Err(wrong("ready", "an object", value));
        }
        let ready = Self::read_inner(Params::new(value));
        ready.map(Some).map_err(|fault| fault.within("ready"))
    }

    fn read_inner(params: Params<'_>) -> Result<Self, Fault> {
        let looks = [
            pattern(params)?,
            port(params)?,
            http(params)?,
            params.text("command")?.map(Look::Command),
        ];
        let mut looks = looks.into_iter().flatten();
        let (Some(look), None) = (looks.next(), looks.next()) else {
            let one = "one of `pattern`, `port`, `http` and `command`";
            return Err(missing("", one));
        };
        let startup = Startup {
            grace: millis(params, "grace")?.unwrap_or_default(),
            ready_within: millis(params, "timeout")?.or(Some(PATIENCE)),
        };
        let interval = millis(params, "interval")?.unwrap_or(INTERVAL);
        Ok(Self {
            look,
            interval: interval.max(Duration::from_millis(1)),
            startup,
        })
    }

    fn of(&self, shell: &Shell, cx: &Context) -> Readiness {
        let probe = match &self.look {
            Look::At(probe) => probe.clone(),
            Look::Command(line) => Probe::Command(Box::new(shell.shape.command(cx, line))),
        };
        let (interval, startup) = (self.interval, self.startup);
        Readiness {
            probe,
            interval,
            startup,
        }
    }
}

fn pattern(params: Params<'_>) -> Result<Option<Look>, Fault> {
    let Some(text) = params.text("pattern")? else {
        return Ok(None);
    };
    let broken = |error| {
        let kind = FailureKind::Pattern(format!("{text}: {error}"));
        at("pattern", kind)
    };
    Pattern::parse(&text).map_err(broken)?;
    Ok(Some(Look::At(Probe::Pattern(text))))
}

fn port(params: Params<'_>) -> Result<Option<Look>, Fault> {
    let Some(port) = params.text("port")? else {
        return Ok(None);
    };
    match port.parse() {
        Ok(0) | Err(_) => Err(wrong("port", "a port from 1 to 65535", &Value::from(port))),
        Ok(port) => Ok(Some(Look::At(Probe::Port(port)))),
    }
}

fn http(params: Params<'_>) -> Result<Option<Look>, Fault> {
    let Some(text) = params.text("http")? else {
        return Ok(None);
    };
    let url = WebUrl::parse(&text).map_err(|error| {
        let text = text.clone();
        at("http", FailureKind::Address { text, error })
    })?;
    Ok(Some(Look::At(Probe::Http(url))))
}

fn millis(params: Params<'_>, key: &str) -> Result<Option<Duration>, Fault> {
    let millis = params.number(key)?;
    Ok(millis.map(|millis| Duration::from_millis(to_u64(millis))))
}

fn percent(params: Params<'_>, key: &str, unit: f64) -> Result<Option<u32>, Fault> {
    let number = params.number(key)?;
    Ok(number.map(|number| to_u32(number * unit)))
}

impl Shell {
    /// Has the host start the daemon.
    pub(super) fn start_daemon(mut self: Box<Self>, cx: &mut Context) -> Step {
        let lines: Vec<String> = self.lines.drain(..).collect();
        let line: Arc<str> = lines.join(" && ").into();
        cx.out.event(Event::Command {
            step: cx.step(),
            line: line.clone(),
        });
        let spec = self.daemon(cx, line);
        cx.ask(Action::StartDaemon(Box::new(spec)));
        self.phase = Phase::Daemon;
        self.wait()
    }

    /// The script stays up, and leaves this command running: it is the host's.
    pub(super) fn keep(
        mut self: Box<Self>,
        cx: &mut Context,
        exec: ActionId,
        line: String,
    ) -> Step {
        let daemon = self.daemon(cx, line.into());
        let said = self.capture.bytes();
        let keep = Keep { exec, daemon, said };
        cx.ask(Action::KeepDaemon(Box::new(keep)));
        self.phase = Phase::Keeping(exec);
        self.wait()
    }

    /// The host has it, or has it not: then it is one of the run's, as any other.
    pub(super) fn kept(
        self: Box<Self>,
        cx: &mut Context,
        exec: ActionId,
        how: Result<DaemonStarted, collodi_action::Error>,
    ) -> Step {
        if cx.living.contains(&exec) {
            cx.detached.insert(exec);
        }
        if let Ok(daemon) = how {
            cx.trees.remove(&self.shape.tree);
            cx.kept.insert(self.shape.tree.clone());
            cx.daemons.push(daemon.id);
        }
        self.done(cx, None)
    }

    fn daemon(&self, cx: &Context, line: Arc<str>) -> DaemonSpec {
        let daemon = &self.shape.daemon;
        DaemonSpec {
            command: self.shape.command(cx, &line),
            line,
            restart: daemon.restart.clone(),
            step: cx.step(),
            name: daemon.name.clone(),
            depends_on: daemon.depends_on.clone(),
            ready: daemon
                .ready
                .as_ref()
                .map(|ready| Arc::new(ready.of(self, cx))),
        }
    }
}

/// The result of a step that started a daemon.
pub(super) fn result(id: &str, pid: Option<u32>) -> Value {
    let pid = pid.map_or(Value::Null, |pid| Value::from(f64::from(pid)));
    let fields = [("id", Value::from(id)), ("pid", pid)];
    Value::Object(fields.into_iter().collect::<Object>())
}
