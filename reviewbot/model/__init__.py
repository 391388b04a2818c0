"""Asking the on-prem model, and believing nothing it says before it is checked."""
