"""Putting proven patches into a work tree: which fit together, and writing files so that each stays whole."""
