"""The tools of those who write rules: what is wrong with a pack, what it finds, and pages about it."""
