from flawed import app

found = app.test_client().get("/hello", query_string={"name": "<script>x</script>"}).data
assert b"<script>" not in found, "the sender wrote into the page"
