import ssl

import flawed

assert flawed.context().minimum_version >= ssl.TLSVersion.TLSv1_2, "an old version is spoken"
