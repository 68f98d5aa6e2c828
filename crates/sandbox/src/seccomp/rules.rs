//! Which calls are refused.

use super::Call;
use alloc::vec::Vec;

/// Which rules there are to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// Beside namespaces.
    Namespaced,
    /// Instead of namespaces: what they would have made private is refused.
    Alone {
        /// Whether sockets can be opened at all: those of others can be reached.
        sockets: bool,
    },
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Of this call.
    pub call: Call,
    /// With this error of Linux.
    pub errno: u32,
    /// When all conditions of one of these hold; always when there are none.
    pub when: &'static [&'static [Condition]],
}

/// Something about the low 32 bits of an argument: the kernel reads no more of any that is
/// asked about here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// One of these bits is set in the argument of this number.
    Any(u8, u32),
    /// The bits of the mask (second) have this value (third).
    Bits(u8, u32, u32),
    /// It has this value.
    Is(u8, u32),
    /// It has none of these values.
    Not(u8, &'static [u32]),
}

const PERM: u32 = 1;
const NOSYS: u32 = 38;
const AFNOSUPPORT: u32 = 97;

/// `CLONE_NEWNS` and the six other namespaces that `clone` makes.
const NEW_NAMESPACES: u32 = 0x7E02_0000;
const TIOCSTI: u32 = 0x5412;
const TIOCLINUX: u32 = 0x541C;
/// `AF_UNIX`, `AF_INET`, `AF_INET6`, `AF_NETLINK`.
const FAMILIES: &[u32] = &[UNIX, 2, 10, 16];
const UNIX: u32 = 1;
/// `PER_LINUX`, `PER_LINUX32`, both with `UNAME26`, and the question what it is.
const PERSONALITIES: &[u32] = &[0, 8, 0x2_0000, 0x2_0008, u32::MAX];
/// Bits of a mode that make a program run as somebody else.
const SET_ID: u32 = 0o6000;
/// `O_CREAT`, and the bit of `O_TMPFILE`: only then is a mode read.
const CREATES: u32 = 0x40_0040;
const FORMAT: u32 = 0o170_000;
const CHARACTER: u32 = 0o020_000;
const BLOCK: u32 = 0o060_000;

const ALWAYS: &[&[Condition]] = &[];

/// Callers of these have another way when the kernel does not have them.
const UNKNOWN: [Call; 15] = [
    Call::clone3,
    Call::fsconfig,
    Call::fsmount,
    Call::fsopen,
    Call::fspick,
    Call::io_uring_enter,
    Call::io_uring_register,
    Call::io_uring_setup,
    Call::listmount,
    Call::mount_setattr,
    Call::move_mount,
    Call::open_tree,
    Call::open_tree_attr,
    Call::openat2,
    Call::statmount,
];

/// Administration, tracing, and parts of the kernel that are mostly attacked.
const FORBIDDEN: [Call; 46] = [
    Call::acct,
    Call::add_key,
    Call::adjtimex,
    Call::bpf,
    Call::chroot,
    Call::clock_adjtime,
    Call::clock_settime,
    Call::create_module,
    Call::delete_module,
    Call::fanotify_init,
    Call::finit_module,
    Call::init_module,
    Call::ioperm,
    Call::iopl,
    Call::kcmp,
    Call::kexec_file_load,
    Call::kexec_load,
    Call::keyctl,
    Call::lookup_dcookie,
    Call::modify_ldt,
    Call::mount,
    Call::nfsservctl,
    Call::open_by_handle_at,
    Call::perf_event_open,
    Call::pidfd_getfd,
    Call::pivot_root,
    Call::process_madvise,
    Call::process_vm_readv,
    Call::process_vm_writev,
    Call::ptrace,
    Call::quotactl,
    Call::quotactl_fd,
    Call::reboot,
    Call::request_key,
    Call::setdomainname,
    Call::sethostname,
    Call::setns,
    Call::settimeofday,
    Call::swapoff,
    Call::swapon,
    Call::syslog,
    Call::umount2,
    Call::unshare,
    Call::uselib,
    Call::userfaultfd,
    Call::vhangup,
];

