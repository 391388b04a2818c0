from django.contrib.auth.hashers import make_password
from flask import request
from werkzeug.security import generate_password_hash


def flask_views(db, cursor, user, User):
    password = request.form.get("password")
    # ruleid: python-password-kept-in-clear
    user.password = password
    # ruleid: python-password-kept-in-clear
    db.session.add(User(name="x", password=request.json["password"]))
    # ruleid: python-password-kept-in-clear
    cursor.execute("INSERT INTO users (name, password) VALUES (%s, %s)", (request.form["name"], password))
    # ok: python-password-kept-in-clear
    cursor.execute("SELECT 1 FROM users WHERE name = %s", (request.form["name"],))
    # ok: python-password-kept-in-clear
    user.password = generate_password_hash(password)
    hashed = generate_password_hash(password)
    # ok: python-password-kept-in-clear
    cursor.execute("INSERT INTO users (name, password) VALUES (%s, %s)", (request.form["name"], hashed))


def django_view(request, User, form):
    # ruleid: python-password-kept-in-clear
    User.objects.create(username="x", password=request.POST["password"])
    # ruleid: python-password-kept-in-clear
    User(password=form.cleaned_data["password1"])
    # ok: python-password-kept-in-clear
    User.objects.create(username="x", password=make_password(request.POST["password"]))
    # ok: python-password-kept-in-clear
    User.objects.create_user("x", password=request.POST["password"])
