import xml.etree.ElementTree as ET

import elementpath
import flask
import lxml.etree
from flask import request

app = flask.Flask(__name__)
TREE = lxml.etree.parse("employees.xml")
NAMES = ("Ann", "Ben")


@app.route("/a")
def employee():
    number = request.args.get("number", "")
    # ruleid: python-xpath-from-input
    TREE.xpath("//employee[@id='" + number + "']")
    # ruleid: python-xpath-from-input
    lxml.etree.XPath(f"//employee[@id='{number}']")
    # ruleid: python-xpath-from-input
    elementpath.select(TREE, "//employee[@id='%s']" % number)
    # ok: python-xpath-from-input
    TREE.xpath("//employee[@id=$number]", number=number)
    # ok: python-xpath-from-input
    TREE.xpath(f"//employee[{int(number)}]")
    # ok: python-xpath-from-input
    lxml.etree.XPath("//employee[@id='{}']".format(number.replace("'", "")))


def django_view(request):
    name = request.GET["name"]
    root = ET.parse("employees.xml").getroot()
    # ruleid: python-xpath-from-input
    root.findall("./employee[@name='" + name + "']")
    # ok: python-xpath-from-input
    return "Hello Ann".find(name)


def refused(request):
    name = request.GET["name"]
    if "'" in name:
        return None
    # ok: python-xpath-from-input
    return TREE.xpath("//employee[@name='" + name + "']")


def listed(request):
    name = request.GET["name"]
    if name in NAMES:
        # ok: python-xpath-from-input
        return TREE.xpath("//employee[@name='" + name + "']")
    # ruleid: python-xpath-from-input
    return "".join(TREE.xpath("".join(["//employee[@name='", request.GET["other"], "']/text()"])))
