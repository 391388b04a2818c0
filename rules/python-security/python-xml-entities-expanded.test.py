import xml.dom.minidom
import xml.etree.ElementTree as ET

import defusedxml.ElementTree
from flask import request


def flask_view():
    # ruleid: python-xml-entities-expanded
    ET.fromstring(request.get_data())
    # ok: python-xml-entities-expanded
    ET.fromstring("<a/>")
    # ok: python-xml-entities-expanded
    return defusedxml.ElementTree.fromstring(request.get_data())


def django_view(request):
    # ruleid: python-xml-entities-expanded
    return xml.dom.minidom.parseString(request.body)


def settings(text):
    # ok: python-xml-entities-expanded
    return ET.fromstring(text)
