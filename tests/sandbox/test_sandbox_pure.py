"""The parts without processes: placeholders, the filter's code, control groups, container arguments."""

import re
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.domain.sandboxing import Ended, Job, JobLimits
from reviewbot.errors import SandboxError
from reviewbot.sandbox import cgroups, container, places, seccomp

PLACES = places.Places("/src", "/tmp", {"rules": "/in/rules"})
ALLOW, KILL = 0x7FFF0000, 0x80000000
MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}


@pytest.mark.parametrize(
    ("given_", "filled"),
    [
        ("{scratch}", "/tmp"),
        ("{scratch}/a", "/tmp/a"),
        ("{scratch}a", "{scratch}a"),
        ("{src}/x", "/src/x"),
        ("{in}/rules", "/in/rules"),
        ("{in}/rules/a.yaml", "/in/rules/a.yaml"),
        ("a{in}/rules", "a{in}/rules"),
        ("./{in}/rules", "./{in}/rules"),
        ("--config={in}/rules", "--config=/in/rules"),
        ("a={in}/rules", "a={in}/rules"),
        ("--a=b={scratch}", "--a=b={scratch}"),
    ],
)
def test_placeholders(given_, filled):
    """A placeholder counts at the beginning of a word, or after the first `=` of an option."""
    assert PLACES.arguments((given_,)) == (filled,)


def test_an_unknown_input_is_refused():
    """A misspelt input must not become a file name."""
    with pytest.raises(SandboxError):
        PLACES.arguments(("{in}/rulez",))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=12) | st.sampled_from(["{scratch}/x", "{in}/no", "--a={src}", "{src}"])))
def test_nothing_behind_the_dashes_is_touched(names):
    """Whatever a hostile file is called, its name reaches the tool as it is."""
    argv = ("tool", "{scratch}/x", "--", *names)

    assert PLACES.arguments(argv) == ("tool", "/tmp/x", "--", *names)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=12))
def test_a_name_that_begins_with_a_dot_is_never_a_placeholder(name):
    """`./NAME` is the form for targets, and stays what it is."""
    assert PLACES.arguments(("./" + name,)) == ("./" + name,)


