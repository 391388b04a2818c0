import os
import shlex
import subprocess

import flask
from flask import request

app = flask.Flask(__name__)


@app.route("/ping/<host>")
def ping(host):
    # ruleid: python-shell-built-from-input
    os.system("ping -c 1 " + host)
    # ruleid: python-shell-built-from-input
    subprocess.run(f"ping -c 1 {host}", shell=True, check=False)
    # ruleid: python-shell-built-from-input
    subprocess.run(["bash", "-c", f"ping {host}"], check=False)
    # ok: python-shell-built-from-input
    subprocess.run(["ping", "-c", "1", "--", host], check=False)
    # ok: python-shell-built-from-input
    subprocess.run("ping -c 1 " + shlex.quote(host), shell=True, check=False)


@app.route("/count")
def count():
    number = int(request.args["n"])
    # ok: python-shell-built-from-input
    os.system(f"head -n {number} /var/log/app.log")
    # ruleid: python-shell-built-from-input
    return subprocess.getoutput("grep " + request.args["word"] + " /var/log/app.log")
