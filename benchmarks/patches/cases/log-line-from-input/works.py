import logging

from flawed import app

lines = []
handler = logging.Handler()
handler.emit = lambda record: lines.append(record.getMessage())
logging.getLogger("shop").addHandler(handler)
assert app.test_client().post("/login", data={"name": "ada"}).status_code == 403
assert len(lines) == 1 and lines[0].startswith("no such user: ") and "ada" in lines[0], lines
