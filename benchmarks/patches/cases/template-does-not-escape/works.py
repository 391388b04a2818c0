import flawed

assert flawed.page("Ada") == "<p>Ada</p>"
