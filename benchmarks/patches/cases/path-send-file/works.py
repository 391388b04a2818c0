import os

os.makedirs("pages", exist_ok=True)
for name in ("pages/one.txt", "secret.txt"):
    with open(name, "w", encoding="utf-8") as file:
        file.write(name)

from flawed import app

assert app.test_client().get("/page", query_string={"name": "one.txt"}).data == b"pages/one.txt"
