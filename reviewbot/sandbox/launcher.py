"""The program that confines itself and then becomes the tool. Standard library only.

It is run as a script, `python -I -S -E launcher.py SPEC_FD STATUS_FD GO_FD`, and imports nothing
of reviewbot. SPEC_FD holds a marshalled dictionary (see `landlock.spec`), STATUS_FD takes lines
of JSON, GO_FD is one byte from the parent, who has by then put limits on the process that it was
told of (`child-pid`).

With namespaces:     launcher -- init (process 1 of the namespace) -- tool
Without namespaces:  launcher, which adopts every orphan of the tool -- tool

In both the launcher outlives the tool, and does not end while a process of the job is alive.
Sources: landlock(7), linux/landlock.h, unshare(2), mount_setattr(2), capabilities(7),
user_namespaces(7), prctl(2).
"""

import ctypes
import errno
import marshal
import os
import signal
import sys
import time

TYPE_CHECKING = False  # typing itself costs 5 ms at start
if TYPE_CHECKING:
    from typing import Any

_LIBC = ctypes.CDLL(None, use_errno=True)
_MOUNT_SETATTR, _CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 442, 444, 445, 446  # same on both machines
_CAPSET = {"x86_64": 126, "aarch64": 91}
_PDEATHSIG, _SECCOMP, _CAPBSET_DROP, _SUBREAPER, _NO_NEW_PRIVS, _AMBIENT = 1, 22, 24, 36, 38, 47
_NEW_USER, _NEW_OTHERS = 0x10000000, 0x6C020000  # mount, uts, ipc, process, network
_READ_ONLY, _NO_SUID, _NO_DEV, _NO_EXEC, _PRIVATE = 0x1, 0x2, 0x4, 0x8, 0x44000
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
# Landlock's rights over files: all that the first interface knew, then one bit or two each.
_FILE_RIGHTS = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF}
_NEWEST_FILE_RIGHTS = 0xFFFF
_ON_FILES = 0xC007  # execute, write, read, truncate, ioctl: the rights a single file can have
_READ = 0x000D  # execute, read file, read folder
_TCP, _SCOPES = 0x3, 0x3  # bind and connect; abstract sockets and signals
_INTERFACE_NETWORK, _INTERFACE_SCOPES = 4, 6
_PROCESS_FACTS = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/filesystems")


class Broken(Exception):  # noqa: N818 - a state of the launcher, told to the parent in words
    """A step of the confinement that the kernel refused."""


def _check(result: int, step: str) -> int:
    if result < 0:
        raise Broken(f"{step}: {os.strerror(ctypes.get_errno())}")
    return result


def _tell(status: int, name: str, value: str) -> None:
    os.write(status, f'{{"{name}": {value}}}\n'.encode("ascii", "replace"))


def _quoted(text: str) -> str:
    return '"' + "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "?" for c in text) + '"'


def _die_with_parent(number: int) -> None:
    _check(_LIBC.prctl(_PDEATHSIG, number, 0, 0, 0), "ask for the signal at the parent's death")


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:  # noqa: PTH123 - pathlib costs 8 ms at start
        file.write(text)


def _enter_namespaces() -> None:
    user, group = os.geteuid(), os.getegid()
    if _LIBC.unshare(_NEW_USER | _NEW_OTHERS) == 0:
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")
        return
    _check(_LIBC.unshare(_NEW_OTHERS), "make namespaces")


def _mount(kind: bytes, place: str, flags: int, options: str = "") -> int:
    target = os.fsencode(place)
    return int(_LIBC.mount(kind, target, kind, ctypes.c_ulong(flags), options.encode() or None))


