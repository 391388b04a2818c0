from flawed import app

answer = app.test_client().get("/people", query_string={"name": "x' OR '1'='1"})
assert answer.status_code == 200, "a quote in a name breaks the statement"
assert answer.get_json() == [], "the sender chose what the database runs"
