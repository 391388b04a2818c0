import os

from flawed import app

app.config["PROPAGATE_EXCEPTIONS"] = False
app.test_client().post("/sum", data={"numbers": "[__import__('os').mkdir('made')]"})
assert not os.path.exists("made"), "the sender ran code"