def _arrange_mounts(spec: dict[str, "Any"]) -> bool:
    """Make everything read-only but scratch. Says whether /proc is the namespace's own."""
    _check(_LIBC.mount(b"none", b"/", None, ctypes.c_ulong(_PRIVATE), None), "make the mounts private")
    attributes = (ctypes.c_uint64 * 4)(_READ_ONLY | _NO_SUID, 0, 0, 0)
    _check(
        _LIBC.syscall(_MOUNT_SETATTR, _AT_FDCWD, b"/", _AT_RECURSIVE, attributes, ctypes.sizeof(attributes)),
        "make the mounts read-only",
    )
    for place, size in spec["mounts"]:
        options = f"size={size},nr_inodes={spec['files']},mode=0700"
        _check(_mount(b"tmpfs", place, _NO_SUID | _NO_DEV, options), f"mount scratch at {place}")
    return _mount(b"proc", "/proc", _READ_ONLY | _NO_SUID | _NO_DEV | _NO_EXEC) == 0


def _landlock(spec: dict[str, "Any"], *, own_proc: bool) -> None:
    interface = min(_check(_LIBC.syscall(_CREATE_RULESET, None, 0, 1), "ask for Landlock"), spec["interface"])
    files = _FILE_RIGHTS.get(interface, _NEWEST_FILE_RIGHTS)
    handled = [files]
    if interface >= _INTERFACE_NETWORK:
        handled.append(_TCP)
    if interface >= _INTERFACE_SCOPES:
        handled.append(_SCOPES)
    attributes = (ctypes.c_uint64 * len(handled))(*handled)
    ruleset = _check(
        _LIBC.syscall(_CREATE_RULESET, attributes, ctypes.sizeof(attributes), 0), "make a Landlock ruleset"
    )
    for path in (*spec["read"], *(("/proc",) if own_proc else _PROCESS_FACTS)):
        _allow(ruleset, path, _READ)
    for path in spec["write"]:
        _allow(ruleset, path, files)
    _check(_LIBC.syscall(_RESTRICT_SELF, ruleset, 0), "enter the Landlock ruleset")
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError as error:
        raise Broken(f"open {path}: {error.strerror}") from None
    if os.stat(place).st_mode & 0o170000 != 0o040000:  # noqa: PTH116 - see _write
        rights &= _ON_FILES
    rule = rights.to_bytes(8, sys.byteorder) + place.to_bytes(4, sys.byteorder)
    _check(_LIBC.syscall(_ADD_RULE, ruleset, 1, rule, 0), f"allow {path}")
    os.close(place)


def _drop_capabilities() -> None:
    _LIBC.prctl(_AMBIENT, 4, 0, 0, 0)
    for capability in range(64):
        _LIBC.prctl(_CAPBSET_DROP, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _check(_LIBC.syscall(_CAPSET[os.uname().machine], header, nothing), "drop the capabilities")


def _seccomp(program: bytes) -> None:
    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))

    filter_ = Program(len(program) // 8, program)
    _check(_LIBC.prctl(_SECCOMP, 2, ctypes.byref(filter_), 0, 0), "enter the system-call filter")


def _become(spec: dict[str, "Any"], status: int, *, own_proc: bool) -> None:
    """Confine this process, then be the tool. Does not return."""
    code = 127
    try:
        for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        os.chdir(spec["cwd"])
        _check(_LIBC.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0), "renounce new privileges")
        if spec["interface"]:
            _landlock(spec, own_proc=own_proc)
        _drop_capabilities()
        if spec["filter"]:
            _seccomp(spec["filter"])
        _execute(spec["argv"], spec["env"])
    except Broken as error:
        _tell(status, "error", _quoted(str(error)))
    except OSError as error:
        _tell(status, "error", _quoted(f"start {spec['argv'][0]}: {error.strerror}"))
    finally:
        os._exit(code)


def _execute(argv: tuple[str, ...], env: dict[str, str]) -> None:
    """Be the tool. `os.execvpe` would import a module, which can no longer be read here."""
    if "/" in argv[0]:
        os.execve(argv[0], argv, env)  # noqa: S606 - that is the task
    for folder in env["PATH"].split(":"):
        try:
            os.execve(f"{folder}/{argv[0]}", argv, env)  # noqa: S606 - as above
        except (FileNotFoundError, NotADirectoryError):
            continue
    raise Broken(f"start {argv[0]}: not in PATH")


