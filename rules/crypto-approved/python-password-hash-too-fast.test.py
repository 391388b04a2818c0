import hashlib

from argon2 import PasswordHasher


def store(request, user, password, salt, page):
    # ruleid: python-password-hash-too-fast
    hashlib.sha256((password + salt).encode()).hexdigest()
    # ruleid: python-password-hash-too-fast
    hashlib.new("sha512", user.password.encode())
    # ruleid: python-password-hash-too-fast
    hashlib.sha1(request.form["password"].encode())
    hasher = hashlib.sha256()
    # ruleid: python-password-hash-too-fast
    hasher.update(password.encode())
    # ok: python-password-hash-too-fast
    hasher.update(page)
    # ok: python-password-hash-too-fast
    hashlib.sha256(page)
    # ok: python-password-hash-too-fast
    PasswordHasher().hash(password)
    # ok: python-password-hash-too-fast
    hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)
