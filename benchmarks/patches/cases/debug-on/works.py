from flask import Flask

started = []
Flask.run = lambda self, *given, **options: started.append(options)
import flawed

flawed.start()
assert started[0]["port"] == 8080
