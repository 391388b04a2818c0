import os

os.makedirs("pages", exist_ok=True)
for name in ("pages/one.txt", "secret.txt"):
    with open(name, "w", encoding="utf-8") as file:
        file.write(name)

from flawed import app

app.config["PROPAGATE_EXCEPTIONS"] = False
client = app.test_client()
for name in ("../secret.txt", os.path.abspath("secret.txt")):
    assert b"secret.txt" != client.get("/page", query_string={"name": name}).data, (
        "a file outside was given out"
    )
