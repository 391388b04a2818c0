"""The system-call filter, written by hand: classic BPF for x86_64 and aarch64.

What it refuses: every socket but a connected AF_UNIX pair (semgrep's Python front end and
asyncio ask for one; nothing measured needs more), tracing and reading other processes, new
namespaces, mounts, keys, BPF, io_uring, module and clock calls, shared memory that no scratch
limit would count, terminal input injection, and every call newer than this table.
Anything of another architecture (32-bit, x32) kills the process.

Sources: linux/seccomp.h, linux/filter.h, asm/unistd_64.h, asm-generic/unistd.h; the refused list
follows the default profiles of Docker and systemd's `@privileged`, `@keyring`, `@mount`, `@debug`.
"""

import platform
import struct

from reviewbot.errors import SandboxError

_EPERM, _ENOSYS, _EAFNOSUPPORT = 1, 38, 97
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _SECOND_ARGUMENT, _THIRD_ARGUMENT = 0, 4, 16, 24, 32
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000
_FIRST_UNKNOWN = 451  # cachestat, Linux 6.5; everything from here on is answered "no such call"
_NEW_NAMESPACES = 0x7E020080  # CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET, TIME
_AF_UNIX = 1
_TERMINAL_INJECTION = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX
_FLAGS_OF_FILES = (0x40086602, 0x401C5820)  # FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR
_ACCESS_OR_TRUNCATE, _TRUNCATE = 0o1003, 0o1000  # O_ACCMODE | O_TRUNC, O_TRUNC

# (x86_64, aarch64); None where the architecture has no such call.
Numbers = dict[str, tuple[int | None, int | None]]

REFUSED: Numbers = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "mount_setattr": (442, 442),
    "userfaultfd": (323, 282),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "memfd_secret": (447, 447),
    "personality": (135, 92),
    "syslog": (103, 116),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "acct": (163, 89),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "lookup_dcookie": (212, 18),
    "nfsservctl": (180, 42),
    "vhangup": (153, 58),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "uselib": (134, None),
    "ustat": (136, None),
    "sysfs": (139, None),
    "_sysctl": (156, None),
}

# Answered "no such call", because callers have a way without it.
ABSENT: Numbers = {
    "clone3": (435, 435),
    "memfd_create": (319, 279),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
}

# What Landlock does not govern and a read-only mount would: owner, mode, times, attributes. Answered
# as done, without effect: tools set them on their own new files and take a refusal for a failure.
METADATA: Numbers = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "utime": (132, None),
    "utimes": (235, None),
    "utimensat": (280, 88),
    "futimesat": (261, None),
}

# Leaving the process group by which the job is ended where it has no process namespace. Answered as
# done, without effect, like METADATA.
GROUPS: Numbers = {"setsid": (112, 157), "setpgid": (109, 154)}

# What Landlock scopes from its sixth interface on.
SIGNALS: Numbers = {
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
}

_SOCKET, _SOCKETPAIR, _CLONE, _IOCTL = (41, 198), (53, 199), (56, 220), (16, 29)
_TRUNCATE_BY_PATH, _OPEN, _OPENAT, _OPENAT2 = (76, 45), (2, None), (257, 56), (437, 437)


def build(
    machine: str | None = None, *, shared: bool = False, signals: bool = False, truncation: bool = False
) -> bytes:
    """Give the filter as an array of `struct sock_filter`, for `PR_SET_SECCOMP` or bwrap's `--seccomp`.

    `shared` is for a rung without mount and process namespaces, `signals` and `truncation` for one
    whose Landlock does not govern these: they keep back what the kernel then does not.
    Raises `SandboxError` on a machine that is neither x86_64 nor aarch64.
    """
    machine, column = _machine(machine)
    refused = {**REFUSED, **(SIGNALS if signals else {})}
    program = [*_preamble(machine), *_by_argument(column, files=shared)]
    if truncation:
        program += _truncation(column)
    ignored = {**METADATA, **GROUPS} if shared else {}
    for calls, answer in ((refused, _EPERM), (ABSENT, _ENOSYS), (ignored, 0)):
        program += [code for pair in calls.values() for code in _refuse(pair[column], answer)]
    return b"".join([*program, _code(_RETURN, _ALLOW)])


