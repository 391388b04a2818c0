"""Who is asking."""

import jwt

KEY = "k" * 32


def name(token):
    claims = jwt.decode(token, KEY, algorithms=["HS256"], options={"verify_signature": False})
    return claims["sub"]
