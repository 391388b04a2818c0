"""As much of flask as the tests need."""

import os
from types import SimpleNamespace

class Aborted(Exception):
    """What `abort` raises; `code` is the HTTP status."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Bag(SimpleNamespace):
    """Values by attribute, of one request."""

    def __contains__(self, name):
        return name in vars(self)


class Arguments(dict):
    """Values by name, with flask's `type`."""

    def get(self, name, default=None, type=str):
        return type(self[name]) if name in self else default


class Blueprint:
    def __init__(self, name, module):
        self.name = name

    def get(self, path):
        return lambda function: function

    post = get


class Flask:
    def __init__(self, module):
        self.blueprints = []

    def register_blueprint(self, blueprint):
        self.blueprints.append(blueprint)


class Response:
    def __init__(self, content):
        self.content = content
        self.cookies = {}

    def set_cookie(self, name, value, **options):
        self.cookies[name] = (value, options)


def make_response(content):
    return Response(content)


def abort(code):
    raise Aborted(code)


def jsonify(*values, **named):
    return named or values[0]


def send_file(path):
    with open(path, "rb") as file:
        return file.read()


def send_from_directory(folder, name):
    path = os.path.realpath(os.path.join(folder, name))
    if not path.startswith(os.path.realpath(folder) + os.sep):
        abort(404)
    return send_file(path)


current_app = SimpleNamespace(config={})
g = Bag()
request = SimpleNamespace(args=Arguments(), form=Arguments())
