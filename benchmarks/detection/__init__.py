"""Detection on public test sets: what our packs find, what they miss and where they are wrong.

`sets` opens a set and holds its truth, `neutralise` takes every name out of it that could betray the answer,
`tools` and `ours` scan, `score` counts and `tables` writes. `run.py` is the whole; `quick.py` is for who writes a rule.
"""
