import os
import sys

os.environ["PATH"] = (
    os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin") + os.pathsep + os.environ["PATH"]
)
os.makedirs("bin", exist_ok=True)
with open("bin/count-lines", "w", encoding="utf-8") as file:
    file.write('#!/bin/sh\necho "$@" >> counted\n')
os.chmod("bin/count-lines", 0o700)
from flawed import app

assert app.test_client().get("/lines", query_string={"page": "one.txt"}).get_json() == {"done": True}
with open("counted", encoding="utf-8") as file:
    assert file.read() == "--page one.txt\n"
