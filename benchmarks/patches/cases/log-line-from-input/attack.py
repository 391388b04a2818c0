import logging

from flawed import app

lines = []
handler = logging.Handler()
handler.emit = lambda record: lines.append(record.getMessage())
logging.getLogger("shop").addHandler(handler)
app.test_client().post("/login", data={"name": "ada\nroot signed in"})
assert "\n" not in lines[0], "the sender wrote a line of the log"
