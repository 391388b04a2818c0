from flawed import app

app.config["PROPAGATE_EXCEPTIONS"] = False
assert app.test_client().get("/find", query_string={"word": "a.b"}).get_json() == ["a.b"], (
    "the sender wrote a pattern"
)
