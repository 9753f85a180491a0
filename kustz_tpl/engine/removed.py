"""What Jinja has and templates cannot use here."""

# They make markup, noise or a text that YAML readers mistake.
REMOVED_FILTERS = (
    "e",
    "escape",
    "forceescape",
    "pprint",
    "random",
    "safe",
    "striptags",
    "tojson",
    "urlize",
    "xmlattr",
)
REMOVED_GLOBALS = ("lipsum",)
REMOVED_TESTS = ("escaped",)

# They make markup or noise, turn captured text into data, or are for debugging.
REMOVED_TAGS = frozenset(("autoescape", "debug", "do", "filter", "trans"))