def build_for_group(machine: str | None = None) -> bytes:
    """Give a filter that only keeps a job in its process group, for a job that is not contained."""
    machine, column = _machine(machine)
    program = [*_preamble(machine)[:4]]
    program += [code for pair in GROUPS.values() for code in _refuse(pair[column], 0)]
    return b"".join([*program, _code(_RETURN, _ALLOW)])


def _machine(machine: str | None) -> tuple[str, int]:
    machine = machine or platform.machine()
    if machine not in _AUDIT:
        raise SandboxError(f"no system-call filter is known for a machine of type {machine!a}")
    return machine, ("x86_64", "aarch64").index(machine)


def _code(operation: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", operation, yes, no, value)


def _refuse(number: int | None, error: int) -> list[bytes]:
    if number is None:
        return []
    return [_code(_EQUAL, number, 0, 1), _code(_RETURN, _ERRNO | error)]


def _preamble(machine: str) -> list[bytes]:
    program = [
        _code(_LOAD, _ARCHITECTURE),
        _code(_EQUAL, _AUDIT[machine], 1, 0),
        _code(_RETURN, _KILL),
        _code(_LOAD, _NUMBER),
    ]
    if machine == "x86_64":
        program += [_code(_AT_LEAST, _X32_BIT, 0, 1), _code(_RETURN, _KILL)]
    return [*program, _code(_AT_LEAST, _FIRST_UNKNOWN, 0, 1), _code(_RETURN, _ERRNO | _ENOSYS)]


def _looked_at(number: int, argument: int, tests: list[bytes]) -> list[bytes]:
    """Run `tests` over the low half of an argument of one call, then load the number again."""
    return [
        _code(_EQUAL, number, 0, len(tests) + 2),
        _code(_LOAD, argument),
        *tests,
        _code(_LOAD, _NUMBER),
    ]


def _by_argument(column: int, *, files: bool) -> list[bytes]:
    refuse = _code(_RETURN, _ERRNO | _EPERM)
    no_family = _code(_RETURN, _ERRNO | _EAFNOSUPPORT)
    requests = (*_TERMINAL_INJECTION, *(_FLAGS_OF_FILES if files else ()))
    ioctl = [code for request in requests for code in (_code(_EQUAL, request, 0, 1), refuse)]
    return [
        *_refuse(_SOCKET[column], _EAFNOSUPPORT),
        *_looked_at(_SOCKETPAIR[column], _FIRST_ARGUMENT, [_code(_EQUAL, _AF_UNIX, 1, 0), no_family]),
        *_looked_at(_CLONE[column], _FIRST_ARGUMENT, [_code(_ANY_BIT, _NEW_NAMESPACES, 0, 1), refuse]),
        *_looked_at(_IOCTL[column], _SECOND_ARGUMENT, ioctl),
    ]


def _truncation(column: int) -> list[bytes]:
    """Refuse to empty a file by path, or by opening it for reading only."""
    empties = [
        _code(_AND, _ACCESS_OR_TRUNCATE),
        _code(_EQUAL, _TRUNCATE, 0, 1),
        _code(_RETURN, _ERRNO | _EPERM),
    ]
    program = [*_refuse(_TRUNCATE_BY_PATH[column], _EPERM), *_refuse(_OPENAT2[column], _ENOSYS)]
    opening = _OPEN[column]
    if opening is not None:
        program += _looked_at(opening, _SECOND_ARGUMENT, empties)
    return program + _looked_at(_OPENAT[column] or 0, _THIRD_ARGUMENT, empties)
