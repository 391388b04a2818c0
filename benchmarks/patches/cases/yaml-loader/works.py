import flawed

assert flawed.load("name: shop\nports: [80, 443]\n") == {"name": "shop", "ports": [80, 443]}
