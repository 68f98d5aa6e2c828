//! Windows, and what takes their place.

use super::{Class, Kinds, MethodSpec, Param, TEXT_OR_LIST};

const WINDOW: &str = "settings of the window";
const OPEN: &[Param] = &[
    Param::text("uri", "The address."),
    Param::text("url", "Another name of `uri`, from older versions."),
    Param::text("type", "Which program opens it."),
    Param::text("target", "The window it goes to."),
    Param::text("features", "Features of the window."),
    Param::new("params", Kinds::OBJECT, "Arguments of the address."),
];

const fn open(name: &'static str, doc: &'static str) -> MethodSpec {
    MethodSpec::new(name, Class::Substituted, doc).params(OPEN)
}

const fn skipped(name: &'static str, doc: &'static str) -> MethodSpec {
    MethodSpec::new(name, Class::Skipped, doc).others(WINDOW)
}

const fn refused(name: &'static str, doc: &'static str) -> MethodSpec {
    MethodSpec::new(name, Class::Refused, doc)
        .shape(Kinds::ANY)
        .others("anything")
}

pub(super) const METHODS: &[MethodSpec] = &[
    MethodSpec::new(
        "input",
        Class::Substituted,
        "Asks the user; answers come with the run or later.",
    )
    .params(&[
        Param::text("title", "The question."),
        Param::text("description", "More about it."),
        Param::text("type", "The kind of window."),
        Param::new(
            "form",
            Kinds::ARRAY,
            "The fields: `key`, `title`, `type`, `default`, `required`, …",
        ),
    ])
    .others(WINDOW),
    MethodSpec::new(
        "filepicker.open",
        Class::Substituted,
        "Asks for files; they come with the run.",
    )
    .params(&[
        Param::text("title", "The question."),
        Param::text("type", "`file` or `folder`."),
        Param::text("path", "Where to look first."),
        Param::text("cwd", "Another name of `path`."),
        Param::new("filetype", TEXT_OR_LIST, "The types that can be chosen."),
        Param::new("filetypes", TEXT_OR_LIST, "The types that can be chosen."),
        Param::flag("multiple", "Whether several can be."),
        Param::flag("save", "Whether a new name can be given."),
        Param::text("initialfile", "The name to begin with."),
        Param::flag(
            "confirmoverwrite",
            "Whether to ask before a file is replaced.",
        ),
    ])
    .others(WINDOW),
    skipped("modal", "Shows a window."),
    skipped("htmlmodal.open", "Shows a window."),
    skipped("htmlmodal.update", "Changes a window."),
    skipped("htmlmodal.close", "Closes a window."),
    skipped("loading.start", "Shows that something goes on."),
    skipped("loading.end", "Ends showing that something goes on."),
    MethodSpec::new(
        "notify",
        Class::Substituted,
        "Tells the user; becomes an event.",
    )
    .params(&[
        Param::text("html", "The text."),
        Param::text("href", "Where a click leads."),
        Param::text("target", "The window it leads to."),
        Param::text("features", "Features of the window."),
        Param::text("type", "The kind of message."),
        Param::text("title", "A short text."),
        Param::text("description", "A longer text."),
        Param::text("message", "A longer text."),
        Param::new("audio", Kinds::ANY, "A sound."),
        Param::new("sound", Kinds::ANY, "A sound."),
        Param::flag("silent", "No sound."),
    ]),
    MethodSpec::new(
        "push",
        Class::Substituted,
        "Tells the desktop; becomes an event.",
    )
    .params(&[
        Param::text("title", "A short text."),
        Param::text("subtitle", "A second short text."),
        Param::text("message", "The text."),
        Param::text("image", "A picture."),
        Param::new("sound", Kinds::ANY, "A sound."),
    ]),
    MethodSpec::new(
        "clipboard.copy",
        Class::Substituted,
        "Copies text; becomes an event.",
    )
    .params(&[Param::text("text", "The text.")]),
    MethodSpec::new(
        "clipboard.paste",
        Class::Substituted,
        "The copied text; empty here.",
    )
    .others("anything"),
    open("browser.open", "Opens an address; becomes an event."),
    open("browser.close", "Closes a window; becomes an event."),
    open("uri.open", "Opens an address; becomes an event."),
    open("web.open", "Opens an address; becomes an event."),
    open("web.close", "Closes a window; becomes an event."),
    open("tab.open", "Opens an address; becomes an event."),
    MethodSpec::new("app.download", Class::Runs, "Fetches an app from git.").params(&[
        Param::text("uri", "The git address.").required(),
        Param::text("name", "The folder's name."),
        Param::text("branch", "The branch."),
    ]),
    refused("app.launch", "Starts a desktop program."),
    refused("app.search", "Looks for a desktop program."),
    refused("app.info", "Tells about a desktop program."),
    refused("app.refresh", "Looks for desktop programs again."),
    refused("key.set", "Asks for a secret in a window."),
    refused("key.get", "Reads a secret."),
    refused("terminal.upload", "Takes a file from a window."),
];
