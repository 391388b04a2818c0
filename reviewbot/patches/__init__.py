"""Remedies for findings: proposed by rules or the model, and proven before anybody sees them."""
