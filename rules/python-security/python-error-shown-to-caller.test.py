import logging
import sys
import traceback

from django.http import HttpResponse, JsonResponse
from fastapi import FastAPI, HTTPException
from flask import Flask, Response, jsonify

app = Flask("shop")
api = FastAPI()


@app.route("/a")
def flask_view(work):
    try:
        work()
    except Exception as error:
        # ruleid: python-error-shown-to-caller
        return jsonify({"error": str(error)}), 500
    except BaseException:
        # ruleid: python-error-shown-to-caller
        return Response("".join(traceback.format_exception(*sys.exc_info())))


def django_view(request, work):
    try:
        work()
    except Exception as error:
        logging.exception("failed")
        # ruleid: python-error-shown-to-caller
        return HttpResponse(f"failed: {error}", status=500)
    except OSError:
        # ruleid: python-error-shown-to-caller
        return JsonResponse({"error": traceback.format_exc()})


@api.get("/b")
async def fastapi_view(work):
    try:
        work()
    except ValueError:
        # ok: python-error-shown-to-caller
        raise HTTPException(status_code=400, detail="not a number")
    except Exception as error:
        # ruleid: python-error-shown-to-caller
        raise HTTPException(status_code=500, detail=str(error))


@app.route("/c")
def mended(work):
    try:
        work()
    except Exception as error:
        logging.error("failed: %s", error)
        # ok: python-error-shown-to-caller
        return jsonify({"error": "failed", "kind": type(error).__name__}), 500


def library(work):
    try:
        work()
    except Exception as error:
        # ok: python-error-shown-to-caller
        return str(error)
