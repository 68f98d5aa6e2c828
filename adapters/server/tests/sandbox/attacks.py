"""Tries what a sandboxed command must not be able to do, each in a process of its own.

Reads where things are from the JSON file it is given, and says the name of each attempt that
succeeds. Attempts change nothing that others need, so that they can be shown to succeed where
there is no sandbox. Numbers of system calls are those of x86_64."""

import ctypes, fcntl, json, os, socket, struct, subprocess, sys

HERE = json.load(open(sys.argv[1]))
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
ATTEMPTS = {}


def attempt(function):
    ATTEMPTS[function.__name__] = function


def call(number, *arguments):
    arguments = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    ctypes.set_errno(0)
    result = libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result


def opened(path, flags=os.O_WRONLY):
    os.close(os.open(path, flags))


def write(path):
    with open(path, "w") as file:
        file.write("x")


def host_sees(path):
    # A write may go to a private copy: whoever runs this looks whether it is there.
    write(path)
    raise LookAgain(path)


class LookAgain(Exception):
    pass


# Files

@attempt
def write_outside(): host_sees(HERE["outside"] + "/write_outside")
@attempt
def write_home(): host_sees(HERE["home"] + "/write_home")
@attempt
def write_other_app(): host_sees(HERE["other"] + "/write_other_app")
@attempt
def write_var_tmp(): host_sees(HERE["var_tmp"] + "/write_var_tmp")
@attempt
def write_shared_memory(): host_sees(HERE["shm"] + ".write_shared_memory")
@attempt
def truncate_outside(): opened(HERE["victim"], os.O_WRONLY | os.O_TRUNC)
@attempt
def chmod_outside(): os.chmod(HERE["victim"], 0o644)
@attempt
def touch_outside(): os.utime(HERE["victim"])
@attempt
def link_outside(): os.link(HERE["victim"], "linked"); os.unlink("linked")
@attempt
def through_link(): opened("way_out/victim")
@attempt
def read_shared_memory(): open(HERE["shm"]).read()
@attempt
def read_keys(): open(HERE["home"] + "/.ssh/id_ed25519").read()
@attempt
def read_hidden(): open(HERE["hidden"] + "/token").read()
@attempt
def read_shadow(): open("/etc/shadow").read()
@attempt
def change_protected(): write(".vatn/settings")
@attempt
def move_protected(): os.rename(".vatn", ".moved"); os.rename(".moved", ".vatn")
@attempt
def set_user_id(): write("suid"); os.chmod("suid", 0o4755)
@attempt
def create_set_user_id():
    descriptor = os.open("suid2", os.O_CREAT | os.O_WRONLY, 0o4755)
    assert os.fstat(descriptor).st_mode & 0o4000
@attempt
def make_device(): os.mknod("device", 0o020666, os.makedev(1, 3))


# The kernel

@attempt
def core_pattern(): opened("/proc/sys/kernel/core_pattern")
@attempt
def print_level(): opened("/proc/sys/kernel/printk")
@attempt
def kernel_image(): open("/proc/kcore", "rb").read(4)
@attempt
def control_groups():
    for path in HERE["cgroups"]:
        try:
            os.mkdir(path + "/attempt")
        except OSError:
            continue
        os.rmdir(path + "/attempt")
        return
    raise OSError("none")
@attempt
def mount(): mounted("tmpfs")
@attempt
def new_mount_api(): call(430, b"tmpfs\0", 0)
@attempt
def chroot(): os.chroot(".")
@attempt
def user_namespace(): call(272, 0x10000000)
@attempt
def network_namespace(): call(272, 0x40000000)
@attempt
def clone_namespace():
    if call(56, 0x10000000 | 17, 0, 0, 0, 0) == 0:
        os._exit(0)
@attempt
def clone3_namespace():
    if call(435, ctypes.create_string_buffer(struct.pack("8Q", 0x10000000, 0, 0, 0, 17, 0, 0, 0)), 64) == 0:
        os._exit(0)
@attempt
def nested_bubblewrap():
    subprocess.run(["/usr/bin/bwrap", "--ro-bind", "/", "/", "true"], check=True, capture_output=True)
