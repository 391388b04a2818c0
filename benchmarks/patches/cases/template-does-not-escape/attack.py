import flawed

assert "<script>" not in flawed.page("<script>"), "the caller wrote into the page"
