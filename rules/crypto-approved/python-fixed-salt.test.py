import hashlib
import os

import bcrypt
from argon2 import low_level
from Crypto.Protocol.KDF import PBKDF2
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.contrib.auth.hashers import make_password


def store(password, kept, algorithm):
    # ruleid: python-fixed-salt
    hashlib.scrypt(password, salt=b"always this", n=2**14, r=8, p=1)
    salt = "pepper".encode()
    # ruleid: python-fixed-salt
    PBKDF2HMAC(algorithm=algorithm, length=32, salt=salt, iterations=600_000)
    # ruleid: python-fixed-salt
    Scrypt(salt=bytes.fromhex("00ff00ff"), length=32, n=2**14, r=8, p=1)
    # ruleid: python-fixed-salt
    PBKDF2(password, b"pepper", 32, count=600_000)
    # ruleid: python-fixed-salt
    bcrypt.hashpw(password, b"$2b$12$abcdefghijklmnopqrstuu")
    # ruleid: python-fixed-salt
    low_level.hash_secret(password, b"somesalt", 3, 65536, 4, 32, low_level.Type.ID)
    # ruleid: python-fixed-salt
    make_password(password, salt="pepper")
    # ok: python-fixed-salt
    make_password(password)
    # ok: python-fixed-salt
    bcrypt.hashpw(password, bcrypt.gensalt())
    # ok: python-fixed-salt
    hashlib.pbkdf2_hmac("sha256", password, os.urandom(16), 600_000)
    # ok: python-fixed-salt
    hashlib.pbkdf2_hmac("sha256", password, kept.salt, 600_000)
    # ok: python-fixed-salt
    hashlib.pbkdf2_hmac("sha256", password, b"shop" + kept.salt, 600_000)
