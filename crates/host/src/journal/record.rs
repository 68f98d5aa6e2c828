//! What is written down of a daemon, and read again by the next host.

use super::{
    WrittenStanding,
    fields::{Fields, NotARecord, array, millis, millis_of, object, text},
};
use crate::{ProcessId, RunId};
use alloc::{
    boxed::Box,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use collodi_command::{
    Bounds, CommandSpec, Exit, Identity, RecordingPlace, Stdin, Terminal, TreeId,
};
use collodi_contain::{ContainedPath, RelPath, Root};
use collodi_logs::recording::Until;
use collodi_restart::{Ended, Ending, GiveUp, Rule, Startup, Verdict};
use collodi_run::{App, DaemonSpec, Probe, Readiness, Restart};
use collodi_script::Supervision;
use collodi_time::WallTime;
use collodi_value::{Object, Value};
use collodi_web::WebUrl;

/// The version of the format. A file of another one is not read.
const VERSION: u32 = 1;

/// What is written down of a daemon.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) id: ProcessId,
    pub(crate) app: App,
    pub(crate) run: RunId,
    pub(crate) daemon: DaemonSpec,
    pub(crate) supervision: Supervision,
    /// What its supervisor knew besides its life.
    pub(crate) standing: WrittenStanding,
    /// The daemon after whose start it goes on, where it died with that.
    pub(crate) after: Option<ProcessId>,
    /// It is to be ended and started again, when those that depend on it are down.
    pub(crate) again: bool,
    /// Why it does not run, where its end does not say that.
    pub(crate) reason: Option<String>,
    /// The number of the first line that it said as a daemon.
    pub(crate) own_from: u64,
    /// Nobody starts it unasked: someone stopped it, or it has ended, or ends with another one, and is not
    /// one that each host starts.
    pub(crate) stopped: bool,
    /// It has ended, with all that was started in it.
    pub(crate) ended: bool,
    /// When it did.
    pub(crate) ended_at: Option<WallTime>,
    /// An earlier host had left it already.
    pub(crate) was_found: bool,
    /// Its life at hand is up.
    pub(crate) is_up: bool,
    /// The process of its last life, when that is known.
    pub(crate) identity: Option<Identity>,
    /// How that process has ended, when others of that life may live on.
    pub(crate) exit: Option<Exit>,
    /// When that life began, and when the run did.
    pub(crate) began: Option<WallTime>,
    pub(crate) run_began: Option<WallTime>,
    /// The address at which it answered.
    pub(crate) url: Option<String>,
    /// The variables of the run whose command it was.
    pub(crate) kept: Option<Object>,
    /// How far its log was.
    pub(crate) log: LogMark,
    /// The name of its recording, where that is known.
    pub(crate) recording: Option<String>,
}

/// How far a log was at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LogMark {
    /// The number that its next line would have got.
    pub(crate) next: u64,
    /// When.
    pub(crate) at: WallTime,
    /// Where its recording was then, if that is known: it says so better than the time.
    pub(crate) place: Option<RecordingPlace>,
}

impl LogMark {
    /// Where it was in the segment with this number.
    pub(crate) fn until(&self, number: u32) -> Until {
        match self.place {
            None => Until::Time(self.at),
            Some(place) if place.segment.get() == number => Until::Byte(place.offset),
            // It is in another one.
            Some(_) => Until::Byte(u64::MAX),
        }
    }
}

impl Record {
    /// Whether it has ended, and is not started by a host that goes on for the one before, or is
    /// another one.
    pub(crate) const fn stays_ended(&self, goes_on: bool) -> bool {
        self.ended && (self.stopped || goes_on)
    }

    /// How it has ended.
    pub(crate) fn end(&self) -> Ended {
        self.standing.known.ended.unwrap_or(Ended::Stopped)
    }

    /// Whether somebody wants that it does not run.
    pub(crate) fn was_stopped(&self) -> bool {
        self.stopped && self.reason.is_none() && (!self.ended || self.end() == Ended::Stopped)
    }

    /// Whether it is to end, unless it has.
    pub(crate) fn is_to_end(&self) -> bool {
        let is_being_stopped = self.standing.known.ending == Some(Ending::Stop);
        let is_brought_down = self.reason.is_some();
        self.was_stopped() || !self.ended && (is_being_stopped || is_brought_down)
    }

    /// Whether nothing of it lived, because it waited for its next start.
    pub(crate) const fn waits(&self) -> bool {
        !self.ended && self.identity.is_none() && self.standing.known.pause.is_some()
    }

    /// Whether its life was being ended, and the next one was to wait for others.
    pub(crate) fn is_held(&self) -> bool {
        !self.ended && self.standing.known.ending == Some(Ending::Held)
    }

