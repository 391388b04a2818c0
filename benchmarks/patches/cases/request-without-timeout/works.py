from types import SimpleNamespace

import requests

requests.get = lambda url, **options: SimpleNamespace(status_code=204)
import flawed

assert flawed.state() == 204
