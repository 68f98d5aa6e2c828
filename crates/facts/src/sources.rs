//! Where a machine says what it is.

/// The sources worth asking on a machine.
#[derive(Clone, Copy, Debug)]
pub struct Sources {
    /// Files, without the first slash.
    pub files: &'static [&'static str],
    /// Folders of which each entry has files.
    pub folders: &'static [Folder],
    /// Programs.
    pub programs: &'static [Program],
    /// What the Python interpreter is asked: the name is that of its text.
    pub python: &'static [Program],
}

/// A folder whose entries are alike.
#[derive(Clone, Copy, Debug)]
pub struct Folder {
    /// Its path, without the first slash.
    pub path: &'static str,
    /// What the names of the entries begin with. The rest of the name are digits.
    pub names: &'static str,
    /// The files of an entry.
    pub files: &'static [&'static str],
}

/// A program to ask. One whose name has stood before is asked only when the one before
/// has said nothing.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Its name.
    pub name: &'static str,
    /// Its arguments.
    pub args: &'static [&'static str],
}

/// NVIDIA's program, and what older ones do not know yet left out.
const NVIDIA: [Program; 2] = [
    Program {
        name: "nvidia-smi",
        args: &[
            "--query-gpu=name,driver_version,memory.total,compute_cap",
            "--format=csv,noheader,nounits",
        ],
    },
    Program {
        name: "nvidia-smi",
        args: &[
            "--query-gpu=name,driver_version,memory.total",
            "--format=csv,noheader,nounits",
        ],
    },
];

impl Sources {
    /// The most entries of a folder worth reading.
    pub const MOST_ENTRIES: usize = 64;
    /// The most of a text worth reading, in bytes.
    pub const TEXT_BYTES: u64 = 4 << 20;

    /// Those of a Linux.
    pub const LINUX: Self = Self {
        files: &[
            "proc/meminfo",
            "proc/cpuinfo",
            "proc/sys/kernel/osrelease",
            "etc/os-release",
            "sys/class/dmi/id/sys_vendor",
            "sys/class/dmi/id/product_name",
            "sys/module/amdgpu/version",
        ],
        folders: &[
            Folder {
                path: "sys/class/drm",
                names: "card",
                files: &[
                    "device/uevent",
                    "device/mem_info_vram_total",
                    "device/product_name",
                ],
            },
            Folder {
                path: "sys/class/kfd/kfd/topology/nodes",
                names: "",
                files: &["properties"],
            },
        ],
        programs: &NVIDIA,
        python: &[],
    };

    /// Those of a Mac.
    pub const MACOS: Self = Self {
        files: &[],
        folders: &[],
        programs: &[
            Program {
                name: "sysctl",
                args: &[
                    "hw.optional.arm64",
                    "hw.memsize",
                    "hw.logicalcpu",
                    "hw.physicalcpu",
                    "hw.model",
                    "machdep.cpu.brand_string",
                    "kern.osproductversion",
                    "kern.osrelease",
                ],
            },
            // One without Apple's processor does not know the first, and fails.
            Program {
                name: "sysctl",
                args: &[
                    "hw.memsize",
                    "hw.logicalcpu",
                    "hw.physicalcpu",
                    "hw.model",
                    "machdep.cpu.brand_string",
                    "kern.osproductversion",
                    "kern.osrelease",
                ],
            },
            Program {
                name: "system_profiler",
                args: &["-json", "SPDisplaysDataType"],
            },
        ],
        python: &[Program {
            name: "mlx",
            args: &[
                "-c",
                "import importlib.metadata as installed; print(installed.version('mlx'))",
            ],
        }],
    };
}

impl Folder {
    /// Whether an entry of this name is one of those.
    pub fn has(&self, name: &str) -> bool {
        let number = name.strip_prefix(self.names).unwrap_or_default();
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    }
}
