//! Shells and programs.

use super::{
    Class, Kinds, MethodSpec, Param, READY_KEYS, RESTART_KEYS, TEXT_OR_LIST, TEXT_OR_NUMBER,
    TEXT_OR_OBJECT,
};

const MESSAGE: Param = Param::new(
    "message",
    Kinds::STRING
        .or(Kinds::ARRAY)
        .or(Kinds::OBJECT)
        .or(Kinds::BOOL)
        .or(Kinds::NULL),
    "The command line; a list runs one after another; an object is arguments by name.",
);
const TYPED: Param = Param::new(
    "message",
    Kinds::STRING.or(Kinds::ARRAY).or(Kinds::OBJECT),
    "The text to type.",
);
const CWD: Param = Param::path("path", "The directory it runs in, made when missing.");
const ENV: Param = Param::new(
    "env",
    Kinds::OBJECT,
    "Variables for the program: name to text, number or boolean; a list goes in front of a path list.",
);
const UNSET: Param = Param::new("-env", Kinds::ARRAY, "Names of variables to take away.");
const VENV: Param = Param::new(
    "venv",
    TEXT_OR_OBJECT,
    "The Python environment: a folder below `path`, or in the VATN dialect a name; made when missing.",
);
const VENV_PYTHON: Param = Param::new(
    "venv_python",
    TEXT_OR_NUMBER,
    "The Python version that a new environment gets.",
);
const CONDA: Param = Param::new(
    "conda",
    TEXT_OR_OBJECT,
    "The conda environment: a folder, or in the VATN dialect a name; `{\"skip\": true}` for none; `activate` has commands that activate it, or `minimal` for the base.",
);
const CONDA_PYTHON: Param = Param::new(
    "conda_python",
    TEXT_OR_NUMBER,
    "The Python version that a new conda environment gets.",
);
const ON: Param = Param::new(
    "on",
    Kinds::ARRAY,
    "What to do when the output matches: `event` with `done`, `kill`, `break` or `trigger`.",
);
const INPUT: Param = Param::new(
    "input",
    Kinds::BOOL.or(Kinds::NULL),
    "Whether the program is interactive and goes on until it ends by itself.",
);
const DAEMON: Param = Param::new(
    "daemon",
    Kinds::BOOL.or(Kinds::STRING),
    "VATN: start it supervised, and go on at once. It has to stay in the foreground: what its first process leaves behind ends with it. What its death means for other daemons, `supervision` at the top of the file says: `one_for_one` (nothing), `rest_for_one` (those that depend on it start again after it) or `one_for_all` (all do).",
);
const AUTO_RESTART: Param = Param::new(
    "autoRestart",
    Kinds::BOOL.or(Kinds::STRING),
    "VATN: start it again when it ends; false: never. A `restart` beside it counts; one without a `policy` is `always` where this is true.",
);
const DEPENDS_ON: Param = Param::new(
    "dependsOn",
    TEXT_OR_LIST,
    "The daemons of earlier steps, by their ids, that must be up before this one is started; they are ended after it.",
)
.of_daemons();
const READY: Param = Param::new(
    "ready",
    Kinds::OBJECT,
    "When the daemon is up: one of `pattern`, `port`, `http` and `command`, and in which time. When it runs, when absent.",
)
.of_daemons()
.members(READY_KEYS);
const RESTART: Param = Param::new(
    "restart",
    TEXT_OR_OBJECT,
    "When the daemon is started again: `never`, `on-failure`, `always` or `unless-stopped`, or an object. `never` when absent, or `on-failure` for what a script that stays up leaves running.",
)
.of_daemons()
.members(RESTART_KEYS);
const CHAIN: Param = Param::new(
    "chain",
    Kinds::BOOL.or(Kinds::STRING),
    "Run a list in one shell: `&` while they succeed, `|` until one does, `*` all.",
);
const SHELL: Param = Param::text("shell", "The shell: a name or an absolute path.");
const SUDO: Param = Param::flag("sudo", "Run it as administrator.");
const BUILD: Param = Param::flag("build", "Windows: load the compiler's variables first.");
const ID: Param = Param::text(
    "id",
    "The shell's name; of a daemon, what others depend on.",
);
const BUFFER: Param = Param::new("buffer", Kinds::NUMBER, "Size of pieces for long input.");
const INTERACTIVE: Param = Param::new(
    "interactive",
    Kinds::NUMBER.or(Kinds::BOOL),
    "Size of pieces for long interactive input.",
);
const STATE_INTERVAL: Param = Param::new(
    "state_interval",
    Kinds::NUMBER,
    "Milliseconds between two looks at the screen.",
);
const COLS: Param = Param::new("cols", Kinds::NUMBER, "Width of the terminal.");
const ROWS: Param = Param::new("rows", Kinds::NUMBER, "Height of the terminal.");
const BLUEFAIRY: Param = Param::new(
    "bluefairy",
    Kinds::STRING.or(Kinds::BOOL),
    "`on` or `off`: the program's check of how fresh packages are.",
);
const PERSISTENT: Param = Param::flag("persistent", "Keep the shell after the command.");
const CACHE: Param = Param::new(
    "cache",
    Kinds::ANY,
    "Documented for Pinokio, without effect.",
);

