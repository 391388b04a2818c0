import io
import os

from flawed import app

os.makedirs("pictures", exist_ok=True)
app.config["PROPAGATE_EXCEPTIONS"] = False
app.test_client().post("/pictures", data={"picture": (io.BytesIO(b"x"), "../taken.txt")})
assert not os.path.exists("taken.txt"), "the sender chose the folder"
