import asyncio
import os
import shlex
import subprocess

import flask
import paramiko
from fastapi import FastAPI
from flask import request

app = flask.Flask(__name__)
api = FastAPI()
TOOLS = ["uptime", "df"]


@app.route("/ping/<host>")
def ping(host):
    # ruleid: python-shell-built-from-input
    os.system("ping -c 1 " + host)
    # ruleid: python-shell-built-from-input
    subprocess.run(f"ping -c 1 {host}", shell=True, check=False)
    # ruleid: python-shell-built-from-input
    subprocess.run(["bash", "-c", f"ping {host}"], check=False)
    # ruleid: python-shell-built-from-input
    subprocess.run(shlex.split(f"ping -c 1 {host}"), check=False)
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
    return {"found": len(subprocess.getoutput("grep " + request.args["word"] + " /var/log/app.log"))}


@app.route("/built")
def built():
    command = []
    command.append("sh")
    command.append("-c")
    command.append("ping " + request.args["host"])
    # ruleid: python-shell-built-from-input
    subprocess.run(command, check=False)
    plain = ["ping"]
    plain.append(request.args["host"])
    # ok: python-shell-built-from-input
    subprocess.run(plain, check=False)
    return "", 204


@api.post("/run")
async def run(command: str, level: int):
    # ruleid: python-shell-built-from-input
    await asyncio.create_subprocess_shell(command)
    # ok: python-shell-built-from-input
    await asyncio.create_subprocess_shell(f"nice -n {level} make")


def django_view(request, client: paramiko.SSHClient):
    tool = request.POST.get("tool", "")
    # ruleid: python-shell-built-from-input
    subprocess.run([tool, "--version"], check=False)
    # ruleid: python-shell-built-from-input
    client.exec_command("systemctl status " + tool)
    if tool not in TOOLS:
        raise PermissionError(tool)
    # ok: python-shell-built-from-input
    client.exec_command(tool)


def function_as_a_service(event, context):
    # ruleid: python-shell-built-from-input
    os.popen("convert " + event["name"])
