import sys

from flask import request


def flask_view(orders):
    number = request.form["number"]
    # ruleid: python-assert-guards
    assert number.isdigit()
    # ruleid: python-assert-guards
    assert request.args.get("kind") in {"a", "b"}, "no such kind"


def django_view(request, user):
    # ruleid: python-assert-guards
    assert user.has_perm("shop.delete")
    # ok: python-assert-guards
    assert request.method == "POST"


def main():
    # ruleid: python-assert-guards
    assert len(sys.argv) > 1
    age = int(input("age? "))
    # ruleid: python-assert-guards
    assert age > 0
    # ok: python-assert-guards
    assert isinstance(age, int)
    limit = 5
    # ok: python-assert-guards
    assert limit > 0
