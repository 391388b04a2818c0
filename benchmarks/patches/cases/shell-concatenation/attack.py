import os

os.makedirs("bin", exist_ok=True)
with open("bin/count-lines", "w", encoding="utf-8") as file:
    file.write("#!/bin/sh\n")
os.chmod("bin/count-lines", 0o700)
os.environ["PATH"] = os.path.abspath("bin") + os.pathsep + os.environ["PATH"]
from flawed import app

app.config["PROPAGATE_EXCEPTIONS"] = False
app.test_client().get("/lines", query_string={"page": "x; touch taken"})
assert not os.path.exists("taken"), "the sender ran a command"
