"""The last rung: the operator declared that the container this job runs in is the sandbox.

The tool runs as a child with a scrubbed environment, resource limits, no privileges to gain, and
an end that none of its processes outlives. What it may read and whether it has a network is the
container's affair, which is why the name says who vouches for it.
"""

import tempfile
from pathlib import Path

from reviewbot.domain.sandboxing import Completed, Job
from reviewbot.sandbox import places, seccomp
from reviewbot.sandbox.landlock import launch, order, unbounded_nice
from reviewbot.sandbox.start import Channels, Shape
from reviewbot.sandbox.supervise import Writable, execute


class DeclaredJob:
    """Runs jobs as plain children, bounded but not contained."""

    name = "job (declared by the operator)"

    def run(self, job: Job) -> Completed:
        """Run the job to its end. Raises `SandboxError` if it cannot be started."""
        places.check(job)
        with tempfile.TemporaryDirectory(prefix="reviewbot-", ignore_cleanup_errors=True) as folder:
            place = str(Path(folder).resolve())
            filter_ = seccomp.build_for_group()

            def build(channels: Channels) -> tuple[str, ...]:
                return launch(channels, {**order(job, place), "filter": filter_, "nice": unbounded_nice()})

            return execute(job, build, Shape(init=False), Writable(folder=place))
