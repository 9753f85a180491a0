"""Where secret values come from, where they go, and how none gets anywhere else."""
