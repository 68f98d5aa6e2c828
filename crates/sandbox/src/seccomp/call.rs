//! System calls by name, with their numbers.

/// An architecture of Linux that programs are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// 64-bit x86.
    X86_64,
    /// 64-bit ARM.
    Aarch64,
}

impl Architecture {
    /// The architecture with this name, as Rust has it; none when there are no programs
    /// for it.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "x86_64" => Some(Self::X86_64),
            "aarch64" => Some(Self::Aarch64),
            _ => None,
        }
    }

    /// What the kernel calls it in the data of a filter.
    pub(super) const fn audit(self) -> u32 {
        match self {
            Self::X86_64 => 0xC000_003E,
            Self::Aarch64 => 0xC000_00B7,
        }
    }
}

macro_rules! calls {
    ($($name:ident $x86_64:tt $aarch64:tt;)*) => {
        /// A system call.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs, non_camel_case_types, reason = "the kernel's own names")]
        #[non_exhaustive]
        pub enum Call { $($name,)* }

        impl Call {
            /// All that programs know of.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// Its number; none where there is no such call.
            pub const fn number(self, architecture: Architecture) -> Option<u32> {
                match (self, architecture) { $(
                    (Self::$name, Architecture::X86_64) => calls!(@ $x86_64),
                    (Self::$name, Architecture::Aarch64) => calls!(@ $aarch64),
                )* }
            }
        }
    };
    (@ -) => { None };
    (@ $number:literal) => { Some($number) };
}

calls! {
    acct 163 89;
    add_key 248 217;
    adjtimex 159 171;
    bpf 321 280;
    chmod 90 -;
    chroot 161 51;
    clock_adjtime 305 266;
    clock_settime 227 112;
    clone 56 220;
    clone3 435 435;
    creat 85 -;
    create_module 174 -;
    delete_module 176 106;
    fanotify_init 300 262;
    fchmod 91 52;
    fchmodat 268 53;
    fchmodat2 452 452;
    finit_module 313 273;
    fsconfig 431 431;
    fsmount 432 432;
    fsopen 430 430;
    fspick 433 433;
    init_module 175 105;
    io_uring_enter 426 426;
    io_uring_register 427 427;
    io_uring_setup 425 425;
    ioctl 16 29;
    ioperm 173 -;
    iopl 172 -;
    kcmp 312 272;
    kexec_file_load 320 294;
    kexec_load 246 104;
    keyctl 250 219;
    listmount 458 458;
    lookup_dcookie 212 18;
    mknod 133 -;
    mknodat 259 33;
    modify_ldt 154 -;
    mount 165 40;
    mount_setattr 442 442;
    move_mount 429 429;
    mq_open 240 180;
    mq_unlink 241 181;
    msgctl 71 187;
    msgget 68 186;
    msgrcv 70 188;
    msgsnd 69 189;
    nfsservctl 180 42;
    open 2 -;
    open_by_handle_at 304 265;
    open_tree 428 428;
    open_tree_attr 467 467;
    openat 257 56;
    openat2 437 437;
    perf_event_open 298 241;
    personality 135 92;
    pidfd_getfd 438 438;
    pivot_root 155 41;
    prlimit64 302 261;
    process_madvise 440 440;
    process_vm_readv 310 270;
    process_vm_writev 311 271;
    ptrace 101 117;
    quotactl 179 60;
    quotactl_fd 443 443;
    reboot 169 142;
    request_key 249 218;
    semctl 66 191;
    semget 64 190;
    semop 65 193;
    semtimedop 220 192;
    setdomainname 171 162;
    sethostname 170 161;
    setns 308 268;
    setpriority 141 140;
    settimeofday 164 170;
    shmat 30 196;
    shmctl 31 195;
    shmdt 67 197;
    shmget 29 194;
    socket 41 198;
    socketpair 53 199;
    statmount 457 457;
    swapoff 168 225;
    swapon 167 224;
    syslog 103 116;
    umount2 166 39;
    unshare 272 97;
    uselib 134 -;
    userfaultfd 323 282;
    vhangup 153 58;
}
