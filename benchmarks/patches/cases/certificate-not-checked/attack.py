import ssl

import flawed

assert flawed.opener().verify_mode == ssl.CERT_REQUIRED, "certificates are not checked"
