"""Steps of the proof that need no tree: pure, on the host, cheap. Each gives "" or our own sentence on what is wrong."""
