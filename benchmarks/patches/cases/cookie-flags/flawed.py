"""Signs in."""

from flask import Flask, make_response

app = Flask(__name__)


@app.post("/login")
def login():
    answer = make_response("in")
    answer.set_cookie("session", "abc", secure=True, httponly=False)
    return answer
