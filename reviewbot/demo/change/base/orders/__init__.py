"""The orders service."""

from flask import Flask

from orders import views


def create_app() -> Flask:
    app = Flask(__name__)
    app.register_blueprint(views.pages)
    return app
