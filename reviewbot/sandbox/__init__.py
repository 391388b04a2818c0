"""Containing the tools: a ladder of rungs, chosen by really running."""
