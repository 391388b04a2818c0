import flask
import jinja2
from django.template import Template
from flask import render_template_string, request
from mako.template import Template as MakoTemplate

app = flask.Flask(__name__)
ENVIRONMENT = jinja2.Environment(autoescape=True)


@app.route("/a")
def greet():
    # ruleid: python-template-from-input
    render_template_string("<p>" + request.args["name"] + "</p>")
    # ok: python-template-from-input
    return render_template_string("<p>{{ name }}</p>", name=request.args["name"])


@app.route("/b/<name>")
def page(name):
    # ruleid: python-template-from-input
    jinja2.Template(f"Hello {name}")
    # ruleid: python-template-from-input
    ENVIRONMENT.from_string("Hello %s" % name)
    # ok: python-template-from-input
    return ENVIRONMENT.from_string("Hello {{ name }}").render(name=name)


def django_view(request):
    text = request.POST.get("text")
    # ruleid: python-template-from-input
    Template("{}".format(text))
    # ruleid: python-template-from-input
    MakoTemplate(text)
    # ok: python-template-from-input
    return Template("{{ text }}")
