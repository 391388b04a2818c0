from types import SimpleNamespace

import requests

asked = []
requests.get = lambda url, **options: asked.append(options) or SimpleNamespace(status_code=204)
import flawed

flawed.state()
assert asked[0].get("timeout"), "a silent service holds this one for ever"
