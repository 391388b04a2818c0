from flawed import app

client = app.test_client()
assert client.get("/people", query_string={"name": "Ada"}).get_json() == [["Ada", "London"]]
assert client.get("/people", query_string={"name": "Nobody"}).get_json() == []
