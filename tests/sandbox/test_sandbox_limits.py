"""Limits hold for the whole process tree, for root and for an ordinary user, on every rung."""

import pytest
from sandbox_world import ALL_KINDS, CONTAINING, KINDS, RUNGS, SMALL

MIB = 1 << 20


def each(first, kinds, others=()):
    """Pair the first attack with each kind of person, and the others with this process only."""
    return [(kind, first) for kind in kinds] + [("me", other) for other in others]


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize(
    ("kind", "attack"), each("memory_of_four", ALL_KINDS, ["memory", "memory_of_a_child"])
)
def test_memory(somebody, kind, rung, attack):
    """A memory bomb ends as MEMORY: alone, as four processes together, and in a child of a calm parent."""
    done = somebody(kind).attack(rung, attack)

    assert (done.ended, done.left) == ("memory", [])


@pytest.mark.parametrize("rung", RUNGS)
def test_memory_of_an_orphan(somebody, rung):
    """A process whose parents have ended is still counted, also where no control group counts it."""
    done = somebody("nobody").attack(rung, "memory_of_an_orphan")

    assert (done.ended, done.left) == ("memory", [])


@pytest.mark.parametrize("rung", ["landlock-seccomp", "job"])
def test_nobody_leaves_the_group(me, rung):
    """Without a process namespace the job is killed as one group, so none of it may leave the group."""
    assert me.attack(rung, "group").said is True


@pytest.mark.parametrize("rung", RUNGS)
def test_memory_shared_after_a_fork_counts_once(person, rung):
    """Five processes that share 40 MiB use 40 MiB, which is under the limit of 96 MB."""
    done = person.attack(rung, "shared_after_fork")

    assert (done.ended, done.exit_code, done.said) == ("exited", 0, 40 * MIB)


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize(("kind", "attack"), each("processes", ALL_KINDS, ["threads"]))
def test_processes(somebody, kind, rung, attack):
    """A fork bomb, and one of threads, end as PROCESSES, and nothing of them is left."""
    done = somebody(kind).attack(rung, attack)

    assert (done.ended, done.left) == ("processes", [])
    assert done.seconds < SMALL["wall_s"]


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize(("kind", "attack"), each("many_files", KINDS, ["one_file", "deleted_files"]))
def test_disk(somebody, kind, rung, attack):
    """No more than the scratch size can be written: the kernel refuses, or the watch ends the job."""
    done = somebody(kind).attack(rung, attack)

    assert done.left == []
    if done.ended != "output":
        written, reason = done.said
        assert written <= SMALL["scratch"]
        assert reason in {"ENOSPC", "EFBIG"}


@pytest.mark.parametrize("rung", ["bubblewrap", "landlock-netns", "landlock-seccomp"])
def test_number_of_files(me, rung):
    """Thirty thousand empty files, which no byte limit counts, end as OUTPUT."""
    done = me.attack(rung, "empty_files", limits={"memory": 400_000_000, "wall_s": 20})

    assert done.ended == "output"


@pytest.mark.parametrize("rung", ["landlock-seccomp", "job"])
def test_a_folder_that_cannot_be_listed_hides_nothing(person, rung):
    """Files in a folder of mode 0300 still end the job: what cannot be measured is over the limit."""
    done = person.attack(rung, "hidden_folder")

    assert done.ended == "output"


@pytest.mark.parametrize("rung", CONTAINING)
def test_shared_memory_is_scratch_too(person, rung):
    """`/dev/shm` takes at most its share of the scratch size, and the device folder takes nothing."""
    shared = person.attack(rung, "many_files", "/dev/shm")
    devices = person.attack(rung, "many_files", "/dev")

    assert shared.ended == "output" or (shared.stdout == "" or shared.said[0] <= SMALL["scratch"] // 8)
    assert devices.said[0] == 0


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize(("kind", "number"), each(1, KINDS, [2]))
def test_endless_output(somebody, kind, rung, number, clock):
    """Ten gigabytes of output stop at the limit, at once, and the beginning is kept."""
    done = somebody(kind).attack(rung, "endless", number)

    assert (done.ended, done.left) == ("output", [])
    kept = done.stdout if number == 1 else done.stderr
    assert len(kept) == SMALL["output"]
    assert clock() < 15


@pytest.mark.parametrize("rung", RUNGS)
def test_a_daemon_does_not_outlive_its_job(anybody, rung):
    """A child that left the session and ignores signals is gone when the job has ended by itself."""
    done = anybody.attack(rung, "daemon", "go")

    assert (done.ended, done.exit_code, done.left) == ("exited", 0, [])


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize(("kind", "attack"), each(["runaway"], ALL_KINDS, [["daemon", "stay"]]))
def test_wall_time(somebody, kind, rung, attack):
    """A job that never ends is ended in time, with all that it started."""
    done = somebody(kind).attack(rung, *attack, limits={"wall_s": 0.5, "processes": 200})

    assert (done.ended, done.left) == ("timeout", [])
    assert done.seconds < 4


@pytest.mark.parametrize("rung", RUNGS)
def test_processor_time(me, rung):
    """A process that used up its processor time is ended by the kernel, and it is a time-out."""
    done = me.attack(rung, "busy", limits={"cpu_s": 1})

    assert (done.ended, done.left) == ("timeout", [])
    assert done.seconds < 4


@pytest.mark.parametrize("rung", RUNGS)
def test_open_files_and_cores(me, rung):
    """Descriptors run out at the limit; no core is ever dumped; one file is no larger than scratch."""
    opened = me.attack(rung, "open_files")
    limits = me.attack(rung, "limits").said

    assert opened.said < SMALL["open_files"]
    assert limits == {"RLIMIT_CORE": [0, 0], "RLIMIT_FSIZE": [SMALL["scratch"]] * 2}


@pytest.mark.parametrize("rung", RUNGS)
def test_only_plain_outputs_come_back(me, rung):
    """A FIFO does not hang, a symlink is not followed, a second name or a missing file is absent."""
    names = ["fifo", "link", "linked/inner", "twin", "missing", "plain", "folder/inner", "folder"]
    done = me.attack(rung, "traps", outputs=names)

    assert done.exit_code == 0, done.stderr
    assert done.outputs == {"plain": "kept", "folder/inner": "kept"}


@pytest.mark.parametrize("rung", RUNGS)
def test_an_output_that_is_too_long_is_not_half_read(me, rung):
    """An output over the limit is absent, and the job ends as OUTPUT."""
    done = me.attack(rung, "too_long", outputs=["plain"])

    assert (done.ended, done.outputs) == ("output", {})
