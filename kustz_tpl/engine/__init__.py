"""A Jinja engine that knows YAML: values are put into the parsed page, never into its text.

Jinja renders a template with a placeholder for every value that it prints, the page is parsed as
YAML, and each value takes its placeholder's node. So no value can become syntax and nobody
counts indentation. The package knows nothing of kustz.
"""

from kustz_tpl.engine.errors import TemplateError
from kustz_tpl.engine.limits import Limits
from kustz_tpl.engine.loader import DictLoader, Folder, FolderLoader, StringLoader
from kustz_tpl.engine.reads import ANY, Watched, watch
from kustz_tpl.engine.renderer import Engine
from kustz_tpl.engine.tree import Tree
from kustz_tpl.engine.writer import quoted, write_json, write_yaml

__all__ = [
    "ANY",
    "DictLoader",
    "Engine",
    "Folder",
    "FolderLoader",
    "Limits",
    "StringLoader",
    "TemplateError",
    "Tree",
    "Watched",
    "quoted",
    "watch",
    "write_json",
    "write_yaml",
]