/// Refused with some arguments.
const SOME: &[(Call, u32, &[&[Condition]])] = &[
    (Call::chmod, PERM, SET_ID_1),
    (Call::clone, PERM, &[&[Condition::Any(0, NEW_NAMESPACES)]]),
    (Call::creat, PERM, SET_ID_1),
    (Call::fchmod, PERM, SET_ID_1),
    (Call::fchmodat, PERM, SET_ID_2),
    (Call::fchmodat2, PERM, SET_ID_2),
    (
        Call::ioctl,
        PERM,
        &[&[Condition::Is(1, TIOCSTI)], &[Condition::Is(1, TIOCLINUX)]],
    ),
    (Call::mknod, PERM, NODE_1),
    (Call::mknodat, PERM, NODE_2),
    (
        Call::open,
        PERM,
        &[&[Condition::Any(1, CREATES), Condition::Any(2, SET_ID)]],
    ),
    (
        Call::openat,
        PERM,
        &[&[Condition::Any(2, CREATES), Condition::Any(3, SET_ID)]],
    ),
    (
        Call::personality,
        PERM,
        &[&[Condition::Not(0, PERSONALITIES)]],
    ),
    (
        Call::socketpair,
        AFNOSUPPORT,
        &[&[Condition::Not(0, &[UNIX])]],
    ),
];

const SET_ID_1: &[&[Condition]] = &[&[Condition::Any(1, SET_ID)]];
const SET_ID_2: &[&[Condition]] = &[&[Condition::Any(2, SET_ID)]];
/// A device, or what runs as somebody else.
const NODE_1: &[&[Condition]] = &[
    &[Condition::Bits(1, FORMAT, CHARACTER)],
    &[Condition::Bits(1, FORMAT, BLOCK)],
    &[Condition::Any(1, SET_ID)],
];
const NODE_2: &[&[Condition]] = &[
    &[Condition::Bits(2, FORMAT, CHARACTER)],
    &[Condition::Bits(2, FORMAT, BLOCK)],
    &[Condition::Any(2, SET_ID)],
];

/// Private to a namespace of its own, and everybody's without.
const SHARED: [Call; 14] = [
    Call::mq_open,
    Call::mq_unlink,
    Call::msgctl,
    Call::msgget,
    Call::msgrcv,
    Call::msgsnd,
    Call::semctl,
    Call::semget,
    Call::semop,
    Call::semtimedop,
    Call::shmat,
    Call::shmctl,
    Call::shmdt,
    Call::shmget,
];

/// What is refused about other processes, where they can be named.
const OTHERS: &[(Call, u32, &[&[Condition]])] = &[
    (Call::prlimit64, PERM, &[&[Condition::Not(0, &[0])]]),
    (
        Call::setpriority,
        PERM,
        &[&[Condition::Not(0, &[0])], &[Condition::Not(1, &[0])]],
    ),
];

/// The rules of a set: at most one for a call.
pub fn rules(set: Set) -> Vec<Rule> {
    let unknown = UNKNOWN.iter().map(|call| always(*call, NOSYS));
    let forbidden = FORBIDDEN.iter().map(|call| always(*call, PERM));
    let mut all: Vec<_> = unknown
        .chain(forbidden)
        .chain(SOME.iter().map(some))
        .collect();
    let sockets: &[&[Condition]] = match set {
        Set::Alone { sockets: false } => ALWAYS,
        _ => &[&[Condition::Not(0, FAMILIES)]],
    };
    all.push(Rule {
        call: Call::socket,
        errno: AFNOSUPPORT,
        when: sockets,
    });
    if let Set::Alone { .. } = set {
        all.extend(SHARED.iter().map(|call| always(*call, NOSYS)));
        all.extend(OTHERS.iter().map(some));
    }
    all
}

const fn always(call: Call, errno: u32) -> Rule {
    Rule {
        call,
        errno,
        when: ALWAYS,
    }
}

const fn some((call, errno, when): &(Call, u32, &'static [&'static [Condition]])) -> Rule {
    Rule {
        call: *call,
        errno: *errno,
        when,
    }
}
