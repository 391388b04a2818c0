from flawed import app

client = app.test_client()
assert client.get("/people", query_string={"name": "Ada", "city": "London"}).get_json() == [["Ada", "London"]]
assert client.get("/people", query_string={"name": "Ada", "city": "Rome"}).get_json() == []
