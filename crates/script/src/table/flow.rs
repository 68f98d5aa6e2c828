//! Jumps, other scripts, waiting, the log.

use super::{
    Class, Kinds, MethodSpec, Param, TEXT_OR_LIST, TEXT_OR_NUMBER,
    files::{URI, URI_OR_RECORD},
};

const JUMP: &[Param] = &[
    Param::new(
        "index",
        TEXT_OR_NUMBER,
        "The step's index, from 0. Wins over `id`.",
    ),
    Param::text("id", "The step's id."),
    Param::new("params", Kinds::ANY, "The next step's `input`."),
    Param::new("input", Kinds::ANY, "Another name of `params`."),
];

const CALL: &[Param] = &[
    URI.required(),
    Param::new(
        "params",
        Kinds::OBJECT,
        "What the script sees as `args` and first `input`.",
    ),
    Param::text("hash", "The commit of a git address."),
    Param::text("branch", "The branch of a git address."),
    Param::flag("pull", "Whether a checkout that is there is updated."),
];

const fn jump(name: &'static str, doc: &'static str) -> MethodSpec {
    MethodSpec::new(name, Class::Runs, doc)
        .params(JUMP)
        .one_of(&["index", "id"])
}

pub(super) const METHODS: &[MethodSpec] = &[
    jump("jump", "Goes on at another step."),
    jump("goto", "As `jump`."),
    MethodSpec::new(
        "script.start",
        Class::Runs,
        "Runs another script; gives the result of its last step.",
    )
    .params(CALL),
    MethodSpec::new("script.run", Class::Runs, "As `script.start`.").params(CALL),
    MethodSpec::new(
        "script.return",
        Class::Runs,
        "Gives a value to the caller; in the VATN dialect it ends the run too.",
    )
    .shape(Kinds::ANY)
    .others("anything: the value"),
    MethodSpec::new("script.stop", Class::Runs, "Stops scripts.").params(&[Param::new(
        "uri",
        TEXT_OR_LIST,
        "The script, or several.",
    )
    .required()]),
    MethodSpec::new(
        "script.restart",
        Class::Runs,
        "Stops a script and starts it again.",
    )
    .params(&[
        Param::text("uri", "The script; this one when absent."),
        Param::new(
            "params",
            Kinds::OBJECT,
            "Its arguments; the present ones when absent.",
        ),
    ]),
    MethodSpec::new("script.download", Class::Runs, "Fetches an app from git.").params(CALL),
    MethodSpec::new(
        "script.ready",
        Class::Runs,
        "Whether a script has done its steps.",
    )
    .shape(URI_OR_RECORD)
    .params(&[URI.required()]),
    MethodSpec::new(
        "process.wait",
        Class::Runs,
        "Waits: for a time, for an address, or until stopped.",
    )
    .params(&[
        Param::new("sec", TEXT_OR_NUMBER, "Seconds."),
        Param::new("min", TEXT_OR_NUMBER, "Minutes."),
        Param::text("url", "An address that must answer."),
        Param::text("uri", "Another name of `url`."),
        Param::new("interval", Kinds::NUMBER, "Seconds between two questions."),
        Param::new(
            "timeout",
            Kinds::NUMBER,
            "Seconds after which waiting fails.",
        ),
        Param::new(
            "on",
            Kinds::OBJECT,
            "`resources`, `delay`, `interval`, `timeout`.",
        ),
        Param::text("app", "A desktop program; refused."),
        Param::text("id", "A desktop program; refused."),
        Param::text("name", "A desktop program; refused."),
        Param::text("title", "Shown meanwhile."),
        Param::text("description", "Shown meanwhile."),
        Param::text("message", "Shown meanwhile."),
        Param::new("menu", Kinds::ARRAY, "Shown meanwhile."),
    ]),
    MethodSpec::new("log", Class::Runs, "Writes a line to the log.").params(&[
        Param::new("raw", Kinds::ANY, "The text as it is."),
        Param::new("text", Kinds::ANY, "The text."),
        Param::new("json", Kinds::ANY, "A value, as compact JSON."),
        Param::new("json2", Kinds::ANY, "A value, as indented JSON."),
        Param::text("html", "A text with markup, from older versions."),
    ]),
];
