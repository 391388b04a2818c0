import subprocess
import sys

code = "from types import SimpleNamespace as S; import flawed; flawed.pay(S(is_staff=False), 3)"
assert subprocess.run([sys.executable, "-O", "-c", code], capture_output=True).returncode != 0, (
    "python -O takes the guard out"
)
