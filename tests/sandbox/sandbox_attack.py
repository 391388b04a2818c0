"""What a hostile tool would do. Runs inside a sandbox: `sandbox_attack.py WHAT [ARGUMENT]`."""

# What a hostile tool does is written as it would write it, hence:
# ruff: noqa: T201, PLC0415, PTH100, PTH101, PTH102, PTH104, PTH108, PTH109, PTH115, PTH123, PTH208, PTH211
import contextlib
import ctypes
import errno
import json
import mmap
import os
import resource
import signal
import socket
import sys
import time

MIB = 1 << 20


def say(value):
    print(json.dumps(value), flush=True)


def pause():
    time.sleep(20)


def error_of(action):
    try:
        action()
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error.errno))
    return ""


def touch_memory(size):
    block = mmap.mmap(-1, size)
    for at in range(0, size, mmap.PAGESIZE):
        block[at] = 1
    return block


# Should a limit not hold, an attack stops by itself, far beyond the limit but before it hurts the machine.
MOST_MEMORY = 800 * MIB


def memory():
    held = []
    while len(held) * 4 * MIB < MOST_MEMORY:
        held.append(touch_memory(4 * MIB))
    pause()


def memory_of_four():
    for _ in range(4):
        if not os.fork():
            held = touch_memory(40 * MIB)
            pause()
            del held
    pause()


def memory_of_a_child():
    child = os.fork()
    if not child:
        memory()
    os.waitpid(child, 0)
    os._exit(0)


def memory_of_an_orphan():
    if not os.fork():
        os.setsid()
        if not os.fork():
            memory()
        os._exit(0)
    pause()


def group():
    """Try to leave the process group by which a job is ended."""
    before = os.getpgrp()
    if not os.fork():
        error_of(os.setsid)
        error_of(lambda: os.setpgid(0, 0))
        say(os.getpgrp() == before)
        os._exit(0)
    os.wait()


def shared_after_fork():
    held = bytearray(40 * MIB)
    for at in range(0, len(held), 4096):
        held[at] = 1
    children = [os.fork() for _ in range(1)]
    for _ in range(3):
        if children[-1]:
            children.append(os.fork())
    time.sleep(0.4)
    if not all(children):
        os._exit(0)
    for child in children:
        os.waitpid(child, 0)
    say(len(held))


def processes():
    """Double eight times: far over the limit under test, and harmless if that limit should not hold."""
    signal.alarm(4)
    for _ in range(8):
        with contextlib.suppress(OSError):
            os.fork()
            signal.alarm(4)
    pause()


def runaway():
    """Be fifteen processes that are never there when looked for: each forks the next and ends, for six seconds."""
    until = time.monotonic() + 6
    if all(os.fork() for _ in range(15)):
        pause()
    while time.monotonic() < until:
        if os.fork():
            os._exit(0)


def threads():
    import threading

    for _ in range(200):
        with contextlib.suppress(RuntimeError):
            threading.Thread(target=pause, daemon=True).start()
    pause()


def one_file():
    written = 0
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    file = os.open(os.environ["HOME"] + "/big", os.O_CREAT | os.O_WRONLY)
    try:
        while written < 64 * MIB:
            written += os.write(file, b"x" * 65536)
    except OSError as error:
        say([written, errno.errorcode[error.errno]])


def many_files(folder=None):
    written = 0
    folder = folder or os.environ["HOME"]
    try:
        for number in range(64):
            with open(f"{folder}/{number}", "wb") as file:
                for _ in range(16):
                    written += file.write(b"x" * 65536)
                    file.flush()
    except OSError as error:
        say([written, errno.errorcode[error.errno]])
    else:
        time.sleep(1)
        say([written, ""])


def deleted_files():
    written, held = 0, []
    try:
        for number in range(24):
            path = f"{os.environ['HOME']}/{number}"
            held.append(os.open(path, os.O_CREAT | os.O_WRONLY))
            os.unlink(path)
            written += os.write(held[-1], b"x" * MIB)
    except OSError as error:
        say([written, errno.errorcode[error.errno]])
    else:
        time.sleep(1)
        say([written, ""])


def empty_files():
    for number in range(30_000):
        os.close(os.open(f"{os.environ['HOME']}/{number}", os.O_CREAT | os.O_WRONLY))
    time.sleep(1)
    say("all made")


def hidden_folder():
    os.mkdir(os.environ["HOME"] + "/h", 0o300)
    os.chdir(os.environ["HOME"] + "/h")
    many_files(".")


def endless(number):
    while True:
        os.write(int(number), b"x" * 65536)


def daemon(stay):
    if not os.fork():
        os.setsid()
        for each in range(3):
            os.close(each)
        if not os.fork():
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            while True:
                time.sleep(0.01)
        os._exit(0)
    time.sleep(0.1)
    if stay == "stay":
        while True:
            time.sleep(0.01)


