"""From what a review wants to say to what stands on the pull request, exactly once."""
