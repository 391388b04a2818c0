from flask import Flask

started = []
Flask.run = lambda self, *given, **options: started.append(options)
import flawed

flawed.start()
assert not started[0].get("debug"), "everybody gets a shell"
