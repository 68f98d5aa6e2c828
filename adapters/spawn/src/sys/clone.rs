//! `clone3`, and what the child does before it becomes its program.

use super::words::Words;
use crate::{Failure, Plan, Resource, Stage, Started, seats::Seated};
use libc::{c_char, c_int, c_long};
use rustix::{fd::OwnedFd, io::Errno, process::Pid};
use std::{
    mem::MaybeUninit,
    os::fd::{AsRawFd as _, FromRawFd as _},
    sync::OnceLock,
};

/// Bytes of the child's stack. It calls a few functions with a few words each.
const STACK: usize = 32 << 10;
/// All descriptors that are not standard ones.
const OTHERS: (c_long, c_long) = (3, u32::MAX as c_long);
/// The number of a ruleset that there is none.
const NO_DOMAIN: c_int = -1;
/// The size of a set of signals, as the kernel has it.
const SIGNALS: usize = 8;
/// Nothing, or zero, as wide as an argument of a system call is.
const NONE: usize = 0;
/// The kernel's `struct sigaction`: a handler, flags, a restorer and a set of signals, of
/// one word each. All zeros is the default.
const DEFAULT_ACTION: [u64; 4] = [0; 4];

/// Whether the kernel has what [`spawn`] needs, and lets us use it.
pub(super) fn is_available() -> bool {
    static AVAILABLE: OnceLock<bool> = OnceLock::new();
    *AVAILABLE.get_or_init(|| {
        // SAFETY: a size of zero is refused before anything is read or made.
        let cloned = unsafe { libc::syscall(libc::SYS_clone3, std::ptr::null::<u8>(), NONE) };
        let clone3 = cloned == -1 && Errno::from_io_error(&last_error()) == Some(Errno::INVAL);
        let flag = libc::CLOSE_RANGE_CLOEXEC;
        // SAFETY: no descriptor has this number: nothing is marked.
        let marked = unsafe { libc::syscall(libc::SYS_close_range, OTHERS.1, OTHERS.1, flag) };
        clone3 && marked == 0
    })
}

pub(super) fn spawn(plan: &Plan<'_>) -> Result<Started, Failure> {
    match Seated::of(plan) {
        Some(seated) => start(&seated.plan(plan), Table::Ours(seated.above())),
        None => start(plan, Table::Own),
    }
}

/// The table of descriptors that a child begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Table {
    /// A copy of ours.
    Own,
    /// Ours, which it leaves at once, for a copy of what is below this descriptor.
    Ours(c_int),
}

fn start(plan: &Plan<'_>, table: Table) -> Result<Started, Failure> {
    let (args, env) = (Words::new(plan.args), Words::new(plan.env));
    let limits: Vec<_> = plan.limits.iter().map(Given::limit).collect();
    let kept: Vec<_> = plan
        .kept
        .iter()
        .map(std::os::fd::AsRawFd::as_raw_fd)
        .collect();
    let mut given = Given {
        table,
        program: plan.program.as_ptr(),
        args: args.as_ptr(),
        env: env.as_ptr(),
        cwd: plan.cwd.as_raw_fd(),
        stdio: plan.stdio.map(|fd| fd.as_raw_fd()),
        terminal: plan.terminal.is_some(),
        limits: limits.as_ptr(),
        limit_count: limits.len(),
        kept: kept.as_ptr(),
        kept_count: kept.len(),
        domain: plan.domain.map_or(NO_DOMAIN, |fd| fd.as_raw_fd()),
        failed: None,
    };
    let blocked = Blocked::all();
    let cloned = clone(plan, &mut given);
    drop(blocked);
    // SAFETY: `given` lives, and nobody else has it: the child is gone or has its program.
    let failed = unsafe { std::ptr::read_volatile(&raw const given.failed) };
    let started = cloned?;
    match failed {
        None => Ok(started),
        Some((stage, errno)) => {
            // It ended on its own, so this takes no time.
            let _ =
                rustix::process::waitpid(Some(started.pid), rustix::process::WaitOptions::empty());
            Err(stage.failed(Errno::from_raw_os_error(errno)))
        }
    }
}

