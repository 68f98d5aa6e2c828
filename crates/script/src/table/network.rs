//! Requests, models, addresses for others.

use super::{Class, Kinds, MethodSpec, Param, files::URI};

const FLAGS: &str = "flags of the command line";
const HF: &[Param] = &[
    Param::new("_", Kinds::ARRAY, "The arguments without a name, in order."),
    Param::path("path", "The directory it runs in."),
    Param::new("env", Kinds::OBJECT, "Variables for the program."),
];
const LOGIN: &[Param] = &[
    Param::flag("force", "Ask even when there is a token."),
    Param::flag("open", "Open a browser."),
    Param::flag("modal", "Show a window."),
    Param::flag("clipboard", "Copy the code."),
    Param::flag("wait", "Wait for the answer."),
    Param::new("timeout", Kinds::NUMBER, "Milliseconds to wait at most."),
    Param::new(
        "interval",
        Kinds::NUMBER,
        "Milliseconds between two questions.",
    ),
];
const REPOSITORY: &[Param] = &[
    Param::text("name", "The repository's name."),
    Param::text("visibility", "`public` or `private`."),
    Param::text("org", "The organisation it goes to."),
];

const fn hf(name: &'static str, doc: &'static str) -> MethodSpec {
    MethodSpec::new(name, Class::Runs, doc)
        .params(HF)
        .others(FLAGS)
}

pub(super) const METHODS: &[MethodSpec] = &[
    MethodSpec::new(
        "net",
        Class::Runs,
        "Sends an HTTP request; gives the answer's body.",
    )
    .params(&[
        Param::text("url", "The address.").required(),
        Param::text("method", "The HTTP method; `get` when absent."),
        Param::new("headers", Kinds::OBJECT, "Headers."),
        Param::new("params", Kinds::OBJECT, "The query, by name."),
        Param::new("data", Kinds::ANY, "The body."),
        Param::text("responseType", "`json`, `text` or `arraybuffer`."),
        Param::new("timeout", Kinds::NUMBER, "Milliseconds to wait at most."),
        Param::new("auth", Kinds::OBJECT, "`username` and `password`."),
    ])
    .others("further settings of the request"),
    MethodSpec::new("gradio.predict", Class::Runs, "Calls a Gradio app.").params(&[
        URI.required(),
        Param::text("path", "The endpoint."),
        Param::new("params", Kinds::ARRAY, "Its arguments."),
    ]),
    hf(
        "hf.download",
        "Downloads from Hugging Face with the `hf` program.",
    ),
    hf(
        "hf.upload",
        "Uploads to Hugging Face with the `hf` program.",
    ),
    MethodSpec::new(
        "hf.login",
        Class::Substituted,
        "Asks for a Hugging Face token.",
    )
    .params(LOGIN),
    MethodSpec::new(
        "hf.logout",
        Class::Substituted,
        "Forgets the Hugging Face token.",
    )
    .params(LOGIN),
    MethodSpec::new(
        "web.expose",
        Class::Substituted,
        "Gives the app a fixed address.",
    )
    .params(&[URI]),
    MethodSpec::new(
        "cloudflare.tunnel",
        Class::Refused,
        "Makes an address public.",
    )
    .params(&[URI, Param::text("passcode", "What visitors must know.")]),
    MethodSpec::new("cloudflare.stop", Class::Skipped, "Ends a public address.").params(&[URI]),
    MethodSpec::new(
        "proxy.start",
        Class::Skipped,
        "Has no effect in Pinokio either.",
    )
    .params(&[
        URI,
        Param::text("name", "A name to show."),
        Param::new("port", Kinds::NUMBER, "The port."),
        Param::flag("ws", "Whether web sockets pass."),
    ]),
    MethodSpec::new(
        "proxy.stop",
        Class::Skipped,
        "Has no effect in Pinokio either.",
    )
    .params(&[URI]),
    MethodSpec::new("github.create", Class::Refused, "Makes a repository.").params(REPOSITORY),
    MethodSpec::new("github.fork", Class::Refused, "Forks a repository.").params(REPOSITORY),
];
