"""Reading the change: git objects only; no checkout, hook, filter or submodule."""
