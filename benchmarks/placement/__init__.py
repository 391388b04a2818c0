"""Where comments end up, on real commits, judged by forges that know nothing of the program.

`run.py` is the benchmark; the parts are here so that a test can use them too.
"""

import sys
from pathlib import Path

_FAKES = str(Path(__file__).parents[2] / "tests" / "forges")
if _FAKES not in sys.path:  # the fakes are at home with the tests
    sys.path.append(_FAKES)
