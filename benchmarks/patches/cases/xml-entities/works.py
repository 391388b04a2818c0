from flawed import app

text = b'<orders><order number="1"/><order number="2"/></orders>'
assert app.test_client().post("/orders", data=text).get_json() == ["1", "2"]
