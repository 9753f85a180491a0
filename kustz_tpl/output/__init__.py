"""Compare, show, write and remove generated files: all that touches an output folder."""
