import flask
from flask import request, session
from shop.models import User

app = flask.Flask(__name__)
LANGUAGES = {"de", "en"}


@app.route("/a", methods=["POST"])
def choose():
    # ruleid: python-session-from-input
    session["role"] = request.form["role"]
    # ruleid: python-session-from-input
    flask.session[request.form["name"]] = "yes"
    # ruleid: python-session-from-input
    session.update(request.form)
    # ok: python-session-from-input
    session["page"] = int(request.form["page"])
    language = request.form["language"]
    if language not in LANGUAGES:
        flask.abort(400)
    # ok: python-session-from-input
    session["language"] = language
    return "", 204


@app.route("/b", methods=["POST"])
def enter(database):
    user = User.query.filter_by(name=request.form["name"]).first_or_404()
    # ok: python-session-from-input
    session["user"] = user.id
    row = database.execute("SELECT id FROM users WHERE name = ?", (request.form["name"],)).fetchone()
    # ok: python-session-from-input
    session["row"] = row["id"]
    return "", 204


def django_view(request):
    # ruleid: python-session-from-input
    request.session["plan"] = request.POST.get("plan")
    # ok: python-session-from-input
    request.cache["plan"] = request.POST.get("plan")
