import os
import uuid

from flask import request
from werkzeug.utils import secure_filename


def flask_view():
    file = request.files["file"]
    # ruleid: python-upload-keeps-its-name
    file.save(os.path.join("/srv/uploads", file.filename))
    # ok: python-upload-keeps-its-name
    file.save(os.path.join("/srv/uploads", secure_filename(file.filename)))
    # ok: python-upload-keeps-its-name
    file.save(f"/srv/uploads/{uuid.uuid4()}")


def checked():
    file = request.files["file"]
    name = os.path.basename(file.filename)
    if not name.endswith((".png", ".jpg")):
        return
    # ok: python-upload-keeps-its-name
    file.save("/srv/uploads/" + name)


def django_view(request):
    file = request.FILES["file"]
    # ruleid: python-upload-keeps-its-name
    with open("/srv/uploads/" + file.name, "wb") as saved:
        saved.write(file.read())
    # ok: python-upload-keeps-its-name
    with open("/srv/uploads/last", "wb") as last:
        last.write(file.read())


async def fastapi_view(file):
    # ruleid: python-upload-keeps-its-name
    with open(f"/srv/uploads/{file.filename}", "wb") as saved:
        saved.write(await file.read())
