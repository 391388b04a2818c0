import jwt

import flawed

try:
    found = flawed.name(jwt.encode({"sub": "root"}, "another key that is long enough..", algorithm="HS256"))
except jwt.InvalidTokenError:
    found = ""
assert found != "root", "anybody can write a token"
