//! The codes of diagnostics, each explained.

/// What a diagnostic's code means, in a sentence or two; none for what is no code.
pub fn explain(code: &str) -> Option<&'static str> {
    codes().find(|(name, _)| *name == code).map(|(_, doc)| doc)
}

/// Every code and what it means, sorted by code. Codes are stable: tools may go by them.
pub fn codes() -> impl Iterator<Item = (&'static str, &'static str)> {
    CODES.iter().copied()
}

const CODES: &[(&str, &str)] = &[
    (
        "absolute-path",
        "A path of `fs.*` or a shell is absolute. Scripts stay in their app's folder.",
    ),
    (
        "bad-choice",
        "The value is none of those that the key can have.",
    ),
    (
        "bad-dependency",
        "`dependsOn` names daemons of earlier steps by their `id`; the daemon waits until they are up.",
    ),
    (
        "bad-escape",
        "JSON strings know the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX, and no others.",
    ),
    (
        "bad-name",
        "A name of an environment has letters, digits, `.`, `_` and `-`, and starts with a letter, a digit or `_`.",
    ),
    (
        "bad-number",
        "The number is written as other languages write it.",
    ),
    (
        "bad-path",
        "The path is too long, too deep, or has a NUL in it.",
    ),
    (
        "bad-pattern",
        "The pattern of a handler or of `ready` is no regular expression, or one that cannot be used.",
    ),
    (
        "bad-word",
        "The word is one of another language, such as Python's `True`.",
    ),
    (
        "byte-order-mark",
        "The file starts with U+FEFF, which editors do not show.",
    ),
    (
        "comment",
        "The file has a comment. It is read here; Pinokio reads plain JSON only.",
    ),
    (
        "computed-value",
        "A module of JavaScript is read when it exports data: text, numbers, lists and objects as literals. What is computed (calls, variables, functions, `a + b`) is not.",
    ),
    (
        "constant-when",
        "`when` does not depend on anything: text that is not empty is true, whatever it says.",
    ),
    (
        "control-character",
        "Tabs, line ends and other control characters inside a string are written as escapes.",
    ),
    ("dialect", "Which dialect the file is read in, and why."),
    ("empty-file", "There is nothing in the file."),
    ("empty-run", "A script has at least one step."),
    (
        "event-pattern",
        "The event of a handler is a regular expression, written `/pattern/flags`, with flags of `dgimsuy`.",
    ),
    (
        "extra-text",
        "A file has one JSON value and nothing after it.",
    ),
    (
        "local-set-form",
        "`local.set` with `key` and `value` means one variable in the VATN dialect and two in Pinokio's.",
    ),
    (
        "lone-surrogate",
        "\\uD800 to \\uDFFF come in pairs; one alone reads as U+FFFD.",
    ),
    (
        "lost-change",
        "A command of a list only changes its own shell, which ends with it.",
    ),
    (
        "metadata",
        "The file describes an app for people and has no steps.",
    ),
    (
        "misplaced-parameter",
        "A parameter stands beside `params` and has no effect there.",
    ),
    (
        "missing-colon",
        "A colon is missing between a key and its value.",
    ),
    ("missing-comma", "A comma is missing between two values."),
    (
        "missing-event",
        "A handler without `event` never does anything.",
    ),
    ("missing-key", "A value in an object has no key."),
    (
        "missing-message",
        "`shell.run` has neither a command line nor an environment to make.",
    ),
    ("missing-method", "A step says in `method` what it does."),
    (
        "missing-parameter",
        "The method does not work without the parameter.",
    ),
    ("missing-run", "A script has its steps in the list `run`."),
    ("missing-value", "A key has no value."),
    (
        "mixed-dialects",
        "The file has spellings of both dialects. Where they differ it is read as Pinokio's.",
    ),
    (
        "module-step",
        "The step calls a function of a JavaScript module, which cannot be done here.",
    ),
    ("not-json", "The file is of another format."),
    ("not-utf8", "JSON is UTF-8 text."),
    (
        "not-a-daemon",
        "The parameter is for daemons: commands with `daemon`, or those that a script with `daemon` at its top leaves running.",
    ),
    (
        "number-range",
        "The number is beyond what a 64-bit float can hold.",
    ),
    (
        "odd-value",
        "The value can be used, and does nothing, or what hardly anybody means.",
    ),
    (
        "other-app",
        "The path is in another app, named by the address of its repository. Whether the step may read or change what is there is the operator's to say.",
    ),
    (
        "outside-path",
        "The path starts with `~/` or is an address. Those name scripts; paths of files stay in the app's folder, so the step fails.",
    ),
    (
        "path-escapes",
        "The path climbs out of the app's folder by `..`.",
    ),
    (
        "refused-method",
        "The method needs the desktop program. The run fails when it gets there.",
    ),
    (
        "repeated-id",
        "Two steps of a list, or two daemons, have one id.",
    ),
    (
        "repeated-key",
        "An object has a key twice; the last one counts.",
    ),
    (
        "shell-command",
        "A value from outside is the whole command line: whoever sets it chooses what runs.",
    ),
    (
        "shell-raw",
        "A value is put into a command line unquoted, by `raw(…)`.",
    ),
    (
        "shell-value",
        "A value from outside is part of a command line. It is quoted there, and is one word.",
    ),
    ("stray-bracket", "A closing bracket has no opening one."),
    (
        "stray-character",
        "The character has no meaning between values.",
    ),
    ("stray-comma", "A comma has no value before it."),
    (
        "sudo",
        "The step runs as administrator, which fails where that asks for a password.",
    ),
    (
        "template",
        "The text between `{{` and `}}` is no expression that can be evaluated.",
    ),
    ("too-deep", "Brackets are nested beyond the limit."),
    (
        "too-large",
        "The file is longer than the limit and is not read.",
    ),
    (
        "too-many-diagnostics",
        "There is more to say than the limit allows.",
    ),
    ("too-many-steps", "A list has more steps than the limit."),
    (
        "trailing-comma",
        "A comma before a closing bracket. It is read here; Pinokio reads plain JSON only.",
    ),
    ("truthy-text", "A text such as \"false\" counts as true."),
    ("unclosed-bracket", "An opening bracket has no closing one."),
    (
        "unclosed-comment",
        "A comment that starts with /* ends with */.",
    ),
    (
        "unclosed-string",
        "A string has no closing quote on its line.",
    ),
    (
        "unknown-action",
        "A handler starts a step list that the file does not have.",
    ),
    ("unknown-dialect", "`dialect` is `pinokio` or `vatn`."),
    (
        "unknown-key",
        "The key has no meaning here, and looks like one that has.",
    ),
    ("unknown-method", "The format has no such method."),
    (
        "unknown-parameter",
        "The method has no such parameter; it has no effect.",
    ),
    (
        "unknown-step",
        "No step has the id or index. The run fails when it gets there.",
    ),
    (
        "unknown-variable",
        "Nothing defines the variable; the template's text stays as it is.",
    ),
    ("unquoted-key", "Keys are in double quotes."),
    ("unquoted-text", "Text is in double quotes."),
    (
        "unread-statements",
        "A module of JavaScript says something before what it exports. That is not run.",
    ),
    ("unreachable-step", "The run never comes to the step."),
    (
        "unset-variable",
        "No step of the file sets the variable of `local`, so it never has a value.",
    ),
    ("unused-id", "Nothing refers to the step's id."),
    (
        "variable-name",
        "The name cannot be that of an environment variable and is left out.",
    ),
    ("wrong-quotes", "Strings are in double quotes."),
    (
        "wrong-type",
        "The value is of a kind that cannot be used here.",
    ),
];
