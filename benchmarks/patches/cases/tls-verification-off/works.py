from types import SimpleNamespace

import requests

asked = []
requests.get = lambda url, **options: asked.append((url, options)) or SimpleNamespace(status_code=200)
import flawed

assert flawed.state() == 200 and asked[0][0] == "https://service.example/state" and asked[0][1]["timeout"] == 5
