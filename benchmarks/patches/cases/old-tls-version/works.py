import ssl

import flawed

assert isinstance(flawed.context(), ssl.SSLContext)
