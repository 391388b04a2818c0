from flawed import app

found = app.test_client().get("/hello", query_string={"name": "{{ 6 * 7 }}"}).data
assert b"42" not in found, "the sender wrote a template"