    /// Whether the next host starts it, if nothing of it lives.
    pub(crate) fn is_started_when_it_is_no_more(&self) -> bool {
        let may_be = !self.stopped && !self.is_to_end();
        may_be && (self.waits() || self.ended || self.daemon.restart.restarts())
    }

    /// The text of its file.
    pub(crate) fn write(&self) -> Vec<u8> {
        let optional = |text: Option<String>| text.map_or(Value::Null, Value::from);
        let kept = self.kept.clone().map_or(Value::Null, Value::Object);
        let value = object([
            ("version", Value::from(f64::from(VERSION))),
            ("process", text(&self.id)),
            ("run", text(&self.run)),
            ("app", write_app(&self.app)),
            ("daemon", write_daemon(&self.daemon)),
            ("supervision", Value::from(self.supervision.name())),
            (
                "restarts",
                Value::from(f64::from(self.standing.known.restarts)),
            ),
            (
                "lastExit",
                optional(self.standing.known.last_exit.map(written)),
            ),
            ("standing", self.standing.write()),
            ("after", self.after.as_ref().map_or(Value::Null, text)),
            ("again", Value::from(self.again)),
            ("reason", optional(self.reason.clone())),
            ("ownFrom", text(self.own_from)),
            ("stopped", Value::from(self.stopped)),
            ("ended", Value::from(self.ended)),
            ("endedAt", optional(self.ended_at.map(millis_of))),
            ("found", Value::from(self.was_found)),
            ("up", Value::from(self.is_up)),
            (
                "identity",
                optional(self.identity.as_ref().map(ToString::to_string)),
            ),
            ("exit", optional(self.exit.map(written))),
            ("began", optional(self.began.map(millis_of))),
            ("runBegan", optional(self.run_began.map(millis_of))),
            ("url", optional(self.url.clone())),
            ("kept", kept),
            ("logNext", text(self.log.next)),
            ("logAt", text(millis_of(self.log.at))),
            (
                "logPlace",
                optional(self.log.place.map(|at| at.to_string())),
            ),
            ("recording", optional(self.recording.clone())),
        ]);
        (value.to_json_pretty() + "\n").into_bytes()
    }

    /// As [`read`](Self::read), of the file of this name: others that have a record in them, as a
    /// write that was interrupted, are not the record of its daemon.
    pub(crate) fn read_in(name: &str, bytes: &[u8]) -> Result<Self, NotARecord> {
        let record = Self::read(bytes)?;
        match name.strip_suffix(".json") == Some(record.id.as_str()) {
            true => Ok(record),
            false => Err(NotARecord("its name is that of another")),
        }
    }

    /// Whether a file of any version says that its daemon has ended, and is not one that each host starts:
    /// then nothing is to be done about it.
    pub(crate) fn is_of_ended(bytes: &[u8]) -> bool {
        let value = super::fields::parse(bytes);
        let says = |fields: Fields<'_>| Ok(fields.flag("ended")? && fields.flag("stopped")?);
        let said = value.and_then(|value| Fields::of(&value).and_then(says));
        said.unwrap_or_default()
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    ///
    /// What is wrong with it, also with a file of another version: nothing of it is used.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, NotARecord> {
        let value = super::fields::parse(bytes)?;
        let fields = Fields::of(&value)?;
        fields.version(VERSION)?;
        Ok(Self {
            id: ProcessId::from_text(fields.text("process")?),
            run: RunId::from_text(fields.text("run")?),
            app: read_app(&fields.fields("app")?)?,
            daemon: read_daemon(&fields.fields("daemon")?)?,
            supervision: Supervision::from_name(fields.text("supervision")?)
                .ok_or(NotARecord("supervision"))?,
            standing: WrittenStanding::read(&fields)?,
            after: fields
                .optional_text("after")?
                .map(|id| ProcessId::from_text(&id)),
            again: fields
                .optional("again", Value::as_bool)?
                .unwrap_or_default(),
            reason: fields.optional_text("reason")?,
            own_from: fields.parsed("ownFrom")?.unwrap_or_default(),
            stopped: fields.flag("stopped")?,
            ended: fields.flag("ended")?,
            ended_at: fields.wall_time("endedAt")?,
            was_found: fields
                .optional("found", Value::as_bool)?
                .unwrap_or_default(),
            is_up: fields.optional("up", Value::as_bool)?.unwrap_or_default(),
            identity: fields.parsed("identity")?,
            exit: fields.parsed("exit")?,
            began: fields.wall_time("began")?,
            run_began: fields.wall_time("runBegan")?,
            url: fields.optional_text("url")?,
            kept: fields.optional("kept", |value| value.as_object().cloned())?,
            log: LogMark {
                next: fields.parsed("logNext")?.unwrap_or_default(),
                at: fields.wall_time("logAt")?.unwrap_or_default(),
                place: fields.parsed("logPlace")?,
            },
            recording: fields.optional_text("recording")?,
        })
    }
}

