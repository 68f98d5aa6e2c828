//! The rules themselves.

use alloc::{format, string::String};

/// What every process needs. Nothing is allowed that is not named.
pub(super) const BASE: &str = r#"(version 1)
(deny default)

; what it starts stays inside, and is all that it sees and signals
(allow process-fork process-exec)
(allow process-info* (target same-sandbox))
(allow signal (target same-sandbox))
(allow mach-priv-task-port (target same-sandbox))

; what libraries and language runtimes ask for when they start
(allow sysctl-read system-info mach-host* user-preference-read)
(allow sysctl-write (sysctl-name "kern.grade_cputype") (sysctl-name "kern.tcsm_enable"))
(allow ipc-posix-shm-read* (ipc-posix-name-prefix "apple.cfprefs."))
(allow mach-lookup
  (global-name "com.apple.PowerManagement.control")
  (global-name "com.apple.bsd.dirhelper")
  (global-name "com.apple.cfprefsd.agent")
  (global-name "com.apple.cfprefsd.daemon")
  (global-name "com.apple.logd")
  (global-name "com.apple.system.logger")
  (global-name "com.apple.system.notification_center")
  (global-name "com.apple.system.opendirectoryd.libinfo")
  (global-name "com.apple.system.opendirectoryd.membership"))

; semaphores and shared memory of Python, PyTorch and OpenMP
(allow ipc-posix-sem)
(allow ipc-posix-shm*
  (ipc-posix-name-prefix "/__KMP_REGISTERED_LIB_")
  (ipc-posix-name-prefix "/mp-")
  (ipc-posix-name-prefix "/psm_")
  (ipc-posix-name-prefix "/torch_"))

; devices, as long as they are devices
(allow file-read* file-write-data file-ioctl
  (require-all (vnode-type CHARACTER-DEVICE)
    (require-any (literal "/dev/dtracehelper") (literal "/dev/null") (literal "/dev/random")
      (literal "/dev/urandom") (literal "/dev/zero"))))
(allow file-read* (literal "/") (literal "/dev"))
(allow file-read* file-write-data (subpath "/dev/fd"))

; any path can be walked; what is there is another matter
(allow file-read-metadata)
"#;

/// Reads the machine.
pub(super) const READS_ALL: &str = r"
(allow file-read* file-map-executable)
";

/// What the system consists of, besides the user's data.
pub(super) const SYSTEM: [&str; 15] = [
    "/Applications/Xcode.app/Contents/Developer",
    "/Library/Apple",
    "/Library/Developer",
    "/Library/Frameworks",
    "/Library/Java",
    "/System",
    "/bin",
    "/nix/store",
    "/opt",
    "/private/etc",
    "/private/var/db/dyld",
    "/private/var/db/timezone",
    "/private/var/select",
    "/sbin",
    "/usr",
];

/// Reads the system.
pub(super) fn reads_system() -> String {
    let mut text = String::from("\n(allow file-read* file-map-executable");
    for path in SYSTEM {
        text.push_str(&format!("\n  (subpath \"{path}\")"));
    }
    text.push_str(LINKS);
    text
}

/// What leads to the system.
const LINKS: &str = r#"
  (literal "/etc") (literal "/private") (literal "/private/var")
  (literal "/private/var/run/resolv.conf") (literal "/tmp") (literal "/var"))
"#;

