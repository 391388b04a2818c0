"""Secrets in code give way to variables of the environment, in the words of each language."""

import pytest
import yaml
from trees_examples import difference, mended

from reviewbot.patches.trees.secret_store import variable_name
from reviewbot.shipped import folder


def example(rule):
    """Give a secret made for a rule's example: none stands in this file."""
    return yaml.safe_load((folder("rules") / "secrets" / f"{rule}.yml").read_text("utf-8"))["bad"].split('"')[
        1
    ]


PASSWORD, TOKEN, ADDRESS = (
    example(rule) for rule in ("secret-in-code", "secret-service-token", "secret-access-data")
)

CHANGES = {
    # name of the case: path, before, first changed line after, number of the secret's line
    "script": ("a.js", f"const key = '{TOKEN}';\n", "+const key = process.env.SENDGRID_KEY;", 1),
    "script with types": ("a.ts", f'const dbUrl = "{ADDRESS}"\n', "+const dbUrl = process.env.DB_URL!", 1),
    "a key of an object": ("a.js", f"f({{ apiKey: `{TOKEN}` }})\n", "+f({ apiKey: process.env.API_KEY })", 1),
    "a default": (
        "a.js", f"const token = process.env.MAIL || '{TOKEN}';\n", "+const token = process.env.MAIL;", 1,
    ),
    "Java": (
        "A.java", f'class A {{\n  static final String DB_PASSWORD = "{PASSWORD}";\n}}\n',
        '+  static final String DB_PASSWORD = System.getenv("DB_PASSWORD");', 2,
    ),
    "Go": (
        "a.go", f'package a\n\nimport (\n\t"fmt"\n\t"strings"\n)\n\nvar dbPassword = "{PASSWORD}"\n',
        '+\t"os"\n+var dbPassword = os.Getenv("DB_PASSWORD")', 8,
    ),
    "Go with one import": ("a.go", f'package a\n\nimport "os"\n\nvar dbPassword = "{PASSWORD}"\n', '+var dbPassword = os.Getenv("DB_PASSWORD")', 5),
    "Ruby": ("a.rb", f"db_password = '{PASSWORD}'\n", '+db_password = ENV.fetch("DB_PASSWORD")', 1),
    "shell": ("a.sh", f"export DB_PASSWORD='{PASSWORD}'\n", '+export DB_PASSWORD="${DB_PASSWORD:?}"', 1),
}  # fmt: skip
REFUSED = {
    "settings are read as they stand": ("a.yml", f"db_password: {PASSWORD}\n", 1),
    "a constant takes no call": ("a.go", f'package a\n\nconst dbPassword = "{PASSWORD}"\n', 3),
    "a case takes none": ("A.java", f'class A {{ void f(String password) {{ switch (password) {{ case "{TOKEN}": }} }} }}\n', 1),
    "nor does an annotation": ("A.java", f'@Token("{TOKEN}")\nclass A {{}}\n', 1),
    "it stands elsewhere too": ("a.js", f"const key = '{TOKEN}';\n// {TOKEN}\n", 1),
    "a piece of a text": ("a.js", f"const text = 'use {TOKEN} now';\n", 1),
    "an argument of a command": ("a.sh", f"curl -H '{TOKEN}' x\n", 1),
    "no secret": ("a.js", "const key = 'hello';\n", 1),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGES)
def test_a_secret_is_read_by_name(case):
    """The literal goes, a variable named after what it is for comes."""
    path, text, added, line = CHANGES[case]

    after = mended("secret-store", path, text, line)

    assert after is not None
    changes = difference(text, after).split("\n")
    assert "\n".join(one for one in changes if one.startswith("+")) == added
    assert not any(secret in after for secret in (PASSWORD, TOKEN, ADDRESS))


@pytest.mark.parametrize("case", REFUSED)
def test_where_no_variable_can_be_read_nothing_is_proposed(case):
    """Files that nobody runs, and places where the language takes no call."""
    path, text, line = REFUSED[case]

    assert mended("secret-store", path, text, line) is None


@pytest.mark.parametrize(
    ("words", "kind", "name"),
    [
        ("dbPassword", "generic-password", "DB_PASSWORD"),
        ("@api-key", "stripe-key", "API_KEY"),
        ("key", "stripe-key", "STRIPE_KEY"),
        ("", "url-password", "URL_PASSWORD"),
        ("password", "generic-password", "PASSWORD"),
    ],
)
def test_a_variable_is_named_after_what_it_is_for(words, kind, name):
    """The kind of the secret names it where the code says too little."""
    assert variable_name(words, kind) == name


def test_python_has_a_module_of_its_own():
    """One name stands for all languages; the file's name says who mends it."""
    after = mended("secret-store", "a.py", f'db_password = "{PASSWORD}"\n', 1)

    assert after is not None
    assert 'db_password = os.environ["DB_PASSWORD"]' in after
