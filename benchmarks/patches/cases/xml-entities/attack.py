from flawed import app

app.config["PROPAGATE_EXCEPTIONS"] = False
text = b'<!DOCTYPE x [<!ENTITY a "1"><!ENTITY b "&a;&a;">]><orders><order number="&b;"/></orders>'
answer = app.test_client().post("/orders", data=text)
assert answer.status_code != 200, "entities of the sender are expanded"
