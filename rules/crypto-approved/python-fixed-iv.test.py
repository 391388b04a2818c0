import os
from secrets import token_bytes

from Crypto.Cipher import AES, ChaCha20
from Cryptodome.Cipher import AES as AES2
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VECTOR = b"sixteen letters!"


def seal(key, text, header, given):
    vector = b"\0" * AES.block_size
    # ruleid: python-fixed-iv
    AES.new(key, AES.MODE_CBC, vector)
    # ruleid: python-fixed-iv
    AES.new(key, AES.MODE_CBC, iv=VECTOR)
    # ruleid: python-fixed-iv
    AES2.new(key, AES2.MODE_GCM, nonce=b"always this")
    # ruleid: python-fixed-iv
    ChaCha20.new(key=key, nonce=bytes(12))
    # ruleid: python-fixed-iv
    modes.CTR("0123456789abcdef".encode())
    # ruleid: python-fixed-iv
    algorithms.ChaCha20(key, bytes([0, 1, 2]))
    # ruleid: python-fixed-iv
    AESGCM(key).encrypt(bytes.fromhex("000102030405060708090a0b"), text, header)
    # ok: python-fixed-iv
    AES.new(key, AES.MODE_CBC, os.urandom(16))
    # ok: python-fixed-iv
    AES.new(key, AES.MODE_CBC, iv=given)
    # ok: python-fixed-iv
    AESGCM(key).encrypt(token_bytes(12), text, b"header")
    # ok: python-fixed-iv
    modes.GCM(b"salt" + os.urandom(8))
    # ok: python-fixed-iv
    modes.CTR(bytes(given))
