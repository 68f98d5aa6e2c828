//! Variables that make a program run code which the variable names.

use crate::Glob;

/// Names that choose code to be loaded, or a program to be run, before or instead
/// of what was asked for.
///
/// They pass only by a grant, from the host and from steps alike, whatever the
/// policy inherits or excludes: the launcher of a sandbox, `git` and `python` see
/// them too.
///
/// `PYTHONPATH` is not among them. The host's is never inherited (it would leak
/// packages into environments that are meant to be closed), but a step may set
/// it: scripts use it to find their own modules, and it reaches only the Python
/// that the step starts anyway.
pub const LOADERS: &[Glob] = &[
    // The dynamic linker and the C library
    Glob::fixed("LD_*"),
    Glob::fixed("DYLD_*"),
    Glob::fixed("GLIBC_TUNABLES"),
    Glob::fixed("GCONV_PATH"),
    Glob::fixed("LOCPATH"),
    Glob::fixed("HOSTALIASES"),
    // Shells
    Glob::fixed("BASH_ENV"),
    Glob::fixed("ENV"),
    Glob::fixed("SHELLOPTS"),
    Glob::fixed("BASHOPTS"),
    Glob::fixed("PROMPT_COMMAND"),
    Glob::fixed("PS4"),
    Glob::fixed("ZDOTDIR"),
    // Python
    Glob::fixed("PYTHONSTARTUP"),
    Glob::fixed("PYTHONHOME"),
    Glob::fixed("PYTHONEXECUTABLE"),
    Glob::fixed("PYTHONPLATLIBDIR"),
    Glob::fixed("PYTHONUSERBASE"),
    Glob::fixed("PYTHONPYCACHEPREFIX"),
    Glob::fixed("PYTHONBREAKPOINT"),
    // Other languages
    Glob::fixed("NODE_OPTIONS"),
    Glob::fixed("NPM_CONFIG_NODE_OPTIONS"),
    Glob::fixed("NPM_CONFIG_SCRIPT_SHELL"),
    Glob::fixed("PERL5OPT"),
    Glob::fixed("PERL5LIB"),
    Glob::fixed("PERL5DB"),
    Glob::fixed("PERLLIB"),
    Glob::fixed("RUBYOPT"),
    Glob::fixed("RUBYLIB"),
    Glob::fixed("LUA_INIT*"),
    Glob::fixed("PHPRC"),
    Glob::fixed("PHP_INI_SCAN_DIR"),
    Glob::fixed("JAVA_TOOL_OPTIONS"),
    Glob::fixed("JDK_JAVA_OPTIONS"),
    Glob::fixed("_JAVA_OPTIONS"),
    Glob::fixed("DOTNET_STARTUP_HOOKS"),
    Glob::fixed("COR_PROFILER*"),
    Glob::fixed("CORECLR_PROFILER*"),
    Glob::fixed("RUSTC_WRAPPER"),
    Glob::fixed("RUSTC_WORKSPACE_WRAPPER"),
    // Git, and what it asks for passwords
    Glob::fixed("GIT_*_COMMAND"),
    Glob::fixed("GIT_SSH"),
    Glob::fixed("GIT_ASKPASS"),
    Glob::fixed("SSH_ASKPASS"),
    Glob::fixed("SUDO_ASKPASS"),
    Glob::fixed("GIT_EDITOR"),
    Glob::fixed("GIT_SEQUENCE_EDITOR"),
    Glob::fixed("GIT_PAGER"),
    Glob::fixed("GIT_EXTERNAL_DIFF"),
    Glob::fixed("GIT_EXEC_PATH"),
    Glob::fixed("GIT_TEMPLATE_DIR"),
    Glob::fixed("GIT_CONFIG_COUNT"),
    Glob::fixed("GIT_CONFIG_KEY_*"),
    Glob::fixed("GIT_CONFIG_VALUE_*"),
    Glob::fixed("GIT_CONFIG_PARAMETERS"),
    // Libraries with plug-ins
    Glob::fixed("LESSOPEN"),
    Glob::fixed("LESSCLOSE"),
    Glob::fixed("OPENSSL_CONF"),
    Glob::fixed("OPENSSL_ENGINES"),
    Glob::fixed("OPENSSL_MODULES"),
    Glob::fixed("CUDA_INJECTION*_PATH"),
];

/// Whether `name` is one of the [`LOADERS`].
pub fn is_loader_name(name: &str) -> bool {
    Glob::find(LOADERS, name).is_some()
}

/// What a Python finds its modules by: never inherited, free to steps.
pub(crate) const SEARCH_PATHS: &[Glob] = &[Glob::fixed("PYTHONPATH")];
