"""Structural fixes of Python code, on libcst: imports are added properly, and comments survive."""
