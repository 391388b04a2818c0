"""Structural fixes of other languages, as edits at nodes that tree-sitter finds."""
