"""Stateful fakes of the three forges. They know git and the forges' rules, and nothing of the program they test."""
