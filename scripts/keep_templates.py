"""Keep the built-in templates of this release, so that later ones can merge ejected files."""

from __future__ import annotations

from pathlib import Path

from kustz_tpl.template_admin.built_in import keep

TEMPLATES = Path(__file__).parent.parent / "templates"

if __name__ == "__main__":
    for path in keep(TEMPLATES):
        print(path)
