from flawed import app

assert app.test_client().post("/sum", data={"numbers": "[1, 2, 3]"}).get_json() == 6
