from flawed import app

answer = app.test_client().post("/login")
assert answer.data == b"in" and "session=abc" in answer.headers["Set-Cookie"]
