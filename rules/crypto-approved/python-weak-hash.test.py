import hashlib
import os
from hashlib import sha1

from Crypto.Hash import MD5
from cryptography.hazmat.primitives import hashes

MADE_WITH = os.environ.get("HASH", "md5")


def digests(data, chosen, options):
    # ruleid: python-weak-hash
    hashlib.md5(data)
    # ruleid: python-weak-hash
    sha1()
    # ruleid: python-weak-hash
    hashlib.new("Sha1", data)
    name = "md4"
    # ruleid: python-weak-hash
    hashlib.new(name)
    # ruleid: python-weak-hash
    hashlib.new(options.get("hash", "md5"))
    # ruleid: python-weak-hash
    hashlib.new(chosen or "sha1")
    # ruleid: python-weak-hash
    MD5.new(data)
    # ruleid: python-weak-hash
    hashes.Hash(hashes.SHA1())
    # ok: python-weak-hash
    hashlib.new("sha512_256", data)
    # ok: python-weak-hash
    hashlib.new(chosen)
    # ok: python-weak-hash
    hashlib.sha1(data, usedforsecurity=False)
    # ok: python-weak-hash
    hashlib.new("md5", data, usedforsecurity=False)
    # ok: python-weak-hash
    hashes.Hash(hashes.SHA256())
    # ok: python-weak-hash
    hashlib.blake2s(data)