@attempt
def read_keyring(): call(250, 0, -4, 1)
@attempt
def add_key(): call(248, b"user\0", b"collodi\0", b"x", 1, -2)
@attempt
def io_uring(): call(425, 1, ctypes.create_string_buffer(120))
@attempt
def load_bpf(): call(321, 0, ctypes.create_string_buffer(struct.pack("IIIII", 2, 4, 4, 1, 0) + bytes(100)), 72)
@attempt
def perf_events(): call(298, ctypes.create_string_buffer(struct.pack("IIQ", 1, 112, 0) + bytes(200)), 0, -1, -1, 0)
@attempt
def userfaultfd(): call(323, 1)
@attempt
def host_name(): socket.sethostname(socket.gethostname())
@attempt
def personality(): call(135, 0x0040000)


# Processes

@attempt
def signal_outside(): os.kill(HERE["pid"], 0)
@attempt
def see_outside():
    assert any("collodi-victim" in told(pid, "cmdline") for pid in pids())
@attempt
def read_environment():
    assert any("COLLODI_SECRET" in told(pid, "environ") for pid in pids())
@attempt
def read_memory(): opened("/proc/%d/mem" % HERE["pid"], os.O_RDONLY)
@attempt
def enter_folder(): os.listdir("/proc/%d/cwd/" % HERE["pid"])
@attempt
def trace_outside(): call(101, 16, HERE["pid"], 0, 0)
@attempt
def trace_own():
    child = os.fork()
    if child == 0:
        try:
            call(101, 0, 0, 0, 0)
        except OSError:
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
@attempt
def read_other_memory(): call(310, os.getppid(), 0, 0, 0, 0, 0)
@attempt
def pin_outside(): os.sched_setaffinity(HERE["pid"], os.sched_getaffinity(0))
@attempt
def renice_outside(): os.setpriority(os.PRIO_PROCESS, HERE["pid"], 5)
@attempt
def type_into_terminal(): fcntl.ioctl(os.openpty()[1], 0x5412, b"x")
@attempt
def type_by_high_bits(): call(16, os.openpty()[1], 0x1_0000_5412, b"x\0")


# Sockets and other ways to talk

@attempt
def inherited_descriptor():
    # The interpreter has none of its own but those of this process: the pipe to its parent.
    assert any(is_folder(number) for number in range(3, 256))
@attempt
def tcp(): socket.create_connection(("127.0.0.1", HERE["tcp"]), 2)
@attempt
def udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mine:
        mine.settimeout(2)
        mine.sendto(b"x", ("127.0.0.1", HERE["udp"]))
        mine.recv(1)
@attempt
def abstract_socket(): connect("\0" + HERE["abstract"])
@attempt
def socket_in_tmp(): connect(HERE["tmp_socket"])
@attempt
def socket_outside(): connect(HERE["outside"] + "/socket")
@attempt
def raw_socket(): socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
@attempt
def packet_socket(): socket.socket(17, socket.SOCK_RAW, 0)
@attempt
def machine_socket(): socket.socket(40, socket.SOCK_STREAM)
@attempt
def shared_segment(): call(30, HERE["segment"], 0, 0o10000)


def mounted(kind):
    os.makedirs("mounted", exist_ok=True)
    if libc.mount(b"none", b"mounted", kind.encode(), 0, None):
        raise OSError(ctypes.get_errno(), "refused")
    libc.umount2(b"mounted", 2)


def pids():
    return [name for name in os.listdir("/proc") if name.isdigit()]


def told(pid, what):
    try:
        return open("/proc/%s/%s" % (pid, what), errors="replace").read()
    except OSError:
        return ""


def is_folder(number):
    try:
        return os.path.isdir("/proc/self/fd/%d" % number)
    except OSError:
        return False


def connect(address):
    with socket.socket(socket.AF_UNIX) as mine:
        mine.settimeout(2)
        mine.connect(address)


def outcome(function):
    """Nothing, a path that the caller has to look at, or `refused`."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            function()
            said = "done"
        except LookAgain as path:
            said = str(path)
        except BaseException:
            said = "refused"
        os.write(writer, said.encode())
        os._exit(0)
    os.close(writer)
    said = os.read(reader, 4096).decode()
    os.close(reader)
    os.waitpid(child, 0)
    return said


os.umask(0)
for name, function in ATTEMPTS.items():
    said = outcome(function)
    if said != "refused" and said:
        print(name, said, flush=True)
    for left in ("suid", "suid2", "device", "linked"):
        try:
            os.unlink(left)
        except OSError:
            pass
print("all tried", len(ATTEMPTS), flush=True)
