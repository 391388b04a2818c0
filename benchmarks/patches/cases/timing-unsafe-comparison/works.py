import hashlib
import hmac

import flawed

good = hmac.new(b"k", b"body", hashlib.sha256).hexdigest()
assert flawed.fits(b"k", b"body", good) is True
assert flawed.fits(b"k", b"body", "0" * 64) is False
