"""Tests of the orders service. They run where flask is not installed: `stand_ins` has what they need of it."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "stand_ins"))
os.environ.setdefault("WAREHOUSE_TOKEN", "of-the-tests")