const RUN: &[Param] = &[
    MESSAGE,
    CWD,
    ENV,
    UNSET,
    VENV,
    VENV_PYTHON,
    CONDA,
    CONDA_PYTHON,
    ON,
    INPUT,
    DAEMON,
    AUTO_RESTART,
    DEPENDS_ON,
    READY,
    RESTART,
    CHAIN,
    SHELL,
    SUDO,
    BUILD,
    ID,
    BUFFER,
    INTERACTIVE,
    STATE_INTERVAL,
    COLS,
    ROWS,
    BLUEFAIRY,
    PERSISTENT,
    CACHE,
];

const ENTER: &[Param] = &[
    TYPED,
    ID,
    ON,
    Param::path(
        "path",
        "The directory whose shell is meant when there is no `id`.",
    ),
];

pub(super) const METHODS: &[MethodSpec] = &[
    MethodSpec::new(
        "shell.run",
        Class::Runs,
        "Runs a command line and waits for it to end.",
    )
    .params(RUN),
    MethodSpec::new("shell.start", Class::Runs, "Opens a shell that stays open.").params(RUN),
    MethodSpec::new(
        "shell.enter",
        Class::Runs,
        "Types a line into an open shell.",
    )
    .params(ENTER),
    MethodSpec::new(
        "shell.write",
        Class::Runs,
        "Types text into an open shell, without a line end.",
    )
    .params(ENTER),
    MethodSpec::new("shell.stop", Class::Runs, "Ends an open shell.")
        .params(&[ID, Param::text("group", "Ends all shells of this run.")]),
    MethodSpec::new(
        "exec",
        Class::Runs,
        "Runs a command without a terminal; a failure ends the run.",
    )
    .params(&[
        Param::text("message", "The command line.").required(),
        Param::path("path", "The directory it runs in."),
        Param::path("cwd", "Another name of `path`."),
        ENV,
        Param::new(
            "timeout",
            Kinds::NUMBER,
            "Milliseconds after which it is ended.",
        ),
        SHELL,
        Param::text("encoding", "The encoding of its output."),
        Param::new("maxBuffer", Kinds::NUMBER, "The most output, in bytes."),
        Param::new("killSignal", TEXT_OR_NUMBER, "The signal that ends it."),
        Param::new("uid", Kinds::NUMBER, "The user it runs as."),
        Param::new("gid", Kinds::NUMBER, "The group it runs as."),
    ]),
    MethodSpec::new("npm.install", Class::Runs, "VATN: installs Node packages.").params(&[
        Param::new(
            "packages",
            TEXT_OR_LIST,
            "The packages; those of `package.json` when absent.",
        ),
        CWD,
        ENV,
    ]),
    MethodSpec::new(
        "npx.run",
        Class::Runs,
        "VATN: runs a Node package's program.",
    )
    .params(&[
        Param::text("message", "The command line after `npx`.").required(),
        CWD,
        ENV,
    ]),
];