fn written(exit: Exit) -> String {
    exit.written().to_string()
}

fn write_app(app: &App) -> Value {
    object([
        ("name", text(&app.name)),
        ("root", write_root(&app.root)),
        ("dir", text(&app.dir)),
        ("file", text(&app.file)),
    ])
}

fn read_app(fields: &Fields<'_>) -> Result<App, NotARecord> {
    let (root, dir) = (read_root(&fields.fields("root")?)?, rel(fields, "dir")?);
    Ok(App::new(
        fields.text("name")?,
        root,
        dir,
        fields.text("file")?,
    ))
}

fn write_root(root: &Root) -> Value {
    object([
        ("path", Value::from(root.as_str())),
        ("annexes", array(root.annexes())),
    ])
}

fn read_root(fields: &Fields<'_>) -> Result<Root, NotARecord> {
    let annexes = fields.texts("annexes")?;
    let root = Root::new(fields.text("path")?);
    Ok(annexes
        .iter()
        .fold(root, |root, annex| root.with_annex(annex)))
}

fn rel(fields: &Fields<'_>, key: &'static str) -> Result<RelPath, NotARecord> {
    match fields.text(key)? {
        "" | "." => Ok(RelPath::root()),
        path => RelPath::parse(path).map_err(|_| NotARecord(key)),
    }
}

fn write_daemon(daemon: &DaemonSpec) -> Value {
    let name = daemon.name.as_deref().map_or(Value::Null, Value::from);
    let ready = daemon.ready.as_deref().map_or(Value::Null, write_ready);
    object([
        ("command", write_command(&daemon.command)),
        ("line", text(&daemon.line)),
        ("restart", write_restart(&daemon.restart)),
        ("step", Value::from(daemon.step.to_string())),
        ("name", name),
        ("dependsOn", array(&daemon.depends_on)),
        ("ready", ready),
    ])
}

fn read_daemon(fields: &Fields<'_>) -> Result<DaemonSpec, NotARecord> {
    let step = fields.text("step")?.parse();
    Ok(DaemonSpec {
        command: read_command(&fields.fields("command")?)?,
        line: fields.text("line")?.into(),
        restart: Arc::new(read_restart(&fields.fields("restart")?)?),
        step: step.map_err(|_| NotARecord("step"))?,
        name: fields.optional_text("name")?,
        depends_on: fields.texts("dependsOn")?,
        ready: fields.member("ready", read_ready)?.map(Arc::new),
    })
}

fn write_command(command: &CommandSpec) -> Value {
    let vars = command.env.iter();
    let vars: Object = vars
        .map(|(name, value)| (name.clone(), text(value)))
        .collect();
    let terminal = command.terminal.map_or(Value::Null, |terminal| {
        array([terminal.columns, terminal.rows].map(|size| size.to_string()))
    });
    object([
        ("program", text(&command.program)),
        ("args", array(&command.args)),
        ("env", Value::Object(vars)),
        ("root", write_root(command.cwd.root())),
        ("cwd", text(command.cwd.rel())),
        ("reads", Value::from(command.stdin == Stdin::Piped)),
        ("tree", text(&command.tree)),
        ("terminal", terminal),
        ("bounds", write_bounds(&command.bounds)),
    ])
}

fn read_command(fields: &Fields<'_>) -> Result<CommandSpec, NotARecord> {
    let cwd: ContainedPath = read_root(&fields.fields("root")?)?.at(rel(fields, "cwd")?);
    let tree = TreeId::new(fields.text("tree")?);
    let mut command = CommandSpec::new(fields.text("program")?, cwd, tree);
    command.args = fields.texts("args")?;
    for (name, value) in fields.object("env")?.iter() {
        let value = value.as_str().ok_or(NotARecord("env"))?;
        command.env.insert(name.to_string(), value.to_string());
    }
    if fields.flag("reads")? {
        command.stdin = Stdin::Piped;
    }
    command.terminal = match fields.optional_texts("terminal")?.as_deref() {
        None => None,
        Some([columns, rows]) => Some(Terminal {
            columns: columns.parse().map_err(|_| NotARecord("terminal"))?,
            rows: rows.parse().map_err(|_| NotARecord("terminal"))?,
        }),
        Some(_) => return Err(NotARecord("terminal")),
    };
    command.bounds = read_bounds(&fields.fields("bounds")?)?;
    Ok(command)
}

