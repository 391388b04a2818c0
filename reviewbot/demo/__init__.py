"""A small web service whose newest commit adds real flaws among harmless edits."""
