"""Runs one job in one rung and prints what came back. Also a script, for running as somebody else."""

import json
import sys

from reviewbot.domain.sandboxing import Job, JobLimits
from reviewbot.errors import ReviewbotError
from reviewbot.sandbox import probe
from reviewbot.sandbox.bubblewrap import Bubblewrap
from reviewbot.sandbox.declared import DeclaredJob
from reviewbot.sandbox.landlock import LandlockNamespaces, LandlockSeccomp

RUNGS = {
    "bubblewrap": Bubblewrap,
    "landlock-netns": LandlockNamespaces,
    "landlock-seccomp": LandlockSeccomp,
    "landlock-seccomp-2": lambda: LandlockSeccomp(newest=2),
    "job": DeclaredJob,
}


def run(order):
    sandbox = RUNGS[order["rung"]]()
    if order.get("probe"):
        return {"flaws": list(probe.flaws(sandbox, contains=order["rung"] != "job"))}
    job = Job(
        argv=tuple(order["argv"]),
        tree=order["tree"],
        readable=tuple(order.get("readable", ())),
        inputs=order.get("inputs", {}),
        env=order.get("env", {}),
        stdin=order.get("stdin", "").encode("latin-1"),
        outputs=tuple(order.get("outputs", ())),
        limits=JobLimits(**order.get("limits", {})),
    )
    try:
        done = sandbox.run(job)
    except ReviewbotError as error:
        return {"error": error.sentence}
    return {
        "ended": str(done.ended),
        "exit_code": done.exit_code,
        "stdout": done.stdout.decode("latin-1"),
        "stderr": done.stderr.decode("latin-1"),
        "outputs": {name: content.decode("latin-1") for name, content in done.outputs.items()},
        "seconds": done.seconds,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(json.load(sys.stdin))))
