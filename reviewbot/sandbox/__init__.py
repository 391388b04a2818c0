"""Running a tool that reads hostile bytes: no network, nothing writable but scratch, bounded.

`ladder.choose` gives the first rung that really runs here. A rung runs one `Job` at a time per
call of `run`; calls from several threads do not disturb each other.

How a job names its files, whatever the rung:

* Targets are relative to the working directory, which is the tree. Write them as `./path` and
  behind a lone `--`, so that a hostile name is neither an option nor a placeholder.
* `{in}/NAME` is the input of that name, `{scratch}` the writable folder (also `$HOME` and
  `$TMPDIR`), `{src}` the tree. A rung puts the real place there. It does so only where an
  argument or an environment value *begins* with the placeholder, or right after the first `=`
  of an argument that begins with `-`, and never in an argument behind a lone `--`.
* `readable` paths are found at their own place. A relative `outputs` name lies under `{scratch}`.

The environment is `job.env` plus HOME, TMPDIR, PATH and LANG=C.UTF-8, and nothing else.

Not promised: rungs without a mount namespace of their own (`landlock-seccomp`) do not hide that
a host file exists, nor its size; they refuse its content. `job` contains nothing by itself.
"""
