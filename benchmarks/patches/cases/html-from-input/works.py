from flawed import app

assert app.test_client().get("/hello", query_string={"name": "Ada"}).data == b"<p>Hello, Ada</p>"
