import flawed

assert len(flawed.reset_token()) == 32 and flawed.reset_token().isalpha()
assert flawed.reset_token() != flawed.reset_token()
