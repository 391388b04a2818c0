"""Deciding what becomes of each finding."""
