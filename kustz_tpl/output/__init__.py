"""Compare, show, write and remove generated files: the only code for output folders."""
