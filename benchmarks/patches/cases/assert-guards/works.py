from types import SimpleNamespace

import flawed

assert flawed.pay(SimpleNamespace(is_staff=True), 3) == 3
