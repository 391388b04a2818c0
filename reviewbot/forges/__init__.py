"""Adapters to the forges: GitLab, GitHub Enterprise Server and Azure DevOps Server, one of them per run."""
