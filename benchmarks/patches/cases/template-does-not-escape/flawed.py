"""Pages."""

import jinja2

environment = jinja2.Environment(autoescape=False)


def page(name):
    return environment.from_string("<p>{{ name }}</p>").render(name=name)
