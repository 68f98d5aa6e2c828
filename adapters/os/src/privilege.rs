//! Who we are.

/// Whether this process may do everything: it runs as root.
pub fn is_privileged() -> bool {
    rustix::process::geteuid().is_root()
}
