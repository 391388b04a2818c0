"""How often a finding gets a proven patch, whether the patches hold, and what a hostile model gets through."""
