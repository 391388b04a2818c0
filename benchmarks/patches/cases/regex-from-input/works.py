from flawed import app

assert app.test_client().get("/find", query_string={"word": "one"}).get_json() == ["one"]
