//! Named lists of variables to inherit.

use crate::{Glob, policy::UnknownWord};
use core::{fmt, str::FromStr};

/// A named list of variables that are worth inheriting together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Preset {
    /// What the documented default has always let through, and what Python needs
    /// to find its files, speak the right language and know the time.
    Basic,
    /// What a developer's tools expect: terminal, folders, tool homes. This is
    /// `inherit = "core"`.
    Core,
    /// Switches of the interpreter, of pip and of uv that carry no secret.
    Python,
    /// Which GPUs to use and how, for CUDA, ROCm and PyTorch.
    Cuda,
    /// Proxies, and the certificates that come with them.
    Proxy,
    /// Without these Windows programs do not start.
    Windows,
}

impl Preset {
    /// Every preset.
    pub const ALL: &[Self] = &[
        Self::Basic,
        Self::Core,
        Self::Python,
        Self::Cuda,
        Self::Proxy,
        Self::Windows,
    ];

    /// The word for it in settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Core => "core",
            Self::Python => "python",
            Self::Cuda => "cuda",
            Self::Proxy => "proxy",
            Self::Windows => "windows",
        }
    }

    /// The names it lets through.
    pub const fn globs(self) -> &'static [Glob] {
        match self {
            Self::Basic => BASIC,
            Self::Core => CORE,
            Self::Python => PYTHON,
            Self::Cuda => CUDA,
            Self::Proxy => PROXY,
            Self::Windows => WINDOWS,
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Preset {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.iter().find(|preset| preset.name() == word);
        found.copied().ok_or(UnknownWord)
    }
}

const BASIC: &[Glob] = &[
    Glob::fixed("PATH"),
    Glob::fixed("HOME"),
    Glob::fixed("LANG"),
    Glob::fixed("JAVA_HOME"),
    Glob::fixed("CI"),
    Glob::fixed("LANGUAGE"),
    Glob::fixed("LC_*"),
    Glob::fixed("TZ"),
    Glob::fixed("USER"),
    Glob::fixed("LOGNAME"),
    Glob::fixed("TMPDIR"),
    Glob::fixed("TMP"),
    Glob::fixed("TEMP"),
];

// Without XDG_RUNTIME_DIR, which holds the sockets of the user's session.
const CORE: &[Glob] = &[
    Glob::fixed("PATH"),
    Glob::fixed("HOME"),
    Glob::fixed("JAVA_HOME"),
    Glob::fixed("LANG"),
    Glob::fixed("LC_ALL"),
    Glob::fixed("LC_CTYPE"),
    Glob::fixed("USER"),
    Glob::fixed("LOGNAME"),
    Glob::fixed("TERM"),
    Glob::fixed("SHELL"),
    Glob::fixed("TMPDIR"),
    Glob::fixed("TMP"),
    Glob::fixed("TEMP"),
    Glob::fixed("XDG_CONFIG_HOME"),
    Glob::fixed("XDG_DATA_HOME"),
    Glob::fixed("COLORTERM"),
    Glob::fixed("TERM_PROGRAM"),
    Glob::fixed("CI"),
    Glob::fixed("MAVEN_HOME"),
    Glob::fixed("M2_HOME"),
    Glob::fixed("GRADLE_HOME"),
    Glob::fixed("GRADLE_USER_HOME"),
    Glob::fixed("NODE_PATH"),
    Glob::fixed("npm_config_cache"),
    Glob::fixed("GOPATH"),
    Glob::fixed("GOROOT"),
    Glob::fixed("CARGO_HOME"),
    Glob::fixed("RUSTUP_HOME"),
];

const PYTHON: &[Glob] = &[
    Glob::fixed("PYTHONUNBUFFERED"),
    Glob::fixed("PYTHONUTF8"),
    Glob::fixed("PYTHONIOENCODING"),
    Glob::fixed("PYTHONDONTWRITEBYTECODE"),
    Glob::fixed("PYTHONNOUSERSITE"),
    Glob::fixed("PIP_CACHE_DIR"),
    Glob::fixed("PIP_NO_CACHE_DIR"),
    Glob::fixed("PIP_DISABLE_PIP_VERSION_CHECK"),
    Glob::fixed("PIP_CERT"),
    Glob::fixed("UV_CACHE_DIR"),
    Glob::fixed("UV_LINK_MODE"),
    Glob::fixed("UV_OFFLINE"),
    Glob::fixed("UV_NATIVE_TLS"),
    Glob::fixed("UV_SYSTEM_CERTS"),
    Glob::fixed("UV_PYTHON_PREFERENCE"),
    Glob::fixed("UV_PYTHON_DOWNLOADS"),
    Glob::fixed("UV_PYTHON_INSTALL_DIR"),
    Glob::fixed("XDG_CACHE_HOME"),
    Glob::fixed("XDG_DATA_HOME"),
    Glob::fixed("HF_HOME"),
    Glob::fixed("HF_HUB_*"),
    Glob::fixed("TORCH_HOME"),
];

const CUDA: &[Glob] = &[
    Glob::fixed("CUDA_VISIBLE_DEVICES"),
    Glob::fixed("CUDA_DEVICE_ORDER"),
    Glob::fixed("CUDA_CACHE_PATH"),
    Glob::fixed("CUDA_HOME"),
    Glob::fixed("CUDA_PATH"),
    Glob::fixed("CUDA_MODULE_LOADING"),
    Glob::fixed("NVIDIA_VISIBLE_DEVICES"),
    Glob::fixed("NVIDIA_DRIVER_CAPABILITIES"),
    Glob::fixed("HIP_VISIBLE_DEVICES"),
    Glob::fixed("ROCR_VISIBLE_DEVICES"),
    Glob::fixed("ROCM_HOME"),
    Glob::fixed("ROCM_PATH"),
    Glob::fixed("HSA_OVERRIDE_GFX_VERSION"),
    Glob::fixed("PYTORCH_CUDA_ALLOC_CONF"),
    Glob::fixed("PYTORCH_HIP_ALLOC_CONF"),
    Glob::fixed("PYTORCH_ENABLE_MPS_FALLBACK"),
    Glob::fixed("PYTORCH_MPS_HIGH_WATERMARK_RATIO"),
    Glob::fixed("TORCH_CUDA_ARCH_LIST"),
];

const PROXY: &[Glob] = &[
    Glob::fixed("HTTP_PROXY"),
    Glob::fixed("HTTPS_PROXY"),
    Glob::fixed("FTP_PROXY"),
    Glob::fixed("ALL_PROXY"),
    Glob::fixed("NO_PROXY"),
    Glob::fixed("SSL_CERT_FILE"),
    Glob::fixed("SSL_CERT_DIR"),
    Glob::fixed("REQUESTS_CA_BUNDLE"),
    Glob::fixed("CURL_CA_BUNDLE"),
    Glob::fixed("NODE_EXTRA_CA_CERTS"),
    Glob::fixed("GIT_SSL_CAINFO"),
    Glob::fixed("PIP_CERT"),
];

const WINDOWS: &[Glob] = &[
    Glob::fixed("SystemRoot"),
    Glob::fixed("SystemDrive"),
    Glob::fixed("windir"),
    Glob::fixed("ComSpec"),
    Glob::fixed("PATHEXT"),
    Glob::fixed("USERPROFILE"),
    Glob::fixed("APPDATA"),
    Glob::fixed("LOCALAPPDATA"),
    Glob::fixed("ProgramData"),
    Glob::fixed("ProgramFiles"),
    Glob::fixed("NUMBER_OF_PROCESSORS"),
    Glob::fixed("PROCESSOR_ARCHITECTURE"),
    Glob::fixed("OS"),
];
