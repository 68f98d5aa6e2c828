"""What a sandboxed command is to leave alone: files, sockets and a process of the user who
runs this. Makes them in the folder it is given, writes where they are as JSON, says so, and
keeps them until its input ends."""

import ctypes, json, os, socket, subprocess, sys, threading

folder = sys.argv[1]
name = "collodi-%d" % os.getpid()


def made(path):
    os.makedirs(path, exist_ok=True)
    return path


def file(path):
    with open(path, "w") as opened:
        opened.write("secret")
    return path


def listening(address):
    mine = socket.socket(socket.AF_UNIX)
    mine.bind(address)
    mine.listen()
    return mine


outside, other, hidden = (made(folder + "/" + part) for part in ("outside", "other", "hidden"))
home, app = made(folder + "/home"), made(folder + "/app")
var_tmp = made("/var/tmp/" + name)
made(app + "/.vatn")
made(home + "/.ssh")
file(home + "/.ssh/id_ed25519")
file(hidden + "/token")
if not os.path.islink(app + "/way_out"):
    os.symlink(outside, app + "/way_out")
shm = file("/dev/shm/" + name)

tcp = socket.socket()
tcp.bind(("127.0.0.1", 0))
tcp.listen(64)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", 0))


def echo():
    while True:
        data, sender = udp.recvfrom(16)
        udp.sendto(data, sender)


threading.Thread(target=echo, daemon=True).start()
tmp_socket = "/tmp/" + name
kept = [listening("\0" + name), listening(tmp_socket), listening(outside + "/socket")]
libc = ctypes.CDLL(None)
segment = libc.shmget(0, 4096, 0o1600)
victim = subprocess.Popen(
    [sys.executable, "-c", "import sys; sys.stdin.read()", "collodi-victim"],
    stdin=subprocess.PIPE, env={"COLLODI_SECRET": "1"}, cwd=outside,
)
cgroups = [path for path in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/memory")
           if os.access(path, os.W_OK)]
with open(app + "/here.json", "w") as opened:
    json.dump(dict(
        outside=outside, other=other, hidden=hidden, home=home, var_tmp=var_tmp, shm=shm,
        victim=file(outside + "/victim"), tcp=tcp.getsockname()[1], udp=udp.getsockname()[1],
        abstract=name, tmp_socket=tmp_socket, segment=segment, pid=victim.pid, cgroups=cgroups,
    ), opened)
print("ready", flush=True)
sys.stdin.read()
victim.kill()
libc.shmctl(segment, 0, None)
for path in (shm, tmp_socket, shm + ".write_shared_memory", var_tmp + "/write_var_tmp"):
    if os.path.exists(path):
        os.unlink(path)
os.rmdir(var_tmp)
