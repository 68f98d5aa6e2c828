//! Files.

use super::{Class, Kinds, MethodSpec, Param, TEXT_OR_LIST, TEXT_OR_OBJECT};

const PATH: Param = Param::path("path", "The file or folder.").required();
const CONTENT: &[&str] = &["json", "json2", "buffer", "text", "data"];

const WRITE: &[Param] = &[
    PATH,
    Param::new("json", Kinds::ANY, "The content, written as compact JSON."),
    Param::new(
        "json2",
        Kinds::ANY,
        "The content, written as indented JSON.",
    ),
    Param::new("buffer", Kinds::ANY, "The content as bytes."),
    Param::new("text", Kinds::ANY, "The content as text; a list is joined."),
    Param::new(
        "data",
        Kinds::ANY,
        "VATN: the content; a text as it is, anything else as indented JSON.",
    ),
    Param::text("join", "What goes between the items of a `text` list."),
    Param::text("encoding", "The encoding of `text`."),
];

const LINK: &[Param] = &[
    Param::new(
        "drive",
        Kinds::OBJECT,
        "Folders of the shared store to folders of the app.",
    ),
    Param::new(
        "peers",
        Kinds::ARRAY,
        "Git addresses of the apps that share them.",
    ),
    Param::text("venv", "A Python environment whose packages are shared."),
    Param::text("path", "The folder that `venv` is in."),
    Param::new("options", Kinds::OBJECT, "How to link."),
];

const fn one_path(name: &'static str, doc: &'static str) -> MethodSpec {
    MethodSpec::new(name, Class::Runs, doc).params(&[PATH])
}

pub(super) const METHODS: &[MethodSpec] = &[
    MethodSpec::new("fs.write", Class::Runs, "Writes a file, folders included.")
        .params(WRITE)
        .one_of(CONTENT),
    MethodSpec::new("fs.append", Class::Runs, "Adds to the end of a file.")
        .params(WRITE)
        .one_of(CONTENT),
    MethodSpec::new("fs.read", Class::Runs, "Reads a whole file.").params(&[
        PATH,
        Param::text("encoding", "How bytes become text; UTF-8 when absent."),
    ]),
    one_path("fs.cat", "Prints a file to the log."),
    one_path("fs.make", "Makes a folder, and those around it."),
    one_path("fs.rm", "Removes a file or folder; nothing there is fine."),
    one_path("fs.remove", "As `fs.rm`."),
    MethodSpec::new("fs.copy", Class::Runs, "Copies a file or folder.").params(&[
        Param::path("src", "What is copied.").required(),
        Param::path("dest", "Where it goes.").required(),
        Param::new(
            "options",
            Kinds::OBJECT,
            "`recursive`, `force`, `errorOnExist`.",
        ),
    ]),
    MethodSpec::new(
        "fs.download",
        Class::Runs,
        "Downloads a file, going on where it stopped.",
    )
    .params(&[
        Param::new(
            "uri",
            TEXT_OR_LIST,
            "The address; a list together with `dir`.",
        ),
        Param::new("url", TEXT_OR_LIST, "Another name of `uri`."),
        Param::path(
            "dir",
            "The folder it goes to, under the server's file name.",
        ),
        Param::path("path", "The file it goes to."),
    ])
    .one_of(&["uri", "url"]),
    MethodSpec::new(
        "fs.link",
        Class::Skipped,
        "Moves folders to a shared store and links them back.",
    )
    .params(LINK),
    MethodSpec::new("fs.share", Class::Skipped, "As `fs.link`.").params(LINK),
    MethodSpec::new(
        "fs.open",
        Class::Skipped,
        "Shows a file in the file manager.",
    )
    .params(&[
        Param::text("path", "The file or folder."),
        Param::text("action", "`view`, `open` or a program."),
        Param::text("mode", "Another name of `action`."),
        Param::text("command", "Another name of `action`."),
    ]),
];

pub(super) const URI: Param = Param::text("uri", "The address.");
pub(super) const URI_OR_RECORD: Kinds = TEXT_OR_OBJECT;
