import os

os.environ["WAREHOUSE_PASSWORD"] = "@@SECRET@@"
import flawed

assert flawed.headers() == {"X-Password": "@@SECRET@@"}
