from types import SimpleNamespace

import requests

asked = []
requests.get = lambda url, **options: asked.append(options) or SimpleNamespace(status_code=200)
import flawed

flawed.state()
assert asked[0].get("verify", True) is not False, "certificates are not checked"
