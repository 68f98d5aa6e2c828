//! The machine that things run on, as a value.

/// An operating system and a processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Platform {
    /// The operating system.
    pub os: Os,
    /// The processor by Node's name: `x64`, `arm64`, …
    pub arch: &'static str,
}

/// An operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Os {
    /// Linux
    Linux,
    /// macOS
    MacOs,
    /// Windows
    Windows,
}

impl Platform {
    /// Linux on x86-64.
    pub const LINUX_X64: Self = Self {
        os: Os::Linux,
        arch: "x64",
    };

    /// The platform by Rust's names of it (`std::env::consts::{OS, ARCH}`). An
    /// unknown operating system is taken for a Linux.
    pub fn from_rust(os: &str, arch: &'static str) -> Self {
        let os = match os {
            "macos" => Os::MacOs,
            "windows" => Os::Windows,
            _ => Os::Linux,
        };
        let arch = match arch {
            "x86_64" => "x64",
            "aarch64" => "arm64",
            "x86" => "ia32",
            other => other,
        };
        Self { os, arch }
    }

    /// Whether this is a Mac with Apple's processor.
    pub fn is_apple_silicon(self) -> bool {
        self.os == Os::MacOs && self.arch == "arm64"
    }
}

impl Os {
    /// The name that Node and Pinokio scripts use.
    pub const fn node_name(self) -> &'static str {
        match self {
            Self::Linux => "linux",
            Self::MacOs => "darwin",
            Self::Windows => "win32",
        }
    }

    /// What separates the parts of `PATH`.
    pub const fn path_separator(self) -> char {
        if matches!(self, Self::Windows) {
            ';'
        } else {
            ':'
        }
    }
}
