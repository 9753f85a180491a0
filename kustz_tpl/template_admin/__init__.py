"""Lists, ejects, compares, updates and tests templates."""
