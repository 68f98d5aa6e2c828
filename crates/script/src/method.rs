//! The methods of the format.

use alloc::{borrow::ToOwned, string::String};
use core::fmt;

macro_rules! methods {
    ($($variant:ident = $name:literal,)*) => {
        /// What a step does.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Method {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
            /// A function of the JavaScript module that the step's `uri` names.
            Module(String),
            /// `kernel.…`: a function inside the desktop program.
            Kernel(String),
            /// No method of the format.
            Unknown(String),
        }

        impl Method {
            /// The names of all methods of the format.
            pub const NAMES: &[&str] = &[$($name),*];

            /// The method of this name.
            pub fn from_name(name: &str) -> Self {
                match name {
                    $($name => Self::$variant,)*
                    _ if name.starts_with("kernel.") => Self::Kernel(name.to_owned()),
                    _ => Self::Unknown(name.to_owned()),
                }
            }

            /// The method's name as scripts write it.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Module(name) | Self::Kernel(name) | Self::Unknown(name) => name,
                }
            }
        }
    };
}

methods! {
    ShellRun = "shell.run",
    ShellStart = "shell.start",
    ShellEnter = "shell.enter",
    ShellWrite = "shell.write",
    ShellStop = "shell.stop",
    Exec = "exec",
    NpmInstall = "npm.install",
    NpxRun = "npx.run",
    FsWrite = "fs.write",
    FsAppend = "fs.append",
    FsRead = "fs.read",
    FsCat = "fs.cat",
    FsMake = "fs.make",
    FsRm = "fs.rm",
    FsRemove = "fs.remove",
    FsCopy = "fs.copy",
    FsDownload = "fs.download",
    FsLink = "fs.link",
    FsShare = "fs.share",
    FsOpen = "fs.open",
    LocalSet = "local.set",
    LocalGet = "local.get",
    LocalRm = "local.rm",
    LocalImport = "local.import",
    GlobalSet = "global.set",
    GlobalRm = "global.rm",
    Set = "set",
    Rm = "rm",
    SelfSet = "self.set",
    SelfRm = "self.rm",
    JsonSet = "json.set",
    JsonRm = "json.rm",
    JsonGet = "json.get",
    Load = "load",
    Import = "import",
    EnvSet = "env.set",
    EnvSwitch = "env.switch",
    Jump = "jump",
    Goto = "goto",
    ScriptStart = "script.start",
    ScriptRun = "script.run",
    ScriptReturn = "script.return",
    ScriptStop = "script.stop",
    ScriptRestart = "script.restart",
    ScriptDownload = "script.download",
    ScriptReady = "script.ready",
    ProcessWait = "process.wait",
    Log = "log",
    Net = "net",
    GradioPredict = "gradio.predict",
    HfDownload = "hf.download",
    HfUpload = "hf.upload",
    HfLogin = "hf.login",
    HfLogout = "hf.logout",
    WebExpose = "web.expose",
    WebOpen = "web.open",
    WebClose = "web.close",
    CloudflareTunnel = "cloudflare.tunnel",
    CloudflareStop = "cloudflare.stop",
    ProxyStart = "proxy.start",
    ProxyStop = "proxy.stop",
    GithubCreate = "github.create",
    GithubFork = "github.fork",
    Input = "input",
    Modal = "modal",
    HtmlmodalOpen = "htmlmodal.open",
    HtmlmodalUpdate = "htmlmodal.update",
    HtmlmodalClose = "htmlmodal.close",
    LoadingStart = "loading.start",
    LoadingEnd = "loading.end",
    FilepickerOpen = "filepicker.open",
    Notify = "notify",
    Push = "push",
    ClipboardCopy = "clipboard.copy",
    ClipboardPaste = "clipboard.paste",
    BrowserOpen = "browser.open",
    BrowserClose = "browser.close",
    UriOpen = "uri.open",
    TabOpen = "tab.open",
    AppLaunch = "app.launch",
    AppSearch = "app.search",
    AppInfo = "app.info",
    AppRefresh = "app.refresh",
    AppDownload = "app.download",
    KeySet = "key.set",
    KeyGet = "key.get",
    TerminalUpload = "terminal.upload",
}

impl Method {
    /// The part of the name before the first dot: `shell`, `fs`, `local`, …
    pub fn family(&self) -> &str {
        let name = self.name();
        name.split_once('.').map_or(name, |(family, _)| family)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