def answer(program, machine, number, *arguments):
    """Run a filter as the kernel does (the few operations that it uses)."""
    data = struct.pack("=IIQ6Q", number, MACHINES[machine][0], 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    value = at = 0
    while True:
        code, yes, no, operand = struct.unpack_from("=HBBI", program, at * 8)
        at += 1
        if code == 0x20:
            value = struct.unpack_from("=I", data, operand)[0]
        elif code == 0x54:
            value &= operand
        elif code == 0x06:
            return operand
        else:
            test = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[code]
            at += yes if test else no


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("strict", [False, True])
def test_the_filter_answers_as_the_tables_say(machine, strict):
    """Every call of the tables, on both machines; anything else is allowed."""
    column = MACHINES[machine][1]
    program = seccomp.build(machine, shared=strict, signals=strict, truncation=strict)
    tables = [(seccomp.REFUSED, 1), (seccomp.ABSENT, 38)]
    tables += [(seccomp.METADATA, 0), (seccomp.GROUPS, 0), (seccomp.SIGNALS, 1)] if strict else []
    expected = {pair[column]: 0x50000 | error for table, error in tables for pair in table.values()}
    expected.pop(None, None)
    looked_at = {pair[column] for pair in (seccomp._SOCKET, seccomp._SOCKETPAIR, seccomp._CLONE)}
    if strict:
        looked_at |= {seccomp._TRUNCATE_BY_PATH[column], seccomp._OPENAT2[column]}
    for number in range(451):
        if number not in looked_at:
            assert answer(program, machine, number) == expected.get(number, ALLOW), number
    assert answer(program, machine, 451) == answer(program, machine, 9999) == 0x50000 | 38
    assert len(program) // 8 < 4096


@pytest.mark.parametrize("machine", MACHINES)
def test_the_filter_looks_at_arguments(machine):
    """Sockets by family, clone by namespace flags, ioctl by request, opening by its flags."""
    column = MACHINES[machine][1]
    program = seccomp.build(machine, shared=True, truncation=True)

    def ask(pair, *arguments):
        return answer(program, machine, pair[column], *arguments)

    assert {ask(seccomp._SOCKET, family) for family in (1, 2, 10, 16, 17, 38, 40)} == {0x50000 | 97}
    assert (ask(seccomp._SOCKETPAIR, 1), ask(seccomp._SOCKETPAIR, 2)) == (ALLOW, 0x50000 | 97)
    threads = 0x3D0F00
    assert (ask(seccomp._CLONE, threads), ask(seccomp._CLONE, 17)) == (ALLOW, ALLOW)
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert ask(seccomp._CLONE, flag | 17) == 0x50000 | 1
    assert ask(seccomp._IOCTL, 0, 0x5401) == ALLOW
    assert {ask(seccomp._IOCTL, 0, request) for request in (0x5412, 0x541C, 0x40086602)} == {0x50000 | 1}
    assert [ask(seccomp._OPENAT, 0, 0, flags) for flags in (0, 0o1001, 0o1002)] == [ALLOW] * 3
    assert ask(seccomp._OPENAT, 0, 0, 0o1000 | 0o2000000) == 0x50000 | 1


@pytest.mark.parametrize("machine", MACHINES)
def test_another_architecture_is_killed(machine):
    """A call through another door than the table is about ends the process, in every filter."""
    other = next(name for name in MACHINES if name != machine)
    for program in (seccomp.build(machine), seccomp.build_for_group(machine)):
        assert answer(program, other, 0) == KILL
    if machine == "x86_64":
        assert answer(seccomp.build(machine), machine, 0x40000000) == KILL


def test_an_unknown_machine_is_refused():
    """Without a table there is no filter, and without a filter no rung."""
    with pytest.raises(SandboxError):
        seccomp.build("riscv64")


@pytest.mark.parametrize(
    ("header", "column"),
    [("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", 0), ("/usr/include/asm-generic/unistd.h", 1)],
)
def test_the_numbers_are_the_kernels(header, column):
    """The tables agree with the kernel's own headers, where a machine has them."""
    if not Path(header).exists():
        pytest.skip("no kernel headers here")
    found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\b", Path(header).read_text())
    numbers = {name: int(number) for name, number in found}
    for table in (seccomp.REFUSED, seccomp.ABSENT, seccomp.METADATA, seccomp.SIGNALS, seccomp.GROUPS):
        for name, pair in table.items():
            if pair[column] is not None:
                assert numbers[name] == pair[column], name


HYBRID = "9:name=systemd:/\n8:pids:/a\n4:memory:/b/c\n0::/\n"
HYBRID_MOUNTS = (
    "31 30 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "32 30 0:28 /a /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
    "33 30 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
)


def test_control_groups_of_version_1():
    """Our own group is found through the mount that shows it, whole or in part."""
    found = {each.name: each for each in cgroups.own_controllers(HYBRID, HYBRID_MOUNTS)}

    assert (found["memory"].version, str(found["memory"].folder)) == (1, "/sys/fs/cgroup/memory/b/c")
    assert (found["pids"].version, str(found["pids"].folder)) == (1, "/sys/fs/cgroup/pids")


def test_control_groups_of_version_2():
    """One folder serves both controllers; a group outside of what is mounted cannot be used."""
    mounts = "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
    found = cgroups.own_controllers("0::/user.slice/x\n", mounts)

    assert {(one.name, one.version, str(one.folder)) for one in found} == {
        (name, 2, "/sys/fs/cgroup/user.slice/x") for name in ("memory", "pids")
    }
    assert cgroups.own_controllers("0::/../x\n", mounts.replace(" / ", " /y ")) == ()
    assert cgroups.own_controllers("", "") == ()


def test_a_group_of_version_2_is_set_and_read(tmp_path):
    """Limits are written to version 2's files, swap included, and its counters name the limit passed."""
    controllers = tuple(cgroups.Controller(name, 2, tmp_path) for name in ("memory",))
    folder = tmp_path / "job"
    folder.mkdir()
    for name in ("memory.max", "memory.swap.max"):
        (folder / name).write_text("max")
    cgroups._limit(controllers[0], folder, JobLimits(memory=7))
    group = cgroups.Group(((controllers[0], folder),))
    assert [(folder / name).read_text() for name in ("memory.max", "memory.swap.max")] == ["7", "0"]

    (folder / "memory.events").write_text("low 0\nmax 3\noom 1\noom_kill 0\n")
    assert group.breach() is None
    (folder / "memory.events").write_text("low 0\nmax 3\noom 1\noom_kill 2\n")
    assert group.breach() is Ended.MEMORY


JOB = Job(
    ("/opt/scanners/bin/semgrep", "scan", "--config={in}/rules", "--", "./-a.py", "{in}/x"),
    tree="/srv/tree",
    readable=("/opt/scanners",),
    inputs={"rules": "/host/rules"},
    env={"SETTINGS": "{scratch}/s"},
)


@pytest.mark.parametrize("kind", ["podman", "docker"])
def test_container_arguments(kind):
    """No network, read-only, no capability, bounded, never pulled; host programs are not mounted."""
    engine = container.Engine(kind, f"/usr/bin/{kind}")
    argv = container.arguments(JOB, engine, "registry/scanners:1", name="n", scratch="/t/s")
    at = argv.index("registry/scanners:1")

    assert argv[at + 1 :] == ("scan", "--config=/in/rules", "--", "./-a.py", "{in}/x")
    wanted = {
        "--name=n", "--pull=never", "--network=none", "--read-only", "--cap-drop=all",
        "--security-opt=no-new-privileges", "--log-driver=none", "--pids-limit=256", "--memory=4000000000",
        "--memory-swap=4000000000", "--ulimit=nofile=1024:1024", "--ulimit=nproc=256:256", "--ulimit=core=0:0",
        "--workdir=/src", "--mount=type=bind,source=/srv/tree,target=/src,readonly",
        "--mount=type=bind,source=/host/rules,target=/in/rules,readonly",
        "--mount=type=bind,source=/t/s,target=/scratch", "--env=SETTINGS=/scratch/s", "--env=HOME=/scratch",
    }  # fmt: skip
    assert wanted <= set(argv[:at])
    assert any(word.startswith("--timeout=") for word in argv) is (kind == "podman")
    assert not any("/opt/scanners" in word or word.startswith("--env=PATH") for word in argv)
    assert not any("--privileged" in word or "unconfined" in word for word in argv)


@pytest.mark.parametrize("path", ["/a,target=/etc", '/a"b', "/a\nb"])
def test_a_path_cannot_add_a_mount_option(path):
    """A comma in a path would end the mount's source: it is refused."""
    job = Job(("x",), tree="/t", inputs={"i": path})
    with pytest.raises(SandboxError):
        container.arguments(job, container.Engine("podman", "p"), "image", name="n", scratch="/s")


@pytest.mark.parametrize(
    ("kind", "facts", "holds"),
    [
        ("docker", {"MemoryLimit": True, "PidsLimit": True}, True),
        ("docker", {"MemoryLimit": True, "PidsLimit": False}, False),
        ("podman", {"host": {"cgroupVersion": "v1", "security": {"rootless": False}}}, True),
        ("podman", {"host": {"cgroupVersion": "v1", "security": {"rootless": True}}}, False),
        ("podman", {"host": {"cgroupVersion": "v2", "security": {"rootless": True}, "cgroupControllers": ["pids"]}}, False),
        ("podman", {"host": {"cgroupVersion": "v2", "security": {"rootless": True}, "cgroupControllers": ["memory", "pids"]}}, True),
        ("podman", {}, False),
    ],
)  # fmt: skip
def test_an_engine_that_ignores_limits_is_not_used(kind, facts, holds):
    """Rootless podman on control groups of version 1 warns and goes on without limits: that is no sandbox."""
    assert container.limits_hold(kind, facts) is holds
