import json
import logging

from flask import current_app, request

LOG = logging.getLogger(__name__)


def flask_view():
    # ruleid: python-log-from-input
    current_app.logger.info("name %s", request.args["name"])
    # ruleid: python-log-from-input
    LOG.warning(f"name {request.args['name']}")
    # ok: python-log-from-input
    LOG.warning("name %r", request.args["name"])
    # ok: python-log-from-input
    LOG.warning("name %s", repr(request.args["name"]))
    # ok: python-log-from-input
    LOG.warning("name %s", json.dumps(request.args["name"]))
    # ok: python-log-from-input
    LOG.warning("name %s", request.args["name"].replace("\n", " "))
    # ok: python-log-from-input
    LOG.warning("page %d", int(request.args["page"]))


def django_view(request):
    # ruleid: python-log-from-input
    logging.error("name " + request.GET["name"])
