import hmac

asked = []
real = hmac.compare_digest
hmac.compare_digest = lambda one, other: asked.append(1) or real(one, other)
import flawed

flawed.fits(b"k", b"body", "0" * 64)
assert asked, "the comparison ends at the first difference"
