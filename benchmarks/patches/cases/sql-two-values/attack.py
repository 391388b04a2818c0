from flawed import app

found = app.test_client().get("/people", query_string={"name": "Ada' --", "city": "Rome"})
assert found.get_json() == [], "the sender chose what the database runs"
