import ssl

import flawed

assert isinstance(flawed.opener(), ssl.SSLContext)
