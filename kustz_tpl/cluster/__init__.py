"""The cluster that a user asks through kubectl."""
