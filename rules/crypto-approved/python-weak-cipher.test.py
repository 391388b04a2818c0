import ssl

from Crypto.Cipher import AES, ARC4, DES
from Cryptodome.Cipher import Blowfish
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def seal(key, data, iv):
    # ruleid: python-weak-cipher
    DES.new(key, DES.MODE_CBC, iv)
    # ruleid: python-weak-cipher
    ARC4.new(key)
    # ruleid: python-weak-cipher
    Blowfish.new(key, Blowfish.MODE_CFB)
    # ruleid: python-weak-cipher
    AES.new(key)
    # ruleid: python-weak-cipher
    Cipher(algorithms.AES(key), modes.ECB())
    # ruleid: python-weak-cipher
    Cipher(TripleDES(key), modes.CBC(iv))
    # ruleid: python-weak-cipher
    ssl.create_default_context().set_ciphers("HIGH:RC4-SHA")
    # ok: python-weak-cipher
    AES.new(key, AES.MODE_GCM)
    # ok: python-weak-cipher
    Cipher(algorithms.AES(key), modes.GCM(iv))
    # ok: python-weak-cipher
    ssl.create_default_context().set_ciphers("HIGH:!RC4")
