from flawed import app

cookie = app.test_client().post("/login").headers["Set-Cookie"]
assert "Secure" in cookie and "HttpOnly" in cookie, cookie
