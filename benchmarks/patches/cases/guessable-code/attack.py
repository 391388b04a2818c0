import random

import flawed

random.seed(1)
first = flawed.one_time_password()
random.seed(1)
assert flawed.one_time_password() != first, "who knows the seed knows the code"
