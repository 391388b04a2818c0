"""Static analysers, run in the sandbox over fresh trees."""
