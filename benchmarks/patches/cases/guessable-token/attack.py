import random

import flawed

random.seed(1)
first = flawed.reset_token()
random.seed(1)
assert flawed.reset_token() != first, "who knows the seed knows the token"
