"""From a review that another job wrote to what may be said of its change, in a process without a token."""
