import os
import shlex
import subprocess
import sys


def archive(folder: str, level: int, names):
    # ruleid: python-shell-with-variable
    subprocess.check_call(f"tar czf out.tgz {folder}", shell=True)
    command = "ls " + " ".join(names)
    # ruleid: python-shell-with-variable
    os.system(command)
    # ruleid: python-shell-with-variable
    os.popen(sys.argv[1])
    # ok: python-shell-with-variable
    subprocess.check_call(["tar", "czf", "out.tgz", folder])
    # ok: python-shell-with-variable
    subprocess.check_call(f"tar czf out.tgz {shlex.quote(folder)}", shell=True)
    # ok: python-shell-with-variable
    os.system(f"nice -n {level} make")
    # ok: python-shell-with-variable
    os.system("ls | wc -l")