/// The terminal that a command has for its own. It was opened for it: others of the same
/// name can be asked what they are, and not opened.
pub(super) const TERMINAL: &str = r#"
(allow file-read* file-write-data file-ioctl (literal "/dev/tty"))
(allow file-ioctl (regex #"^/dev/ttys[0-9]+$"))
"#;

/// The network, but of sockets with a path only the resolver's and its own.
pub(super) const NETWORK: &str = r#"
(allow system-socket network-bind network-inbound network-outbound)
(allow mach-lookup
  (global-name "com.apple.SystemConfiguration.DNSConfiguration")
  (global-name "com.apple.SystemConfiguration.configd")
  (global-name "com.apple.dnssd.service")
  (global-name "com.apple.networkd")
  (global-name "com.apple.ocspd")
  (global-name "com.apple.trustd.agent"))
(deny network-bind (local unix-socket))
(deny network-outbound (remote unix-socket))
(allow network-bind
  (local unix-socket (subpath (param "APP_ROOT"))) (local unix-socket (subpath (param "TMP_DIR"))))
(allow network-outbound
  (remote unix-socket (literal "/private/var/run/mDNSResponder"))
  (remote unix-socket (subpath (param "APP_ROOT"))) (remote unix-socket (subpath (param "TMP_DIR"))))
"#;

/// Sockets between its own processes.
pub(super) const OWN_SOCKETS: &str = r#"
(allow system-socket (socket-domain AF_UNIX))
(allow network-bind
  (local unix-socket (subpath (param "APP_ROOT"))) (local unix-socket (subpath (param "TMP_DIR"))))
(allow network-outbound
  (remote unix-socket (subpath (param "APP_ROOT"))) (remote unix-socket (subpath (param "TMP_DIR"))))
"#;

/// Metal.
pub(super) const GPU: &str = r#"
(allow iokit-open (iokit-user-client-class "AGXDeviceUserClient")
  (iokit-user-client-class "IOSurfaceRootUserClient"))
(allow mach-lookup (global-name "com.apple.MTLCompilerService"))
"#;

/// The end, which nothing above opens again: the doors to programs outside.
pub(super) const TAIL: &str = r#"
(deny file-write-unlink (literal (param "APP_ROOT")))
(deny appleevent-send lsopen job-creation mach-register)
(deny mach-lookup
  (global-name "com.apple.SecurityServer") (global-name "com.apple.coreservices.appleevents")
  (global-name "com.apple.coreservices.launchservicesd") (global-name "com.apple.lsd.mapdb")
  (global-name "com.apple.pasteboard.1") (global-name "com.apple.secd")
  (global-name "com.apple.securityd.xpc") (global-name "com.apple.tccd")
  (global-name "com.apple.tccd.system"))
(deny network-outbound (remote unix-socket (literal "/private/var/run/docker.sock")))
(deny file-write-setugid file-write-mount file-write-umount)
"#;

/// Below a home.
const CREDENTIALS: [&str; 24] = [
    "/.aws",
    "/.azure",
    "/.bash_history",
    "/.cargo/credentials.toml",
    "/.config/gcloud",
    "/.config/gh",
    "/.docker",
    "/.git-credentials",
    "/.gnupg",
    "/.kube",
    "/.netrc",
    "/.npmrc",
    "/.pgpass",
    "/.pypirc",
    "/.python_history",
    "/.ssh",
    "/.zsh_history",
    "/.cache/huggingface/token",
    "/Library/Application Support/Firefox",
    "/Library/Application Support/Google/Chrome",
    "/Library/Cookies",
    "/Library/Keychains",
    "/Library/Mail",
    "/Library/Messages",
];

/// A rule about the user's keys, passwords and histories below the home that is this
/// parameter.
pub(super) fn credentials(home: &str) -> String {
    let mut text = String::from("\n(deny file-read* file-write*");
    for name in CREDENTIALS {
        text.push_str(&format!(
            "\n  (subpath (string-append (param \"{home}\") \"{name}\"))"
        ));
    }
    text.push_str(")\n");
    text
}

/// A rule about the paths of parameters and all below. `subpath` alone misses a folder that
/// is only made.
pub(super) fn each(verb: &str, operations: &str, parameters: &[&str]) -> String {
    let both =
        |name: &&str| format!("\n  (literal (param \"{name}\")) (subpath (param \"{name}\"))");
    rule(verb, operations, parameters.iter().map(both).collect())
}

/// A rule about the paths of parameters themselves.
pub(super) fn only(verb: &str, operations: &str, parameters: &[&str]) -> String {
    let itself = |name: &&str| format!("\n  (literal (param \"{name}\"))");
    rule(verb, operations, parameters.iter().map(itself).collect())
}

/// A rule about nothing would be about everything.
fn rule(verb: &str, operations: &str, filters: String) -> String {
    match filters.is_empty() {
        true => filters,
        false => format!("\n({verb} {operations}{filters})\n"),
    }
}
