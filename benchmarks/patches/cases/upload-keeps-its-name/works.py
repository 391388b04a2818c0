import io
import os

from flawed import app

os.makedirs("pictures", exist_ok=True)
app.test_client().post("/pictures", data={"picture": (io.BytesIO(b"png"), "one.png")})
assert open("pictures/one.png", "rb").read() == b"png"
