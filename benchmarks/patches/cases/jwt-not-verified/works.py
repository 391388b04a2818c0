import jwt

import flawed

assert flawed.name(jwt.encode({"sub": "ada"}, flawed.KEY, algorithm="HS256")) == "ada"