/// Makes the child, and comes back when it has its program or has failed.
fn clone(plan: &Plan<'_>, given: &mut Given) -> Result<Started, Failure> {
    let mut stack = Vec::<MaybeUninit<Aligned>>::with_capacity(STACK / size_of::<Aligned>());
    let mut pidfd: c_int = -1;
    let files = match given.table {
        Table::Own => 0,
        Table::Ours(_) => libc::CLONE_FILES,
    };
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD | files;
    let into = plan.cgroup.map_or(0, |_| CLONE_INTO_CGROUP);
    let args = CloneArgs {
        flags: u64::from(flags.cast_unsigned()) | CLONE_CLEAR_SIGHAND | into,
        pidfd: (&raw mut pidfd).expose_provenance() as u64,
        child_tid: 0,
        parent_tid: 0,
        exit_signal: u64::from(libc::SIGCHLD.cast_unsigned()),
        stack: stack.as_mut_ptr().expose_provenance() as u64,
        stack_size: STACK as u64,
        tls: 0,
        set_tid: 0,
        set_tid_size: 0,
        cgroup: plan
            .cgroup
            .map_or(0, |fd| u64::from(fd.as_raw_fd().cast_unsigned())),
    };
    // SAFETY: the arguments name a stack that nobody else uses, as large as they say, and a
    // place for the handle; they, the stack and `given` outlive the child's use of our memory,
    // as the kernel keeps this thread until the child has its program or is gone. All signals
    // are blocked, and those that have handlers here have none there, so nothing but `child`
    // runs on that stack. `child` does not come back.
    let pid = unsafe { clone3(&args, child, given) };
    drop(stack);
    let pid = i32::try_from(pid).unwrap_or(0);
    if pid < 0 {
        return Err(Stage::Process.failed(Errno::from_raw_os_error(-pid)));
    }
    let pid = Pid::from_raw(pid).ok_or(Stage::Process.failed(Errno::SRCH))?;
    // SAFETY: the kernel has just opened it for us.
    let pidfd = (pidfd >= 0).then(|| unsafe { OwnedFd::from_raw_fd(pidfd) });
    Ok(Started { pid, pidfd })
}

const CLONE_CLEAR_SIGHAND: u64 = 0x1_0000_0000;
const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;

/// The kernel's `struct clone_args`, as of Linux 5.7.
#[repr(C, align(8))]
struct CloneArgs {
    flags: u64,
    pidfd: u64,
    child_tid: u64,
    parent_tid: u64,
    exit_signal: u64,
    stack: u64,
    stack_size: u64,
    tls: u64,
    set_tid: u64,
    set_tid_size: u64,
    cgroup: u64,
}

/// A piece of stack: both architectures want it aligned to this.
#[repr(C, align(16))]
struct Aligned([u8; 16]);

/// What the child is told, in memory that it shares with us, and where it leaves how it
/// failed.
struct Given {
    table: Table,
    program: *const c_char,
    args: *const *const c_char,
    env: *const *const c_char,
    cwd: c_int,
    stdio: [c_int; 3],
    terminal: bool,
    limits: *const (c_long, [u64; 2]),
    limit_count: usize,
    kept: *const c_int,
    kept_count: usize,
    domain: c_int,
    failed: Option<(Stage, c_int)>,
}

impl Given {
    fn limit(limit: &crate::Limit) -> (c_long, [u64; 2]) {
        let resource = match limit.resource {
            Resource::Files => libc::RLIMIT_NOFILE,
            Resource::Core => libc::RLIMIT_CORE,
            Resource::FileSize => libc::RLIMIT_FSIZE,
        };
        (c_long::from(resource), [limit.soft, limit.hard])
    }
}

/// The child's part.
///
/// # Safety
///
/// Only in a child of [`clone3`], with what it was given.
unsafe extern "C" fn child(given: *mut Given) -> ! {
    // SAFETY: whoever made us waits, and touches none of it meanwhile.
    unsafe {
        let failed = become_program(&*given);
        std::ptr::write_volatile(&raw mut (*given).failed, Some(failed));
        loop {
            libc::syscall(libc::SYS_exit_group, 127);
        }
    }
}

