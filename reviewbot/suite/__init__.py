"""The repository's own tests, run in the sandbox on a tree of ours, and what their output says."""
