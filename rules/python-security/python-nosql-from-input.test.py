from bson import ObjectId
from flask import request


def flask_view(users):
    sent = request.get_json()
    # ruleid: python-nosql-from-input
    users.find_one({"name": sent["name"], "password": sent["password"]})
    # ruleid: python-nosql-from-input
    users.find(sent)
    # ok: python-nosql-from-input
    users.find_one({"name": str(sent["name"])})
    # ok: python-nosql-from-input
    users.find_one({"_id": ObjectId(sent["id"])})
    # ok: python-nosql-from-input
    users.find_one({"name": request.args["name"]})
    # ruleid: python-nosql-from-input
    users.find({"$where": "this.name == '" + request.args["name"] + "'"})
    # ok: python-nosql-from-input
    return "text".find(request.args["name"])