/// Becomes the program, or says what failed. It only makes system calls: it takes no lock,
/// no memory, and runs no code of others. (The calls leave their errors in the `errno` of
/// the thread that waits for us, which has no use for it meanwhile.)
///
/// # Safety
///
/// As [`child`].
unsafe fn become_program(given: &Given) -> (Stage, c_int) {
    // SAFETY: all pointers of `given` are to what lives until we have our program; the
    // numbers are descriptors of ours, of which the child has its own table, or gets one before
    // it changes any.
    unsafe {
        let failed = |stage: Stage| (stage, *libc::__errno_location());
        if let Table::Ours(above) = given.table {
            let (above, flag) = (c_long::from(above), libc::CLOSE_RANGE_UNSHARE);
            if libc::syscall(libc::SYS_close_range, above, OTHERS.1, flag) != 0 {
                return failed(Stage::Descriptors);
            }
        }
        let pipe = c_long::from(libc::SIGPIPE);
        let action = DEFAULT_ACTION.as_ptr();
        if libc::syscall(libc::SYS_rt_sigaction, pipe, action, NONE, SIGNALS) != 0 {
            return failed(Stage::Signals);
        }
        if libc::syscall(libc::SYS_setsid) < 0 {
            return failed(Stage::Session);
        }
        if libc::syscall(libc::SYS_fchdir, c_long::from(given.cwd)) != 0 {
            return failed(Stage::Directory);
        }
        let [stdin, stdout, stderr] = given.stdio;
        for (from, to) in [(stdin, 0_i32), (stdout, 1), (stderr, 2)] {
            if libc::syscall(libc::SYS_dup3, c_long::from(from), c_long::from(to), NONE) < 0 {
                return failed(Stage::Descriptors);
            }
        }
        let flag = libc::CLOSE_RANGE_CLOEXEC;
        if libc::syscall(libc::SYS_close_range, OTHERS.0, OTHERS.1, flag) != 0 {
            return failed(Stage::Descriptors);
        }
        let mut kept = given.kept;
        let end = kept.add(given.kept_count);
        while kept < end {
            let fd = c_long::from(*kept);
            if libc::syscall(libc::SYS_fcntl, fd, libc::F_SETFD, NONE) != 0 {
                return failed(Stage::Descriptors);
            }
            kept = kept.add(1);
        }
        if given.terminal && libc::syscall(libc::SYS_ioctl, NONE, libc::TIOCSCTTY, NONE) != 0 {
            return failed(Stage::Terminal);
        }
        let mut limit = given.limits;
        let end = limit.add(given.limit_count);
        while limit < end {
            let (resource, value) = &*limit;
            if libc::syscall(libc::SYS_prlimit64, NONE, *resource, value.as_ptr(), NONE) != 0 {
                return failed(Stage::Limits);
            }
            limit = limit.add(1);
        }
        if given.domain != NO_DOMAIN {
            let (option, on) = (c_long::from(libc::PR_SET_NO_NEW_PRIVS), c_long::from(1));
            let domain = c_long::from(given.domain);
            if libc::syscall(libc::SYS_prctl, option, on, NONE, NONE, NONE) != 0
                || libc::syscall(libc::SYS_landlock_restrict_self, domain, NONE) != 0
            {
                return failed(Stage::Domain);
            }
        }
        let none = 0_u64;
        let set = c_long::from(libc::SIG_SETMASK);
        if libc::syscall(
            libc::SYS_rt_sigprocmask,
            set,
            &raw const none,
            NONE,
            SIGNALS,
        ) != 0
        {
            return failed(Stage::Signals);
        }
        libc::syscall(libc::SYS_execve, given.program, given.args, given.env);
        failed(Stage::Program)
    }
}

/// All signals of this thread are blocked as long as this is kept.
struct Blocked(libc::sigset_t);

impl Blocked {
    fn all() -> Self {
        let mut all = MaybeUninit::<libc::sigset_t>::uninit();
        let mut before = MaybeUninit::<libc::sigset_t>::uninit();
        // SAFETY: the first call fills `all`, the second one `before`; it cannot fail, its
        // first argument being one of three.
        unsafe {
            libc::sigfillset(all.as_mut_ptr());
            libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
            Self(before.assume_init())
        }
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        // SAFETY: the set is one that the system gave.
        unsafe {
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.0, std::ptr::null_mut());
        }
    }
}

fn last_error() -> std::io::Error {
    std::io::Error::last_os_error()
}

/// The system call. In the child, which has a stack of its own, it calls `child` and does
/// not come back; here, what it gives is the id of the child or an error below zero.
///
/// # Safety
///
/// `args` must name a stack that is as large as they say; `child` must not come back.
#[cfg(target_arch = "x86_64")]
unsafe fn clone3(
    args: &CloneArgs,
    child: unsafe extern "C" fn(*mut Given) -> !,
    given: *mut Given,
) -> c_long {
    let result: c_long;
    // SAFETY: as the caller promises. The kernel clobbers `rcx` and `r11`, and keeps all
    // other registers, in the child as well.
    unsafe {
        std::arch::asm!(
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "xor ebp, ebp",
            "mov rdi, {given}",
            "call {child}",
            "ud2",
            "2:",
            inlateout("rax") libc::SYS_clone3 => result,
            in("rdi") args,
            in("rsi") size_of::<CloneArgs>(),
            given = in(reg) given,
            child = in(reg) child,
            out("rcx") _,
            out("r11") _,
        );
    }
    result
}

/// As above.
///
/// # Safety
///
/// As above.
#[cfg(target_arch = "aarch64")]
unsafe fn clone3(
    args: &CloneArgs,
    child: unsafe extern "C" fn(*mut Given) -> !,
    given: *mut Given,
) -> c_long {
    let result: c_long;
    // SAFETY: as the caller promises. The kernel keeps all registers but the result's, in
    // the child as well.
    unsafe {
        std::arch::asm!(
            "svc #0",
            "cbnz x0, 2f",
            "mov x29, xzr",
            "mov x0, {given}",
            "blr {child}",
            "brk #1",
            "2:",
            in("x8") libc::SYS_clone3,
            inlateout("x0") args => result,
            in("x1") size_of::<CloneArgs>(),
            given = in(reg) given,
            child = in(reg) child,
        );
    }
    result
}
