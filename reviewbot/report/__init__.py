"""Writing the review down for people and programs."""