def busy():
    while True:
        pass


def open_files():
    held = []
    with contextlib.suppress(OSError):
        while True:
            held.append(os.open("/dev/null", os.O_RDONLY))
    say(len(held))


def limits():
    say({name: resource.getrlimit(getattr(resource, name)) for name in ("RLIMIT_CORE", "RLIMIT_FSIZE")})


def traps():
    home = os.environ["HOME"]
    os.mkfifo(f"{home}/fifo")
    os.symlink("/etc/hostname", f"{home}/link")
    os.mkdir(f"{home}/folder")
    os.symlink("folder", f"{home}/linked")
    for name in ("folder/inner", "plain", "twin"):
        with open(f"{home}/{name}", "w") as file:
            file.write("kept")
    os.link(f"{home}/twin", f"{home}/other")


def too_long():
    with open(os.environ["HOME"] + "/plain", "wb") as file:
        file.write(b"x" * 2 * MIB)


def status():
    with open("/proc/self/status") as file:
        lines = dict(line.split(":", 1) for line in file.read().splitlines())
    names = ("CapEff", "CapPrm", "CapBnd", "NoNewPrivs", "Seccomp")
    say({name: lines[name].strip() for name in names})


def interfaces():
    say([name for _, name in socket.if_nameindex()])


def namespaces():
    say({name: os.readlink(f"/proc/self/ns/{name}") for name in ("net", "pid", "ipc", "mnt", "user")})


def system_calls():
    libc = ctypes.CDLL(None, use_errno=True)
    machine = {"x86_64": 0, "aarch64": 1}[os.uname().machine]
    calls = {
        "ptrace": ((101, 117), 0, 0, 0, 0),
        "unshare": ((272, 97), 0x10000000),
        "clone": ((56, 220), 0x10000000 | 17, 0, 0, 0, 0),
        "clone3": ((435, 435), 0, 0),
        "keyctl": ((250, 219), 0, -3, 0),
        "bpf": ((321, 280), 0, 0, 0),
        "userfaultfd": ((323, 282), 0),
        "io_uring_setup": ((425, 425), 1, 0),
        "memfd_create": ((319, 279), b"x", 0),
        "mount": ((165, 40), b"none", b"/", 0, 0x44000, 0),
        "shmget": ((29, 194), 0, 4096, 0o1600),
        "socket": ((41, 198), 2, 1, 0),
        "socket of this host": ((41, 198), 1, 1, 0),
        "netlink": ((41, 198), 16, 3, 0),
        "pair of other kind": ((53, 199), 2, 1, 0, 0),
        "terminal": ((16, 29), 0, 0x5412, b"x"),
        "newest": ((600, 600),),
        "personality": ((135, 92), 0xFFFFFFFF),
    }
    found = {}
    for name, (numbers, *arguments) in calls.items():
        result = libc.syscall(numbers[machine], *arguments)
        if name == "clone" and result == 0:
            os._exit(0)
        found[name] = "" if result >= 0 else errno.errorcode[ctypes.get_errno()]
    left, right = socket.socketpair()
    left.send(b"x")
    found["pair"] = "" if right.recv(1) == b"x" else "broken"
    say(found)


def old_architecture():
    """Call through the 32-bit door (x86_64): int 0x80, getpid."""
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
    say(function())


def touch_the_tree():
    home = os.environ["HOME"]
    path = os.path.abspath("canary-in-tree")
    say(
        {
            "truncate": error_of(lambda: os.truncate(path, 0)),
            "open to truncate": error_of(lambda: os.close(os.open(path, os.O_RDONLY | os.O_TRUNC))),
            "unlink": error_of(lambda: os.unlink(path)),
            "rename": error_of(lambda: os.rename(path, home + "/stolen")),
            "link": error_of(lambda: os.link(path, home + "/linked")),
            "mkdir": error_of(lambda: os.mkdir("folder")),
            "symlink": error_of(lambda: os.symlink("x", "new")),
            "mode": error_of(lambda: os.chmod(path, 0o777)),
            "mode by descriptor": error_of(lambda: os.fchmod(os.open(path, os.O_RDONLY), 0o777)),
            "times": error_of(lambda: os.utime(path, (1, 1))),
        }
    )


def outside(*paths):
    def read(path):
        with open(path, "rb") as file:
            return file.read(64)

    say({path: error_of(lambda path=path: read(path)) for path in paths})


def kill(number):
    say(error_of(lambda: os.kill(int(number), 0)))


def environment():
    say(dict(os.environ))


def arguments(*given):
    say([list(given), sys.stdin.read(), os.getcwd(), os.listdir(".")])


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