/// Numbers as texts: some are larger than those of JSON.
fn write_bounds(bounds: &Bounds) -> Value {
    let one = |bound: Option<u64>| bound.map_or(Value::Null, |n| Value::from(n.to_string()));
    object([
        ("memory", one(bounds.memory)),
        ("processes", one(bounds.processes.map(u64::from))),
        ("cpu", one(bounds.cpu.map(u64::from))),
        ("files", one(bounds.files)),
    ])
}

fn read_bounds(fields: &Fields<'_>) -> Result<Bounds, NotARecord> {
    Ok(Bounds {
        memory: fields.parsed("memory")?,
        processes: fields.parsed("processes")?,
        cpu: fields.parsed("cpu")?,
        files: fields.parsed("files")?,
    })
}

fn write_restart(restart: &Restart) -> Value {
    let number = |n: Option<u32>| n.map_or(Value::Null, |n| Value::from(f64::from(n)));
    let rule = |rule: &Rule| (rule.on.to_string(), Value::from(verdict_name(rule.then)));
    object([
        ("class", text(restart.class)),
        ("delay", millis(restart.delay)),
        ("growth", number(restart.growth_percent)),
        ("longest", millis(restart.longest)),
        ("jitter", number(restart.jitter_percent)),
        ("stable", millis(restart.stable_after)),
        ("giveUp", restart.give_up.map_or(Value::Null, write_give_up)),
        (
            "rules",
            Value::Object(restart.rules.iter().map(rule).collect()),
        ),
    ])
}

fn read_restart(fields: &Fields<'_>) -> Result<Restart, NotARecord> {
    let rules = fields.object("rules")?;
    let rule = |(on, then): (&str, &Value)| {
        let then = then.as_str().and_then(verdict).ok_or(NotARecord("rules"))?;
        let on = on.parse().map_err(|_| NotARecord("rules"))?;
        Ok(Rule { on, then })
    };
    let class = fields.text("class")?.parse();
    Ok(Restart {
        delay: fields.millis("delay")?,
        growth_percent: fields.optional_number("growth")?,
        longest: fields.millis("longest")?,
        jitter_percent: fields.optional_number("jitter")?,
        stable_after: fields.millis("stable")?,
        give_up: fields.member("giveUp", read_give_up)?,
        rules: rules.iter().map(rule).collect::<Result<_, _>>()?,
        ..Restart::of(class.map_err(|_| NotARecord("class"))?)
    })
}

pub(super) fn write_give_up(give_up: GiveUp) -> Value {
    let (count, window) = match give_up {
        GiveUp::Consecutive(count) => (count, None),
        GiveUp::Rate { count, window } => (count, Some(window)),
        _ => return Value::Null,
    };
    let count = Value::from(f64::from(count));
    object([("count", count), ("window", millis(window))])
}

pub(super) fn read_give_up(fields: &Fields<'_>) -> Result<GiveUp, NotARecord> {
    let count = fields.number("count")?;
    Ok(match fields.millis("window")? {
        Some(window) => GiveUp::Rate { count, window },
        None => GiveUp::Consecutive(count),
    })
}

const fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Restart => "restart",
        Verdict::RestartNow => "restart-now",
        Verdict::Leave => "leave",
    }
}

fn verdict(name: &str) -> Option<Verdict> {
    let all = [Verdict::Restart, Verdict::RestartNow, Verdict::Leave];
    all.into_iter()
        .find(|verdict| verdict_name(*verdict) == name)
}

fn write_ready(ready: &Readiness) -> Value {
    let probe = match &ready.probe {
        Probe::Pattern(pattern) => ("pattern", text(pattern)),
        Probe::Port(port) => ("port", text(port)),
        Probe::Http(url) => ("http", text(url)),
        Probe::Command(command) => ("command", write_command(command)),
    };
    object([
        probe,
        ("interval", millis(Some(ready.interval))),
        ("grace", millis(Some(ready.startup.grace))),
        ("timeout", millis(ready.startup.ready_within)),
    ])
}

fn read_ready(fields: &Fields<'_>) -> Result<Readiness, NotARecord> {
    let broken = NotARecord("ready");
    let probe = if let Some(pattern) = fields.optional_text("pattern")? {
        Probe::Pattern(pattern)
    } else if let Some(port) = fields.parsed("port")? {
        Probe::Port(port)
    } else if let Some(url) = fields.optional_text("http")? {
        Probe::Http(WebUrl::parse(&url).map_err(|_| broken)?)
    } else {
        Probe::Command(Box::new(read_command(&fields.fields("command")?)?))
    };
    let grace = fields.millis("grace")?.unwrap_or_default();
    let ready_within = fields.millis("timeout")?;
    Ok(Readiness {
        probe,
        interval: fields.millis("interval")?.unwrap_or_default(),
        startup: Startup {
            grace,
            ready_within,
        },
    })
}
