"""Choosing pieces of the repository that the model should see."""