def _wait_for_go(go: int) -> None:
    if os.read(go, 1) != b"1":
        os._exit(126)
    os.close(go)


def _namespaced(spec: dict[str, "Any"], status: int, go: int) -> None:
    _enter_namespaces()
    _die_with_parent(signal.SIGKILL)
    if os.getppid() != spec["parent"]:
        return
    init = os.fork()
    if init:
        for number in (0, 1, 2, go):
            os.close(number)
        _tell(status, "child-pid", str(init))
        os.waitpid(init, 0)
        return
    try:
        _die_with_parent(signal.SIGKILL)
        own_proc = _arrange_mounts(spec)
        _tell(status, "ready", "1")
        _wait_for_go(go)
    except Broken as error:
        _tell(status, "error", _quoted(str(error)))
        os._exit(126)
    tool = os.fork()
    if not tool:
        _become(spec, status, own_proc=own_proc)
    for number in (0, 1, 2):
        os.close(number)
    _await(tool)
    _tell(status, "exit-code", str(os.waitstatus_to_exitcode(os.waitpid(tool, 0)[1])))
    os._exit(0)  # the kernel ends the rest of the namespace


def _await(tool: int) -> None:
    """Wait for the tool's end, burying every orphan that ends before it, but not the tool itself."""
    while True:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        if ended is None or ended.si_pid == tool:
            return
        os.waitpid(ended.si_pid, 0)


class Stop(Exception):  # noqa: N818 - an order, not an error
    """The parent ordered the end, or died."""


def _on_stop(_number: int, _frame: object) -> None:
    raise Stop


def _adopting(spec: dict[str, "Any"], status: int, go: int) -> None:
    _check(_LIBC.prctl(_SUBREAPER, 1, 0, 0, 0), "adopt orphans")
    signal.signal(signal.SIGTERM, _on_stop)
    _die_with_parent(signal.SIGTERM)
    tool = os.fork()
    if not tool:
        _wait_for_go(go)
        os.nice(spec["nice"])
        _become(spec, status, own_proc=False)
    try:
        for number in (0, 1, 2, go):
            os.close(number)
        _tell(status, "child-pid", str(tool))
        _tell(status, "ready", "1")
        if os.getppid() != spec["parent"]:
            raise Stop  # noqa: TRY301 - the same way out as the signal
        _await(tool)
    except Stop:
        _end(tool)
    else:
        _tell(status, "exit-code", str(_end(tool)))


def _end(tool: int) -> int:
    """End everything that the tool left; give its exit code.

    The filter keeps the job in the tool's process group, and the kernel signals a group as a whole,
    so a fork bomb cannot outrun this. The tool is not yet buried, so the group is still its own.
    """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        os.killpg(tool, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(tool, signal.SIGKILL)  # it did not come so far as to have a group
    code = os.waitstatus_to_exitcode(os.waitpid(tool, 0)[1])
    _end_descendants()
    return code


def _end_descendants() -> None:
    """Kill until no child is left: as orphans come to us, none is left elsewhere either."""
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        for process in _descendants(os.getpid()):
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.002)


def _descendants(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 - see _write
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123 - see _write
                    parent = int(file.read().rpartition(b")")[2].split()[1])
            except OSError as error:
                if error.errno in {errno.ENOENT, errno.ESRCH}:
                    continue
                raise
            children.setdefault(parent, []).append(int(name))
    found, queue = [], [root]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def _read_all(descriptor: int) -> bytes:
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def main() -> None:
    """Read the order, run it, end when the last process of the job has ended."""
    spec_fd, status, go = (int(each) for each in sys.argv[1:4])
    os.set_inheritable(status, False)
    os.set_inheritable(go, False)
    spec = marshal.loads(_read_all(spec_fd))  # noqa: S302 - a sealed memory file of our own parent's
    try:
        (_namespaced if spec["mounts"] else _adopting)(spec, status, go)
    except (Broken, OSError) as error:
        _tell(status, "error", _quoted(str(error)))


if __name__ == "__main__":
    main()
