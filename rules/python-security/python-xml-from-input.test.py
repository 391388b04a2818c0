import xml.dom.minidom
import xml.sax
import xml.sax.handler

import flask
import lxml.etree
from flask import request
from lxml import etree

app = flask.Flask(__name__)


@app.route("/a", methods=["POST"])
def with_sax():
    parser = xml.sax.make_parser()
    parser.setFeature(xml.sax.handler.feature_external_ges, True)
    # ruleid: python-xml-from-input
    xml.dom.minidom.parseString(request.get_data(), parser)
    return "", 204


def fixed():
    parser = xml.sax.make_parser()
    parser.setFeature(xml.sax.handler.feature_external_ges, 0)
    # ok: python-xml-from-input
    return xml.dom.minidom.parseString(request.get_data(), parser).documentElement.tagName


@app.route("/b", methods=["POST"])
def with_sax_as_it_is():
    parser = xml.sax.make_parser()
    # ok: python-xml-from-input
    return xml.dom.minidom.parseString(request.get_data(), parser).documentElement.tagName


def with_lxml(request):
    # ruleid: python-xml-from-input
    lxml.etree.fromstring(request.body)
    # ok: python-xml-from-input
    etree.fromstring(request.body, etree.XMLParser(resolve_entities=False))
